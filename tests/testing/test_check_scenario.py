"""The contract of scenarios: what it finds, and how it says so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_alienbio.model import Action, ActionResult, ActionSpec, Briefing, Environment, Json, Observation, Scores, Step
from pytest_alienbio.play import ScenarioRegistry
from pytest_alienbio.testing import Pond, check_scenario

DICE = np.random.default_rng(1)


class NoScore:
    """Lacks a method."""

    def reset(self, seed: int, /) -> Observation:
        return Observation(0, {})

    def step(self, action: Action, /) -> Step:
        return Step(Observation(1, {}), ActionResult(True), terminated=True)


class Endless(Pond):
    """Has no horizon."""

    def step(self, action: Action, /) -> Step:
        return replace(super().step(action), terminated=False, truncated=False)


class Raises(Pond):
    """Raises where it should refuse."""

    def step(self, action: Action, /) -> Step:
        if action.name not in ("wait", "done", "feed", "cull", "assay"):
            raise KeyError(action.name)
        return super().step(action)


class Obliging(Pond):
    """Carries out everything."""

    def step(self, action: Action, /) -> Step:
        return replace(super().step(action), result=ActionResult(True))


class Silent(Pond):
    """Refuses without a reason."""

    def step(self, action: Action, /) -> Step:
        step = super().step(action)
        return replace(step, result=replace(step.result, reason=""))


class Charges(Pond):
    """Takes money for a refusal."""

    def step(self, action: Action, /) -> Step:
        step = super().step(action)
        return step if step.result.ok else replace(step, result=replace(step.result, cost=0.1))


class Moody(Pond):
    """Its score depends on something else than its seed."""

    def score(self) -> Scores:
        return Scores(float(DICE.random()))


class Remembers(Pond):
    """Does not start afresh."""

    def __init__(self) -> None:
        super().__init__()
        self._episodes = -1

    def reset(self, seed: int, /) -> Observation:
        self._episodes += 1
        return super().reset(seed + self._episodes)


class HandsOutLiveState(Pond):
    """Works in the dict it hands out."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, float] = {}

    def reset(self, seed: int, /) -> Observation:
        seen = super().reset(seed)
        self.live = dict(seen.state)
        return replace(seen, state=self.live)

    def score(self) -> Scores:
        return Scores(len(self.live) / 10)


class HandsOutItself(Pond):
    """Gives a way back to the environment."""

    def reset(self, seed: int, /) -> Observation:
        return replace(super().reset(seed), last=ActionResult(True, reading=_Reading(self)))


class _Reading(dict[str, Json]):
    def __init__(self, world: Environment) -> None:
        super().__init__()
        self.world = world

    def items(self) -> Any:
        return super().items()


class TellsHiddenValue(Pond):
    """Its readings hold what cannot be seen."""

    def step(self, action: Action, /) -> Step:
        step = super().step(action)
        return replace(step, observation=replace(step.observation, info={"extra": self.snapshot()["silt"]}))


class TellsHiddenName(Pond):
    """Its refusals name what cannot be seen."""

    def step(self, action: Action, /) -> Step:
        step = super().step(action)
        return step if step.result.ok else replace(step, result=replace(step.result, reason="try silt instead"))


class BadPlan(Pond):
    """Its own solution does not work."""

    def solution(self) -> Json:
        return ["wait", {"name": "feed", "params": {"species": "whale"}}]


class NotANumber(Pond):
    """Its score is none."""

    def score(self) -> Scores:
        return Scores(float("nan"))


class OffTheScale(Pond):
    """Its score is too high."""

    def score(self) -> Scores:
        return Scores(1.5)


class BadBriefing(Pond):
    """Its briefing is a text."""

    def briefing(self) -> Briefing:
        return "feed the fish"  # type: ignore[return-value]


BROKEN: list[tuple[Callable[..., Any], str]] = [
    (NoScore, r"it has no method score; add `def score\(\)`"),
    (Endless, "it never ends if an agent only waits"),
    (Raises, "step.*no-such-action.*raised KeyError.*return a Step whose result has ok=False"),
    (Obliging, "was carried out; refuse what makes no sense"),
    (Silent, "was refused without a reason"),
    (Charges, "was refused, yet it cost something"),
    (Moody, "gave another episode"),
    (Remembers, "gives another episode than a fresh one"),
    (HandsOutLiveState, "changing what it handed out changed the episode"),
    (HandsOutItself, "the environment itself can be reached through .*world"),
    (TellsHiddenValue, "holds the true value of 'silt'"),
    (TellsHiddenName, "names 'silt', which is hidden"),
    (BadPlan, "its own solution holds an action that it refuses: feed .*whale"),
    (NotANumber, "score is nan, not a finite number"),
    (OffTheScale, r"the score 1\.5 is outside 0\.\.1"),
    (BadBriefing, r"briefing\(\) gave a str, not a Briefing"),
]


@pytest.mark.parametrize(("factory", "says"), BROKEN)
def test_a_scenario_that_breaks_the_contract_is_told_what_to_mend(factory: Callable[..., Environment], says: str) -> None:
    """One sentence a fault."""
    with pytest.raises(AssertionError, match=f"(?s){says}"):
        check_scenario(factory, score_range=(0.0, 1.0), hidden=["silt"], seeds=[0])


def test_it_holds_without_asserts_too() -> None:
    """Under `python -O`, where a bare `assert` is nothing: each of them is still found out."""
    code = (
        "import re\n"
        "from tests.testing.test_check_scenario import BROKEN, check_scenario\n"
        "for factory, says in BROKEN:\n"
        "    try:\n"
        "        check_scenario(factory, score_range=(0.0, 1.0), hidden=['silt'], seeds=[0])\n"
        "    except AssertionError as error:\n"
        "        if re.search(says, str(error), re.DOTALL): continue\n"
        "    print(factory.__name__)\n"
        "print(__debug__)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout == "False\n"


def test_a_scenario_that_keeps_the_contract_passes() -> None:
    """At every level asked for; by factory or by the catalog's entry."""
    asked: list[tuple[int, float]] = []

    def make(difficulty: int, depth: float = 1.0) -> Pond:
        asked.append((difficulty, depth))
        return Pond()

    registry = ScenarioRegistry()
    registry.add("pond/levels", make, levels=(1, 2, 3))
    check_scenario(registry.entries["pond/levels"], levels=(1, 3), params={"depth": 2.0}, score_range=(0.0, 1.0))
    assert set(asked) == {(1, 2.0), (3, 2.0)}
    check_scenario(Pond)


class OneButton(Pond):
    """A lever without params, which feeds the fish."""

    def briefing(self) -> Briefing:
        actions = [spec for spec in super().briefing().actions if spec.params != {"species": "fish"}]
        return replace(super().briefing(), actions=(ActionSpec("push", cost=1.0), *actions))

    def step(self, action: Action, /) -> Step:
        fed = Action("feed", {"species": "fish"}) if action.name == "push" and not action.params else action
        return super().step(fed)


def test_a_lever_without_params_is_no_nonsense() -> None:
    """Its name alone is the legal action, and being carried out is right."""
    check_scenario(OneButton)


class Bare:
    """Offers nothing optional, and is not scored."""

    def reset(self, seed: int, /) -> Observation:
        self.at = 0
        return Observation(0, {"x": 0.0})

    def step(self, action: Action, /) -> Step:
        known = action.name in ("wait", "done") and not action.params
        self.at += 1
        result = ActionResult(known, "" if known else "only wait and done")
        return Step(Observation(self.at, {"x": float(self.at)}), result, terminated=self.at >= 6)

    def score(self) -> Scores:
        return Scores(None)


def test_briefing_solution_snapshot_and_a_score_are_optional() -> None:
    """An environment of three methods will do."""
    check_scenario(Bare, score_range=(0.0, 1.0))
