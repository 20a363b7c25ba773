"""`bio warm`: what is made, what is there, what is not and why."""

from __future__ import annotations

import json

import pytest

from pytest_alienbio.run import warm as module
from pytest_alienbio.store import find_dats

from .conftest import Desk

BATTERY = """
experiment.a: {scenarios: [{name: mutualism/competition, difficulty: 1}], agents: [noop, greedy, gpt-4], seeds: 2}
experiment.b: {scenarios: [{name: mutualism/competition, difficulty: 1}], agents: [oracle], seeds: 2}
"""


@pytest.fixture
def battery(desk: Desk) -> str:
    """A file with two batteries that meet the same two worlds."""
    (desk.path / "x.battery.yaml").write_text(BATTERY)
    return "x.battery.yaml"


def test_what_it_makes_is_there_for_those_who_play(desk: Desk, battery: str) -> None:
    """All batteries of a file, each world once; nothing is played."""
    said = desk.bio("warm", battery, "--jobs", "1")
    assert said.code == 0, said.err
    assert said.lines[0] == "2 worlds: 2 generated, 0 there already, 0 failed"
    assert said.lines[1].startswith("took ")
    assert said.lines[1].split(" s in ")[1].startswith("1 process, ")
    assert find_dats(desk.path / "data") == []
    again = json.loads(desk.bio("warm", f"{battery}::b", "--json").out)
    assert (again["worlds"], again["made"], again["there"], again["failed"]) == (2, 0, 2, [])
    dry = desk.bio("batch", f"{battery}::b", "--dry-run")
    assert "worlds: 2, 0 to generate, 2 in the cache" in dry.out


def test_what_fails_is_told_with_its_reason(desk: Desk, battery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And made harmless; the exit code says so."""
    monkeypatch.setattr(module, "_made", lambda info, case, seed, root: (0.1, "it is \x1b[31mred" if seed else ""))
    said = desk.bio("warm", battery, "--jobs", "1")
    assert said.code == 1
    assert said.lines[0] == "2 worlds: 1 generated, 0 there already, 1 failed"
    assert said.lines[1].startswith("  mutualism/competition, difficulty 1, seed 1: it is ")
    assert "\x1b" not in said.out
    told = json.loads(desk.bio("warm", battery, "--jobs", "1", "--json").out)
    [failed] = told["failed"]
    assert (failed["scenario"], failed["difficulty"], failed["seed"]) == ("mutualism/competition", 1, 1)


def test_ctrl_c_says_what_is_made(desk: Desk, battery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(info: object, case: object, seed: int, root: object) -> tuple[float, str]:
        if seed:
            raise KeyboardInterrupt
        return 0.1, ""

    monkeypatch.setattr(module, "_made", made)
    said = desk.bio("warm", battery, "--jobs", "1")
    assert said.code == 130
    assert said.lines[0] == "2 worlds: 1 generated, 0 there already, 0 failed, 1 not reached"
    assert said.err == "bio: interrupted; what was finished is kept\n"


def test_nothing_to_generate_is_fine(desk: Desk) -> None:
    (desk.path / "x.battery.yaml").write_text("experiment.a: {scenarios: [mutualism/competition], agents: [gpt-4], seeds: 1}")
    said = desk.bio("warm", "x.battery.yaml")
    assert (said.code, said.lines) == (0, ["nothing to generate: no cell of these batteries meets a world that is kept"])


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "9999", ""])
def test_a_number_of_processes_that_is_none(desk: Desk, battery: str, jobs: str) -> None:
    assert "whole number from 1 to 1,024" in desk.refused("warm", battery, f"--jobs={jobs}")


def test_a_battery_that_is_not_there(desk: Desk, battery: str) -> None:
    assert "experiment" not in desk.refused("warm", "nobody")
