"""The agent that believes what is documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pytest_alienbio.agents import GreedyAgent
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import ActionSpec, Briefing, Goal, Observation

UP = Goal("fish", "up", 0.0, 10.0)


def lever(name: str, cost: float = 1.0, effects: Mapping[str, float] | None = None, **more: Any) -> ActionSpec:
    return ActionSpec(name, more.pop("params", {}), cost, effects or {}, takes_dose=True, **more)


def choices(
    *levers: ActionSpec,
    states: list[dict[str, float]],
    goals: tuple[Goal, ...] = (UP,),
    protected: Mapping[str, float] | None = None,
    budget: float = 100.0,
    max_steps: int = 0,
    spent: float = 0.0,
    **constants: float,
) -> list[str]:
    agent = GreedyAgent(**constants)
    agent.start(Briefing("", goals=goals, protected=protected or {}, actions=levers, max_steps=max_steps, budget=budget))
    seen = [Observation(step, state, max_steps, budget, spent) for step, state in enumerate(states)]
    return [agent.decide(observation).name for observation in seen]


def test_it_takes_the_lever_that_promises_most_for_its_cost() -> None:
    """0.9 / (0.5 + 3) is less than 0.6 / (0.5 + 1)."""
    assert choices(lever("dear", 3.0, {"fish": 0.9}), lever("cheap", 1.0, {"fish": 0.6}), states=[{"fish": 0.0}]) == ["cheap"]


def test_nothing_above_the_threshold_means_waiting() -> None:
    """Need 0.1 x effect 1 / (0.5 + 1) = 0.067, under the default of 0.08; a lower threshold lets it act."""
    feed = lever("feed", 1.0, {"fish": 1.0})
    assert choices(feed, states=[{"fish": 9.0}]) == ["wait"]
    assert choices(feed, states=[{"fish": 9.0}], threshold=0.06) == ["feed"]


def test_uses_make_a_lever_less_attractive() -> None:
    """It turns to the second lever although the first one is documented to do more."""
    levers = (lever("first", 1.0, {"fish": 0.8}), lever("second", 1.0, {"fish": 0.7}))
    assert choices(*levers, states=[{"fish": 0.0}] * 3) == ["first", "second", "first"]


def test_a_down_goal_asks_for_what_lowers() -> None:
    """Need and effect are both negative: that is worth something."""
    goals = (Goal("toxin", "down", 0.0, 4.0),)
    levers = (lever("add", 1.0, {"toxin": 0.9}), lever("bind", 1.0, {"toxin": -0.9}))
    assert choices(*levers, goals=goals, states=[{"toxin": 4.0}]) == ["bind"]


def test_documented_harm_to_the_protected_counts_nine_times_a_side_effect() -> None:
    """0.5 - (0.1 + 0.9) x 0.6 < 0 with protection, 0.5 - 0.1 x 0.6 > 0 without."""
    poison = lever("poison", 1.0, {"fish": 0.5, "crab": -0.6})
    state = [{"fish": 0.0, "crab": 9.0}]
    assert choices(poison, states=state) == ["poison"]
    assert choices(poison, states=state, protected={"crab": 0.3}) == ["wait"]


def test_fewer_of_the_protected_is_no_harm_while_a_goal_wants_fewer() -> None:
    """Above its band a hunter may be culled though it is protected; inside the band that is harm again."""
    goals = (Goal("hunter", "band", 2.0, 4.0),)
    cull = lever("lessen", 1.0, {"hunter": -1.0})
    states = [{"hunter": 6.0}, {"hunter": 3.0}]
    assert choices(cull, goals=goals, states=states, protected={"hunter": 0.25}) == ["lessen", "wait"]


def test_it_spends_no_faster_than_its_pace() -> None:
    """Budget 20 over 20 steps: at step t at most t + 4, so a cost of 5 has to wait one step."""
    dear = lever("dear", 5.0, {"fish": 1.0})
    assert choices(dear, states=[{"fish": 0.0}] * 2, budget=20, max_steps=20) == ["wait", "dear"]


def test_it_does_not_ask_for_what_it_cannot_pay() -> None:
    """A lever above the remaining budget is no choice; a cheaper one is."""
    levers = (lever("dear", 2.0, {"fish": 1.0}), lever("cheap", 0.5, {"fish": 0.3}))
    assert choices(*levers, states=[{"fish": 0.0}], budget=10, spent=9) == ["cheap"]


def test_it_does_not_cull_the_protected_below_half_their_start() -> None:
    """A cull names its victim in its params; what is documented of it may be misleading."""
    cull = lever("cull", 1.0, {"fish": 0.9}, params={"species": "crab"})
    states = [{"fish": 0.0, "crab": 8.0}, {"fish": 0.0, "crab": 4.1}, {"fish": 0.0, "crab": 3.9}]
    assert choices(cull, states=states, protected={"crab": 0.3}) == ["cull", "cull", "wait"]
    assert choices(cull, states=states) == ["cull", "cull", "cull"]


def test_a_goal_that_cannot_be_seen_asks_for_nothing() -> None:
    """Missing stays missing: the effect then counts as one on any other quantity, 0.1 / 1.5 < 0.08."""
    assert choices(lever("feed", 1.0, {"fish": 1.0}), states=[{"algae": 1.0}]) == ["wait"]


def test_it_never_measures_and_gives_a_full_dose() -> None:
    """Measurements take no step; a dose of 1 is spelled out."""
    look = ActionSpec("assay", effects={"fish": 1.0}, takes_step=False)
    agent = GreedyAgent()
    agent.start(Briefing("", goals=(UP,), actions=(look, lever("feed", 1.0, {"fish": 0.5}, params={"to": "K"})), budget=9))
    action = agent.decide(Observation(0, {"fish": 0.0}, budget=9.0))
    assert (action.name, action.params) == ("feed", {"to": "K", "dose": 1.0})


@pytest.mark.parametrize("name", ["threshold", "side_weight", "harm_weight", "cost_offset", "repeat_penalty", "pace_lead"])
def test_a_constant_that_is_no_number_is_refused(name: str) -> None:
    """Checked when the agent is built."""
    with pytest.raises(SpecError, match=f"agent 'greedy': {name} cannot be"):
        GreedyAgent(**{name: "much"})  # type: ignore[arg-type]
