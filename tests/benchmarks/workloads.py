"""What the benchmarks of the runner run: projects in folders of their own, and processes in them that are measured whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

CONFTEST = """
import json, time
import pytest

MARKS = [("", 0.0)]

def mark(name):
    MARKS.append((name, time.process_time()))

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session):
    mark("start-up")
    yield
    mark("plan")

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session):
    yield
    mark("collection")

@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session):
    result = yield
    mark("cells")
    return result

@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    mark("close")

def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        spent = {name: after - before for (_, before), (name, after) in zip(MARKS, MARKS[1:])}
        (config.rootpath / "phases.json").write_text(json.dumps(spent))
"""
"""CPU seconds of a session's phases, in `phases.json`: all of the process until then, planning, collection, cells, close."""

NOTHING = """
from pytest_alienbio import Action, ActionResult, Observation, Scores, Step

class Nothing:
    def reset(self, seed): return Observation(0, {})
    def step(self, action): return Step(Observation(1, {}), ActionResult(True), terminated=True)
    def score(self): return Scores(0.5)

class Idle:
    def start(self, briefing): pass
    def decide(self, observation): return Action("wait")
    def end(self, scores): pass

class Waiting(Idle):
    def decide(self, observation):
        time.sleep(0.1)
        return Action("wait")

def pytest_alienbio_register_agents(registry):
    registry.add("idle", Idle)
    registry.add("waiting", Waiting)

def pytest_alienbio_register_scenarios(registry):
    registry.add("nothing", Nothing, passing_score=0.1)
"""
PLAIN = """
import json
import pytest

@pytest.fixture(scope="session")
def journal():
    with open("plain.jsonl", "a") as file:
        yield file

@pytest.mark.parametrize("seed", range({cells}))
def test_cell(seed, journal):
    journal.write(json.dumps({{"seed": seed, "score": 0.5}}) + "\\n")
"""
UNRELATED = "import pytest\n\n@pytest.mark.parametrize('n', range(10))\ndef test_it(n):\n    assert n < 10\n"
ALONE = ("-p", "no:alienbio")
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
SERIAL = ("-p", "no:xdist")


@dataclass(frozen=True, slots=True)
class Used:
    """What a process and those that it started used."""

    cpu_s: float
    wall_s: float
    rss_kib: int
    """The largest resident size of any of them."""
    phases: dict[str, float] = field(default_factory=dict)


def plain(root: Path, cells: int) -> Path:
    """A project of plain parametrised tests, each of which writes a line."""
    folder = _project(root / f"plain-{cells}", CONFTEST)
    (folder / "test_plain.py").write_text(PLAIN.format(cells=cells))
    return folder


def battery(root: Path, cells: int, *, agent: str = "idle", traces: str = "none") -> Path:
    """A project with a battery of cells that do nothing, or (`waiting`) nothing for 0.1 s."""
    folder = _project(root / f"{agent}-{traces}-{cells}", CONFTEST + NOTHING)
    run = f"scenarios: [nothing], agents: [{agent}], seeds: {cells}, run: {{traces: {traces}}}"
    (folder / "a.battery.yaml").write_text(f"experiment.a: {{{run}}}\n")
    return folder


def unrelated(root: Path) -> Path:
    """A project that has nothing to do with us."""
    folder = _project(root / "unrelated", "")
    (folder / "test_unrelated.py").write_text(UNRELATED)
    return folder


def _project(folder: Path, conftest: str) -> Path:
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "conftest.py").write_text(conftest)
    return folder


def pytest_in(folder: Path, *args: str, ends: tuple[int, ...] = (0,)) -> Used:
    """Runs pytest there. Raises `SystemExit` if it ends otherwise than expected."""
    return measured(folder, sys.executable, "-m", "pytest", *args, ends=ends)


def measured(folder: Path, *command: str, ends: tuple[int, ...] = (0,)) -> Used:
    """Runs a command in `folder`, with bytecode kept: where the surroundings forbid that, every process would compile anew."""
    phases = folder / "phases.json"
    phases.unlink(missing_ok=True)
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS")}
    if sys.dont_write_bytecode:
        env["PYTHONPYCACHEPREFIX"] = str(folder.parent / "bytecode")
    began = time.perf_counter()
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ends:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{(folder / 'output.txt').read_text()[-2000:]}")
    spent = json.loads(phases.read_text()) if phases.exists() else {}
    return Used(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss, spent)


def dats(folder: Path) -> list[Path]:
    """The project's result folders, oldest first."""
    return sorted((folder / "data" / "results" / "a").glob("*"))


def size(dat: Path) -> dict[str, int]:
    """Bytes of what lies in a result folder, by file or folder."""
    return {
        entry.name: sum(file.stat().st_size for file in (entry.rglob("*") if entry.is_dir() else [entry]) if file.is_file())
        for entry in sorted(dat.iterdir())
    }
