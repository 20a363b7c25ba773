"""A project to keep baselines in."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a battery in `experiments/`."""
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "b.battery.yaml").touch()
    return tmp_path
