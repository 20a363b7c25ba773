"""The one loop over many cells."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from pytest_alienbio.model import CellLimits, Outcome
from pytest_alienbio.play import result_of
from pytest_alienbio.run import execute, play_one
from pytest_alienbio.store import dat

from .parts import Half, Lab, Line, make_plan


def test_every_cell_is_played_and_on_disk_before_the_next(tmp_path: Path) -> None:
    """The listener is called after the record is written, so whoever reads then finds it."""
    lab = Lab(tmp_path, make_plan(agents=["right", "crash"]))
    run = lab.run()
    on_disk: list[int] = []
    results = execute(
        lab.plan.cells,
        run,
        lab.catalog,
        limits=CellLimits(),
        on_result=lambda cell, result: on_disk.append(len(list(dat.open(lab.dat_path).results()))),
    )
    assert on_disk == [1, 2, 3, 4]
    assert [result.id for result in results] == [cell.id for cell in lab.plan.cells]
    assert {result.outcome for result in results} == {Outcome.COMPLETED, Outcome.AGENT_ERROR}


def test_ctrl_c_passes_on_and_leaves_what_was_played(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(agents=["right", "interrupted", "half"], seeds=[0]))
    with pytest.raises(KeyboardInterrupt):
        lab.play()
    assert [result.agent for result in dat.open(lab.dat_path).results()] == ["right"]


def test_one_cell_with_its_limits(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    result = play_one(lab.plan.cells[0], lab.run(), lab.catalog, limits=CellLimits(steps=7))
    assert (result.outcome, result.score) == (Outcome.TRUNCATED, 0.7)
    assert result.run == lab.run_id
    assert [found.score for found in dat.open(lab.dat_path).results()] == [0.7]


def test_agent_and_environment_at_hand_take_the_catalogs_place(tmp_path: Path) -> None:
    """What the fixtures of a pytest item give."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    result = play_one(
        lab.plan.cells[0], lab.run(), lab.catalog, limits=CellLimits(), agent=Half(), environment=Line(bonus=0.25)
    )
    assert result.score == 0.75


def test_a_stuck_cell_is_recorded_before_anyone_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`on_stuck` gets the result with its place in the DAT: it is on disk by then."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    told: list[str] = []

    def stuck_at_once(cell: object, *args: object, on_stuck: object, **more: object) -> object:
        late = result_of(lab.plan.cells[0], Outcome.TIMED_OUT, "too long")
        on_stuck(late)  # type: ignore[operator]
        return late

    monkeypatch.setattr(import_module("pytest_alienbio.run.execute"), "run_cell", stuck_at_once)
    play_one(
        lab.plan.cells[0],
        lab.run(),
        lab.catalog,
        limits=CellLimits(),
        on_stuck=lambda result: told.append(f"{result.dat_path} {next(dat.open(lab.dat_path).results()).outcome}"),
    )
    assert told == [f"{lab.dat_path} timed_out"]
