"""What the cells of a DAT took."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Outcome, Result, TraceRef
from pytest_alienbio.model.result import GENERATION, WAITING
from pytest_alienbio.store import Costs, Dat, Journal, close, encode
from pytest_alienbio.store.codec import sealed
from pytest_alienbio.store.costs import UNCLOSED

from .samples import a_dat, a_result, results


def written(root: Path, *found: Result, run_id: str = "r1") -> Dat:
    """A DAT that holds these results."""
    made = a_dat(root, run_id)
    journal = Journal(made.path, run_id, "main")
    for result in found:
        journal.append(result)
    journal.close()
    return made


def test_a_cells_own_time_is_without_its_world(tmp_path: Path) -> None:
    """Generating is told apart, and what was spent waiting for another cell's world is nobody's."""
    made = written(
        tmp_path,
        a_result(0).with_(duration_s=2.0),
        a_result(1).with_(duration_s=2.0, metrics={GENERATION: 1.5}),
        a_result(2).with_(duration_s=2.0, metrics={WAITING: 0.5}),
    )
    assert [(cost.seconds, cost.generation_s) for cost in Costs(made.path, 100)] == [(2.0, None), (0.5, 1.5), (1.5, None)]


@pytest.mark.parametrize("value", [-1.0, "3", True, None, [1], 10**400, {"s": 1}])
def test_a_metric_of_that_name_that_is_no_time_is_not_one(tmp_path: Path, value: object) -> None:
    made = written(tmp_path, a_result().with_(duration_s=2.0, metrics={GENERATION: value}))
    assert [(cost.seconds, cost.generation_s) for cost in Costs(made.path, 100)] == [(2.0, None)]


def test_bytes_are_those_of_the_folder(tmp_path: Path) -> None:
    """What all cells took and what the folder holds anyway is its size, but for the empty lock."""
    found = [a_result(seed) for seed in range(30)]
    made = written(tmp_path, *found)
    traces = made.path / "traces"
    traces.mkdir()
    (traces / "x.json").write_bytes(b"x" * 5000)
    journal = Journal(made.path, "r1", "other")
    journal.append(a_result(99).with_(trace=TraceRef("traces/x.json")))
    journal.close()
    close(made, status={})
    costs = Costs(made.path, 100)
    total = sum(cost.bytes + (cost.trace or 0) for cost in costs) + costs.fixed_bytes
    size = sum(os.path.getsize(os.path.join(folder, file)) for folder, _, files in os.walk(made.path) for file in files)
    assert total == pytest.approx(size, abs=1)


def test_an_unclosed_folder_is_foreseen_as_it_will_be(tmp_path: Path) -> None:
    line = len(sealed(encode(a_result().with_(run="r1", worker="main")))) + 1
    assert [cost.bytes for cost in Costs(written(tmp_path, a_result()).path, 9)] == [line * (1 + UNCLOSED)]


def test_traces_one_file_each_and_packed(tmp_path: Path) -> None:
    made = written(
        tmp_path,
        a_result(0).with_(trace=TraceRef("traces/r1-main.zst", 10, 321)),
        a_result(1).with_(trace=TraceRef("traces/one.json")),
        a_result(2).with_(trace=TraceRef("traces/gone.json")),
        a_result(3),
    )
    (made.path / "traces").mkdir()
    (made.path / "traces" / "one.json").write_bytes(b"x" * 77)
    assert [(cost.trace, cost.packed) for cost in Costs(made.path, 9)] == [
        (321, True),
        (77, False),
        (None, False),
        (None, False),
    ]


@pytest.mark.parametrize(
    "file", ["../secret", "traces/../../secret", "/etc/hostname", "traces/..", "traces/a\0b", "\ud800", ""]
)
def test_a_trace_elsewhere_has_no_size(tmp_path: Path, file: str) -> None:
    """A DAT may come from anybody: nothing outside it is looked at."""
    made = written(tmp_path, a_result().with_(trace=TraceRef(file)))
    (made.path.parent / "secret").write_text("x")
    assert [cost.trace for cost in Costs(made.path, 9)] == [None]


def test_attempts_count_each_and_amended_lines_once(tmp_path: Path) -> None:
    """A cell that was played twice took its time twice; a line that only adds a score to another took none."""
    first, again = a_result().with_(duration_s=1.0), a_result().with_(duration_s=2.0, attempt=2)
    made = written(tmp_path, first, first.with_(scores={"more": 1.0}), again)
    assert [cost.seconds for cost in Costs(made.path, 9)] == [1.0, 2.0]


def test_damaged_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    """So are lines of a newer format version."""
    made = written(tmp_path, a_result(0), a_result(1))
    (journal,) = (made.path / "cells").iterdir()
    whole = journal.read_bytes()
    journal.write_bytes(b"nonsense\n\n" + whole.replace(b'"v":1', b'"v":99', 1) + whole[: len(whole) // 4])
    costs = Costs(made.path, 100)
    assert [cost.outcome for cost in costs] == [Outcome.COMPLETED]
    assert (costs.read, costs.damaged) == (5, 3)


def test_of_many_cells_a_fair_sample_is_read(tmp_path: Path) -> None:
    """Agents that take turns are both in it: every fourth line would be one agent's only."""
    agents = ("oracle", "greedy", "random", "noop")
    made = written(tmp_path, *(a_result(seed, agent=agent) for seed in range(500) for agent in agents))
    costs = Costs(made.path, 200)
    found = [cost.agent for cost in costs]
    assert 100 < costs.read == len(found) <= 400
    assert all(found.count(agent) > 20 for agent in agents)


def test_nothing_recorded_is_nothing_taken(tmp_path: Path) -> None:
    costs = Costs(a_dat(tmp_path).path, 9)
    assert list(costs) == []
    assert (costs.read, costs.damaged) == (0, 0)
    assert costs.fixed_bytes > 0


@settings(max_examples=30)
@given(st.lists(results(), max_size=4))
def test_any_result_that_can_be_recorded_can_be_counted(tmp_path_factory: pytest.TempPathFactory, found: list[Result]) -> None:
    made = written(tmp_path_factory.mktemp("any"), *found)
    costs = Costs(made.path, 100)
    assert all(cost.seconds >= 0 and cost.bytes > 0 for cost in costs)
    assert costs.damaged == 0


def test_two_workers_attempts_at_one_cell_are_two(tmp_path: Path) -> None:
    """Each counts its own from 1: a battery's item on one, a Python test on the other. An amended one took its time once."""
    made = a_dat(tmp_path, "r1")
    for worker in ("gw0", "gw1"):
        journal = Journal(made.path, "r1", worker)
        for _ in range(2):
            journal.append(a_result(0).with_(run="r1", worker=worker, attempt=1))
        journal.close()
    assert len(list(Costs(made.path, 100))) == 2
