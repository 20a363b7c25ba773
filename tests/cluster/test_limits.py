"""Caps of a run over the workers of a cluster: one ledger, whoever plays, and its books are the sum of the results."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome
from pytest_alienbio.resources import RedisLedger
from pytest_alienbio.run import BatchResult
from pytest_alienbio.run.elsewhere import abroad
from pytest_alienbio.run.limits.limiting import Limiting
from pytest_alienbio.run.limits.session import SessionLimits
from pytest_alienbio.store import dat

from ..redis_server import redis_socket
from .conftest import Cluster, Write
from .test_cluster import play

__all__ = ["redis_socket"]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all workers were on another machine, which sees the run's folder."""
    real = abroad.terms_of
    monkeypatch.setattr(abroad, "terms_of", lambda *a, **k: replace(real(*a, **k), host="another machine"))


def usd(batch: BatchResult) -> float:
    """What the results of all cells took, in dollars."""
    return round(sum(result.usage.usd or 0 for result in batch), 9)


def test_a_cap_is_kept_by_two_workers_one_of_which_dies_in_a_call(cluster: Cluster, write: Write) -> None:
    """Calls are a cent, at worst two. What the dead one had paid is in the result of who played its cell again."""
    batch = play(write("Mortal, Payer", 6, caps="usd=0.6"), f"dask:{cluster.file}")
    limits = dat.open(batch.dat_path).status()["limits"]
    assert isinstance(limits, list)
    [cap] = limits
    assert isinstance(cap, dict)
    assert (cap["cap"], cap["spent"], cap["reached"]) == ("limits.usd", usd(batch), True)
    assert 0.5 < usd(batch) <= 0.6
    assert batch.status == "incomplete"
    assert {result.outcome for result in batch} == {Outcome.COMPLETED, Outcome.OVER_LIMIT, Outcome.NOT_RUN}
    [died] = [result for result in batch if result.agent == "Mortal" and result.attempt == 2]
    assert died.metrics["unsettled_usd"] == cap["unknown"] == 0.02
    whole = next(result for result in batch if result.outcome is Outcome.COMPLETED and result.attempt == 1)
    assert died.outcome is not Outcome.COMPLETED or died.usage.requests == (whole.usage.requests or 0) + 5
    assert not (batch.dat_path.parents[2] / ".bio-limits").exists()


@pytest.mark.usefixtures("elsewhere")
def test_workers_of_another_machine_need_a_redis(cluster: Cluster, write: Write, redis_socket: Path) -> None:
    """Without one nothing is played, and it is said what would help; with one the cap holds there."""
    path = write("Payer", 6, caps="usd=0.6")
    with pytest.raises(SpecError, match=r"no worker of \S+ can play this run(\n.*limits_at, see docs/limits\.md){2}$"):
        play(path, f"dask:{cluster.file}")
    at = f"unix://{redis_socket}"
    with closing(SessionLimits(path.parent / "data", "r1", at=at)) as session:
        session.check()
        batch = play(path, f"dask:{cluster.file}", session=session)
    assert 0.5 < usd(batch) <= 0.6
    assert Outcome.OVER_LIMIT in batch.counts
    with closing(RedisLedger(f"{at}#run-r1")) as ledger:
        assert ledger.spent("session").usd == usd(batch)


@pytest.mark.usefixtures("elsewhere")
def test_the_time_of_a_run_cuts_a_cell_there(cluster: Cluster, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """By our clock, of which it is told with the cell."""
    real = Limiting.elapsed
    monkeypatch.setattr(Limiting, "elapsed", lambda self: {run: seconds + 9.5 for run, seconds in real(self).items()})
    batch = play(write("Waiter", 1, nap=30.0, caps="wall_clock_s=1"), f"dask:{cluster.file}")
    [result] = batch
    assert result.outcome is Outcome.OVER_LIMIT
    assert result.reason == "limits.wall_clock_s 1 was reached, and 10 s later the cell still played"
    assert result.duration_s < 15
