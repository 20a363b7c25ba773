"""One episode of an instance: what an agent may call, what it gets to see, and what it is worth at the end.

This object holds the truth. Agents are handed only what `briefing`, `observation` and `act` give, and all of that is copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..errors import did_you_mean
from ..model.canonical import Json
from ..model.turn import Action, ActionResult, ActionSpec, Briefing, Goal, Observation, Scores, Step
from .dynamics import decode
from .instance import Instance
from .life import lives, named_by_levers
from .progress import Progress, read_progress

CALLS_PER_STEP = 4
"""After this many calls per step of time an episode is cut short: an agent that only measures cannot hang."""
LONGEST_WAIT = 5


class RefusedError(Exception):
    """Why an action cannot be carried out. `uses_step`: whether time passes nevertheless (not for a measurement or `done`)."""

    def __init__(self, reason: str, *, uses_step: bool = True) -> None:
        self.uses_step = uses_step
        super().__init__(reason)


class Episode:
    """A running episode. Deterministic: the same actions give the same observations and score, bit for bit."""

    def __init__(self, instance: Instance) -> None:
        self._instance, self._dynamics, self._blueprint = instance, instance.dynamics, instance.blueprint
        self._names = instance.surface.names
        self._index = {name: i for i, name in enumerate(self._names)}
        self._by_role = instance.words
        hidden = self._blueprint.hidden
        self._visible = sorted(self._by_role[role] for role in self._blueprint.world.variables if role not in hidden)
        self._levers = {
            index: (lever.action, {key: self._by_role[role] for key, role in lever.params.items()})
            for index, lever in enumerate(self._blueprint.levers)
        }
        named = {self._by_role[role] for role in named_by_levers(self._blueprint)}
        self._lives = lives(self._blueprint)
        self._subjects = {self._by_role[role]: role for role in (*self._lives, *self._blueprint.facts)}
        self._assayed = sorted(named.union(self._visible)) if self._blueprint.assay_cost is not None else []
        totals = self._blueprint.world.totals
        seen = [name for name, role in self._subjects.items() if not hidden.issuperset(totals.get(role, (role,)))]
        self._asked = sorted(seen) if self._asks else []
        self._path = [self._dynamics.start]
        self._spent = 0.0
        self._calls = 0
        self._done = False
        self._last: ActionResult | None = None
        self.taken: list[tuple[int, float]] = []
        """(lever, dose) of every step that has passed; lever -1 for none."""

    @property
    def _asks(self) -> bool:
        return self._blueprint.investigate_cost is not None

    @property
    def step(self) -> int:
        """Steps of time that have passed."""
        return len(self._path) - 1

    @property
    def path(self) -> list[list[float]]:
        """The true state at the start and after each step that has passed: a copy, in the order of `Surface.names`."""
        return [list(state) for state in self._path]

    @property
    def terminated(self) -> bool:
        """Whether the episode has reached its own end."""
        return self._done or self.step >= self._blueprint.max_steps

    @property
    def truncated(self) -> bool:
        """Whether it was cut short because of too many calls."""
        return not self.terminated and self._calls >= CALLS_PER_STEP * self._blueprint.max_steps

    @property
    def over(self) -> bool:
        """Whether nothing more can happen."""
        return self.terminated or self.truncated

    def briefing(self) -> Briefing:
        """What an agent is told once. Its lists are in an order that gives no role away."""
        variables = self._blueprint.world.variables
        template = self._instance.template
        return Briefing(
            text=self._instance.text(template.briefing),
            constitution=self._instance.text(template.constitution),
            goals=tuple(
                Goal(self._names[target.variable], target.kind, target.low, target.high, target.weight, target.start)
                for target in self._instance.rules.targets
            ),
            protected={
                self._by_role[variables[floor.variable]]: floor.least
                for floor in sorted(self._blueprint.floors, key=lambda floor: self._names[floor.variable])
            },
            actions=(*map(self._lever_spec, self._instance.surface.lever_order), *self._measurement_specs()),
            max_steps=self._blueprint.max_steps,
            budget=self._blueprint.budget,
        )

    def observation(self) -> Observation:
        """Readings of the visible quantities at this step, in three decimals, sorted by name, and what the last call gave."""
        now, deviates = self._path[-1], self._instance.surface.noise[self.step]
        state = {}
        for name in self._visible:
            i = self._index[name]
            state[name] = round(max(0.0, now[i] * (1.0 + self._blueprint.noise * deviates[i])), 3)
        last = self._last and replace(self._last, reading=_copied(self._last.reading))
        return Observation(self.step, state, self._blueprint.max_steps, self._blueprint.budget, self._spent, last)

    def act(self, action: Action) -> Step:
        """Carries out one call. A refusal costs nothing; unless it was of a measurement or of `done`, its step passes."""
        if self.over:
            result = ActionResult(ok=False, reason="the episode is over")
        else:
            self._calls += 1
            try:
                result = self._carry_out(action)
            except RefusedError as refusal:
                if refusal.uses_step:
                    self._pass_time(1)
                result = ActionResult(ok=False, reason=str(refusal))
            self._last = replace(result, reading=_copied(result.reading))
        return Step(self.observation(), result, terminated=self.terminated, truncated=self.truncated)

    def scores(self) -> Scores:
        """The score of what was done; steps that have not passed count as waiting. Changes nothing."""
        path = list(self._path)
        for t in range(self.step, self._blueprint.max_steps):
            path.append(self._dynamics.after(path[-1], t))
        return self._instance.scores(path, self._spent)

    def solution(self) -> list[Json]:
        """The oracle's plan as actions, one a step."""
        found: list[Json] = []
        for code in self._instance.plan:
            lever, dose = decode(code)
            name, params = self._levers[lever] if lever >= 0 else ("wait", {})
            found.append({"name": name, "params": {**params, "dose": dose} if lever >= 0 else {}})
        return found

    def snapshot(self) -> dict[str, float]:
        """The true state, hidden quantities included, under alien names."""
        return dict(sorted(zip(self._names, self._path[-1], strict=True)))

    def checkpoint(self) -> Json:
        """All that has changed since the start."""
        return Progress(self._path, self.taken, self._spent, self._calls, self._done, self._last).as_json()

    def restore(self, state: Json) -> None:
        """As `checkpoint` had it. Raises `ValueError` for what is none of an episode of this instance."""
        kept = read_progress(state, len(self._names), self._blueprint.max_steps)
        self._path, self.taken, self._spent = kept.path, kept.taken, kept.spent
        self._calls, self._done, self._last = kept.calls, kept.done, kept.last

    def _lever_spec(self, index: int) -> ActionSpec:
        lever, (name, params) = self._blueprint.levers[index], self._levers[index]
        effects = {self._by_role[role]: strength for role, strength in lever.documented.items()}
        return ActionSpec(name, dict(params), lever.cost, dict(sorted(effects.items())), takes_dose=True)

    def _measurement_specs(self) -> list[ActionSpec]:
        assay, investigate = self._blueprint.assay_cost or 0.0, self._blueprint.investigate_cost or 0.0
        return [
            *(ActionSpec("assay", {"quantity": name}, assay, takes_step=False) for name in self._assayed),
            *(ActionSpec("investigate", {"subject": name}, investigate, takes_step=False) for name in self._asked),
        ]

    def _carry_out(self, action: Action) -> ActionResult:
        name, params = action.name, action.params
        if not isinstance(name, str) or not isinstance(params, Mapping):
            raise RefusedError("an action is a name and a mapping of parameters")
        if name == "done":
            if params:
                raise RefusedError("done takes no parameters", uses_step=False)
            self._pass_time(self._blueprint.max_steps)
            self._done = True
            return ActionResult(ok=True)
        if name == "wait":
            return self._wait(params)
        if name == "assay" and self._assayed:
            return self._assay(params)
        if name == "investigate" and self._asked:
            return self._investigate(params)
        return self._pull(name, params)

    def _pass_time(self, steps: int, lever: int = -1, dose: float = 1.0) -> None:
        for t in range(self.step, min(self.step + steps, self._blueprint.max_steps)):
            self._path.append(self._dynamics.after(self._path[-1], t, lever, dose))
            self.taken.append((lever, dose))

    def _wait(self, params: Mapping[str, Json]) -> ActionResult:
        steps = params.get("steps", 1)
        if set(params) - {"steps"} or isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= LONGEST_WAIT:
            raise RefusedError(f"wait takes steps, a whole number 1..{LONGEST_WAIT}, and nothing else")
        self._pass_time(steps)
        return ActionResult(ok=True)

    def _pull(self, name: str, params: Mapping[str, Json]) -> ActionResult:
        index = self._lever(name, {key: value for key, value in params.items() if key != "dose"})
        dose = params.get("dose", 1.0)
        if isinstance(dose, bool) or not isinstance(dose, int | float) or not 0.0 < dose <= 1.0:
            raise RefusedError(f"a dose is a number above 0 and up to 1, not {_shown(dose)}")
        cost = self._dynamics.cost(index, float(dose))
        self._affordable(cost)
        self._pass_time(1, index, float(dose))
        self._spent += cost
        return ActionResult(ok=True, cost=cost)

    def _lever(self, name: str, params: Mapping[str, Json]) -> int:
        """The index of a lever by its name and params. Refuses with what would be right."""
        named = {index: own for index, (action, own) in self._levers.items() if action == name}
        if not named:
            known = {"wait", "done", *(action for action, _params in self._levers.values())}
            known.update(["assay"] if self._assayed else [], ["investigate"] if self._asked else [])
            raise RefusedError(f"unknown action {_shown(name)}; {did_you_mean(name, known, most=20)}")
        for index, own in named.items():
            if own == params:
                return index
        keys = sorted({key for own in named.values() for key in own})
        choices = [f"{key} (one of {', '.join(sorted({own[key] for own in named.values() if key in own}))})" for key in keys]
        raise RefusedError(f"{name} takes {' and '.join(choices) or 'no parameters'}, and a dose")

    def _assay(self, params: Mapping[str, Json]) -> ActionResult:
        name = self._measured("assay", "quantity", params, self._assayed, frozenset(self._names))
        self._pay_for_measurement(cost := self._blueprint.assay_cost or 0.0)
        return ActionResult(ok=True, cost=cost, reading={"quantity": name, "value": self._path[-1][self._index[name]]})

    def _investigate(self, params: Mapping[str, Json]) -> ActionResult:
        name = self._measured("investigate", "subject", params, self._asked, frozenset(self._subjects))
        self._pay_for_measurement(cost := self._blueprint.investigate_cost or 0.0)
        role = self._subjects[name]
        reading: dict[str, Json] = {"subject": name}
        if life := self._lives.get(role):
            reading.update({habit: self._renamed(values) for habit, values in life.items()})
        if fact := self._blueprint.facts.get(role):
            reading["promoted_by"] = sorted(self._by_role[cause] for cause in fact.promoted_by)
            reading["reduced_by"] = sorted(self._by_role[cause] for cause in fact.reduced_by)
        return ActionResult(ok=True, cost=cost, reading=reading)

    def _measured(self, action: str, key: str, params: Mapping[str, Json], listed: list[str], known: frozenset[str]) -> str:
        """The name asked about. Hidden ones can be asked about by whoever has learned the name, but no refusal tells one."""
        name = params.get(key)
        if set(params) != {key} or not isinstance(name, str):
            raise RefusedError(f"{action} takes {key}, one of {', '.join(listed)}", uses_step=False)
        if name not in known:
            raise RefusedError(
                f"{action}: unknown {key} {_shown(name)}; {did_you_mean(name, listed, most=40)}", uses_step=False
            )
        return name

    def _pay_for_measurement(self, cost: float) -> None:
        self._affordable(cost, uses_step=False)
        self._spent += cost

    def _affordable(self, cost: float, *, uses_step: bool = True) -> None:
        if not self._dynamics.affords(self._spent, cost):
            left = self._blueprint.budget - self._spent
            raise RefusedError(f"too little budget: it costs {cost:.3g}, {left:.3g} is left", uses_step=uses_step)

    def _renamed(self, values: Mapping[str, float]) -> dict[str, float]:
        return dict(sorted((self._by_role[role], value) for role, value in values.items()))


def _copied(reading: Mapping[str, Json]) -> dict[str, Json]:
    return {
        key: dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, list) else value
        for key, value in reading.items()
    }


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
