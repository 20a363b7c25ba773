"""One record a cell."""

from __future__ import annotations

from pytest_alienbio.model import Outcome, Query, Result, TaskRecord, Usage
from pytest_alienbio.model.brief import Brief
from pytest_alienbio.results.counted import counted, counted_briefly, other_attempts
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


def test_in_brief_they_say_the_same_and_read_what_is_not_told_in_brief() -> None:
    """A trial, a score that is no number, and what is asked for come whole; all in the same order, with the same numbers."""
    records = [
        record("a", 1, 0.25).with_(params={"x": [1]}, passed=True, passing_score=0.2, duration_s=2.5, origin="csv:s.csv:1"),
        record("a", 1, float("nan")).with_(seed=1, key="1", id="1"),
        record("a", 1, 0.5).with_(seed=2, key="2", id="2", task=TaskRecord(2), metrics={"n": 3}),
        record("a", 1, None, outcome=Outcome.TIMED_OUT).with_(seed=3, key="3", id="3", reason="slow"),
        record("b", 2, 0.75).with_(seed=4, key="4", id="4", usage=Usage(tokens=5, usd=0.5)),
    ]
    with Index.of(records) as index:
        whole = list(counted(index, Query()))
        told = list(counted_briefly(index, Query(), lambda brief: brief.reason == "slow"))
    for brief, read in zip(told, whole, strict=True):
        if isinstance(brief, Result):
            assert brief is read
        else:
            assert brief == Brief(*(getattr(read, name) for name in Brief._fields))
    assert {each.seed for each in told if isinstance(each, Result)} == {1, 2, 3}


def test_attempts_that_do_not_count_are_told_by_their_cell() -> None:
    first = record("d", 1, 0.1).with_(run="r", worker="w")
    second = first.with_(attempt=2, ended_at=2.0, score=0.2)
    with Index.of([second, first, record("d", 1, 0.3).with_(key="o", id="o")]) as index:
        assert other_attempts(index, Query()) == {("d", "k", first.id): [first]}
