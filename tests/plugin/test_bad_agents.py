"""Agents that go wrong, in a real world: each becomes an outcome or a refusal with its reason, and the battery goes on."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.store import dat
from pytest_alienbio.store.traces import trajectory_of

from .conftest import Lab

AGENTS = """
class Bad:
    def start(self, briefing):
        self.briefing = briefing
        self.lever = next(spec for spec in briefing.actions if spec.takes_step and spec.takes_dose)
        self.first = next(iter(briefing.goals))

    def end(self, scores):
        self.told = scores


def bad(name):
    def wrap(decide):
        kind = type(name.title(), (Bad,), {"decide": decide})
        KINDS[name] = kind
        return kind
    return wrap


KINDS = {}


@bad("unknown")
def decide(self, seen):
    return Action("fly", {"to": "the moon"})


@bad("text")
def decide(self, seen):
    return "wait"


@bad("nothing")
def decide(self, seen):
    return None


@bad("live")
def decide(self, seen):
    return Action("wait", {"agent": self})


@bad("number")
def decide(self, seen):
    return Action(7)


@bad("nan")
def decide(self, seen):
    return Action(self.lever.name, {**self.lever.params, "dose": float("nan")})


@bad("overdose")
def decide(self, seen):
    return Action(self.lever.name, {**self.lever.params, "dose": 1e9})


@bad("worded")
def decide(self, seen):
    return Action(self.lever.name, {**self.lever.params, "dose": "much"})


@bad("vandal")
def decide(self, seen):
    seen.state.clear()
    seen.state[self.first.quantity] = 1e6
    self.briefing.protected.clear()
    for spec in self.briefing.actions:
        spec.effects.clear()
    object.__setattr__(seen, "budget", 1e6)
    object.__setattr__(seen, "step", 99)
    return Action("wait")


@bad("asker")
def decide(self, seen):
    return Action("assay", {"quantity": self.first.quantity})


@bad("pest")
def decide(self, seen):
    return Action("assay", {"quantity": "no such thing"})


def pytest_alienbio_register_agents(registry):
    for name, kind in KINDS.items():
        registry.add(name, kind)
"""

BATTERY = """
    experiment.bad:
      scenarios: [{name: mutualism/competition, difficulty: 1}]
      agents: [unknown, text, nothing, live, number, nan, overdose, worded, vandal, asker, pest, noop]
      seeds: [3]
      cells: record
      limits: {per_cell: {wall_clock_s: 60}}
"""


def play(lab: Lab, mode: str) -> dict[str, Result]:
    """The battery's results by agent, with what happened in each cell."""
    (lab.path / "conftest.py").write_text("from pytest_alienbio import Action\n" + AGENTS, "utf-8")
    lab.battery(BATTERY)
    run = lab.run(mode)
    assert run.ret == 1
    return {result.agent: result for result in lab.results().values()}


@pytest.fixture
def results(lab: Lab) -> dict[str, Result]:
    return play(lab, "plain")


def test_every_bad_agent_has_an_outcome_and_the_battery_goes_on(lab: Lab, mode: str) -> None:
    results = play(lab, mode)
    assert {name: result.outcome for name, result in results.items()} == {
        **dict.fromkeys(("text", "nothing", "live", "number", "nan"), Outcome.AGENT_ERROR),
        **dict.fromkeys(("unknown", "overdose", "worded", "vandal", "noop"), Outcome.COMPLETED),
        **dict.fromkeys(("asker", "pest"), Outcome.TRUNCATED),
    }
    scored = {name for name, result in results.items() if result.score is not None}
    assert scored == {"unknown", "overdose", "worded", "vandal", "noop", "asker", "pest"}


def test_what_is_no_answer_is_told_in_words(results: dict[str, Result]) -> None:
    said = {name: results[name].reason for name in ("text", "nothing", "live", "number", "nan")}
    assert said == {
        "text": "the agent's decide() failed: TypeError: decide() gave a str, not an Action",
        "nothing": "the agent's decide() failed: TypeError: decide() gave a NoneType, not an Action",
        "live": "the agent's decide() failed: TypeError: params['agent'] is a Live, which JSON cannot hold",
        "number": "the agent's decide() failed: TypeError: the action's name is an int, not a text",
        "nan": "the agent's decide() failed: ValueError: params['dose'] is nan, not a finite number",
    }


def test_nobody_gains_by_it(results: dict[str, Result]) -> None:
    """Refusals cost nothing and score like waiting; who changes what it was shown changes nothing."""
    idle = results["noop"]
    for name in ("unknown", "overdose", "worded", "vandal", "pest"):
        assert results[name].score == idle.score, name
        assert results[name].scores["efficiency"] == 1.0, name


def test_each_refusal_is_in_the_trace_with_its_reason(lab: Lab) -> None:
    results = play(lab, "plain")
    opened = dat.open(lab.dats()[0])

    def said(name: str) -> set[str]:
        trace = opened.trace(results[name])
        assert trace is not None
        return {turn.reason for turn in trajectory_of(trace).turns}

    reasons = {name: said(name) for name in ("unknown", "overdose", "worded", "pest", "asker")}
    assert all(reason.startswith("unknown action 'fly'; ") for reason in reasons["unknown"])
    assert all("a dose is a number above 0 and up to 1, not 1000000000.0" in reason for reason in reasons["overdose"])
    assert all("a dose is a number above 0 and up to 1, not 'much'" in reason for reason in reasons["worded"])
    assert all("unknown quantity 'no such thing'" in reason for reason in reasons["pest"])
    assert any("too little budget" in reason for reason in reasons["asker"])
    assert results["asker"].reason == "the scenario's own limit of interactions was reached"
