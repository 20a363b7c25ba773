"""One record a cell."""

from __future__ import annotations

from pytest_alienbio.model import Outcome, Query, Result
from pytest_alienbio.results.counted import counted
from pytest_alienbio.results.leaderboard import leaderboard
from pytest_alienbio.store.index import Index

from ..stats.results import result


def record(dat: str, ended: float, score: float | None, *, key: str = "k", outcome: Outcome = Outcome.COMPLETED) -> Result:
    """The same cell in some DAT."""
    return result("s", "a", score, outcome=outcome).with_(dat_path=dat, ended_at=ended, key=key)


def kept(*records: Result) -> list[float | None]:
    """The scores of those that count; a leaderboard must count the same."""
    with Index.of(records) as index:
        found = list(counted(index, Query()))
        assert sum(standing.n for standing in leaderboard(index, Query()).standings) == sum(
            each.score is not None for each in found
        )
    return [each.score for each in found]


def test_of_a_cell_in_several_dats_the_latest_scored_record_counts() -> None:
    """An outage later on replaces no score."""
    outage = record("c", 3, None, outcome=Outcome.TIMED_OUT)
    assert kept(record("a", 1, 0.1), record("b", 2, 0.2), outage) == [0.2]
    assert kept(outage) == [None]


def test_of_an_agent_that_was_changed_the_newest_counts() -> None:
    """Its cells have other keys since; a world is one unit all the same."""
    assert kept(record("a", 1, 0.1), record("b", 2, 0.2, key="changed")) == [0.2]
    assert kept(record("b", 2, 0.2, key="changed"), record("a", 1, 0.1)) == [0.2]


def test_other_worlds_other_agents_and_other_params_are_other_cells() -> None:
    one = record("a", 1, 0.1)
    others = [
        one.with_(seed=1, key="1", id="1"),
        one.with_(agent="b", key="2", id="2"),
        one.with_(difficulty=3, key="3", id="3"),
        one.with_(params={"x": 1}, key="4", id="4"),
        one.with_(variant=2, key="5", id="5"),
    ]
    assert len(kept(one, *others)) == 6
