"""What is declared deterministic is believed once it was played twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, Observation
from pytest_alienbio.play import AgentRegistry, ScenarioRegistry
from pytest_alienbio.run import Project, build_catalog, close_dat, find_project, new_run_id, open_dat
from pytest_alienbio.run.execute import execute
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.run.gates.verifying import verify
from pytest_alienbio.run.plan import plan
from pytest_alienbio.run.run import Run

from ..parts import Half, Line, Right, make_battery

CALLS: Iterator[int] = itertools.count()


class Moody(Right):
    """Says it is deterministic; goes right until it is made for the third time."""

    def __init__(self) -> None:
        self.late = next(CALLS) >= 2

    def decide(self, observation: Observation, /) -> Action:
        return Action("left" if self.late else "right")


def register(agents: AgentRegistry, scenarios: ScenarioRegistry) -> None:
    """Agents that promise, one that does not, and a world of either kind."""
    agents.add("steady", Half, deterministic=True)
    agents.add("moody", Moody, deterministic=True)
    agents.add("free", Right)
    scenarios.add("walks/fixed", Line, deterministic=True)
    scenarios.add("walks/loose", Line)


def played(root: Path, *agents: str) -> tuple[Project, Path]:
    """A closed run of two seeds."""
    global CALLS
    CALLS = itertools.count()
    project = find_project(root)
    catalog = build_catalog((), register)
    made = plan(make_battery(["walks/fixed", "walks/loose"], agents, [0, 1]), catalog)
    run_id = new_run_id()
    path = open_dat(root / "data", made, run_id=run_id, project=root, command=["test"])
    run = Run.of_plan(made, path, run_id, "main")
    execute(made.cells, run, catalog, limits=made.battery.limits)
    run.close()
    close_dat(
        path, made, run_id=run_id, selected={cell.id for cell in made.cells}, interrupted=False, command=lambda cell: cell.id
    )
    return project, path


def test_only_what_both_declare_and_what_came_out_the_same_is_deterministic(tmp_path: Path) -> None:
    """The rest is told, or was never claimed."""
    project, path = played(tmp_path, "moody", "steady", "free")
    leaves, told = verify(path, batch_of(path, ("score", "place", "duration_s")), project, register=register)
    assert leaves == {("steady", "walks/fixed")}
    assert told == (
        "deterministic, each cell played again: 1 leaf, 2 cells",
        "moody|walks/fixed is declared deterministic, and 2 of 2 cells gave another number (seed 0: score 1.0, then 0.0): "
        "left to chance",
    )


def test_nothing_is_left_of_the_second_run(tmp_path: Path) -> None:
    project, path = played(tmp_path, "steady")
    before = sorted(tmp_path.rglob("*"))
    seen = []
    verify(path, batch_of(path), project, register=register, on_result=lambda cell, result: seen.append(result.dat_path))
    assert len(seen) == 2
    assert not any(Path(folder).exists() for folder in seen)
    assert sorted(tmp_path.rglob("*")) == before


def test_where_nothing_is_declared_nothing_is_played(tmp_path: Path) -> None:
    project, path = played(tmp_path, "free")
    leaves, told = verify(path, batch_of(path), project, register=register)
    assert (leaves, len(told)) == (frozenset(), 1)
    assert "no leaf is declared deterministic" in told[0]


def test_a_run_that_cannot_be_played_here_is_refused(tmp_path: Path) -> None:
    """Its agents are a conftest's, which `bio` does not read."""
    project, path = played(tmp_path, "steady")
    with pytest.raises(SpecError, match=r"cannot be played again here, so nothing is verified: (.|\n)*walks/fixed"):
        verify(path, batch_of(path), project)


def test_a_scenario_that_changed_since_is_refused(tmp_path: Path) -> None:
    project, path = played(tmp_path, "steady")
    batch = batch_of(path)
    other = {name: replace(version, content="other") for name, version in batch.scenarios.items()}
    with pytest.raises(SpecError, match="nothing is verified: walks/fixed changed since the run"):
        verify(path, replace(batch, scenarios=other), project, register=register)


def test_a_built_in_agent_on_a_built_in_world_is(tmp_path: Path) -> None:
    """Whose worlds are generated anew."""
    project = find_project(tmp_path)
    catalog = build_catalog()
    made = plan(make_battery(["regulation/setpoint"], ["noop"], [0]), catalog)
    run_id = new_run_id()
    path = open_dat(tmp_path / "data", made, run_id=run_id, project=tmp_path, command=["test"])
    run = Run.of_plan(made, path, run_id, "main")
    execute(made.cells, run, catalog, limits=made.battery.limits)
    run.close()
    leaves, _ = verify(path, batch_of(path), project)
    assert leaves == {("noop", "regulation/setpoint")}
