"""What cells took when they were last played, from what is recorded."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.engine import Inline
from pytest_alienbio.model import Caps, Case, Cell, Outcome, Plan, Result
from pytest_alienbio.model.result import GENERATION
from pytest_alienbio.resources import FileCache
from pytest_alienbio.run import Project, run_batch
from pytest_alienbio.run.durations import UNKNOWN_MAKING_S, UNKNOWN_S, Durations, jobs_of, longest_first, read_durations
from pytest_alienbio.run.order import Job

from .parts import make_battery, make_catalog, make_plan
from .test_history import recorded

PLAN = make_plan(agents=["right", "half"], seeds=[0, 1, 2])
SECONDS = {"walks/plain[right-s0]": 1.0, "walks/plain[right-s1]": 5.0, "walks/plain[right-s2]": 3.0}


def took(cell: Cell, result: Result) -> Result:
    """So many seconds; the others' cells a tenth."""
    return result.with_(duration_s=SECONDS.get(cell.id, 0.1))


def cells_of(plan: Plan) -> dict[str, Cell]:
    """Its cells by id."""
    return {cell.id: cell for cell in plan.cells}


def test_each_cell_is_known_by_itself_and_others_by_their_kind(tmp_path: Path) -> None:
    """A seed nobody played: the median of scenario x agent; an agent nobody played: of the scenario; else of all."""
    recorded(tmp_path, PLAN, took)
    known = read_durations(tmp_path / "data", PLAN.cells)
    assert {each: known.cells[each] for each in SECONDS} == SECONDS
    [other] = make_plan(agents=["right"], seeds=[9]).cells
    assert known.of(other) == 3.0
    [stranger] = make_plan(agents=["crash"], seeds=[9]).cells
    assert known.of(stranger) == (0.1 + 1.0) / 2
    assert known.of(replace(stranger, case=Case("walks/elsewhere"))) == known.usual == (0.1 + 1.0) / 2


def test_the_newest_run_is_right(tmp_path: Path) -> None:
    recorded(tmp_path, PLAN, took, age=100)
    recorded(tmp_path, make_plan(agents=["right"], seeds=[0]), lambda cell, result: result.with_(duration_s=7.0))
    known = read_durations(tmp_path / "data", PLAN.cells)
    assert known.cells["walks/plain[right-s0]"] == 7.0
    assert known.cells["walks/plain[right-s1]"] == 5.0


def test_generating_is_no_part_of_a_cell_and_known_apart(tmp_path: Path) -> None:
    """The world may be in the cache the next time."""
    recorded(tmp_path, PLAN, lambda cell, result: result.with_(duration_s=2.0, metrics={GENERATION: 1.5}))
    known = read_durations(tmp_path / "data", PLAN.cells)
    assert set(known.cells.values()) == {0.5}
    assert known.making(PLAN.cells[0].case) == 1.5


@pytest.mark.parametrize("outcome", [Outcome.NOT_RUN, Outcome.LOST, Outcome.OVER_LIMIT, Outcome.SKIPPED])
def test_a_cell_that_did_not_play_to_its_end_tells_nothing(tmp_path: Path, outcome: Outcome) -> None:
    recorded(tmp_path, PLAN, lambda cell, result: result.with_(outcome=outcome, score=None, duration_s=9.0))
    known = read_durations(tmp_path / "data", PLAN.cells)
    assert not known.tells
    assert known.of(PLAN.cells[0]) == UNKNOWN_S
    assert known.making(PLAN.cells[0].case) == UNKNOWN_MAKING_S


def test_what_cannot_be_read_tells_nothing(tmp_path: Path) -> None:
    """An order is a matter of speed: nothing stops because of it."""
    path = recorded(tmp_path, PLAN, took)
    for journal in (path / "cells").iterdir():
        journal.write_bytes(b"{]\n" * 9)
    assert not read_durations(tmp_path / "data", PLAN.cells).tells
    assert not read_durations(tmp_path / "nowhere", PLAN.cells).tells


def test_worlds_that_are_not_there_are_to_be_made_once_each(tmp_path: Path) -> None:
    """Agents and surfaces of one world share it; what a skipped cell would meet, nobody makes."""
    catalog, cache = make_catalog(), FileCache(tmp_path / "cache")
    catalog = replace(
        catalog,
        scenarios={
            name: replace(info, cache_key=lambda case, seed: f"{case.scenario} {seed}")
            for name, info in catalog.scenarios.items()
        },
    )
    cache.fetch("walks/plain 1", dict, bool)
    jobs = jobs_of(PLAN.cells, PLAN.battery, catalog, Durations(worlds={(): 0.7}), cache)
    found = {cell.id: (job.world, job.making_s) for cell, job in zip(PLAN.cells, jobs, strict=True)}
    for agent in ("right", "half"):
        assert [found[f"walks/plain[{agent}-s{seed}]"] for seed in (0, 1, 2)] == [
            ("walks/plain 0", 0.7),
            ("walks/plain 1", 0.0),
            ("walks/plain 2", 0.7),
        ]
    skipped = replace(PLAN.cells[0], agent=replace(PLAN.cells[0].agent, skip_reason="no key"))
    assert jobs_of([skipped], PLAN.battery, catalog, Durations(), cache) == [Job(0.0)]


def test_seeds_of_a_later_look_come_later(tmp_path: Path) -> None:
    """They may turn out needless, however long they take."""
    plan = make_plan(seeds=[0, 1, 2, 3], looks=(2, 4))
    slow = Durations(cells={"walks/plain[right-s3]": 99.0, "walks/plain[right-s1]": 2.0})
    jobs = jobs_of(plan.cells, plan.battery, make_catalog(), slow, FileCache(tmp_path))
    assert [job.stage for job in jobs] == [0, 0, 1, 1]


def test_cells_come_longest_first_and_none_is_lost(tmp_path: Path) -> None:
    recorded(tmp_path, PLAN, took)
    cells = longest_first(PLAN.cells, PLAN.battery, make_catalog(), tmp_path / "data", FileCache(tmp_path / "cache"))
    assert [cell.id for cell in cells[:3]] == sorted(SECONDS, key=SECONDS.__getitem__, reverse=True)
    assert sorted(cell.id for cell in cells) == sorted(cell.id for cell in PLAN.cells)


class Wide(Inline):
    """Says that it plays two at once, and plays them in the order in which it is given them."""

    width = 2


@pytest.mark.parametrize(
    ("engine", "more", "order"),
    [
        (Wide, {}, ["right-s1", "right-s2", "right-s0"]),
        (Inline, {}, ["right-s0", "right-s1", "right-s2"]),
        (Wide, {"caps": Caps(cells=2)}, ["right-s0", "right-s1", "right-s2"]),
    ],
    ids=["wide", "inline", "capped"],
)
def test_a_batch_gives_a_wide_engine_the_longest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: type[Inline], more: dict[str, Any], order: list[str]
) -> None:
    """Its results come in the plan's order all the same. Where only so many cells may start, these are the plan's first."""
    recorded(tmp_path, PLAN, took)
    monkeypatch.setattr(import_module("pytest_alienbio.run.batch"), "open_engine", lambda choice: engine())
    played: list[str] = []
    battery = make_battery(agents=["right", "half"], seeds=[0, 1, 2], **more)
    done = run_batch(
        battery,
        Project(tmp_path),
        make_catalog(),
        tmp_path / "data",
        command=["t"],
        on_result=lambda cell, result: played.append(cell.id),
    )
    assert [result.id for result in done] == [cell.id for cell in PLAN.cells]
    assert [each for each in played if "right" in each] == [f"walks/plain[{each}]" for each in order]
    if more:
        assert [result.outcome for result in done].count(Outcome.NOT_RUN) == 4
