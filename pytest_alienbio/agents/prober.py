"""The agent that believes nothing it is told, and tries."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from ..model import Action, Briefing, Json, Observation, Scores
from .kept import Kept
from .lasting import Lasting
from .parameter import number, whole
from .promise import levers_of, needs_of, pull, within_pace
from .ridge import Ridge

_NOTHING = (-1, 0.0)
"""(lever, dose) of a step in which it waits."""


class ProberAgent:
    """Tries its levers in a random order, notes what changes, and pulls what it predicts to gain most for its cost.

    It reads no documentation and asks nothing: of a lever it knows only name, cost, and what its params name. A trial is
    at `trial_dose`, or less where a floor leaves less than half of a population to lose; in the first `trial_steps` of the
    steps, for up to `trial_budget` of the budget; where these leave time for it, it waits a step after each pull in them.

    After every step it regresses (`ridge` is the penalty) the relative change of each goal's and each protected
    population's reading on: the dose just given of each lever, the levels of what levers name, and, for what cannot be
    read, doses given earlier, of which `leak` is left a step later. So a delayed effect shows as one of the level that a
    lever has changed. It predicts for the next `horizon` steps, with the change that a lever made and how long such a
    change was seen to last.

    Worth = sum over goals of weight x need x predicted change, + `harm_weight` x predicted loss of protected populations x
    (floor / level)^2, divided by `cost_offset` + cost. It acts if that is more than `threshold`, spends no faster than
    budget x (step + `pace_lead`) / steps, and pulls nothing that it predicts to push a protected population below
    `floor_margin` x floor. Raises `SpecError` for a constant out of range.
    """

    _KIND = "prober"
    __slots__ = (
        "_before",
        "_briefing",
        "_changes",
        "_cost_offset",
        "_doses",
        "_first",
        "_floor_margin",
        "_harm_weight",
        "_horizon",
        "_last",
        "_lasting",
        "_leak",
        "_levers",
        "_model",
        "_names",
        "_pace_lead",
        "_pauses",
        "_ridge",
        "_step",
        "_targets",
        "_threshold",
        "_trial_budget",
        "_trial_dose",
        "_trial_steps",
        "_untried",
    )

    def __init__(
        self,
        *,
        trial_dose: float = 0.5,
        trial_steps: float = 0.3,
        trial_budget: float = 0.4,
        ridge: float = 0.15,
        leak: float = 0.75,
        horizon: int = 6,
        harm_weight: float = 1.0,
        floor_margin: float = 1.2,
        threshold: float = 0.01,
        cost_offset: float = 0.5,
        pace_lead: float = 4.0,
    ) -> None:
        self._trial_dose = number(self._KIND, "trial_dose", trial_dose, low=0.01, high=1.0)
        self._trial_steps = number(self._KIND, "trial_steps", trial_steps, high=1.0)
        self._trial_budget = number(self._KIND, "trial_budget", trial_budget, high=1.0)
        self._ridge = number(self._KIND, "ridge", ridge, low=1e-6)
        self._leak = number(self._KIND, "leak", leak, high=0.99)
        self._horizon = whole(self._KIND, "horizon", horizon, low=1, high=1000)
        self._harm_weight = number(self._KIND, "harm_weight", harm_weight)
        self._floor_margin = number(self._KIND, "floor_margin", floor_margin)
        self._threshold = number(self._KIND, "threshold", threshold)
        self._cost_offset = number(self._KIND, "cost_offset", cost_offset, low=1e-9)
        self._pace_lead = number(self._KIND, "pace_lead", pace_lead)
        self.start(Briefing(""))

    def start(self, briefing: Briefing, /) -> None:
        """Shuffles the levers and opens an empty notebook."""
        self._briefing = briefing
        self._levers = levers_of(briefing)
        self._names = [tuple(spec.params.values()) for spec in self._levers]
        self._untried = _shuffled(len(self._levers), briefing.seed)
        self._pauses = 2 * len(self._levers) <= self._trial_steps * briefing.max_steps
        self._targets = tuple(dict.fromkeys([*(goal.quantity for goal in briefing.goals), *briefing.protected]))
        self._model = Ridge(self._ridge)
        self._lasting = Lasting()
        self._first: dict[str, float] = {}
        self._before: Mapping[str, float] = {}
        self._last = _NOTHING
        self._step = -1
        self._doses: dict[int, float] = {}
        self._changes: dict[tuple[int, str], tuple[int, float]] = {}

    def decide(self, observation: Observation, /) -> Action:
        """A trial, while there are some to make; then the best predicted lever at full dose, or `wait`."""
        self._note(observation)
        lever, dose = self._last = self._trial(observation) or self._best(observation)
        if lever < 0:
            return Action("wait")
        self._lasting.watch(self._names[lever], observation.state)
        return pull(self._levers[lever], dose)

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""

    def checkpoint(self) -> Json:
        """Its notebook."""
        lever, dose = self._last
        doses: list[Json] = [[index, given] for index, given in self._doses.items()]
        changes: list[Json] = [[name, index, *seen] for (index, name), seen in self._changes.items()]
        return {
            "untried": list(self._untried),
            "model": self._model.checkpoint(),
            "lasting": self._lasting.checkpoint(),
            "first": dict(self._first),
            "before": dict(self._before),
            "lever": lever,
            "dose": dose,
            "step": self._step,
            "doses": doses,
            "changes": changes,
        }

    def restore(self, state: Json, /) -> None:
        """As `checkpoint` had it. Raises `ValueError` for a checkpoint that is none of its."""
        kept = Kept(state)
        self._untried = kept.wholes("untried")
        if not set(self._untried) <= set(range(len(self._levers))):
            raise ValueError(f"the checkpoint has other levers than the {len(self._levers)} of this world")
        self._model.restore(kept["model"])
        self._lasting.restore(kept["lasting"])
        self._first, self._before = kept.numbers("first"), kept.numbers("before")
        self._last, self._step = (kept.whole("lever"), kept.number("dose")), kept.whole("step")
        self._doses = {int(index): given for _, (index, given) in kept.rows("doses", texts=0, figures=2)}
        self._changes = {
            (int(index), name): (int(times), total)
            for (name,), (index, times, total) in kept.rows("changes", texts=1, figures=3)
        }

    def _note(self, observation: Observation) -> None:
        """Writes down what the last step has done."""
        state, before = observation.state, self._before
        for quantity, level in state.items():
            self._first.setdefault(quantity, level)
        if observation.step == self._step + 1 and before:
            refused = observation.last is not None and not observation.last.ok
            lever, dose = _NOTHING if refused else self._last
            row = self._conditions(before)
            if lever >= 0:
                row[f"dose {lever}"] = dose
                for quantity in self._names[lever]:
                    if quantity in state and quantity in before:
                        times, total = self._changes.get((lever, quantity), (0, 0.0))
                        change = (self._height(quantity, state) - self._height(quantity, before)) / dose
                        self._changes[lever, quantity] = (times + 1, total + change)
            both = [quantity for quantity in self._targets if quantity in state and quantity in before]
            self._model.learn(row, {quantity: relative_change(before[quantity], state[quantity]) for quantity in both})
            self._doses = {index: given * self._leak for index, given in self._doses.items()}
            if lever >= 0:
                self._doses[lever] = self._doses.get(lever, 0.0) + dose
            self._lasting.look(state)
        self._step, self._before = observation.step, state

    def _conditions(self, state: Mapping[str, float]) -> dict[str, float]:
        """The features of a step, but the dose given in it."""
        row = {"": 1.0}
        for names in self._names:
            for quantity in names:
                if quantity in state:
                    row[quantity] = self._height(quantity, state)
        for lever, given in self._doses.items():
            if not any(quantity in state for quantity in self._names[lever]):
                row[f"past {lever}"] = given
        return row

    def _height(self, quantity: str, state: Mapping[str, float]) -> float:
        """How far a level is above the first one seen, on a scale on which it saturates: c / (c + r), r the first or 1."""
        first, level = self._first.get(quantity, 0.0), state[quantity]
        scale = max(first, 1.0)
        return level / (level + scale) - first / (first + scale) if min(level, first) >= 0 else 0.0

    def _trial(self, observation: Observation) -> tuple[int, float] | None:
        """(lever, dose) to try next, or a pause after a pull; None if trying is over."""
        steps = self._briefing.max_steps
        if steps > 0 and observation.step >= self._trial_steps * steps:
            return None
        if self._pauses and self._last[0] >= 0:
            return _NOTHING
        dose = self._trial_dose * min(1.0, 2.0 * max(0.05, 1.0 - max(self._briefing.protected.values(), default=0.0)))
        left = min(observation.remaining, self._trial_budget * observation.budget - observation.spent)
        for place, lever in enumerate(self._untried):
            given = dose if self._levers[lever].takes_dose else 1.0
            if self._levers[lever].cost * given <= left:
                del self._untried[place]
                return lever, given
        return None

    def _best(self, observation: Observation) -> tuple[int, float]:
        """(lever, dose) of the most gain predicted for the cost, among those it has tried; a wait if none is worth it."""
        state, steps = observation.state, self._briefing.max_steps
        needs = needs_of(self._briefing.goals, state)
        ahead = min(self._horizon, steps - observation.step) if steps > 0 else self._horizon
        best, choice = self._threshold, -1
        for lever, spec in enumerate(self._levers):
            if lever not in self._untried and spec.cost <= observation.remaining:
                worth = self._gain(self._forecast(lever, state, ahead), needs, state) / (self._cost_offset + spec.cost)
                if worth > best:
                    best, choice = worth, lever
        if choice < 0 or not within_pace(self._briefing, observation, self._levers[choice].cost, self._pace_lead):
            return _NOTHING
        return choice, 1.0

    def _forecast(self, lever: int, state: Mapping[str, float], ahead: int) -> dict[str, float]:
        """The features that a full dose adds to, summed over the next steps: the dose, then what it leaves behind."""
        row = {f"dose {lever}": 1.0}
        seen = [quantity for quantity in self._names[lever] if quantity in state]
        for quantity in seen:
            times, total = self._changes.get((lever, quantity), (0, 0.0))
            row[quantity] = total / max(times, 1) * _series(self._lasting.share(quantity), ahead - 1)
        if not seen:
            row[f"past {lever}"] = _series(self._leak, ahead - 1)
        return row

    def _gain(self, row: Mapping[str, float], needs: Mapping[str, float], state: Mapping[str, float]) -> float:
        """What the features of `row` are worth for goals and protected populations; -inf if a floor is predicted to break."""
        gain = 0.0
        for quantity in self._targets:
            change = self._model.predict(quantity, row)
            gain += needs.get(quantity, 0.0) * change
            floor = self._briefing.protected.get(quantity, 0.0) * self._first.get(quantity, 0.0)
            if change < 0 < floor and quantity in state:
                level = state[quantity]
                if level * (1.0 + change) < self._floor_margin * floor:
                    return -inf
                gain += self._harm_weight * change * (floor / max(level, floor)) ** 2
        return gain


def relative_change(before: float, after: float) -> float:
    """The change by the mean of both, -2..2: close to the difference of logarithms where that is small, and 0 is no trouble."""
    both = abs(before) + abs(after)
    return 2.0 * (after - before) / both if both > 0 else 0.0


def _series(share: float, terms: int) -> float:
    """1 + share + share^2 + ... of so many terms."""
    total, term = 0.0, 1.0
    for _ in range(terms):
        total, term = total + term, term * share
    return total


def _shuffled(count: int, seed: int) -> list[int]:
    from numpy.random import PCG64, Generator

    dice = Generator(PCG64(seed))
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = int(dice.random() * (last + 1))
        order[last], order[other] = order[other], order[last]
    return order
