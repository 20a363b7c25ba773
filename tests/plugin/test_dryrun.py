"""`--bio-dry-run`: the plan is printed, nothing is played, nothing is written, whatever else is installed or asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pytest_alienbio.plugin.dryrun import processes

from .conftest import Lab

BATTERY = """\
experiment.walk:
  scenarios: [{name: walks/line, difficulty: [1, 2]}, walks/plain]
  agents: [right, half, gpt-4]
  seeds: 4
  cells: record
"""

TESTS = """
import pytest

def test_plain():
    raise RuntimeError("played")

@pytest.mark.battery("a.battery.yaml")
def test_over_cells(cell, bio):
    raise RuntimeError("played")
"""


def listing(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every path below a folder, with size, time and content; what pytester itself keeps there is left out."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(folder, name)
            stat = path.lstat()
            found[str(path.relative_to(root))] = (stat.st_size, stat.st_mtime_ns, path.read_bytes() if path.is_file() else b"")
    return {name: what for name, what in found.items() if not name.startswith(("stdout", "stderr", "runpytest-"))}


def said(run: pytest.RunResult) -> str:
    return run.stderr.str() + run.stdout.str()


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules are compiled here as they would be for a user."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_the_plan_is_printed_and_nothing_written(lab: Lab, mode: str) -> None:
    """Cells by scenario and agent, what is skipped and why; the session ends well, and the folder is as it was."""
    lab.battery(BATTERY)
    (lab.path / "test_x.py").write_text(TESTS)
    before = listing(lab.path)
    run = lab.run(mode, "--bio-dry-run", "a.battery.yaml", "test_x.py", workers=False)
    assert run.ret == 0
    run.stdout.fnmatch_lines(
        [
            "walk: 36 cells = 3 cases x 3 agents x 4 seeds",
            "scenario     right  half  gpt-4  all",
            "walks/line       8     8     8s   24",
            "walks/plain      4     4     4s   12",
            "s skipped: 12 cells of gpt-4: it costs money: add --bio-live (bio: --live)",
            "calls: about 120 (assumed: 60 to 240)",
            "time: about * of play (assumed: *",
            "size: not known, *",
            "results would go to*",
            "*/data/results/walk/{date}_{seq}",
            "37 Python tests would run, too; nothing is foreseen of them",
            "nothing was played, nothing was written",
            "*73 tests collected in *",
        ],
    )
    assert "worlds" not in run.stdout.str()
    assert listing(lab.path) == before


def test_not_even_where_much_would_be(lab: Lab, mode: str) -> None:
    """After a run, with every option that writes: no DAT, no cache, no report, no log, no compiled module."""
    lab.battery(BATTERY)
    (lab.path / "test_x.py").write_text("import helper\ndef test_plain(): pass\n")
    (lab.path / "helper.py").write_text("")
    lab.run("plain", "a.battery.yaml", "--junitxml=r/j.xml")
    before = listing(lab.path)
    assert any(name.startswith("data") for name in before)
    options = ["--junitxml=r/j.xml", "--log-file=logs/x.log", "--sw", "--nf", "--cache-clear", "-v", "-x"]
    run = lab.run(mode, "--bio-dry-run", *options, workers=False)
    assert run.ret == 0
    assert "time: about" in run.stdout.str()
    assert listing(lab.path) == before


def test_compiling_goes_on_afterwards(lab: Lab) -> None:
    """What is switched off in this process is switched on again at the end of the session."""
    lab.battery(BATTERY)
    lab.run("plain", "--bio-dry-run")
    assert sys.dont_write_bytecode is False


@pytest.mark.parametrize(
    ("arguments", "counted"),
    [
        (["-k", "half and line"], "8 of 36 cells selected, 28 deselected"),
        (["-m", "cell(agent='right', seed=3)"], "3 of 36 cells selected, 33 deselected"),
        (["--bio-agent", "right"], "12 of 36 cells selected, 24 deselected"),
        (["--bio-difficulty", "2"], "12 of 36 cells selected, 24 deselected"),
        (["--bio-smoke"], "6 of 36 cells selected, 30 deselected"),
        (["--bio-seeds", "100-109"], "90 cells = 3 cases x 3 agents x 10 seeds"),
        (["a.battery.yaml::walk::walks/plain"], "12 of 36 cells selected, 24 deselected"),
    ],
)
def test_selections_are_foreseen_as_they_would_be_played(lab: Lab, arguments: list[str], counted: str) -> None:
    lab.battery(BATTERY)
    run = lab.run("n0", "--bio-dry-run", *arguments)
    assert run.ret == 0
    assert counted in run.stdout.str()


def test_what_failed_last_is_foreseen_and_stays_remembered(lab: Lab, mode: str) -> None:
    lab.battery(BATTERY.replace("record", "assert"))
    lab.run("plain", "--bio-agent", "half,right")
    for _ in range(2):
        run = lab.run(mode, "--bio-dry-run", "--lf", workers=False)
        assert run.ret == 0
        assert "walk: 12 of 36 cells selected, 24 deselected; 3 cases x 1 agent x 4 seeds" in run.stdout.str()


def test_nothing_selected_is_pytests_own_exit_code(lab: Lab) -> None:
    lab.battery(BATTERY)
    run = lab.run("n0", "--bio-dry-run", "-k", "nothing")
    assert run.ret == 5
    assert "no battery's cell is selected" in run.stdout.str()


def test_time_is_shared_by_as_many_processes_as_are_asked_for(lab: Lab) -> None:
    """None of them is started."""
    lab.battery(BATTERY)
    lab.run("plain")
    lab.conftest("def pytest_configure_node(node): raise RuntimeError('a process was started')")
    for arguments, count in (
        (["-n", "4"], "4"),
        (["-n", "4", "--maxprocesses", "3"], "3"),
        (["--dist=load", "--tx=2*popen"], "2"),
    ):
        run = lab.pytester.runpytest_inprocess("-p", "no:randomly", "--bio-dry-run", *arguments)
        assert run.ret == 0, said(run)
        assert f"on {count} processes" in run.stdout.str()


@pytest.mark.parametrize(
    ("text", "arguments", "code", "expected"),
    [
        ("experiment.x: {scenarios: [walks/plian], agents: [right], seeds: 1}", [], 2, "did you mean 'walks/plain'"),
        ("experiment.x: [", [], 2, "a.battery.yaml:2:"),
        (BATTERY, ["--bio-agent", "rihgt"], 4, "did you mean 'right'"),
        (BATTERY, ["--bio-seeds", "many"], 4, "'many'"),
        (BATTERY, ["--bio-out", "../{seq}"], 4, ".."),
        (BATTERY, ["--bio-data", "taken"], 4, "cannot use "),
        (BATTERY, ["--bio-data", "taken/below"], 4, "cannot use "),
        (BATTERY, ["--no-such-option"], 4, "--no-such-option"),
    ],
)
def test_what_could_not_be_run_ends_as_it_would_without(
    lab: Lab, text: str, arguments: list[str], code: int, expected: str
) -> None:
    """2 for a battery, 4 for an option; nothing of a plan is printed, nothing is written."""
    lab.battery(text)
    (lab.path / "taken").write_text("a file")
    before = listing(lab.path)
    dry = lab.run("n0", "--bio-dry-run", *arguments)
    assert listing(lab.path) == before
    assert "nothing was played" not in dry.stdout.str()
    for run in (dry, lab.run("n0", *arguments)):
        assert run.ret == code, said(run)
        assert expected in said(run)


def test_in_every_mode_alike(lab: Lab, mode: str) -> None:
    lab.battery(BATTERY)
    (lab.path / "taken").write_text("a file")
    assert lab.run(mode, "--bio-dry-run", "--bio-data", "taken", workers=False).ret == 4
    lab.battery("experiment.x: [", "b.battery.yaml")
    assert lab.run(mode, "--bio-dry-run", workers=False).ret == 2


def test_a_module_that_cannot_be_imported_ends_with_2(lab: Lab) -> None:
    """As without a dry run; and nothing is foreseen, since it is not known what would be."""
    lab.battery(BATTERY)
    (lab.path / "test_x.py").write_text("import nowhere")
    run = lab.run("n0", "--bio-dry-run", "a.battery.yaml", "test_x.py")
    assert run.ret == 2
    assert "1 error during collection" in run.stdout.str()
    assert "walk: 36 cells" not in run.stdout.str()


def test_several_batteries_and_what_they_come_to(lab: Lab) -> None:
    lab.battery(BATTERY)
    lab.battery("experiment.stroll: {scenarios: [walks/plain], agents: [right], seeds: 2}", "b.battery.yaml")
    lab.run("plain")
    run = lab.run("n0", "--bio-dry-run")
    run.stdout.fnmatch_lines(
        ["walk: 36 cells = *", "stroll: 2 cells = *", "all 2 batteries: 38 cells", "time: about *", "size: *"]
    )


def test_a_project_without_batteries_has_nothing_to_foresee(lab: Lab) -> None:
    (lab.path / "test_x.py").write_text("def test_plain(): raise RuntimeError('played')\n")
    run = lab.run("plain", "--bio-dry-run", "test_x.py")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["no battery's cell is selected", "1 Python test would run, too; *", "*1 test collected in *"])


def test_a_broken_earlier_run_is_noted(lab: Lab) -> None:
    lab.battery(BATTERY)
    lab.run("plain")
    (lab.dats()[0] / "_spec_.yaml").write_text("v: 99")
    run = lab.run("n0", "--bio-dry-run")
    assert run.ret == 0
    assert "note: an earlier run was left out:" in run.stdout.str()


@pytest.mark.parametrize("columns", ["20", "80", "200"])
def test_it_fits_the_terminal(lab: Lab, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lab.battery(BATTERY)
    run = lab.run("plain", "--bio-dry-run")
    lines = run.stdout.lines
    first = next(number for number, line in enumerate(lines) if line.startswith("walk:"))
    last = next(number for number, line in enumerate(lines) if line.startswith("nothing was played"))
    assert all(len(line) <= int(columns) for line in lines[first:last])


def test_the_plan_keeps_its_order_and_reaches_ascii_terminals(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever order another plugin gives the items."""
    lab.battery(BATTERY)
    lab.conftest("def pytest_collection_modifyitems(items): items.reverse()")
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("COLUMNS", "25")
    run = lab.pytester.runpytest_subprocess("-p", "no:randomly", "--bio-dry-run")
    assert run.ret == 0
    assert run.stdout.str().isascii()
    run.stdout.fnmatch_lines(["walks/line", "  right*", "  half*", "  gpt-4*", "walks/plain"])


@pytest.mark.parametrize(
    ("specs", "count"), [([], 0), (["popen"] * 3, 3), (["3*popen"], 3), (["2*popen//python=x", "ssh=h"], 3), (["*x"], 1)]
)
def test_processes_of_xdist(specs: list[str], count: int) -> None:
    assert processes(specs) == count


@pytest.mark.parametrize(
    ("option", "said_of_it"), [("--debug", "leave out --debug"), ("--looponfail", "leave out --looponfail")]
)
def test_options_that_leave_a_dry_run_no_chance_are_refused(lab: Lab, option: str, said_of_it: str) -> None:
    """pytest opens the log of `--debug` before anybody is asked; `--looponfail` waits for files to change, forever."""
    lab.battery(BATTERY)
    before = listing(lab.path)
    run = lab.run("n0", "--bio-dry-run", option)
    assert run.ret == 4
    assert said_of_it in said(run)
    assert listing(lab.path) == before


def test_nothing_is_sent_away(lab: Lab) -> None:
    """A paste bin would be told all that the terminal shows."""
    lab.battery(BATTERY)
    run = lab.run("plain", "--bio-dry-run", "--pastebin=all")
    assert run.ret == 0
    assert "paste" not in said(run).lower()
