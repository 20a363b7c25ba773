"""The live line: cells done, errors, means and time to go, in a terminal somebody watches; and nowhere else."""

from __future__ import annotations

import re
import shutil
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pytest_alienbio.plugin.live_line import Render
from pytest_alienbio.plugin.progress import ProgressHooks

from .conftest import CONFTEST, OTHERS, Lab
from .screen import PATIENT, Gate, Terminal

REGISTER = """

_agents = pytest_alienbio_register_agents


def pytest_alienbio_register_agents(registry):
    _agents(registry)
    registry.add("patient", Patient)
"""

BATTERIES = """
experiment.x: {scenarios: [walks/plain], agents: [right, half, crash, gpt-4], seeds: 3, cells: record}
experiment.y: {scenarios: [walks/plain], agents: [patient], seeds: 1}
"""
"""Thirteen cells; the last one waits."""

PYTHON = """
import pytest

@pytest.mark.battery("b.yaml")
def test_thrift(cell, bio):
    assert bio.play(cell).score

def test_other():
    pass
"""

LINE = re.compile(r"\d+/\d+( cells)?,? \d+ ?(error|err|E)")
VARYING = re.compile(r"in \d+\.\d+s|=+|collecting \d+ items?")
"""What no two runs have in common: time taken, the rules drawn around it, items found so far."""


class Watched:
    """A project with an agent that waits at a pipe, and its test run in a terminal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.gate = Gate(path / "gate")
        self.write("conftest.py", CONFTEST + PATIENT + REGISTER)
        self.write("pytest.ini", "[pytest]\n")
        self.write("a.battery.yaml", BATTERIES)

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, "utf-8")

    def run(self, *args: str, columns: int = 80, rows: int = 24, **environment: str) -> Terminal:
        others = [arg for plugin in (*OTHERS, "sugar") for arg in ("-p", f"no:{plugin}")]
        command = [sys.executable, "-m", "pytest", *others, *args]
        return Terminal(command, self.path, columns=columns, rows=rows, **environment)


@pytest.fixture
def project(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def is_below(terminal: Terminal, shown: str) -> bool:
    """Whether such a line stands below pytest's row."""
    return re.fullmatch(shown, terminal.below_cursor) is not None


def left(terminal: Terminal) -> list[str]:
    """What is left on the terminal, without what no two runs have in common; no live line is in it."""
    lines = [VARYING.sub("", line).rstrip() for line in terminal.lines]
    assert not [line for line in lines if LINE.match(line)]
    return "\n".join(lines).rstrip().splitlines()


@pytest.mark.parametrize(
    ("columns", "rows", "args", "shown"),
    [
        (20, 12, (), r"12/13,? 3 ?(err,|E) (<1|\d+)s"),
        (80, 24, (), r"12/13 cells, 3 errors, ETA \S+; mean score: right 1.00, half 0.50"),
        (200, 6, ("-vv",), r"12/13 cells, 3 errors, ETA \S+; mean score: right 1.00, half 0.50"),
    ],
    ids=["20 columns", "80 columns", "200 columns scrolling"],
)
def test_it_stands_below_pytests_own_and_leaves_nothing(
    project: Watched, columns: int, rows: int, args: tuple[str, ...], shown: str
) -> None:
    """While a cell plays the line stands below pytest's row; in the end the screen is as it is in a dumb terminal.

    Python tests, over a battery or not, are no cells of the line; skipped cells are done; crashed ones are errors.
    """
    project.write("b.yaml", "experiment.b: {scenarios: [walks/plain], agents: [right], seeds: 2}\n")
    project.write("test_python.py", PYTHON)
    files, screens = ("test_python.py", "a.battery.yaml"), []
    for kind in ("xterm", "dumb"):
        with project.run(*files, *args, columns=columns, rows=rows, TERM=kind, PY_COLORS="1") as terminal:
            if kind == "xterm":
                terminal.until(partial(is_below, terminal, shown))
                assert len([line for line in terminal.lines if LINE.match(line)]) == 1
            project.gate.open()
            assert terminal.end() == 1
            screens.append(left(terminal))
        shutil.rmtree(project.path / "data")
    # Where collecting takes half a second pytest counts on the way: on a narrow screen that leaves blank rows of its own.
    assert list(filter(None, screens[0])) == list(filter(None, screens[1]))
    assert any("12 cells: 6 completed, 3 agent_error" in line for line in screens[0]) or columns < 40


@pytest.mark.usefixtures("xdist_only")
def test_under_xdist_the_controller_counts_what_its_workers_report(project: Watched) -> None:
    """One worker waits while the other plays what it was given; a worker that dies is an error, and counting goes on."""
    project.write("a.battery.yaml", f"experiment.w: {{scenarios: [walks/plain], agents: [killer], seeds: 1}}{BATTERIES}")
    # Which worker is given what the dead one had not played is up to the scheduler: perhaps the one that waits.
    shown = r"\d+/14 cells, [1234] errors, ETA \S+; mean score: right 1.00, half 0.50"
    with project.run("-n", "2", rows=8) as terminal:
        terminal.until(lambda: re.fullmatch(shown, terminal.below_cursor))
        project.gate.open()
        assert terminal.end() == 1
        assert any("1 cell: 1 lost" in line for line in left(terminal))


@pytest.fixture
def xdist_only(request: pytest.FixtureRequest) -> None:
    if not request.config.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is not installed")


def test_ctrl_c_takes_it_away(project: Watched) -> None:
    """Before anything is said about the interrupt; the cells played so far are summarised as ever."""
    with project.run() as terminal:
        terminal.until(lambda: terminal.below_cursor.startswith("12/13 cells"))
        terminal.press(b"\x03")
        assert terminal.end() == pytest.ExitCode.INTERRUPTED
        lines = left(terminal)
    assert any("KeyboardInterrupt" in line for line in lines)
    assert any("12 cells: 6 completed" in line for line in lines)


def test_an_internal_error_takes_it_away(project: Watched) -> None:
    """A plugin that breaks the session does not leave our line among its traceback."""
    project.write("a.battery.yaml", BATTERIES.partition("experiment.y")[0])
    with (project.path / "conftest.py").open("a") as file:
        file.write("\n\ndef pytest_runtest_logfinish(nodeid):\n    assert 'crash-s1' not in nodeid, 'hook failed'\n")
    with project.run() as terminal:
        assert terminal.end() == pytest.ExitCode.INTERNAL_ERROR
        lines = left(terminal)
    assert any("AssertionError: hook failed" in line for line in lines)


def test_a_cell_that_ends_the_process_takes_it_away(project: Watched) -> None:
    """One that ignores its deadline: what is said then stands below pytest's own rows, not around ours."""
    project.write("a.battery.yaml", BATTERIES.replace("patient]", "patient, deaf]"))
    with (project.path / "conftest.py").open("a") as file:
        file.write("\n\nfrom pytest_alienbio.play import run_cell\nrun_cell.__kwdefaults__['grace_s'] = 0.1\n")
    with project.run("--bio-timeout=0.2", "-k", "crash or deaf") as terminal:
        assert terminal.end() == 1
        lines = left(terminal)
    assert any("did not stop when told to" in line for line in lines)
    assert b"3/4 cells" in terminal.raw


@pytest.mark.parametrize(("args", "ci"), [(["-q"], ""), ([], "true")], ids=["-q", "in CI"])
def test_unwatched_terminals_get_nothing_extra(project: Watched, args: list[str], ci: str) -> None:
    """Not a byte of it: no index, no saved cursor."""
    project.write("a.battery.yaml", BATTERIES.partition("experiment.y")[0])
    with project.run(*args, CI=ci) as terminal:
        assert terminal.end() == 1
    assert b"\x1bD" not in terminal.raw
    assert b"\x1b7" not in terminal.raw


def test_a_pipe_gets_nothing_extra(lab: Lab, mode: str) -> None:
    lab.battery(BATTERIES.partition("experiment.y")[0])
    output = lab.run(mode, "-v").stdout.str()
    assert "13 cells" not in output
    assert "12 cells" in output
    assert "\x1b7" not in output


class Board:
    """A live line that only remembers what it was to show."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.again = 0

    def show(self, render: Render) -> None:
        self.drawn.append(render(100, ascii=False))

    def show_again(self) -> None:
        self.again += 1


class Session:
    """The hooks over a session of `n` cells of one agent and a Python test, with a clock that stands still."""

    def __init__(self, n: int = 4) -> None:
        self.now, self.board = 100.0, Board()
        self.cells = [f"a.battery.yaml::x::walks/plain[right-s{seed}]" for seed in range(n)]
        items = [SimpleNamespace(nodeid=nodeid) for nodeid in ["test_a.py::test[right-s0]", *self.cells]]
        cell = SimpleNamespace(agent=SimpleNamespace(name="right"))
        loaded = SimpleNamespace(name="a.battery.yaml::x", plan=SimpleNamespace(cells=[cell]))
        state = SimpleNamespace(all_loaded=lambda: [loaded], selected=None)
        session = SimpleNamespace(items=items)
        self.hooks = ProgressHooks(cast(Any, session), cast(Any, state), cast(Any, self.board), lambda: self.now)

    def start(self, nodeid: str) -> None:
        list(self.hooks.pytest_runtest_logstart(nodeid))

    def report(
        self, nodeid: str, outcome: str = "passed", when: str = "call", ended: str = "completed", **told: object
    ) -> None:
        properties = list({"agent": "right", "outcome": ended, **told}.items())
        report = SimpleNamespace(
            nodeid=nodeid, when=when, outcome=outcome, passed=outcome == "passed", user_properties=properties
        )
        list(self.hooks.pytest_runtest_logreport(cast(Any, report)))

    @property
    def line(self) -> str:
        return self.board.drawn[-1]


@pytest.fixture
def session() -> Session:
    return Session()


def test_nothing_is_shown_before_the_first_cell(session: Session) -> None:
    """Python tests that come first have pytest's own progress; the pace of cells begins with the first cell."""
    session.start("test_a.py::test[right-s0]")
    session.report("test_a.py::test[right-s0]", score=1.0)
    assert session.board.drawn == []
    session.start(session.cells[0])
    assert session.board.drawn == ["0/4 cells, 0 errors"]


def test_time_counts_from_when_an_engine_begins(session: Session) -> None:
    """Ten minutes until the first of four cells has ended: half an hour is to go, and not nothing."""
    session.hooks.begin()
    session.now += 600
    session.start(session.cells[0])
    session.report(session.cells[0], score=1.0)
    assert session.line.startswith("1/4 cells, 0 errors, ETA 30m")


def test_a_cell_counts_once_with_its_final_report(session: Session) -> None:
    """Setup and teardown are no cells; neither is a report that comes twice."""
    session.start(session.cells[0])
    session.now += 2.0
    for when in ("setup", "call", "teardown", "call"):
        session.report(session.cells[0], when=when, score=0.5)
    assert session.line == "1/4 cells, 0 errors, ETA 6s; mean score: right 0.50"


def test_attempts_before_the_last_are_not_counted(session: Session) -> None:
    """pytest-rerunfailures reports an attempt that is tried again with an outcome of its own."""
    session.start(session.cells[0])
    session.report(session.cells[0], "rerun", score=0.1)
    assert session.board.drawn == ["0/4 cells, 0 errors"]
    session.report(session.cells[0], score=0.9)
    assert session.line.endswith("1/4 cells, 0 errors, ETA <1s; mean score: right 0.90")


def test_the_latest_scored_attempt_counts(session: Session) -> None:
    """As in the results: an attempt that broke does not take away the score of an earlier one."""
    session.start(session.cells[0])
    session.report(session.cells[0], "rerun", score=0.2)
    session.report(session.cells[0], "failed", ended="timed_out")
    assert session.line.endswith("mean score: right 0.20")


@pytest.mark.parametrize("told", ["nothing", "weird"])
def test_a_cell_that_was_not_recorded_is_an_error(session: Session, told: str) -> None:
    """Its report has no outcome, or one that somebody else gave that name: no reason to end the session."""
    session.start(session.cells[0])
    session.report(session.cells[0], "failed", when="setup", ended=told, score="high")
    assert session.line == "1/4 cells, 1 error, ETA <1s"


def test_figures_are_renewed_ten_times_a_second_at_most(session: Session) -> None:
    """A fast run does not write a screenful a cell: after the first twenty in a row, ten a second; between them the line
    is only put back where pytest's writing took it away."""
    session = Session(2000)
    for cell in session.cells:
        session.start(cell)
        session.report(cell, score=1.0)
        session.now += 0.001
    assert len(session.board.drawn) == 20 + 20 - 1
    assert session.board.again == 2 * 2000 - len(session.board.drawn)


def test_time_to_go_is_renewed_while_nothing_finishes(session: Session) -> None:
    """A cell that starts after a pause of others shows what that pause did to the pace."""
    session.start(session.cells[0])
    session.report(session.cells[0], score=1.0)
    session.now += 10.0
    session.start(session.cells[1])
    assert session.line == "1/4 cells, 0 errors, ETA 30s; mean score: right 1.00"
