"""Which checkpoint is whose, and how long it is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.agents import NoopAgent, RandomAgent
from pytest_alienbio.model import Cell, CellLimits, Environment, Outcome, Result
from pytest_alienbio.play import AgentInfo, Catalog, ScenarioInfo, result_of
from pytest_alienbio.report import render_markdown
from pytest_alienbio.run import Run, play_one
from pytest_alienbio.run.checkpoints import identity
from pytest_alienbio.store import dat
from pytest_alienbio.testing import Pond

from ..play.worlds import make_cell
from .parts import Lab, make_plan

CHECKOUT = Path(__file__).parents[2]
CELL = make_cell("random")
KILLED = "from pathlib import Path\nfrom tests.run.test_checkpoints import Deadly, play\nplay(Path({dat!r}), Deadly, 'first')\n"


class Deadly(Pond):
    """A pond in whose eighth step of time the process is killed."""

    def _tick(self) -> None:
        if self._step == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        super()._tick()


class Stopped(Pond):
    """A pond in whose fifth step of time somebody presses Ctrl-C."""

    def _tick(self) -> None:
        if self._step == 4:
            raise KeyboardInterrupt
        super()._tick()


def ponds(world: Callable[[], Environment] = Pond) -> Catalog:
    """One pond, and two agents."""
    agents = {"random": AgentInfo("random", RandomAgent), "noop": AgentInfo("noop", NoopAgent)}
    return Catalog({"pond/small": ScenarioInfo("pond/small", lambda case, cache: world())}, agents)


def play(dat_path: Path, world: Callable[[], Environment] = Pond, run_id: str = "second", *, checkpoint: int = 3) -> Result:
    """Plays the cell in a folder, as one run of it."""
    run = Run(dat_path, run_id, "main", checkpoint=checkpoint)
    try:
        return play_one(CELL, run, ponds(world), limits=CellLimits())
    finally:
        run.close()


@pytest.fixture
def dat_path(tmp_path: Path) -> Path:
    return Lab(tmp_path, make_plan()).dat_path


def test_after_a_sigkill_the_next_process_goes_on(dat_path: Path) -> None:
    """A real one, in the middle of a step: what was played until the last checkpoint is played once."""
    killed = subprocess.run([sys.executable, "-c", KILLED.format(dat=str(dat_path))], cwd=CHECKOUT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list(dat.open(dat_path).results()) == []
    (kept,) = (dat_path / "checkpoints").iterdir()
    result, whole = play(dat_path), play(dat_path, run_id="undisturbed", checkpoint=0)
    assert result.metrics["continued_at_step"] in (3, 6)
    assert whole.metrics == {}
    for name in ("outcome", "score", "scores", "trajectory", "usage", "reason", "key"):
        assert getattr(result, name) == getattr(whole, name)
    assert not kept.exists()


def test_a_cell_that_was_interrupted_keeps_its_checkpoint(dat_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(dat_path, Stopped, "first")
    assert play(dat_path).metrics == {"continued_at_step": 3}


def test_a_cell_booked_as_lost_keeps_its_checkpoint_for_the_one_that_retries_it(dat_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(dat_path, Stopped, "first")
    controller = Run(dat_path, "first", "controller", checkpoint=3)
    controller.record(result_of(CELL, Outcome.LOST, "worker gw0 died while it played this cell"), CELL)
    controller.close()
    assert play(dat_path).metrics == {"continued_at_step": 3}


def test_nothing_is_left_of_cells_that_were_recorded(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan())
    play(lab.dat_path, checkpoint=1)
    lab.play()
    lab.close()
    assert not (lab.dat_path / "checkpoints").exists()


def test_none_are_made_unless_the_battery_says_so(dat_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(dat_path, Stopped, "first", checkpoint=0)
    assert not (dat_path / "checkpoints").exists()
    assert play(dat_path, checkpoint=0).metrics == {}


def test_a_run_says_once_what_has_no_checkpoints(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(agents=["right", "half"], checkpoint=2))
    lab.play()
    closed = lab.close()
    assert closed is not None
    text = render_markdown(closed.document)
    assert text.count("no checkpoints: scenario 'walks/plain' offers no checkpoint() and restore()") == 1


def other(cell: Cell, **changes: object) -> Cell:
    return replace(cell, case=replace(cell.case, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        replace(CELL, seed=1),
        replace(CELL, id="pond/small[alias-s0]"),
        replace(CELL, agent=replace(CELL.agent, params={"wait_probability": 0.5})),
        other(CELL, content_hash="c1"),
        other(CELL, scoring_hash="s1"),
        other(CELL, world="generator 2"),
        other(CELL, variant=2),
    ],
)
def test_a_checkpoint_of_anything_else_is_not_found(changed: Cell) -> None:
    assert identity(changed, ponds()) != identity(CELL, ponds()) == identity(make_cell("random"), ponds())


def test_nor_is_one_of_an_agent_whose_file_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of the same name and params in another file, or in the same file with another text."""
    found = set()
    monkeypatch.syspath_prepend(str(tmp_path))
    for number in (1, 2):
        (tmp_path / f"fickle{number}.py").write_text(f"class Fickle:\n    way = {number}\n")
        factory = __import__(f"fickle{number}").Fickle
        catalog = Catalog(ponds().scenarios, {"random": AgentInfo("random", factory)})
        found.add(identity(CELL, catalog))
    assert len({*found, identity(CELL, ponds())}) == 3
