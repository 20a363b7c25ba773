"""Who played what when, told by the index."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Outcome, Query, Result, Usage
from pytest_alienbio.results.timeline import timeline
from pytest_alienbio.store.index import Index

from .parts import cell

NOON = 1_760_000_000.0


def at(start: float, took: float, seed: int, *, worker: str = "gw0", run: str = "r1", **more: Any) -> Result:
    """A cell that a worker played from `start` seconds after noon on."""
    times = {"started_at": NOON + start, "ended_at": NOON + start + took, "duration_s": took}
    return cell(seed=seed, worker=worker, run=run, **{"score": 0.7, **times, **more})


def test_of_each_worker_it_is_told_how_busy_it_was_and_how_long_it_paused() -> None:
    cells = [
        at(0, 2, 0, usage=Usage(retries=1), metrics={"generation_s": 0.5}),
        at(3, 1, 1, usage=Usage(retries=2), attempt=2),
        at(10, 1, 2, score=None),
        at(0, 4, 3, worker="gw1"),
    ]
    with Index.of(cells) as index:
        found = timeline(index, Query())
    first, second = found.workers
    assert (first.name, first.cells, first.busy_s, first.span_s) == ("gw0", 3, 4, 11)
    assert (first.longest_pause_s, first.again, first.errors, first.retries, first.generation_s) == (6, 1, 1, 3, 0.5)
    assert (second.busy_s, second.longest_pause_s, second.retries, second.generation_s) == (4, 0, None, None)
    assert (found.span_s, found.busy_s, found.untold) == (11, 8, 0)
    assert [(pause.worker, pause.end - pause.start) for pause in found.pauses] == [(0, 1), (0, 6)]


def test_waiting_for_limits_is_told_by_cell_and_by_worker() -> None:
    """Nothing where none waited: that is not the same as having waited for no time."""
    cells = [at(0, 5, 0, metrics={"limit_wait_s": 4.0}), at(6, 1, 1), at(8, 2, 2, metrics={"limit_wait_s": 0.5})]
    with Index.of([*cells, at(0, 4, 3, worker="gw1")]) as index:
        found, merged = timeline(index, Query()), timeline(index, Query(), most=1)
    assert [worker.limit_wait_s for worker in found.workers] == [4.5, None]
    assert [each.limit_wait_s for each in found.stretches] == [4.0, None, 0.5, None]
    assert sum(each.limit_wait_s or 0.0 for each in merged.stretches) == 4.5


def test_what_runs_at_once_on_one_worker_is_busy_once() -> None:
    with Index.of([at(0, 10, 0), at(2, 3, 1), at(9, 3, 2)]) as index:
        [worker] = timeline(index, Query()).workers
    assert worker.busy_s == worker.span_s == 12
    assert worker.longest_pause_s == 0


def test_time_between_two_runs_is_in_neither() -> None:
    with Index.of([at(0, 1, 0), at(90_000, 2, 1, run="r2")]) as index:
        found = timeline(index, Query())
    assert [worker.run for worker in found.workers] == ["r1", "r2"]
    assert found.span_s == 3
    assert not found.pauses


def test_what_was_not_played_here_is_not_in_it_and_what_does_not_say_when_is_counted() -> None:
    cells = [
        at(0, 1, 0),
        at(5, 1, 1, origin="csv:scores.csv:2"),
        cell(seed=2, score=0.5),
        cell(seed=3, outcome=Outcome.NOT_RUN),
        cell(seed=4, outcome=Outcome.SKIPPED),
    ]
    with Index.of(cells) as index:
        found = timeline(index, Query())
    assert [worker.cells for worker in found.workers] == [1]
    assert found.untold == 1


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(
        st.tuples(st.floats(0, 1000), st.floats(0.01, 50), st.sampled_from(["gw0", "gw1"])), min_size=1, max_size=40
    ),
    most=st.integers(1, 50),
)
def test_stretches_hold_every_cell_once_and_are_few(spans: list[tuple[float, float, str]], most: int) -> None:
    """Merged or not: none is lost, none lies outside its worker's time, and there are about as many as were asked for."""
    with Index.of([at(start, took, seed, worker=worker) for seed, (start, took, worker) in enumerate(spans)]) as index:
        found = timeline(index, Query(), most=most)
    assert sum(stretch.cells for stretch in found.stretches) == sum(worker.cells for worker in found.workers) == len(spans)
    assert found.merged == (len(spans) > most)
    assert len(found.stretches) <= (2 * most + len(found.workers) if found.merged else len(spans))
    for stretch in found.stretches:
        worker = found.workers[stretch.worker]
        assert worker.start <= stretch.start <= stretch.end <= worker.end
        assert bool(stretch.id) == (stretch.cells == 1)
    for worker in found.workers:
        assert 0 <= worker.busy_s <= worker.span_s + 1e-6
        assert worker.longest_pause_s == pytest.approx(
            max((each.end - each.start for each in found.pauses if found.workers[each.worker] is worker), default=0.0)
        )
