"""What a task may use while it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from pytest_alienbio import record_metric


def test_an_event_is_one_whole_timestamped_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the running trial's file; numbers of numpy are numbers."""
    file = tmp_path / "metrics.jsonl"
    monkeypatch.setenv("ALIENBIO_METRICS_FILE", str(file))
    record_metric("loss", np.float64(0.5), step=3)
    record_metric("phase", "warm")
    first, second = map(json.loads, file.read_text("utf-8").splitlines())
    assert {**first, "timestamp": ""} == {"timestamp": "", "name": "loss", "value": 0.5, "step": 3}
    assert second["value"] == "warm"
    assert datetime.fromisoformat(first["timestamp"]) <= datetime.fromisoformat(second["timestamp"])


def test_a_trial_run_by_hand_names_its_file(tmp_path: Path) -> None:
    record_metric("loss", 1, file=tmp_path / "m.jsonl")
    assert json.loads((tmp_path / "m.jsonl").read_text("utf-8"))["value"] == 1


@pytest.mark.parametrize(("value", "error"), [(float("nan"), ValueError), (float("inf"), ValueError), (object(), TypeError)])
def test_what_is_no_value_is_refused_and_not_written(value: object, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error):
        record_metric("loss", value, file=tmp_path / "m.jsonl")
    assert not (tmp_path / "m.jsonl").exists()


def test_outside_a_trial_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALIENBIO_METRICS_FILE", raising=False)
    with pytest.raises(RuntimeError, match="no trial is running"):
        record_metric("loss", 1)


def test_it_costs_a_trial_nothing_heavy() -> None:
    """A task that imports it pays for the standard library only."""
    code = (
        "import sys; from pytest_alienbio import record_metric; "
        "print([m for m in ('numpy', 'scipy', 'pydantic', 'yaml', 'pytest', 'pytest_alienbio.model') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
