"""The end of a session: what the folder holds, what is reported, what exit code says."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat

from .conftest import MODES, Lab

LOW = """
experiment.x:
  scenarios: [walks/plain]
  agents: [right, half]
  seeds: 6
"""


def holds_everything(folder: Path) -> None:
    """Checks what a run of that battery leaves, whoever played it."""
    names = {path.name for path in folder.iterdir()}
    assert {
        "_spec_.yaml",
        "environment.json",
        "cells",
        "results.json",
        "results.yaml",
        "summary.csv",
        "traces",
        "log.jsonl",
    } <= names
    rows = list(csv.DictReader((folder / "summary.csv").read_text().splitlines()))
    assert len(rows) == 12
    assert {row["score"] for row in rows} == {"1.0", "0.5"}
    assert len(json.loads((folder / "results.json").read_text())["cells"]) == 12
    assert (folder / "traces" / "walks-plain_half_seed5.json").is_file()
    opened = dat.open(folder)
    assert opened.status()["verdict"] == "passed"
    events = [entry["event"] for entry in opened.log()]
    assert events[0] == "created"
    assert events[-1] == "closed"


def test_the_folder_holds_everything_and_is_the_same_however_it_was_run(lab: Lab) -> None:
    """Where options say; serial, `-n 0` and `-n 2` differ in times and workers only; every writer has its own journal."""
    lab.battery(LOW)
    seen = []
    for mode in MODES:
        lab.run(mode, "--bio-cells", "record", "--bio-data", "elsewhere", "--bio-out", f"{mode}/{{battery}}")
        folder = lab.path / "elsewhere" / mode / "x"
        holds_everything(folder)
        writers = sorted(path.stem.rpartition("-")[2] for path in (folder / "cells").iterdir())
        assert writers == (["gw0", "gw1"] if mode == "n2" else ["main"])
        blank = {"run": "", "worker": "", "started_at": 0.0, "ended_at": 0.0, "duration_s": 0.0, "dat_path": ""}
        seen.append([result.with_(**blank) for result in dat.open(folder).results()])
    assert seen[0] == seen[1] == seen[2]
    assert lab.dats() == []


def test_a_run_cut_short_says_what_was_not_run(lab: Lab, mode: str) -> None:
    """`-x` leaves cells that were selected and never started: not_run, no score, exit code of the failure."""
    lab.battery(
        """
        experiment.x:
          scenarios: [walks/plain]
          agents: [half, right]
          seeds: 20
        """
    )
    run = lab.run(mode, "-x")
    assert run.ret == 1
    outcomes = [result.outcome for result in lab.results().values()]
    assert len(outcomes) == 40
    assert outcomes.count(Outcome.NOT_RUN) >= 30
    assert all(r.score is None for r in lab.results().values() if r.outcome is Outcome.NOT_RUN)
    assert dat.open(lab.dats()[0]).status()["verdict"] == "incomplete"


def test_ctrl_c_keeps_what_was_played(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, interrupted], seeds: 3}")
    run = lab.pytester.runpytest_subprocess("-p", "no:randomly")
    assert run.ret == 2
    scored = [result for result in lab.results().values() if result.outcome is Outcome.COMPLETED]
    assert len(scored) == 3
    assert dat.open(lab.dats()[0]).status()["verdict"] == "interrupted"


def test_a_selection_that_leaves_nothing_leaves_no_folder(lab: Lab, mode: str) -> None:
    lab.battery(LOW)
    run = lab.run(mode, "-k", "nothing_is_called_so")
    assert run.ret == 5
    assert lab.dats() == []


def test_a_broken_scenario_fails_the_run_with_a_report_of_its_own(lab: Lab, mode: str) -> None:
    """A world in which noop scores high measures nothing; `--lf` does not remember the report, for it is no item."""
    lab.battery(
        """
        experiment.x:
          scenarios: [{name: walks/plain, params: {bonus: 0.7}}]
          agents: [noop]
          seeds: 6
        """
    )
    run = lab.run(mode)
    assert run.ret == 1
    assert run.parseoutcomes() == {"passed": 6, "failed": 1}
    run.stdout.fnmatch_lines(["*sanity*walks/plain*"])
    assert "noop" in run.stdout.str()
    remembered = lab.path / ".pytest_cache" / "v" / "cache" / "lastfailed"
    assert not remembered.exists() or "sanity" not in remembered.read_text()


def test_four_cells_are_too_few_to_call_a_scenario_broken(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [{name: walks/plain, params: {bonus: 0.7}}], agents: [noop], seeds: 4}")
    assert lab.run("plain").ret == 0


def test_summary_fits_narrow_and_wide_terminals(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.battery(LOW)
    for columns in ("80", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        run = lab.run("plain", "--bio-cells", "record")
        start = next(n for n, line in enumerate(run.outlines) if "= alienbio =" in line)
        shown = [line for line in run.outlines[start:] if not line.startswith("results:")]
        assert max(map(len, shown)) <= int(columns)
        run.stdout.fnmatch_lines(["*leaderboard*", "*right*", "*results: *data*"])


def test_quiet_twice_prints_no_summary(lab: Lab) -> None:
    lab.battery(LOW)
    assert "leaderboard" not in lab.run("plain", "-qq").stdout.str()


def test_traces_option(lab: Lab) -> None:
    lab.battery(LOW)
    counts = {}
    for which in ("all", "failed", "none"):
        lab.run("plain", "--bio-traces", which)
        counts[which] = len(list((lab.dats()[0]).glob("traces/*")))
    assert counts == {"all": 12, "failed": 6, "none": 0}


def test_many_cells_pack_their_traces(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 201}")
    lab.run("plain")
    folder = lab.dats()[0]
    assert len(list(folder.glob("traces/*"))) == 1
    result = lab.results()["walks/plain[right-s200]"]
    trace = dat.open(folder).trace(result)
    assert trace is not None
    assert trace["id"] == "walks/plain[right-s200]"


@pytest.mark.parametrize("option", ["--fixtures", "--setup-plan", "--setup-only", "--collect-only"])
def test_sessions_that_only_look_leave_no_folder(lab: Lab, option: str) -> None:
    lab.battery(LOW)
    lab.run("plain", option)
    assert lab.dats() == []


def test_a_folder_that_is_gone_is_one_sentence_and_a_failure(lab: Lab, mode: str) -> None:
    """No traceback of ours; the rest of the session ends as it would."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}")
    lab.conftest("""
        def pytest_alienbio_cell_finish(cell, result):
            import shutil
            shutil.rmtree("data")
        """)
    run = lab.run(mode)
    assert run.ret == 1
    text = run.stdout.str()
    assert "was not closed: no result folder at" in text
    assert "INTERNALERROR" not in text


def test_a_claim_that_fails_leaves_the_others_claims_behind_no_more(lab: Lab) -> None:
    lab.battery(LOW)
    lab.battery("experiment.y: {scenarios: [walks/plain], agents: [right], seeds: 1, output_path: taken}", "b.battery.yaml")
    (lab.path / "data").mkdir()
    (lab.path / "data" / "taken").write_text("a file")
    assert lab.run("plain").ret == 4
    assert lab.dats() == []


def test_a_test_of_another_project_with_a_property_called_outcome_is_left_alone(lab: Lab) -> None:
    lab.pytester.makepyfile("""
        def test_it(record_property):
            record_property("outcome", "meal")
            record_property("score", 0.5)
            assert False
        """)
    run = lab.run("plain", "-v")
    assert "FAILED" in run.stdout.str()
    assert "ERROR" not in run.stdout.str()


TESTS = """
    import pytest

    @pytest.mark.battery("{}.battery.yaml")
    def test_it(cell, bio):
        {}
    """


def status(folder: Path) -> tuple[object, object]:
    """Verdict and counts."""
    told = dat.open(folder).status()
    return told["verdict"], told["cells"]


def test_python_tests_that_were_stopped_leave_cells_not_run(lab: Lab, mode: str) -> None:
    """They select the cells they are given; a folder of one cell in twelve is no complete one."""
    lab.battery(LOW, "sub/a.battery.yaml")
    (lab.path / "test_x.py").write_text(
        "import pytest\n@pytest.mark.battery('sub/a.battery.yaml')\n@pytest.mark.parametrize('way', [1, 2])\n"
        "def test_it(cell, bio, way):\n    bio.play(cell, check=False)\n    assert False\n"
    )
    assert lab.run(mode, "-x", "test_x.py").ret == 1
    outcomes = [result.outcome for result in lab.results().values()]
    played = outcomes.count(Outcome.COMPLETED)
    assert 1 <= played <= 4
    assert outcomes.count(Outcome.NOT_RUN) == 12 - played
    assert status(lab.dats()[0]) == ("incomplete", {"planned": 12, "selected": 12, "recorded": played})


def test_a_test_may_leave_its_cell_or_play_it_with_another(lab: Lab, mode: str) -> None:
    """Where it ends well nothing is missing: the cell was selected, and the run is complete."""
    bodies = {
        "left": "cell.agent.name == 'half' or bio.play(cell)",
        "skipped": "cell.agent.name == 'half' and pytest.skip('not this one'); bio.play(cell)",
        "other": "from conftest import Right; bio.play(cell, agent=Right())",
    }
    for name, body in bodies.items():
        lab.battery(LOW.replace("experiment.x", f"experiment.{name}"), f"{name}.battery.yaml")
        lab.pytester.makepyfile(**{f"test_{name}": TESTS.format(name, body)})
    assert lab.run(mode, *(f"test_{name}.py" for name in bodies)).ret == 0
    for name, recorded in {"left": 6, "skipped": 6, "other": 12}.items():
        (folder,) = (path for path in lab.dats() if path.parent.name == name)
        assert status(folder) == ("passed", {"planned": 12, "selected": 12, "recorded": recorded})


def test_a_smoke_run_of_python_tests_knows_who_played(lab: Lab, mode: str) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [noop, right], seeds: 2}")
    lab.pytester.makepyfile(test_x=TESTS.format("a", "bio.play(cell)"))
    run = lab.run(mode, "test_x.py", "--bio-smoke")
    run.stdout.fnmatch_lines(["4 cells, 2 selected: 2 completed"])
    run.stdout.fnmatch_lines(["*checked in part: oracle was not selected*"])
    assert "neither oracle nor noop" not in run.stdout.str()


def test_a_session_that_cannot_be_collected_leaves_no_folder(lab: Lab) -> None:
    """Not as the newest one, in which nothing was run."""
    lab.battery(LOW)
    (lab.path / "test_x.py").write_text("import nonsense")
    for mode in ("plain", "n0"):
        assert lab.run(mode).ret == 2
        assert lab.dats() == []


def test_the_short_summary_has_ids_where_tools_expect_them(lab: Lab) -> None:
    lab.battery(LOW)
    run = lab.run("plain", "-v")
    run.stdout.fnmatch_lines(["*FAILED 0.50*"])
    run.stdout.fnmatch_lines(["FAILED a.battery.yaml::x::walks/plain[[]half-s0[]]*"])
