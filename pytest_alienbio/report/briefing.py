"""What an agent is shown of a scenario before it acts, as text; and the truth, where it was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..model import ActionSpec, Briefing, Goal, Json, Observation
from .page import BOLD, RED, Page, short


@dataclass(frozen=True, slots=True)
class Truth:
    """What no agent is told, but for the solution, which the oracle is handed."""

    description: str = ""
    """What the scenario is about, in its author's words."""
    solution: Json = None
    state: Mapping[str, float] = field(default_factory=dict)
    properties: Mapping[str, Json] = field(default_factory=dict)


def render_briefing(
    briefing: Briefing,
    observation: Observation,
    where: str,
    width: int,
    *,
    truth: Truth | None = None,
    color: bool = False,
    ascii: bool = False,
) -> list[str]:
    """Briefing and first observation of a scenario at `where` (`difficulty 2, seed 0`); the truth, if given, apart."""
    page = Page(width, color, ascii)
    lines = [*_shown(page, briefing, observation, where)]
    return lines if truth is None else [*lines, "", *_truth(page, truth, observation)]


def _shown(page: Page, briefing: Briefing, observation: Observation, where: str) -> Iterator[str]:
    yield from page.prose(f"WHAT AN AGENT IS TOLD AT {where.upper()}", style=BOLD)
    yield from page.section("briefing", briefing.text.strip().splitlines() or ["(none)"], BOLD)
    if briefing.constitution.strip():
        yield from page.section("constitution", briefing.constitution.strip().splitlines(), BOLD)
    if briefing.goals:
        yield from page.section("goals", map(_goal, briefing.goals), BOLD)
    if briefing.protected:
        floors = (f"{name}: at least {100 * floor:.3g}% of its start" for name, floor in briefing.protected.items())
        yield from page.section("protected", floors, BOLD)
    yield from _actions(page, briefing.actions)
    limits = [f"budget {briefing.budget:g}"] if briefing.budget else []
    limits += [f"{briefing.max_steps} steps"] if briefing.max_steps else []
    yield from page.section("limits", [", ".join(limits) or "(not told)"], BOLD)
    yield from page.section(f"first observation, {len(observation.state)} quantities", (), BOLD)
    seen = {**observation.state, **observation.info}
    yield from page.packed([f"{name} {short(value)}" for name, value in seen.items()])


def _truth(page: Page, truth: Truth, observation: Observation) -> Iterator[str]:
    yield from page.prose("THE TRUTH, WHICH NO AGENT IS TOLD (the oracle is handed the solution)", style=RED)
    if truth.description:
        yield from page.section("description", [truth.description], BOLD)
    if truth.state:
        yield from page.section("true state at the start (* hidden)", (), BOLD)
        seen = observation.state
        yield from page.packed([f"{name}{'' if name in seen else '*'} {short(value)}" for name, value in truth.state.items()])
    if truth.properties:
        yield from page.section("properties", (f"{name} {short(value)}" for name, value in truth.properties.items()), BOLD)
    yield from page.section("solution", _solution(truth.solution), BOLD)


def _actions(page: Page, specs: Sequence[ActionSpec]) -> Iterator[str]:
    levers = [spec for spec in specs if spec.takes_step]
    if levers:
        dosed = "; a dose above 0 and up to 1 scales cost and effect" if any(spec.takes_dose for spec in levers) else ""
        yield from page.section(f"{len(levers)} actions, a step each{dosed}", map(_lever, levers), BOLD)
    if len(levers) < len(specs):
        yield from page.section("measurements, which take no step", _measurements(specs), BOLD)
    yield from page.section("always", ["wait, done"], BOLD)


def _goal(goal: Goal) -> str:
    low, high = short(goal.low), short(goal.high)
    words = {"up": f"raise to {high} ({low} is worth nothing)", "down": f"lower to {low} ({high} is worth nothing)"}
    return f"{goal.quantity}: {words.get(goal.kind, f'keep between {low} and {high}')}; weight {goal.weight:g}"


def _lever(spec: ActionSpec) -> str:
    effects = ", ".join(f"{name} {strength:+.2g}" for name, strength in spec.effects.items())
    told = f"documented effect {effects}" if effects else "no documented effect"
    return f"{_call(spec.name, spec.params)}: cost {spec.cost:g}, {told}"


def _measurements(specs: Sequence[ActionSpec]) -> Iterator[str]:
    """Those that differ in the value of their one param only share a line."""
    groups: dict[tuple[str, float], list[str]] = {}
    for spec in specs:
        if spec.takes_step:
            continue
        alone = len(spec.params) == 1
        name = f"{spec.name} {next(iter(spec.params))}=" if alone else _call(spec.name, spec.params)
        groups.setdefault((name, spec.cost), []).extend(spec.params.values() if alone else ())
    for (name, cost), values in groups.items():
        yield f"{name}{' | '.join(values)}: cost {cost:g}"


def _solution(solution: Json) -> Iterator[str]:
    if not isinstance(solution, Sequence) or isinstance(solution, str):
        yield "the scenario offers none" if solution is None else short(solution)
        return
    for place, action in enumerate(solution, 1):
        params = action.get("params", {}) if isinstance(action, Mapping) else None
        if isinstance(action, Mapping) and isinstance(params, Mapping):
            yield f"{place}. {_call(short(action.get('name')), params)}"
        else:
            yield f"{place}. {short(action)}"


def _call(name: str, params: Mapping[str, object]) -> str:
    return name + "".join(f" {key}={short(value)}" for key, value in params.items())
