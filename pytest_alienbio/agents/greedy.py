"""The agent that believes what is documented and looks one step ahead."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Action, ActionSpec, Briefing, Goal, Json, Observation, Scores
from .parameter import number

_FREE = ("wait", "done")


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


class GreedyAgent:
    """Pulls the lever whose documented effects promise most for its cost, if that is more than `threshold`.

    Promise = sum over goals of weight x need x effect, + `side_weight` x effects on other quantities, + `harm_weight` x
    documented harm to protected populations; divided by (`cost_offset` + cost) x (1 + `repeat_penalty` x earlier uses).
    It spends evenly: never more than budget x (step + `pace_lead`) / steps of the episode. It does not cull a protected
    population that is below `cull_floor` of its first reading. It never measures. Raises `SpecError` for a constant out
    of range.
    """

    __slots__ = (
        "_briefing",
        "_cost_offset",
        "_cull_floor",
        "_first",
        "_harm_weight",
        "_levers",
        "_pace_lead",
        "_repeat_penalty",
        "_side_weight",
        "_threshold",
        "_uses",
    )

    def __init__(
        self,
        *,
        threshold: float = 0.08,
        side_weight: float = 0.1,
        harm_weight: float = 0.9,
        cost_offset: float = 0.5,
        repeat_penalty: float = 0.3,
        pace_lead: float = 4.0,
        cull_floor: float = 0.5,
    ) -> None:
        self._threshold = number("greedy", "threshold", threshold)
        self._side_weight = number("greedy", "side_weight", side_weight)
        self._harm_weight = number("greedy", "harm_weight", harm_weight)
        self._cost_offset = number("greedy", "cost_offset", cost_offset, low=1e-9)
        self._repeat_penalty = number("greedy", "repeat_penalty", repeat_penalty)
        self._pace_lead = number("greedy", "pace_lead", pace_lead)
        self._cull_floor = number("greedy", "cull_floor", cull_floor)
        self._briefing = Briefing("")
        self._levers: tuple[ActionSpec, ...] = ()
        self._uses: list[int] = []
        self._first: dict[str, float] = {}

    def start(self, briefing: Briefing, /) -> None:
        """Notes goals, protected populations and levers."""
        self._briefing = briefing
        self._levers = tuple(spec for spec in briefing.actions if spec.takes_step and spec.name not in _FREE)
        self._uses = [0] * len(self._levers)
        self._first = {}

    def decide(self, observation: Observation, /) -> Action:
        """The most promising lever it may pull now, at full dose; `wait` if none promises enough."""
        state = observation.state
        for quantity in self._briefing.protected:
            if quantity in state:
                self._first.setdefault(quantity, state[quantity])
        needs = self._needs(state)
        best, promise = -1, self._threshold
        for index, spec in enumerate(self._levers):
            if spec.cost > observation.remaining or self._culls_the_weak(spec, state):
                continue
            worth = self._promise(spec, needs, self._uses[index])
            if worth > promise:
                best, promise = index, worth
        if best < 0 or not self._within_pace(self._levers[best], observation):
            return Action("wait")
        self._uses[best] += 1
        spec = self._levers[best]
        params: dict[str, Json] = dict(spec.params)
        if spec.takes_dose:
            params["dose"] = 1.0
        return Action(spec.name, params)

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""

    def _needs(self, state: Mapping[str, float]) -> dict[str, float]:
        """Weighted needs by quantity; a goal whose quantity cannot be seen asks for nothing."""
        needs: dict[str, float] = {}
        for goal in self._briefing.goals:
            if goal.quantity in state:
                needs[goal.quantity] = needs.get(goal.quantity, 0.0) + goal.weight * need(goal, state[goal.quantity])
        return needs

    def _promise(self, spec: ActionSpec, needs: Mapping[str, float], uses: int) -> float:
        gain = 0.0
        for quantity, effect in spec.effects.items():
            gain += needs[quantity] * effect if quantity in needs else self._side_weight * effect
            if effect < 0 and quantity in self._briefing.protected:
                gain += self._harm_weight * effect
        return gain / ((self._cost_offset + spec.cost) * (1 + self._repeat_penalty * uses))

    def _within_pace(self, spec: ActionSpec, observation: Observation) -> bool:
        steps = self._briefing.max_steps
        if steps <= 0:
            return True
        return observation.spent + spec.cost <= self._briefing.budget * (observation.step + self._pace_lead) / steps

    def _culls_the_weak(self, spec: ActionSpec, state: Mapping[str, float]) -> bool:
        """Whether it is a cull of (or documented to harm) a protected population that is already low."""
        struck = {quantity for quantity, effect in spec.effects.items() if effect < 0}
        if "cull" in spec.name.lower():
            struck.update(spec.params.values())
        return any(
            quantity in struck and quantity in state and state[quantity] < self._cull_floor * first
            for quantity, first in self._first.items()
        )
