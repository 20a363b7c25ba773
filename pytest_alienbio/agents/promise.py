"""What agents that weigh levers have in common: what is wanted, what a lever promises, what is affordable and what is rash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model import Action, ActionSpec, Briefing, Goal, Json, Observation

_FREE = ("wait", "done")


def levers_of(briefing: Briefing) -> tuple[ActionSpec, ...]:
    """What lets a step of time pass and is no waiting."""
    return tuple(spec for spec in briefing.actions if spec.takes_step and spec.name not in _FREE)


def pull(spec: ActionSpec, dose: float = 1.0) -> Action:
    """The action of a lever; `dose` is said only where one may be given."""
    params: dict[str, Json] = dict(spec.params)
    if spec.takes_dose:
        params["dose"] = dose
    return Action(spec.name, params)


def need(goal: Goal, level: float) -> float:
    """How far `level` is from `goal`, in -1..1: positive wants more, negative less, 0 is reached.

    Its size is what the goal still loses (1 - value of the goal): linear between `low` and `high` for `up` and `down`;
    for `band` the distance to the nearer edge in half widths.
    """
    width = goal.high - goal.low
    if goal.kind == "up":
        lack, scale = max(goal.high - level, 0.0), width
    elif goal.kind == "down":
        lack, scale = min(goal.low - level, 0.0), width
    else:
        lack, scale = max(goal.low - level, 0.0) + min(goal.high - level, 0.0), width / 2
    if scale <= 0:
        return float((lack > 0) - (lack < 0))
    return min(1.0, max(-1.0, lack / scale))


def needs_of(goals: Iterable[Goal], state: Mapping[str, float]) -> dict[str, float]:
    """Weighted needs by quantity; a goal whose quantity cannot be seen asks for nothing."""
    needs: dict[str, float] = {}
    for goal in goals:
        if goal.quantity in state:
            needs[goal.quantity] = needs.get(goal.quantity, 0.0) + goal.weight * need(goal, state[goal.quantity])
    return needs


def within_pace(briefing: Briefing, observation: Observation, cost: float, lead: float, apart: float = 0.0) -> bool:
    """Whether spending `cost` now stays within budget x (step + `lead`) / steps of the episode (always, if it has no end).

    `apart` is what was spent on something else, and is part of neither side.
    """
    steps = briefing.max_steps
    if steps <= 0:
        return True
    return observation.spent - apart + cost <= (briefing.budget - apart) * (observation.step + lead) / steps


def strikes(spec: ActionSpec, effects: Mapping[str, float]) -> set[str]:
    """What a lever is said to harm, by its `effects` or because it is a cull of it."""
    struck = {quantity for quantity, effect in effects.items() if effect < 0}
    if "cull" in spec.name.lower():
        struck.update(spec.params.values())
    return struck


_ADDS = ("add", "release", "raise", "feed", "supply", "boost", "introduce", "seed", "stimul", "nourish", "enrich")
_TAKES = ("cull", "remove", "bind", "neutral", "inhibit", "drain", "lower", "reduce", "scrub", "flush", "harvest")


def direction(name: str) -> int:
    """Whether an action's name says that it adds (1) or takes away (-1) what its params name; 0 if it says neither."""
    words = name.lower()
    return any(verb in words for verb in _ADDS) - any(verb in words for verb in _TAKES)
