"""`bio bisect`: commits played by pytest in a worktree, with the agents and worlds that each of them has."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from pytest_alienbio.store import dat, find_dats

from ..run.bisect.parts import History
from .conftest import Desk

WORLDS = """
import os, signal
from pytest_alienbio import ActionResult, ActionSpec, Briefing, Observation, Scores, Step
from walker import Walker


class Line:
    def reset(self, seed):
        self.steps = self.place = 0
        self.far = 4 + seed
        return Observation(0, {"far": float(self.far)}, max_steps=self.far, budget=1.0)

    def briefing(self):
        return Briefing("go right", actions=(ActionSpec("right"), ActionSpec("left")), max_steps=9, budget=1.0)

    def step(self, action):
        self.steps += 1
        self.place += action.name == "right"
        return Step(Observation(self.steps, {}, budget=1.0), ActionResult(True), terminated=self.steps == self.far)

    def score(self):
        return Scores(self.place / self.far)


class Held(Walker):
    def decide(self, observation):
        if hold := os.environ.get("HOLD"):
            with open(hold, "w") as file:
                file.write("here")
            signal.pause()
        return super().decide(observation)


def pytest_alienbio_register_agents(registry):
    registry.add("walker", Held, deterministic=True)


def pytest_alienbio_register_scenarios(registry):
    for at in range(6):
        registry.add(f"walks/{at}", Line, deterministic=True)
"""
WALKER = """
from pytest_alienbio import Action


class Walker:
    def start(self, briefing): pass
    def decide(self, observation): return Action("left" if observation.step % 4 < {lazy} else "right")
    def end(self, scores): pass
"""
BATTERY = "experiment.walks: {scenarios: ['walks/*'], agents: [walker, noop], seeds: 10, passing_score: 1.0}\n"
FEW = [
    "--",
    *(word for name in ("xdist", "randomly", "hypothesispytest", "html", "metadata", "cov") for word in ("-p", f"no:{name}")),
]
"""Pytest starts sooner without other plugins."""


@pytest.fixture
def history(desk: Desk) -> History:
    """The agent is lazy from `lazy` on; before that a commit without the battery, and after it one that only documents."""
    (desk.path / ".gitignore").write_text("data/\n", "utf-8")
    made = History(desk.path)
    made.commit("good", None, conftest__py=WORLDS, walker__py=WALKER.format(lazy=0), walks__battery__yaml=BATTERY)
    made.git("rm", "-q", "walks.battery.yaml")
    made.commit("lost", None)
    made.commit("lazy", None, walker__py=WALKER.format(lazy=2), walks__battery__yaml=BATTERY)
    made.commit("documented", None, README__md="how to walk")
    return made


def test_the_commit_that_lowered_a_score_is_found(desk: Desk, history: History) -> None:
    """By pytest, with each commit's own agent. What is not committed is no part of it, and stays as it is."""
    (desk.path / "walker.py").write_text(WALKER.format(lazy=4))
    before = history.state()
    asked = ["bisect", f"{history.made['good']}..", "--battery", "walks", "--agent", "walker"]
    said = desk.bio(*asked, "--json", *FEW)
    assert history.state() == before
    assert said.code == 1, said.err
    found = json.loads(said.out)["sections"]
    assert [one["subject"] for one in found["verdict"]["suspects"]] == ["lost", "lazy"]
    rows = {row["subject"]: row for row in found["probes"]["probes"]}
    assert {name: row["call"] for name, row in rows.items()} == {
        "good": "good",
        "documented": "bad",
        "lost": "skipped",
        "lazy": "bad",
    }
    assert rows["lost"]["why"] == "it cannot be played: it has no walks.battery.yaml"
    assert rows["lazy"]["drop"] == pytest.approx((2 / 4 + 3 / 5) / 2)
    assert (rows["good"]["played"], rows["lazy"]["same_as"]) == (24, history.made["documented"])
    assert "there are uncommitted changes here" in said.err
    root = desk.path / "data" / ".bio-bisect"
    commits = {dat.open(path).environment()["git"]["commit"] for path in find_dats(root)}  # type: ignore[call-overload, index]
    assert commits == {history.made[name] for name in ("good", "documented")}
    assert find_dats(desk.path / "data") == []

    again = desk.bio(*asked, "--seeds", "2", *FEW)
    assert (again.code, again.lines[0]) == (1, "walker on walks: one of 2 commits lowered the score")
    assert "cells played  0" in again.out

    foreseen = desk.bio(*asked, "--dry-run", *FEW)
    assert foreseen.lines == [
        "3 candidates: at most 4 commits are played, on 10 seeds each",
        "of the ends 24 cells are there already",
        "nothing was played, nothing was written",
    ]


def test_a_bisection_that_is_ended_leaves_the_checkout_as_it_was(desk: Desk, history: History, tmp_path: Path) -> None:
    """Its pytest closes the DAT that it was playing, and is gone before the worktree is."""
    fifo, before = tmp_path / "data" / "fifo", history.state()
    fifo.parent.mkdir()
    os.mkfifo(fifo)
    os.environ["HOLD"] = str(fifo)
    try:
        process = desk.start("bisect", f"{history.made['good']}..", "--battery", "walks", "--agent", "walker", *FEW)
    finally:
        del os.environ["HOLD"]
    assert fifo.read_text() == "here"  # the first cell is being played
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "bio: interrupted; what was finished is kept\n")
    assert history.state() == before
    [path] = find_dats(desk.path / "data" / ".bio-bisect")
    assert dat.open(path).status()["verdict"] == "interrupted"


REFUSED = [
    (["HEAD"], "'HEAD' is no range; expected GOOD..BAD"),
    (["nope..HEAD"], "git knows no commit 'nope'"),
    (["HEAD..HEAD~1"], "the wrong way round"),
    (["HEAD~1..", "--agent", "walk*"], "--agent 'walk*': one agent is meant"),
    (["HEAD~1..", "--battery", "walkz"], "there is no battery 'walkz'"),
    (["HEAD~1..", "--paths", "walkers"], "did you mean 'walker.py'?"),
    (["HEAD~1..", "--drop", "-1"], "'-1' is no drop; expected a number above 0"),
    (["HEAD~1..", "--drop", "nan"], "'nan' is no drop"),
    (["HEAD~1..", "--alpha", "0"], "'0' is no chance; expected a number between 0 and 1"),
    (["HEAD~1..", "--alpha", "2"], "'2' is no chance"),
    (["HEAD~1..", "--bounds", "5..1"], "'5..1' are no bounds; expected LOW..HIGH"),
    (["HEAD~1..", "--seeds", "0"], "0 is no number of seeds"),
    (["HEAD~1..", "--better", "more"], "'more' is not known"),
]


def test_what_cannot_be_bisected_is_refused_before_anything_is_played(desk: Desk, history: History) -> None:
    """With one sentence, and exit code 2."""
    for argv, words in REFUSED:
        usual = {"--battery": "walks", "--agent": "walker"}
        said = desk.refused("bisect", *argv, *(word for name, one in usual.items() if name not in argv for word in (name, one)))
        assert words in said, (argv, said)
    assert not (desk.path / "data").exists()


def test_outside_of_git_it_says_so(desk: Desk) -> None:
    desk.battery(BATTERY)
    assert "is in no git checkout" in desk.refused("bisect", "a..b", "--battery", "walks", "--agent", "walker")
