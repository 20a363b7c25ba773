"""The agent that believes nothing it is told, and tries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents import ProberAgent
from pytest_alienbio.agents.prober import relative_change
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, ActionResult, ActionSpec, Briefing, Goal, Observation

from . import anywhere
from .worlds import BAND, LURE, play

UP = Goal("fish", "up", 0.0, 100.0)


def lever(name: str, cost: float = 1.0, **effects: float) -> ActionSpec:
    return ActionSpec("push", {"knob": name}, cost, effects, takes_dose=True)


def pushes(
    effects: Mapping[str, float],
    *,
    steps: int = 20,
    seed: int = 0,
    costs: Mapping[str, float] = {},
    documented: Mapping[str, float] = {},
    protected: Mapping[str, float] = {},
    harms: Mapping[str, float] = {},
    budget: float = 20.0,
    refuse: str = "",
    delayed: Mapping[str, float] = {},
    **constants: Any,
) -> list[tuple[str, float]]:
    """(knob, dose) of every step in a world where a push multiplies the fish by 1 + effect x dose, the crabs by 1 + harm x
    dose, and, from the next step on, by 1 + delayed x dose, a quarter less each step; knobs have no level to be read."""
    levers = tuple(
        lever(name, costs.get(name, 1.0), **({"fish": documented[name]} if name in documented else {})) for name in effects
    )
    agent = ProberAgent(**constants)
    agent.start(Briefing("", goals=(UP,), protected=protected, actions=levers, max_steps=steps, budget=budget, seed=seed))
    fish, crab, spent, charge = 10.0, 10.0, 0.0, 0.0
    last: ActionResult | None = None
    done = []
    for step in range(steps):
        action = agent.decide(Observation(step, {"fish": fish, "crab": crab}, steps, budget, spent, last))
        knob, dose = str(action.params.get("knob", "")), float(str(action.params.get("dose", 0.0)))
        done.append((knob, dose))
        refused = bool(knob) and knob == refuse
        last = ActionResult(not refused)
        fish, charge = fish * (1 + charge), 0.75 * charge
        if knob and not refused:
            charge += delayed.get(knob, 0.0) * dose
            fish *= 1 + effects[knob] * dose
            crab *= 1 + harms.get(knob, 0.0) * dose
            spent += costs.get(knob, 1.0) * dose
    return done


def test_it_tries_every_lever_once_at_half_a_dose_then_pulls_the_best() -> None:
    """Whatever is documented."""
    done = pushes({"a": 0.02, "b": 0.2, "c": -0.2}, documented={"c": 1.0, "a": 0.9})
    trials = [push for push in done[:6] if push[0]]
    assert sorted(trials) == [("a", 0.5), ("b", 0.5), ("c", 0.5)]
    later = Counter(knob for knob, dose in done[6:] if dose == 1.0)
    assert later["b"] > 3
    assert later["c"] == 0


def test_the_order_of_trials_is_thrown_with_the_briefings_seed() -> None:
    """The same each time, another one at another seed."""
    effects = dict.fromkeys("abcdef", 0.0)
    assert pushes(effects, seed=1) == pushes(effects, seed=1)
    assert len({tuple(pushes(effects, seed=seed)[:6]) for seed in range(8)}) > 4


def test_it_pauses_after_each_trial_if_there_is_time() -> None:
    """3 levers take 6 of the first 20 x 0.3 steps; 4 would take 8, and are tried without a rest."""
    rested = [bool(knob) for knob, _ in pushes(dict.fromkeys("abc", 0.1))[:6]]
    assert rested == [True, False] * 3
    assert all(knob for knob, _ in pushes(dict.fromkeys("abcd", 0.1))[:4])


def test_trials_stop_at_their_share_of_steps_and_budget() -> None:
    """A lever that was never tried is never pulled."""
    assert {knob for knob, _ in pushes(dict.fromkeys("abcdefghij", 0.0), budget=5.0)} <= set("abcdefghij") | {""}
    few = pushes(dict.fromkeys("abcdefghij", 0.0), budget=5.0)
    assert sum(bool(knob) for knob, _ in few) == 4
    assert len({knob for knob, _ in pushes(dict.fromkeys("abcdefghij", 0.3), trial_steps=0.1)[:20] if knob}) == 2


def test_it_prefers_the_cheaper_of_two_equals() -> None:
    """Gain is divided by 0.5 + cost."""
    done = pushes({"a": 0.2, "b": 0.2}, costs={"a": 0.5, "b": 2.0}, budget=40.0)
    late = Counter(knob for knob, dose in done if dose == 1.0)
    assert late["a"] > late["b"]


def test_it_does_not_pull_what_breaks_a_floor() -> None:
    """The lever that helps most takes three quarters of the protected; the lesser one is harmless."""
    effects, harms = {"mild": 0.1, "harsh": 0.5}, {"harsh": -0.75}
    free = Counter(knob for knob, dose in pushes(effects, harms=harms) if dose == 1.0)
    guarded = pushes(effects, harms=harms, protected={"crab": 0.3})
    bound = Counter(knob for knob, dose in guarded if dose == 1.0)
    assert free["harsh"] > 2
    assert (bound["harsh"], bound["mild"] > 2) == (0, True)


def test_a_high_floor_makes_it_tread_lightly() -> None:
    """0.5 x 2 x (1 - 0.7): less is at stake."""
    doses = [dose for knob, dose in pushes({"a": 0.1}, protected={"crab": 0.7}) if knob]
    assert doses[0] == pytest.approx(0.3)


def test_a_refused_lever_is_not_credited_with_what_happened() -> None:
    """Nothing was done, so nothing can be learned of it."""
    done = Counter(knob for knob, dose in pushes({"a": 0.2, "b": 0.2}, refuse="a") if dose == 1.0)
    assert done["b"] > 3
    assert done["a"] == 0


def test_a_goal_that_is_met_is_left_alone() -> None:
    """Nothing is needed, so nothing gains."""
    agent = ProberAgent()
    agent.start(Briefing("", goals=(Goal("fish", "up", 0, 5),), actions=(lever("a"),), max_steps=20, budget=20.0))
    acts = [agent.decide(Observation(step, {"fish": 9.0 + step}, 20, 20.0)) for step in range(12)]
    assert acts[2:] == [Action("wait")] * 10


@pytest.mark.parametrize("seed", range(2))
def test_it_finds_out_how_to_keep_a_band(seed: int) -> None:
    """No document tells what lowers the level, and there is no model of it to ask for."""
    assert play(ProberAgent(), BAND, seed)[0] > 0.7


def test_a_delayed_effect_is_found() -> None:
    """What the slow knob does, it does in the steps after; doses given earlier are features, too."""
    done = Counter(knob for knob, dose in pushes({"slow": 0.0, "idle": 0.0}, delayed={"slow": 0.15}) if dose == 1.0)
    assert done["slow"] > 3
    assert done["slow"] > 2 * done["idle"]


def test_a_poison_is_tried_once_and_dropped() -> None:
    """Although the document praises it."""
    assert Counter(play(ProberAgent(), LURE)[2])["add_feedstock", "lure"] == 1


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_relative_change_is_bounded_and_has_a_sign(before: float, after: float) -> None:
    """-2..2, and backwards it is the opposite."""
    change = relative_change(before, after)
    assert -2.0 <= change <= 2.0
    assert change == -relative_change(after, before)
    assert (change > 0) is (after > before)


@given(anywhere.briefings, anywhere.moments)
def test_it_answers_whatever_it_is_handed(briefing: Briefing, seen: list[Any]) -> None:
    """Hidden goals, no levers, no budget, other actions; the same each time, what it may, and no document read."""
    done = anywhere.acts(ProberAgent(), briefing, seen)
    assert done == anywhere.acts(ProberAgent(), briefing, seen)
    silent = replace(briefing, actions=tuple(replace(spec, effects={}) for spec in briefing.actions), text="", constitution="")
    assert done == anywhere.acts(ProberAgent(), silent, seen)
    known = {(spec.name, tuple(sorted(spec.params.items()))) for spec in briefing.actions if spec.takes_step}
    for action in done:
        params = tuple(sorted((key, str(value)) for key, value in action.params.items() if key != "dose"))
        assert action == Action("wait") or (action.name, params) in known


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trial_dose", 0),
        ("trial_dose", 1.5),
        ("trial_steps", 2),
        ("trial_budget", -1),
        ("ridge", 0),
        ("leak", 1),
        ("horizon", 0),
        ("horizon", 2.5),
        ("harm_weight", "much"),
        ("floor_margin", -1),
        ("threshold", None),
        ("cost_offset", 0),
        ("pace_lead", float("nan")),
    ],
)
def test_a_constant_out_of_range_is_refused(name: str, value: object) -> None:
    """Checked when the agent is built."""
    with pytest.raises(SpecError, match=f"agent 'prober': {name} cannot be"):
        ProberAgent(**{name: value})  # type: ignore[arg-type]
