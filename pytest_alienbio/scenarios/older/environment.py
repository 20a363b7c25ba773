"""A scenario of the older format as an agent's environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...errors import AlienBioError, SpecError, did_you_mean
from ...model.canonical import Json
from ...model.turn import Action, ActionResult, ActionSpec, Briefing, Observation, Scores, Step
from ..dynamics import PENNY
from ..episode import CALLS_PER_STEP, LONGEST_WAIT, RefusedError
from ..progress import heard, told
from ..streams import Stream, stream
from .scoring import score
from .template import Older
from .text import Formula, drawn, shown
from .tools import Tool, amounts, price
from .world import physics


class OlderEnvironment:
    """A world of an older file. What is not drawn in the file (`!ev`) is the same for every seed.

    All substrates are seen as they are. An action passes one step, refused or not, a measurement and a refused `done` none;
    what is refused costs nothing. Steps that are left unplayed count as waiting.
    """

    def __init__(self, scenario: Older) -> None:
        self._scenario, self._chemistry = scenario, scenario.chemistry
        self._tools = {tool.name: tool for tool in scenario.tools}
        self._started = False

    def reset(self, seed: int) -> Observation:
        """Draws the world of `seed`. Raises `GenerationError` if it cannot be followed, `SpecError` if a formula fails."""
        rng = stream(self._scenario.name, 0, seed, Stream.STRUCTURE)
        initial = {name: max(0.0, drawn(amount, rng)) for name, amount in self._scenario.initial.items()}
        self._quantities = {name: drawn(amount, rng) for name, amount in self._scenario.quantities.items()}
        self._physics = physics(self._chemistry, initial, self._quantities, self._scenario.steps)
        self._state = list(self._physics.start)
        self._path = [self._seen()]
        self._added: dict[str, float] = {}
        self._spent = 0.0
        self._calls = 0
        self._done = False
        self._last: ActionResult | None = None
        self._started = True
        self._budget = self._scenario.budget if self._scenario.budget is not None else self._enough()
        return self._observation()

    def step(self, action: Action) -> Step:
        """Carries out one action; a refused one is a `Step` whose result says why."""
        self._check_started()
        if self._over:
            result = ActionResult(ok=False, reason="the episode is over")
        else:
            self._calls += 1
            try:
                result = self._carry_out(action.name, action.params)
            except RefusedError as refusal:
                tool = self._tools.get(action.name)
                if refusal.uses_step and (tool is None or tool.takes_step):
                    self._pass_time(1)
                result = ActionResult(ok=False, reason=str(refusal))
            self._last = result
        return Step(self._observation(), result, terminated=self._terminated, truncated=self._truncated)

    def score(self) -> Scores:
        """`score` of the file's `scoring`, not cut, and its other formulas as parts."""
        self._check_started()
        path, state = list(self._path), self._state
        while len(path) <= self._scenario.steps:
            state = self._physics.after(state)
            path.append(self._named(state))
        found = score(self._scenario.scoring, self._chemistry, path, self._spent, self._budget)
        return Scores(found.pop("score"), found)

    def briefing(self) -> Briefing:
        """The file's own words, and a line for each tool."""
        lines = [self._scenario.briefing.strip(), "", *(_line(tool) for tool in self._tools.values())]
        return Briefing(
            "\n".join(lines).strip(),
            self._scenario.constitution.strip(),
            actions=tuple(spec for tool in self._tools.values() for spec in self._specs(tool)),
            max_steps=self._scenario.steps,
            budget=self._budget,
        )

    def snapshot(self) -> dict[str, float]:
        """The true state, which is also what is seen."""
        return self._seen()

    def checkpoint(self) -> Json:
        """All that has changed since `reset`."""
        self._check_started()
        return {
            "path": [dict(seen) for seen in self._path],
            "state": list(self._state),
            "quantities": dict(self._quantities),
            "added": dict(self._added),
            "spent": self._spent,
            "calls": self._calls,
            "done": self._done,
            "last": told(self._last),
        }

    def restore(self, state: Json) -> None:
        """Goes on from there, after a `reset` to the same seed. Raises `ValueError` for what is no place in this episode."""
        self._check_started()
        raw: Any = state
        try:
            path, quantities, added = (
                [_numbers(seen) for seen in raw["path"]],
                _numbers(raw["quantities"]),
                _numbers(raw["added"]),
            )
            here = [float(amount) for amount in raw["state"]]
            spent, calls, done, last = float(raw["spent"]), int(raw["calls"]), bool(raw["done"]), heard(raw["last"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no place in an episode: {type(error).__name__}: {error}") from error
        if len(here) != len(self._state) or not 1 <= len(path) <= self._scenario.steps + 1:
            raise ValueError("no place in an episode of this world: its states are of other sizes, or too many")
        self._quantities.clear()  # the physics reads this very mapping
        self._quantities.update(quantities)
        self._path, self._state, self._added = path, here, added
        self._spent, self._calls, self._done, self._last = spent, calls, done, last

    def properties(self) -> dict[str, Json]:
        """Figures about the world."""
        return {
            "size": len(self._chemistry.variables),
            "regions": len(self._chemistry.regions),
            "reactions": len(self._chemistry.reactions),
            "budget": self._budget,
            "max_steps": self._scenario.steps,
            "substeps": self._physics.substeps,
        }

    def _check_started(self) -> None:
        if not self._started:
            raise AlienBioError("the environment has not been started; call reset(seed) first")

    @property
    def _step(self) -> int:
        return len(self._path) - 1

    @property
    def _terminated(self) -> bool:
        return self._done or self._step >= self._scenario.steps

    @property
    def _truncated(self) -> bool:
        return not self._terminated and self._calls >= CALLS_PER_STEP * self._scenario.steps

    @property
    def _over(self) -> bool:
        return self._terminated or self._truncated

    def _named(self, state: list[float]) -> dict[str, float]:
        return {**dict(zip(self._chemistry.variables, state, strict=True)), **self._quantities}

    def _seen(self) -> dict[str, float]:
        return dict(sorted(self._named(self._state).items()))

    def _observation(self) -> Observation:
        last = self._last and replace(self._last, reading=dict(self._last.reading))
        return Observation(self._step, self._seen(), self._scenario.steps, self._budget, self._spent, last)

    def _pass_time(self, steps: int) -> None:
        for _ in range(min(steps, self._scenario.steps - self._step)):
            self._state = self._physics.after(self._state)
            self._path.append(self._seen())

    def _carry_out(self, name: str, params: Mapping[str, Json]) -> ActionResult:
        if name == "done":
            if params:
                raise RefusedError("done takes no parameters", uses_step=False)
            self._done = True
            return ActionResult(ok=True)
        if name == "wait":
            steps = params.get("steps", 1)
            if (
                set(params) - {"steps"}
                or isinstance(steps, bool)
                or not isinstance(steps, int)
                or not 1 <= steps <= LONGEST_WAIT
            ):
                raise RefusedError(f"wait takes steps, a whole number 1..{LONGEST_WAIT}, and nothing else")
            self._pass_time(steps)
            return ActionResult(ok=True)
        tool = self._tools.get(name)
        if tool is None:
            raise RefusedError(f"unknown action {shown(name)}; {did_you_mean(name, [*self._tools, 'wait', 'done'], most=20)}")
        return self._use(tool, self._given(tool, params))

    def _use(self, tool: Tool, given: Mapping[str, str | float]) -> ActionResult:
        try:
            cost = price(tool, given)
        except SpecError as error:
            raise RefusedError(f"what it costs cannot be told: {error.complaints[0].what}") from error
        if self._scenario.budget is not None and self._spent + cost > self._budget + PENNY:
            raise RefusedError(f"too little budget: it costs {cost:.3g}, {self._budget - self._spent:.3g} is left")
        regions = [str(given[tool.region])] if tool.region else list(self._chemistry.regions)
        reading: dict[str, Json] = {}
        if tool.does == "read":
            reading.update(self._read(tool, given, regions))
        elif tool.quantity:
            for region in regions:
                self._quantities[self._chemistry.name(region, tool.quantity)] = float(given[tool.number])
        else:
            self._change(tool, str(given[tool.molecule]), regions[0], float(given[tool.number]))
        self._spent += cost
        if tool.takes_step:
            self._pass_time(1)
        return ActionResult(ok=True, cost=cost, reading=reading)

    def _change(self, tool: Tool, molecule: str, region: str, amount: float) -> None:
        if amount < 0.0:
            raise RefusedError(f"{tool.number} is a number from 0 on, not {amount:g}")
        place = self._chemistry.variables.index(self._chemistry.name(region, molecule))
        if tool.does == "add":
            limits, added = self._scenario.feedstock, self._added.get(molecule, 0.0)
            if limits and added + amount > limits.get(molecule, 0.0) + PENNY:
                raise RefusedError(f"too little {molecule} in stock: {limits.get(molecule, 0.0) - added:.3g} is left")
            self._added[molecule] = added + amount
            self._state[place] += amount
        elif tool.does == "remove":
            self._state[place] = max(0.0, self._state[place] - amount)
        else:
            self._state[place] = amount

    def _read(self, tool: Tool, given: Mapping[str, str | float], regions: list[str]) -> dict[str, Json]:
        seen = self._seen()
        wanted = [str(given[tool.molecule])] if tool.molecule else list(self._chemistry.molecules)
        found: dict[str, Json] = {
            name: seen[name] for region in regions for name in (self._chemistry.name(region, each) for each in wanted)
        }
        if not tool.molecule:
            own = {name for region in regions for name in self._quantities if name.startswith(self._chemistry.name(region, ""))}
            found |= {name: seen[name] for name in sorted(own)}
        return found

    def _given(self, tool: Tool, params: Mapping[str, Json]) -> dict[str, str | float]:
        """The parameters checked, numbers as floats. Refuses with what would be right."""
        if set(params) != set(tool.params):
            raise RefusedError(f"{tool.name} takes {' and '.join(tool.params) or 'no parameters'}")
        found: dict[str, str | float] = {}
        for name, kind in tool.params.items():
            value = params[name]
            if kind == "text":
                known = self._chemistry.molecules if name == tool.molecule else self._chemistry.regions
                if not isinstance(value, str) or value not in known:
                    raise RefusedError(f"{name} is one of {', '.join(known)}, not {shown(value)}")
                found[name] = value
            else:
                found[name] = _number(name, value, whole=kind == "whole")
        return found

    def _specs(self, tool: Tool) -> list[ActionSpec]:
        """Calls of a tool as a briefing lists them: for every molecule and region, numbers as a few amounts."""
        listed = amounts(tool, self._chemistry, self._physics.start, self._quantities)
        choices: list[dict[str, str]] = [{}]
        for name, kind in tool.params.items():
            values = (
                list(self._chemistry.molecules if name == tool.molecule else self._chemistry.regions)
                if kind == "text"
                else listed
            )
            choices = [{**choice, name: value} for choice in choices for value in values]
        return [
            ActionSpec(
                tool.name, choice, price(tool, {name: _of(tool, name, choice) for name in choice}), takes_step=tool.takes_step
            )
            for choice in choices
        ]

    def _enough(self) -> float:
        """What a file that sets no budget is said to have: more than can be spent on what is listed. It is not enforced."""
        dearest = max((spec.cost for tool in self._tools.values() for spec in self._specs(tool)), default=0.0)
        return (dearest or 1.0) * CALLS_PER_STEP * self._scenario.steps


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in values.items()}


def _of(tool: Tool, name: str, choice: Mapping[str, str]) -> str | float:
    return choice[name] if tool.params[name] == "text" else float(choice[name])


def _number(name: str, value: Json, *, whole: bool) -> float:
    """A number, or the text of one, as a briefing lists it."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not abs(value) <= 1e9
        or (whole and value != int(value))
    ):
        raise RefusedError(f"{name} is a {'whole ' if whole else ''}number up to 1e9, not {shown(value)}")
    return float(value)


def _line(tool: Tool) -> str:
    """`add_feedstock(molecule: text, amount: number), cost 1: ...`."""
    params = ", ".join(f"{name}: {kind}" for name, kind in tool.params.items())
    cost = tool.cost.text if isinstance(tool.cost, Formula) else f"{tool.cost:g}"
    return f"{tool.name}({params}), cost {cost}" + (f": {tool.description}" if tool.description else "")
