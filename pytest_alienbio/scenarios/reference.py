"""Two frozen policies that guard the oracle: if one beats its plan, the plan is searched for again.

They look like the public agents `greedy` and `inquirer`, and are kept apart on purpose: editing an agent must never
change what a score of 1.0 means. A change here needs a new `GENERATOR_VERSION`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model.turn import Action, ActionSpec, Briefing, Goal, Observation

WAIT = Action("wait")
WORTH_ACTING = 0.08
SIDE_EFFECT, HARM = 0.1, 0.9
PACE_AHEAD = 4
ASKING_SHARE = 0.30
CAUSE = 1.2
"""Strength given to what was learned by asking."""


class Greedy:
    """One step ahead on what the briefing says: pulls the lever whose documented effects serve the goals best per cost."""

    def start(self, briefing: Briefing) -> None:
        """Takes note of levers, goals and limits."""
        self._briefing = briefing
        self._levers = [spec for spec in briefing.actions if spec.takes_step]
        self._effects = [dict(spec.effects) for spec in self._levers]
        self._uses = [0] * len(self._levers)
        self._first: Mapping[str, float] = {}

    def decide(self, observation: Observation) -> Action:
        """The best lever if it is worth acting and within pace, else waits."""
        if not self._first:
            self._first = dict(observation.state)
        best, chosen = WORTH_ACTING, -1
        for index, spec in enumerate(self._levers):
            if not self._allowed(spec, observation):
                continue
            value = self._value(index, observation) / ((0.5 + spec.cost) * (1.0 + 0.3 * self._uses[index]))
            if value > best:
                best, chosen = value, index
        if chosen < 0:
            return WAIT
        self._uses[chosen] += 1
        spec = self._levers[chosen]
        return Action(spec.name, {**spec.params, "dose": 1.0})

    def _allowed(self, spec: ActionSpec, observation: Observation) -> bool:
        pace = self._briefing.budget * (observation.step + PACE_AHEAD) / self._briefing.max_steps
        if observation.spent + spec.cost > min(pace, self._briefing.budget):
            return False
        if spec.name != "cull":
            return True
        harmed = [name for name in spec.params.values() if name in self._briefing.protected]
        return all(observation.state.get(name, 0.0) >= 0.5 * self._first.get(name, 0.0) for name in harmed)

    def _value(self, index: int, observation: Observation) -> float:
        value = 0.0
        effects = self._seen_effects(index, observation)
        aims = {goal.quantity: goal for goal in self._briefing.goals}
        for name, strength in effects.items():
            if name in aims:
                lack = _lack(aims[name], observation.state.get(name, 0.0))
                value += aims[name].weight * min(1.0, abs(lack)) * (1.0 if lack > 0 else -1.0 if lack < 0 else 0.0) * strength
            elif name in self._briefing.protected and strength < 0:
                value += HARM * strength
            else:
                value += SIDE_EFFECT * strength
        return value

    def _seen_effects(self, index: int, observation: Observation) -> Mapping[str, float]:
        return self._effects[index]


class Inquirer(Greedy):
    """Asks first: spends up to 30 % of the budget on what goals and protected populations live on, then acts greedily."""

    def start(self, briefing: Briefing) -> None:
        """Lists whom to ask about: goals first, then what is protected."""
        super().start(briefing)
        offered = {spec.params["subject"]: spec.cost for spec in briefing.actions if spec.name == "investigate"}
        wanted = dict.fromkeys([*(goal.quantity for goal in briefing.goals), *briefing.protected])
        self._questions = [(name, offered[name]) for name in wanted if name in offered]
        self._needs: dict[str, Mapping[str, float]] = {}
        self._poisons: dict[str, Mapping[str, float]] = {}
        self._causes: dict[str, Mapping[str, float]] = {}

    def decide(self, observation: Observation) -> Action:
        """The next question while the share for questions lasts, then as greedy with what was learned."""
        if observation.last is not None and "subject" in observation.last.reading:
            reading = observation.last.reading
            subject, needs, poisons = str(reading["subject"]), reading.get("needs"), reading.get("poisons")
            self._needs[subject] = _numbers(needs)
            self._poisons[subject] = _numbers(poisons)
            promoting, reducing = (dict.fromkeys(_words(reading.get(key)), 1.0) for key in ("promoted_by", "reduced_by"))
            self._causes[subject] = {**promoting, **dict.fromkeys(reducing, -1.0)}
        while self._questions:
            name, cost = self._questions.pop(0)
            if observation.spent + cost <= ASKING_SHARE * self._briefing.budget:
                return Action("investigate", {"subject": name})
        return super().decide(observation)

    def _seen_effects(self, index: int, observation: Observation) -> Mapping[str, float]:
        """The documented effects, corrected by what is known.

        A scarce need helps by 1.2 K / (K + c), a poison harms by 1, what promotes or reduces a thing counts 1.2.
        """
        effects = dict(self._effects[index])
        for given in self._levers[index].params.values():
            for subject, needs in self._needs.items():
                if given in needs:
                    half = needs[given]
                    effects[subject] = CAUSE * half / (half + observation.state.get(given, half))
            for subject, poisons in self._poisons.items():
                if given in poisons:
                    effects[subject] = -1.0
            for subject, causes in self._causes.items():
                if given in causes:
                    effects[subject] = CAUSE * causes[given]
        return effects


POLICIES = (Greedy, Inquirer)


def _lack(goal: Goal, value: float) -> float:
    """How much is missing, in units of the goal's width: positive if more is wanted, negative if less, 0 when it is met."""
    too_little = max((goal.high if goal.kind == "up" else goal.low) - value, 0.0)
    too_much = max(value - (goal.low if goal.kind == "down" else goal.high), 0.0)
    if goal.kind == "up":
        too_much = 0.0
    elif goal.kind == "down":
        too_little = 0.0
    return (too_little - too_much) / (goal.high - goal.low)


def _numbers(value: object) -> Mapping[str, float]:
    if not isinstance(value, Mapping):
        return {}
    return {str(key): float(each) for key, each in value.items() if isinstance(each, int | float)}


def _words(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
