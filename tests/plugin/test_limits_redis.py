"""Limits that are shared in a Redis: the same caps and books, in one place for all processes, and its password nowhere."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.resources import RedisLedger

from ..redis_server import redis_socket
from .conftest import Lab
from .test_limits import lane, played, status, till

__all__ = ["lane", "redis_socket", "till"]

redis = pytest.importorskip("redis", reason="the client of Redis is not installed")


@pytest.mark.parametrize("lane", ["threads", "n2"], indirect=True)
def test_the_ledger_is_the_sum_of_the_results_and_nobody_reads_the_password(
    till: Lab, lane: str, redis_socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten cents a cell under a cap of 35, and a rate: both are the server's; nothing of them is in a file."""
    with redis.Redis(unix_socket_path=str(redis_socket), decode_responses=True) as client:
        client.acl_setuser("bio", enabled=True, passwords=["+hunter2-secret"], keys="*", commands=["+@all"])
        monkeypatch.setenv("ALIENBIO_LIMITS_AT", f"unix://bio:hunter2-secret@{redis_socket}")
        monkeypatch.setenv("ALIENBIO_RUN_ID", f"run-of-{lane}")
        run = played(till, lane, "--bio-max-usd", "0.35", "--bio-rate", "maker=60000")
        assert run.ret == 1
        assert client.exists("alienbio:{rates}:rate:maker")
    results = till.results().values()
    total = round(sum(r.usd or 0 for r in results), 9)
    assert Outcome.OVER_LIMIT in {r.outcome for r in results}
    assert 0.33 <= total <= 0.35
    (cap,) = status(till)["limits"]
    assert (cap["spent"], cap["reached"]) == (total, True)
    with closing(RedisLedger(f"unix://{redis_socket}#run-run-of-{lane}")) as ledger:
        assert ledger.spent("session").usd == total
    assert "hunter2" not in run.stdout.str() + run.stderr.str()
    files = [path for path in till.path.rglob("*") if path.is_file() and path.name != "conftest.py"]
    assert [path for path in files if b"hunter2" in path.read_bytes()] == []
    assert not [path.name for path in files if path.name.startswith((".bio-rates", "ledger"))]


@pytest.mark.parametrize("lane", ["n2"], indirect=True)
def test_a_server_that_is_not_there_is_said_before_anything_is_played(
    till: Lab, lane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIENBIO_LIMITS_AT", "redis://bio:hunter2@127.0.0.1:1/0")
    run = played(till, lane, "--bio-max-usd", "0.35")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: limits_at: the shared limits in redis://127.0.0.1:1/0#run-* cannot be used: *"])
    assert "hunter2" not in run.stderr.str()
    assert not till.dats()


def test_without_its_client_a_sentence_says_what_to_install(till: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIENBIO_LIMITS_AT", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(sys.modules, "redis", None)
    run = played(till, "plain", "--bio-max-usd", "0.35")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: limits_at: limits in Redis need its client: pip install 'pytest-alienbio[[]redis[]]'"])
