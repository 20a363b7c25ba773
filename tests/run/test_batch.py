"""A battery played in this process."""

from __future__ import annotations

import shlex
import subprocess
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError, StuckCellError
from pytest_alienbio.model import Action, AgentEntry, Cell, CellLimits, Observation, Outcome, Result, ScenarioEntry
from pytest_alienbio.play import run_cell
from pytest_alienbio.run import BatchResult, OnResult, Project, instance_cache, run_batch
from pytest_alienbio.store import dat, find_dats

from ..report.parts import told
from .parts import Right, make_battery, make_catalog


def play(root: Path, *args: Any, on_result: OnResult | None = None, **more: Any) -> BatchResult:
    """`run_batch` of `make_battery(...)` below `root`."""
    battery = make_battery(*args, **more)
    return run_batch(battery, Project(root), make_catalog(), root / "data", command=["t"], on_result=on_result)


def test_everything_is_played_in_the_plans_order_and_is_in_the_dat(tmp_path: Path) -> None:
    """Results come back without trajectories, which lie in the DAT."""
    seen: list[str] = []

    def look(cell: Cell, result: Result) -> None:
        assert result.trajectory is not None
        seen.append(cell.id)

    batch = play(tmp_path, ["walks/line", "walks/plain"], ["right", "half"], on_result=look)
    assert [result.id for result in batch] == seen
    assert len(batch) == 8
    assert all(result.trajectory is None for result in batch)
    opened = dat.open(batch.dat_path)
    recorded = {result.id: result for result in opened.results()}
    assert {result.id: result.score for result in batch} == {id_: result.score for id_, result in recorded.items()}
    assert all(opened.trace(result) for result in recorded.values())
    assert opened.status()["verdict"] == batch.status == "failed"


def test_means_and_rates_leave_out_what_has_no_score(tmp_path: Path) -> None:
    """An outage is in no mean and no rate; without any score there is none."""
    batch = play(tmp_path, agents=["right", "half", "outage", "claude-opus"], cells="record")
    assert batch.counts == {Outcome.COMPLETED: 4, Outcome.PROVIDER_ERROR: 2, Outcome.SKIPPED: 2}
    assert (batch.mean(), batch.mean("half"), batch.mean("outage"), batch.mean("nobody")) == (0.75, 0.5, None, None)
    assert (batch.pass_rate(), batch.pass_rate("right"), batch.pass_rate("outage")) == (0.5, 1.0, None)


@pytest.mark.parametrize(
    ("agents", "cells", "status"),
    [
        (["right"], "assert", "passed"),
        (["half"], "assert", "failed"),
        (["half"], "record", "passed"),
        (["outage"], "record", "failed"),
        (["lazy"], "assert", "passed"),
        (["claude-opus"], "assert", "passed"),
    ],
)
def test_status_follows_the_outcome_table(tmp_path: Path, agents: list[str], cells: str, status: str) -> None:
    assert play(tmp_path, agents=agents, cells=cells).status == status


def test_ctrl_c_closes_the_dat_and_passes_on(tmp_path: Path) -> None:
    """What was finished is kept, the rest is booked as never started."""
    with pytest.raises(KeyboardInterrupt):
        play(tmp_path, agents=["right", "interrupted"], seeds=[0])
    opened = dat.open(find_dats(tmp_path / "data")[0])
    assert opened.status()["verdict"] == "interrupted"
    outcomes = {result.agent: result.outcome for result in opened.results()}
    assert outcomes == {"right": Outcome.COMPLETED, "interrupted": Outcome.NOT_RUN}


def test_a_listener_that_fails_ends_the_run_but_loses_nothing(tmp_path: Path) -> None:
    def fail(cell: Cell, result: Result) -> None:
        raise RuntimeError("listener")

    with pytest.raises(RuntimeError, match="listener"):
        play(tmp_path, on_result=fail)
    opened = dat.open(find_dats(tmp_path / "data")[0])
    assert [result.outcome for result in opened.results()] == [Outcome.COMPLETED, Outcome.NOT_RUN]


def test_nothing_is_written_for_a_battery_that_cannot_be_planned(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="did you mean 'walks/plain'"):
        play(tmp_path, ["walks/plian"])
    assert not (tmp_path / "data").exists()


def test_profiles_of_the_project_can_be_named(tmp_path: Path) -> None:
    project = Project(tmp_path, profiles={"mine": AgentEntry("mine", kind="right")})
    batch = run_batch(make_battery(agents=["mine"]), project, make_catalog(), tmp_path, command=["t"])
    assert batch.mean("mine") == 1.0


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ["bio", "run", "walks/line", "--agent", "half", "--seed", "3", "--difficulty", "2"]),
        ("a b/x.battery.yaml", ["pytest", "a b/x.battery.yaml::b::walks/line[d2-half-s3]"]),
    ],
)
def test_each_failure_says_how_to_play_it_again(tmp_path: Path, source: str, expected: list[str]) -> None:
    """By `bio run` if it came from arguments, by pytest if a file defines it; a shell takes it as it stands."""
    batch = play(tmp_path, ["walks/line"], ["half"], [3], source=source)
    assert [shlex.split(group["command"]) for group in told(batch.document)["failures"]["groups"]] == [expected]


def test_scenario_files_named_in_a_battery_are_played(tmp_path: Path) -> None:
    """Relative to the battery's own folder."""
    shipped = Path(__file__).parents[2] / "pytest_alienbio/scenarios/catalog/mutualism/competition.yaml"
    text = shipped.read_text("utf-8").replace("mutualism/competition", "mine/copy")
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    batch = play(tmp_path, [ScenarioEntry("./mine.yaml")], ["noop"], [0], source=str(tmp_path / "x.battery.yaml"))
    assert batch.results[0].scenario == "mine/copy"
    assert batch.results[0].outcome.scored


def test_one_cache_for_everything_below_a_data_root(tmp_path: Path) -> None:
    made: list[int] = []
    for _ in range(2):
        cache = instance_cache(tmp_path)
        cache.fetch("k", lambda: made.append(1) or {"x": 1}, lambda value: True)  # type: ignore[func-returns-value]
    assert made == [1]


class Deaf(Right):
    """Hears nothing until it is let go."""

    free = Event()

    def decide(self, observation: Observation, /) -> Action:
        while not self.free.is_set():
            with suppress(BaseException):
                self.free.wait(30)
        return Action("right")


def test_a_cell_that_cannot_be_stopped_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The DAT is closed while the cell still holds the thread; if it lets go, nothing more is written and an error says so."""
    monkeypatch.setattr(import_module("pytest_alienbio.run.execute"), "run_cell", partial(run_cell, grace_s=0.01))
    Deaf.free.clear()
    told: list[tuple[str, object, int]] = []

    def tell(error: StuckCellError) -> None:
        opened = dat.open(Path(error.dat_path))
        told.append((error.cell_id, opened.status()["verdict"], len(list(opened.results()))))
        Deaf.free.set()

    battery = make_battery(
        agents=["right", AgentEntry("Deaf", kind="Deaf"), "half"],
        seeds=[0],
        players={"Deaf": Deaf},
        limits=CellLimits(wall_clock_s=0.05),
    )
    with pytest.raises(StuckCellError, match=r"walks/plain\[Deaf-s0\]: cell ran longer than 0\.05 s"):
        run_batch(battery, Project(tmp_path), make_catalog(), tmp_path / "data", command=["t"], on_stuck=tell)
    assert told == [("walks/plain[Deaf-s0]", "incomplete", 3)]
    (path,) = find_dats(tmp_path / "data")
    assert {result.agent: result.outcome for result in dat.open(path).results()} == {
        "right": Outcome.COMPLETED,
        "Deaf": Outcome.TIMED_OUT,
        "half": Outcome.NOT_RUN,
    }


def test_in_a_notebook_it_shows_what_counts(tmp_path: Path) -> None:
    """How it ended, each agent's mean with its interval, where everything is: no more than a few lines."""
    batch = play(tmp_path, ["walks/line", "walks/plain"], ["right", "half", "outage"])
    lines = repr(batch).splitlines()
    assert lines[0] == "b: failed; 12 cells: 8 completed, 4 provider_error"
    assert [line.split()[:2] for line in lines[2:5]] == [["right", "1.00"], ["half", "0.50"], ["outage", "-"]]
    assert lines[-1] == f"results: {batch.dat_path}"
    assert str(batch) == repr(batch)


def test_a_dat_names_its_batterys_file_from_the_project(tmp_path: Path) -> None:
    """As pytest would spell it; one that lies elsewhere as it was given."""
    for source, kept in (
        (str(tmp_path / "e" / "x.battery.yaml"), "e/x.battery.yaml"),
        ("/else/x.battery.yaml", "/else/x.battery.yaml"),
    ):
        batch = play(tmp_path, seeds=[0], source=source)
        assert dat.open(batch.dat_path).spec()["resolved"]["source"] == kept  # type: ignore[index,call-overload]


def test_under_threads_a_cell_that_cannot_be_stopped_is_marked_and_its_place_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both threads are lost to such cells, and all the others are played. What comes back later is nobody's."""
    monkeypatch.setattr(import_module("pytest_alienbio.run.execute"), "run_cell", partial(run_cell, grace_s=0.01))
    Deaf.free.clear()
    told: list[StuckCellError] = []
    battery = make_battery(
        agents=[AgentEntry("Deaf", kind="Deaf"), "right"],
        seeds=[0, 1],
        players={"Deaf": Deaf},
        limits=CellLimits(wall_clock_s=0.05),
        engine="threads:2",
    )
    done = run_batch(battery, Project(tmp_path), make_catalog(), tmp_path / "data", command=["t"], on_stuck=told.append)
    Deaf.free.set()
    assert [(result.agent, result.outcome) for result in done.results] == [
        ("Deaf", Outcome.TIMED_OUT),
        ("Deaf", Outcome.TIMED_OUT),
        ("right", Outcome.COMPLETED),
        ("right", Outcome.COMPLETED),
    ]
    assert {result.reason for result in done.results[:2]} == {"cell ran longer than 0.05 s, and could not be stopped"}
    assert told == []
    (path,) = find_dats(tmp_path / "data")
    assert len(list(dat.open(path).results())) == len(_lines(path)) == 4


def _lines(path: Path) -> list[str]:
    return [line for file in (path / "cells").iterdir() for line in file.read_text().splitlines()]


FREEZES = """
from pathlib import Path
from pytest_alienbio.model import AgentEntry, CellLimits
from pytest_alienbio.play import limits, run_cell
from pytest_alienbio.run import Project, run_batch
from tests.run.parts import Right, make_battery, make_catalog

run_cell.__kwdefaults__["grace_s"] = limits.MARGIN_S = 0.1

class Freezes(Right):
    def decide(self, observation):
        sum(range(10**12))

battery = make_battery(
    agents=["right", AgentEntry("f", kind="f"), "half"], seeds=[0], players={"f": Freezes}, limits=CellLimits(wall_clock_s=0.2)
)
root = Path(__ROOT__)
run_batch(battery, Project(root), make_catalog(), root / "data", command=["t"], mortal=True)
"""


def test_a_cell_that_freezes_the_process_ends_it_with_a_sentence_and_a_record(tmp_path: Path) -> None:
    code = FREEZES.replace("__ROOT__", repr(str(tmp_path)))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 1
    assert "walks/plain[f-s0]: cell ran longer than 0.2 s, and a call let nothing else run in its process" in ended.stderr
    assert "`bio batch BATTERY --resume` goes on after that cell." in ended.stderr
    (path,) = find_dats(tmp_path / "data")
    outcomes = {result.agent: result.outcome for result in dat.open(path).results()}
    assert outcomes == {"right": Outcome.COMPLETED, "f": Outcome.TIMED_OUT}
