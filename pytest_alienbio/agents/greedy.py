"""The agent that believes what is documented and looks one step ahead."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Action, ActionSpec, Briefing, Json, Observation, Scores
from .kept import Kept
from .parameter import number
from .promise import levers_of, needs_of, pull, strikes, within_pace


class GreedyAgent:
    """Pulls the lever whose documented effects promise most for its cost, if that is more than `threshold`.

    Promise = sum over goals of weight x need x effect, + `side_weight` x effects on other quantities, + `harm_weight` x
    documented harm to protected populations, unless a goal wants fewer of them; divided by (`cost_offset` + cost) x
    (1 + `repeat_penalty` x earlier uses). It spends evenly: never more than budget x (step + `pace_lead`) / steps of the
    episode. It does not cull a protected population that is below `cull_floor` of its first reading. It never measures.
    Raises `SpecError` for a constant out of range.
    """

    _KIND = "greedy"
    __slots__ = (
        "_briefing",
        "_cost_offset",
        "_cull_floor",
        "_first",
        "_harm_weight",
        "_levers",
        "_pace_lead",
        "_paid",
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
        self._threshold = number(self._KIND, "threshold", threshold)
        self._side_weight = number(self._KIND, "side_weight", side_weight)
        self._harm_weight = number(self._KIND, "harm_weight", harm_weight)
        self._cost_offset = number(self._KIND, "cost_offset", cost_offset, low=1e-9)
        self._repeat_penalty = number(self._KIND, "repeat_penalty", repeat_penalty)
        self._pace_lead = number(self._KIND, "pace_lead", pace_lead)
        self._cull_floor = number(self._KIND, "cull_floor", cull_floor)
        self._briefing = Briefing("")
        self._paid = 0.0
        self._levers: tuple[ActionSpec, ...] = ()
        self._uses: list[int] = []
        self._first: dict[str, float] = {}

    def start(self, briefing: Briefing, /) -> None:
        """Notes goals, protected populations and levers."""
        self._briefing = briefing
        self._levers = levers_of(briefing)
        self._uses = [0] * len(self._levers)
        self._first = {}
        self._paid = 0.0

    def decide(self, observation: Observation, /) -> Action:
        """The most promising lever it may pull now, at full dose; `wait` if none promises enough."""
        return self._take(self._choice(observation), observation)

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""

    def checkpoint(self) -> Json:
        """What it has paid and pulled, and what it saw first of the protected."""
        return {"paid": self._paid, "uses": list(self._uses), "first": dict(self._first)}

    def restore(self, state: Json, /) -> None:
        """As `checkpoint` had it. Raises `ValueError` for a checkpoint that is none of its."""
        kept = Kept(state)
        self._paid, self._first = kept.number("paid"), kept.numbers("first")
        self._uses = kept.wholes("uses")
        if len(self._uses) != len(self._levers):
            raise ValueError(f"the checkpoint has {len(self._uses)} levers, the world {len(self._levers)}")

    def _take(self, best: int, observation: Observation) -> Action:
        """Pulls the lever of this index, if there is one (-1: none) and its cost is within pace; else `wait`."""
        if best < 0 or not within_pace(self._briefing, observation, self._levers[best].cost, self._pace_lead, self._paid):
            return Action("wait")
        self._uses[best] += 1
        return pull(self._levers[best])

    def _choice(self, observation: Observation) -> int:
        """The index of the most promising lever it may pull now; -1 if none promises more than `threshold`."""
        state = observation.state
        for quantity in self._briefing.protected:
            if quantity in state:
                self._first.setdefault(quantity, state[quantity])
        needs = needs_of(self._briefing.goals, state)
        best, promise = -1, self._threshold
        for index, spec in enumerate(self._levers):
            if spec.cost > observation.remaining:
                continue
            effects = self._effects(index, state)
            if self._strikes_the_weak(spec, effects, state):
                continue
            worth = self._promise(spec, effects, needs, self._uses[index])
            if worth > promise:
                best, promise = index, worth
        return best

    def _effects(self, index: int, state: Mapping[str, float]) -> Mapping[str, float]:
        """What it takes a lever to do."""
        return self._levers[index].effects

    def _promise(self, spec: ActionSpec, effects: Mapping[str, float], needs: Mapping[str, float], uses: int) -> float:
        gain = 0.0
        for quantity, effect in effects.items():
            gain += needs[quantity] * effect if quantity in needs else self._side_weight * effect
            if effect < 0 and quantity in self._briefing.protected and needs.get(quantity, 0.0) >= 0:
                gain += self._harm_weight * effect
        return gain / ((self._cost_offset + spec.cost) * (1 + self._repeat_penalty * uses))

    def _strikes_the_weak(self, spec: ActionSpec, effects: Mapping[str, float], state: Mapping[str, float]) -> bool:
        """Whether it is a cull of (or said to harm) a protected population that is already low."""
        struck = strikes(spec, effects)
        return any(
            quantity in struck and quantity in state and state[quantity] < self._cull_floor * first
            for quantity, first in self._first.items()
        )
