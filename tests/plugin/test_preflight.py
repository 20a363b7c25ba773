"""Everything a user got wrong is said before the first cell, with the same exit code however the session runs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import pytest_alienbio.scenarios.environment

from .conftest import Lab

GOOD = "experiment.good: {scenarios: [walks/plain], agents: [right], seeds: 2}"


def said(run: pytest.RunResult) -> str:
    return run.stderr.str() + run.stdout.str()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "experiment.x: {scenarios: [walks/plian], agents: [right], seeds: 1}",
            ["b.battery.yaml:1:", "did you mean 'walks/plain'"],
        ),
        ("experiment.x: {scenarios: [walks/plain], agents: [rihgt], seeds: 1}", ["b.battery.yaml:1:", "did you mean 'right'"]),
        ("experiment.x: {scenarios: ['nowhere/*'], agents: [right], seeds: 1}", ["b.battery.yaml:1:", "nowhere/*"]),
        ("experiment.x: {scenarios: [{set: mine}], agents: [right], seeds: 1}", ["b.battery.yaml:1:", "unknown set 'mine'"]),
        (
            "experiment.x: {scenarios: [{name: walks/line, difficulty: 9}], agents: [right], seeds: 1}",
            ["no difficulty 9", "1, 2, 3"],
        ),
        ("experiment.x: {scenarios: [{name: walks/plain, difficulty: 1}], agents: [right], seeds: 1}", ["it has no levels"]),
        ("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: [-1]}", ["b.battery.yaml:1:"]),
        ("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1, seedz: 3}", ["did you mean 'seeds'"]),
        ("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1, gates: []}", ["`gates` is empty"]),
        (
            "experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1, output_path: '../{seq}'}",
            ["b.battery.yaml:1:", ".."],
        ),
        ("experiment.x: {scenarios: [], agents: [right], seeds: 1}", ["b.battery.yaml:1:"]),
        ("experiment.x: [", ["b.battery.yaml:2:"]),
        (
            "experiment.x: {scenarios: [{name: mutualism/competition, params: {a: 1}}], agents: [right], seeds: 1}",
            ["it takes none"],
        ),
        ("experiment.x: {scenarios: [./none.yaml], agents: [right], seeds: 1}", ["does not exist"]),
    ],
)
def test_a_battery_that_cannot_be_honoured_ends_the_session_with_2(lab: Lab, mode: str, text: str, expected: list[str]) -> None:
    """Before anything is played, also the healthy batteries beside it; nothing is written."""
    lab.battery(GOOD)
    lab.battery(text, "b.battery.yaml")
    run = lab.run(mode, workers=False)
    assert run.ret == 2
    for word in expected:
        assert word in said(run)
    assert not (lab.path / "data").exists()


def test_what_ends_the_session_is_said_once(lab: Lab, mode: str) -> None:
    """On stderr, with no word of pytest's about exits and interrupts; `bio.yaml` like batteries."""
    lab.battery("experiment.x: {scenarios: [walks/nope], agents: [right], seeds: 1}")
    run = lab.run(mode, workers=False)
    assert said(run).count("unknown scenario 'walks/nope'") == 1
    assert run.stderr.lines[0] == "ERROR: 1 problem; nothing was run"
    assert run.stderr.lines[1].startswith("  a.battery.yaml:1:28: ")  # as one would type it here
    for word in ("Exit", "Interrupted", "!!!", "Traceback", "no tests ran"):
        assert word not in said(run)
    lab.battery(GOOD)
    lab.battery(GOOD, "b.battery.yaml")
    (lab.path / "bio.yaml").write_text("agentz: {}\n")
    run = lab.run(mode, workers=False)
    assert run.ret == 2
    assert said(run).count("did you mean 'agents'?") == 1


def test_all_complaints_of_all_files_come_at_once(lab: Lab) -> None:
    lab.battery(
        """
        experiment.x: {scenarios: [walks/nope], agents: [nobody], seeds: 1}
        experiment.z: {scenarios: [walks/no], agents: [right]}
        """
    )
    lab.battery("experiment.y: {scenarios: [walks/plain], agents: [right], seeds: -3}", "b.battery.yaml")
    run = lab.run("plain")
    text = said(run)
    assert "5 problems" in text
    assert "no seed is given" in text
    assert "walks/nope" in text
    assert "nobody" in text
    assert "b.battery.yaml" in text


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc").exists(), reason="needs a place root cannot write")
def test_an_unusable_data_root_is_a_usage_error(lab: Lab, mode: str) -> None:
    """A file, or a place where no folder can be made: exit 4, said in a sentence that names the option."""
    lab.battery(GOOD)
    (lab.path / "taken").write_text("a file")
    for place in ("taken", "/proc/nowhere"):
        run = lab.run(mode, "--bio-data", place, workers=False)
        assert run.ret == 4
        assert "--bio-data" in said(run)
        assert "Traceback" not in said(run)


def test_a_scenario_file_with_an_unsafe_expression_is_refused_with_its_place(lab: Lab, mode: str) -> None:
    """Nothing in a file is ever run as Python; what stands there instead is named."""
    shipped = Path(pytest_alienbio.scenarios.environment.__file__).parent / "catalog" / "mutualism" / "competition.yaml"
    text = shipped.read_text("utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if '"uniform(' in row)
    evil = re.sub(r'"uniform\([^"]*"', "\"__import__('os').system('touch owned')\"", text, count=1)
    (lab.path / "evil.yaml").write_text(evil.replace("mutualism/competition", "mine/evil"))
    lab.battery("experiment.x: {scenarios: [./evil.yaml], agents: [right], seeds: 1}")
    run = lab.run(mode, workers=False)
    assert run.ret == 2
    assert f"evil.yaml:{line}:" in said(run)
    assert not (lab.path / "owned").exists()


def test_a_file_where_the_folder_should_be_is_said(lab: Lab, mode: str) -> None:
    lab.battery(GOOD)
    (lab.path / "data").mkdir()
    (lab.path / "data" / "mine").write_text("a file")
    run = lab.run(mode, "--bio-out", "mine", workers=False)
    assert run.ret == 4
    assert "it is a file" in said(run)
    assert (lab.path / "data" / "mine").read_text() == "a file"


def test_nonsense_in_options_is_a_usage_error(lab: Lab) -> None:
    lab.battery(GOOD)
    for option in (["--bio-timeout", "-1"], ["--bio-timeout", "soon"], ["--bio-cells", "maybe"], ["--bio-traces", "some"]):
        assert lab.run("plain", *option).ret == 4


def test_a_template_option_may_not_leave_the_data_root(lab: Lab, mode: str) -> None:
    lab.battery(GOOD)
    run = lab.run(mode, "--bio-out", "../../{seq}", workers=False)
    assert run.ret in (2, 4)
    assert ".." in said(run)
    assert not (lab.path / "data").exists()


def test_batteries_that_pytest_would_not_collect_are_left_alone(lab: Lab) -> None:
    """`--ignore`, `norecursedirs`, virtual environments, `collect_ignore`: as pytest walks, so does preflight."""
    lab.battery(GOOD)
    lab.battery("broken: [", "ignored/b.battery.yaml")
    lab.battery("broken: [", ".hidden/b.battery.yaml")
    lab.battery("broken: [", "env/b.battery.yaml")
    (lab.path / "env" / "pyvenv.cfg").touch()
    lab.battery("broken: [", "listed/b.battery.yaml")
    lab.conftest("collect_ignore = ['listed']")
    assert lab.run("plain", "--ignore", "ignored").parseoutcomes() == {"passed": 2}


def test_a_conftest_below_the_root_registers_for_its_own_folder_only(lab: Lab, mode: str) -> None:
    """Its agents are known to preflight although nothing below was collected yet; and unknown to folders beside it."""
    lab.battery("experiment.deep: {scenarios: [walks/plain], agents: [deep], seeds: 1}", "sub/deeper/a.battery.yaml")
    (lab.path / "sub" / "deeper" / "conftest.py").write_text(
        "from conftest_agents import Deep\ndef pytest_alienbio_register_agents(registry):\n    registry.add('deep', Deep)\n"
    )
    (lab.path / "sub" / "deeper" / "conftest_agents.py").write_text(
        "from pytest_alienbio import Action\n"
        "class Deep:\n"
        "    def start(self, briefing): pass\n"
        "    def decide(self, observation): return Action('right')\n"
        "    def end(self, scores): pass\n"
    )
    assert lab.run(mode).parseoutcomes() == {"passed": 1}
    lab.battery("experiment.beside: {scenarios: [walks/plain], agents: [deep], seeds: 1}", "other/a.battery.yaml")
    run = lab.run(mode, workers=False)
    assert run.ret == 2
    assert "unknown agent 'deep'" in said(run)


def test_two_batteries_of_one_name_keep_apart(lab: Lab, mode: str) -> None:
    lab.battery(GOOD)
    lab.battery(GOOD, "sub/a.battery.yaml")
    assert lab.run(mode).parseoutcomes() == {"passed": 4}
    assert len(lab.dats()) == 2


def test_a_folder_that_is_no_utf8_plays(lab: Lab, mode: str) -> None:
    """Ids hold what UTF-8 can hold, so that reports, caches, files and other processes can be told of them."""
    text = "experiment.x: {scenarios: [walks/plain], agents: [right, half], seeds: 1}"
    try:
        lab.battery(text, os.fsdecode(b"experiments/d\xff/x.battery.yaml"))
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    run = lab.run(mode, "--junitxml=out.xml")
    assert run.parseoutcomes() == {"passed": 1, "failed": 1}
    assert "INTERNALERROR" not in said(run)
    assert r"pytest $'experiments/d\xff/x.battery.yaml::x::walks/plain[half-s0]'" in run.stdout.str()
    assert r"experiments.d\udcff.x.battery.yaml" in (lab.path / "out.xml").read_text("utf-8")
    (folder,) = lab.dats()
    assert r"experiments/d\udcff/x.battery.yaml" in (folder / "_spec_.yaml").read_text("utf-8")
    assert len(lab.results()) == 2
    if mode != "n2":
        assert lab.run(mode, "--lf").parseoutcomes() == {"failed": 1, "deselected": 1}


def test_a_run_id_from_outside_is_used_once(lab: Lab, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run's journals are never reopened: a second session would have no place for its results."""
    lab.battery(GOOD)
    monkeypatch.setenv("ALIENBIO_RUN_ID", "mine-1")
    assert lab.run(mode).parseoutcomes() == {"passed": 2}
    (folder,) = lab.dats()
    run = lab.run(mode, workers=False)
    assert run.ret == 4
    assert f"ALIENBIO_RUN_ID=mine-1: that run is over, its results are in {folder}" in said(run)
    assert lab.dats() == [folder]
    assert lab.run(mode, "--collect-only").ret == 0
    monkeypatch.setenv("ALIENBIO_RUN_ID", "mine-2")
    assert lab.run("plain").parseoutcomes() == {"passed": 2}


def test_the_record_of_a_python_batterys_record_plays_too(lab: Lab, mode: str) -> None:
    """Its agents come from the file the first run was made from."""
    (lab.path / "my_battery.py").write_text(
        "from pytest_alienbio import Action, Battery\n"
        "class Mine:\n"
        "    def start(self, briefing): pass\n"
        "    def decide(self, observation): return Action('right')\n"
        "    def end(self, scores): pass\n"
        "mine = Battery('mine', scenarios=['walks/plain'], agents=[Mine], seeds=12, output_path='r{seq}')\n"
    )
    assert lab.run("plain", "--bio-seeds", "2").parseoutcomes() == {"passed": 2}
    for number, how in ((1, "plain"), (2, mode)):
        run = lab.run(how, f"data/r00{number}/_spec_.yaml")
        assert run.parseoutcomes() == {"passed": 2}
        assert set(lab.results()) == {"walks/plain[Mine-s00]", "walks/plain[Mine-s01]"}
