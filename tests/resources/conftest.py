"""The two places that limits are kept in. Of Redis the real server is started, where there is one."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from ..redis_server import redis_socket

__all__ = ["redis_socket"]


_numbers = itertools.count(1)


@pytest.fixture
def redis_url(redis_socket: Path) -> str:
    """The address of a session that nobody used yet."""
    return f"unix://{redis_socket}#test-{next(_numbers)}"


@pytest.fixture(params=["file", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An unused place for limits, as `ledger_at` and `limiter_at` take it."""
    return str(tmp_path / "limits.sqlite") if request.param == "file" else str(request.getfixturevalue("redis_url"))
