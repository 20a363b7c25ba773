"""`bio run`: one cell here, or a battery through pytest."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_alienbio
from pytest_alienbio.cli.run import describe
from pytest_alienbio.model import CellError, Outcome
from pytest_alienbio.play import result_of
from pytest_alienbio.store import find_dats

from ..run.parts import make_plan
from .conftest import WORLD, Desk

BATTERY = "experiment.x: {{scenarios: [{scenario}], agents: [{agents}], seeds: 1, cells: {cells}}}\n"


def battery(desk: Desk, agents: str, cells: str = "assert", scenario: str = "walks/plain") -> str:
    """A battery of our own worlds; gives its name on the command line."""
    desk.worlds()
    desk.battery(BATTERY.format(agents=agents, cells=cells, scenario=scenario))
    return "a.battery.yaml"


def test_one_cell_is_played_and_described(desk: Desk) -> None:
    said = desk.bio("run", WORLD, "--agent", "noop", "--seed", "3", "--difficulty", "1")
    assert said.code == 0
    assert said.lines[0] == f"{WORLD}[d1-noop-s3]: completed"
    assert said.lines[1] == "score   0.000  not passed (bar 0.6)"
    assert said.lines[-1] == f"DAT     {desk.dat().path}"
    assert [result.id for result in desk.dat().results()] == [f"{WORLD}[d1-noop-s3]"]


def test_a_cell_without_a_score_is_a_negative_verdict(desk: Desk) -> None:
    """Exit code 1, with the reason."""
    said = desk.bio("run", WORLD, "--agent", "gpt-4")
    assert said.code == 1
    assert "skipped" in said.lines[0]
    assert "it costs money" in said.lines[1]


def test_what_broke_cannot_steer_the_terminal() -> None:
    broken = result_of(
        make_plan().cells[0], Outcome.AGENT_ERROR, "\x1b[2Jwiped", error=CellError("RuntimeError", "boom \x1b[31mred")
    )
    text = "\n".join(describe(broken))
    assert "\x1b" not in text
    assert "RuntimeError: boom" in text
    assert "wiped" in text


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["mutualism/*"], "is a pattern"),
        ([WORLD, "--agent", "nobody"], "unknown agent 'nobody'"),
        ([WORLD, "--difficulty", "9"], "no difficulty 9"),
        ([WORLD, "--seed=-1"], "whole numbers from 0"),
        ([WORLD, "--", "-q"], "leave out what follows --"),
        (["none.battery.yaml"], "there is no such file"),
        (["a.battery.yaml::none"], "has no battery 'none'"),
        ([""], "no battery and no scenario ''"),
    ],
)
def test_what_cannot_be_played_is_refused(desk: Desk, argv: list[str], words: str) -> None:
    battery(desk, "right")
    assert words in desk.refused("run", *argv)
    assert not (desk.path / "data" / "results").exists()


def test_agent_and_seed_play_a_part_of_a_battery(desk: Desk) -> None:
    """What is left out is deselected; a seed the battery does not name is played, too."""
    said = desk.bio("run", battery(desk, "right, half"), "--agent", "right", "--seed", "3", "--", "-q")
    assert said.code == 0, said.err
    assert [(result.agent, result.seed) for result in desk.dat().results()] == [("right", 3)]
    assert "did you mean 'half'" in desk.bio("run", "a.battery.yaml", "--agent", "hlf").err


def test_an_unreadable_battery_is_2_with_its_place(desk: Desk) -> None:
    desk.battery("experiment.x: [")
    assert "a.battery.yaml:2:1" in desk.refused("run", "a.battery.yaml")


@pytest.mark.parametrize(
    ("agents", "cells", "more", "code"),
    [
        ("right", "assert", [], 0),
        ("half", "record", [], 0),
        ("half", "assert", [], 1),
        ("right, half", "assert", ["--", "-x", "-k", "right"], 0),
        ("half, right", "assert", ["--", "-x"], 3),
        ("right, interrupted", "assert", [], 130),
        ("rihgt", "assert", [], 2),
        ("right", "assert", ["--", "--no-such-option"], 2),
        ("right", "assert", ["--", "-k", "nothing"], 2),
        ("right", "assert", ["--", "--collect-only"], 0),
        ("killer", "assert", [], 3),
    ],
)
def test_a_battery_goes_through_pytest_and_its_dat_gives_the_exit_code(
    desk: Desk, agents: str, cells: str, more: list[str], code: int
) -> None:
    """0 passed, 1 failed, 2 not readable or nothing to do, 3 cut short or killed, 130 interrupted."""
    name = battery(desk, agents, cells)
    assert desk.bio("run", name, "--data", "elsewhere", *more).code == code
    assert not (desk.path / "data").exists()


def test_what_follows_the_dashes_reaches_pytest_wherever_our_options_stand(desk: Desk) -> None:
    name = battery(desk, "right, half")
    said = desk.bio("run", "--data", "d", name, "--", "-q", "-k", "right", "-p", "no:cacheprovider")
    assert said.code == 0
    assert "1 passed, 1 deselected" in said.out


def test_the_exit_code_is_found_from_any_folder_and_project(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """`bio` and the pytest it starts agree on where the data lies: with the project that `bio` was called in."""
    battery(desk, "half")
    other = tmp_path_factory.mktemp("other")
    command = [sys.executable, "-m", "pytest_alienbio", "run", str(desk.path / "a.battery.yaml")]
    done = subprocess.run(command, cwd=other, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(find_dats(other / "data")) == 1


def test_ctrl_c_reaches_pytest_which_is_given_time_to_close(desk: Desk) -> None:
    """As in a terminal, where both get it. The DAT is closed when `bio` returns with 130."""
    name = battery(desk, "right, sleepy")
    process = desk.start("run", name, "--", "-v")
    assert process.stdout is not None
    for line in process.stdout:
        if "PASSED" in line:
            break
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert desk.dat().status()["verdict"] == "interrupted"
    assert {result.agent: result.outcome for result in desk.dat().results()} == {
        "right": Outcome.COMPLETED,
        "sleepy": Outcome.NOT_RUN,
    }


def test_a_battery_by_its_name(desk: Desk) -> None:
    desk.worlds()
    desk.battery(BATTERY.format(agents="right", cells="assert", scenario="walks/plain"), "experiments/deep.battery.yaml")
    (desk.path / "experiments" / "conftest.py").write_text("", "utf-8")
    said = desk.bio("run", "experiments/x", "--", "-q")
    assert said.code == 0
    assert Path(said.out.split("results: ")[1].split()[0]) == desk.dat().path
    assert desk.bio("run", "experiments/x", "--replay", "x").code == 0
    again = desk.dat()
    assert [result.origin.partition(":")[0] for result in again.results()] == ["replayed"], "--replay is handed on"


def world(desk: Desk, **more: str) -> str:
    """A shipped scenario under a name of our own, as a file; gives its name on the command line."""
    shipped = Path(pytest_alienbio.__file__).parent / "scenarios" / "catalog" / f"{WORLD}.yaml"
    text = re.sub(r"(?m)^scenario: .*$", "scenario: mine/own", shipped.read_text("utf-8"))
    (desk.path / "my_world.yaml").write_text(text + more.get("end", ""), "utf-8")
    return "my_world.yaml"


def test_a_scenario_file_is_played_as_one_cell(desk: Desk) -> None:
    """Without being named in `bio.yaml`."""
    said = desk.bio("run", world(desk), "--agent", "noop", "--difficulty", "1", "--seed", "2")
    assert (said.code, said.lines[0]) == (0, "mine/own[d1-noop-s2]: completed")


def test_a_broken_scenario_file_is_refused_as_such(desk: Desk) -> None:
    said = desk.bio("run", world(desk, end="speceis: {}\n"))
    assert said.code == 2
    assert "speceis" in said.err
    assert "!ev" not in said.err


def test_without_a_bio_yaml_data_lies_where_pytest_has_its_rootdir(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.path / "bio.yaml").unlink()
    inner = desk.path / "experiments"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert desk.bio("run", WORLD, "--agent", "noop").code == 0
    assert len(find_dats(desk.path / "data")) == 1
    assert not (inner / "data").exists()


def test_a_dry_run_of_one_cell(desk: Desk) -> None:
    before = sorted(desk.path.rglob("*"))
    said = desk.bio("run", WORLD, "--agent", "noop", "--seed", "3", "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert said.lines[0] == "run: 1 cell = 1 case x 1 agent x 1 seed"
    assert "worlds: 1, 1 to generate, 0 in the cache" in said.lines
    assert said.lines[-1] == "nothing was played, nothing was written"
    assert sorted(desk.path.rglob("*")) == before
    assert "did you mean 'noop'" in desk.refused("run", WORLD, "--agent", "nop", "--dry-run")


@pytest.mark.parametrize(
    ("agents", "more", "code", "words"),
    [
        ("right, half", ["--", "-k", "half", "-n", "2"], 0, "x: 1 of 2 cells selected, 1 deselected"),
        ("right", ["--set", "seeds=7"], 0, "x: 7 cells = 1 case x 1 agent x 7 seeds"),
        ("rihgt", [], 2, "did you mean 'right'"),
        ("right", ["--", "--no-such-option"], 2, "--no-such-option"),
        ("right", ["--", "-k", "nothing"], 2, "no tests collected"),
        ("right", ["--data", "taken"], 2, "taken is no folder"),
    ],
)
def test_a_dry_run_of_a_battery_goes_through_pytest(desk: Desk, agents: str, more: list[str], code: int, words: str) -> None:
    """So its own worlds and agents are known there, and pytest's options select. Nothing is written."""
    name = battery(desk, agents)
    (desk.path / "taken").write_text("a file")
    before = sorted(desk.path.rglob("*"))
    said = desk.bio("run", name, "--dry-run", *more)
    assert said.code == code, said
    assert words in said.out + said.err
    assert sorted(desk.path.rglob("*")) == before


@pytest.mark.parametrize(
    ("cell", "command"),
    [
        (f"{WORLD}[d2-noop-s0]", f"bio run {WORLD} --agent noop --seed 0 --difficulty 2,"),
        (f"{WORLD}[greedy-2-s07]", f"bio run {WORLD} --agent greedy-2 --seed 7,"),
        (f"{WORLD}[d1-noop-s3-v2]", f"bio run {WORLD} --agent noop --seed 3 --difficulty 1 ('v2' comes from its battery),"),
        (f"x.battery.yaml::x::{WORLD}[d1-a-s3-v2]", "bio run x.battery.yaml::x --agent a --seed 3 --difficulty 1,"),
    ],
)
def test_a_cells_id_is_refused_with_what_plays_it(desk: Desk, cell: str, command: str) -> None:
    sentence = desk.refused("run", cell)
    assert f"is the id of a cell; try {command} or read what was recorded with bio show" in sentence


def test_what_one_cell_would_ignore_or_lack_is_refused(desk: Desk) -> None:
    """A configured agent is for batteries; an empty name is an unset variable."""
    assert "give it with --agent instead of --set default_agents" in desk.refused(
        "run", WORLD, "--set", "default_agents=noop", "--agent", "noop"
    )
    assert "--agent is empty" in desk.refused("run", WORLD, "--agent", "")
    desk.battery("experiment.x: {scenarios: [mutualism/competition], agents: [noop], seeds: 1}\n")
    assert "--agent is empty" in desk.refused("run", "x", "--agent", "")
