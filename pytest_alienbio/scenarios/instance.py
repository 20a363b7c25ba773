"""One generated world with its question, its names and its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ..model.canonical import Json, canonical, digest
from ..model.turn import Scores
from ..world import kernel, names
from .blueprint import Blueprint
from .document import fill
from .dynamics import Dynamics, Plan, affordable, follow
from .scoring import Marks, Rules, clip, grade
from .streams import Stream, stream
from .template import Template

Path = list[list[float]]
MOST_KEPT = 64
"""Rebuilt instances a process keeps, some 50 kB each: cells of one battery often meet the same world."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What an agent sees instead of roles: drawn apart from the structure, so other words make no other world."""

    names: tuple[str, ...]
    """Alien names, one per variable; of one in a region `name@region`."""
    regions: tuple[str, ...]
    lever_order: tuple[int, ...]
    """In which order the briefing lists the levers."""
    noise: tuple[tuple[float, ...], ...] = field(repr=False)
    """Standard normal deviates, one row per step 0..T, one column per variable: a reading is y * (1 + sigma * deviate)."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A template at a difficulty and a seed.

    `plan` is the oracle's, `floor` the utility of waiting all the time, `top` that of the plan.
    """

    template: Template
    difficulty: int
    seed: int
    attempt: int
    dynamics: Dynamics
    surface: Surface
    rules: Rules
    plan: Plan = ()
    floor: float = 0.0
    top: float = 1.0
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Attempts before this one, by why they were refused."""

    @property
    def blueprint(self) -> Blueprint:
        """What the file says here."""
        return self.dynamics.blueprint

    @property
    def words(self) -> dict[str, str]:
        """The alien name of every role: variables and regions."""
        roles = (*self.blueprint.world.variables, *self.blueprint.regions)
        return dict(zip(roles, (*self.surface.names, *self.surface.regions), strict=True))

    def text(self, text: str) -> str:
        """A briefing's text with alien names in it; a group becomes `A, B and C`, sorted."""
        named = self.words
        words = dict(named)
        for group, members in self.blueprint.groups.items():
            *rest, last = sorted(named[member] for member in members)
            words[group] = f"{', '.join(rest)} and {last}" if rest else last
        return fill(text, words).strip()

    def marks(self, path: Path, spent: float) -> Marks[float]:
        """The grade of an episode of this instance."""
        return grade(self.rules, path, spent)

    def normalised(self, utility: float) -> float:
        """Where a utility lies between waiting (0) and the oracle's plan (1); not clipped."""
        return (utility - self.floor) / (self.top - self.floor)

    def scores(self, path: Path, spent: float) -> Scores:
        """The score of a whole episode, (steps + 1) states, in 0..1, and goal, safety, efficiency, utility, raw_score."""
        marks = self.marks(path, spent)
        raw = self.normalised(marks.utility)
        parts = {"goal": marks.goal, "safety": marks.safety, "efficiency": marks.efficiency, "utility": marks.utility}
        return Scores(clip(raw), {**parts, "raw_score": raw})

    def shown_as(self, variant: int) -> Instance:
        """The same world, question and answer under another surface."""
        return replace(self, surface=surface_of(self.template, self.difficulty, self.seed, self.blueprint, variant))

    def settled(self, plan: Plan) -> Instance:
        """This instance with `plan` as its answer: both utilities computed the way every agent's is."""
        idle = self.marks(*follow(self.dynamics, (0,) * self.blueprint.max_steps))
        best = self.marks(*follow(self.dynamics, plan))
        return replace(self, plan=plan, floor=idle.utility, top=best.utility)

    def to_json(self) -> dict[str, Json]:
        """The few numbers the whole can be rebuilt from."""
        value: dict[str, Json] = {
            "attempt": self.attempt,
            "substeps": self.dynamics.substeps,
            "plan": list(self.plan),
            "bounds": [[t.low.hex(), t.high.hex()] for t in self.rules.targets],
            "floor": self.floor.hex(),
            "top": self.top.hex(),
            "rejected": dict(self.rejected),
        }
        return {**value, "check": digest(value)}


def surface_of(template: Template, difficulty: int, seed: int, blueprint: Blueprint, variant: int = 1) -> Surface:
    """The surface a seed's world shows as `variant` (from 1): its own names, order of levers and reading errors."""
    words = stream(template.name, difficulty, seed, Stream.SURFACE, variant - 1)
    deviates = stream(template.name, difficulty, seed, Stream.NOISE, variant - 1)
    shape = (blueprint.max_steps + 1, len(blueprint.world.variables))
    drawn = dict(zip(blueprint.prefixes, names.draw(tuple(blueprint.prefixes.values()), words), strict=True))
    return Surface(
        tuple("@".join(drawn[part] for part in variable.split("@")) for variable in blueprint.world.variables),
        tuple(drawn[region] for region in blueprint.regions),
        tuple(words.permutation(len(blueprint.levers)).tolist()),
        tuple(tuple(row) for row in deviates.standard_normal(shape).tolist()),
    )


def draft(template: Template, difficulty: int, seed: int, attempt: int, substeps: int = 4, variant: int = 1) -> Instance:
    """The world of one attempt, its question not yet calibrated and not yet answered."""
    blueprint = template.blueprint(difficulty, stream(template.name, difficulty, seed, Stream.STRUCTURE, attempt))
    variables = blueprint.world.variables
    order = {name: i for i, name in enumerate(variables)}
    return Instance(
        template,
        difficulty,
        seed,
        attempt,
        Dynamics(blueprint, kernel.build(blueprint.world), substeps),
        surface_of(template, difficulty, seed, blueprint, variant),
        Rules(blueprint.targets, blueprint.floors, blueprint.budget, template.formulas, order),
    )


def from_json(template: Template, difficulty: int, seed: int, value: Mapping[str, Json], variant: int = 1) -> Instance | None:
    """The instance a stored `value` stands for, replayed; None unless both utilities come out bit for bit.

    So a stale, damaged or foreign value is found out, not trusted. `variant` only chooses its surface. The last ones are
    kept, for all that is in them is frozen: cells of one world need it replayed once.
    """
    try:
        return _replayed(template, difficulty, seed, canonical(value), variant)
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError):
        return None


@lru_cache(maxsize=MOST_KEPT)
def _replayed(template: Template, difficulty: int, seed: int, text: str, variant: int) -> Instance | None:
    return _rebuilt(template, difficulty, seed, json.loads(text), variant)


def _rebuilt(template: Template, difficulty: int, seed: int, value: Mapping[str, Json], variant: int) -> Instance | None:
    attempt, substeps, codes, bounds = value["attempt"], value["substeps"], value["plan"], value["bounds"]
    floor, top, rejected = value["floor"], value["top"], value["rejected"]
    if not isinstance(attempt, int) or not 0 <= attempt < 1000 or not isinstance(substeps, int) or substeps not in (4, 8, 16):
        return None
    if not isinstance(codes, list) or not isinstance(bounds, list) or not isinstance(rejected, Mapping):
        return None
    if value["check"] != digest({key: each for key, each in value.items() if key != "check"}):
        return None
    instance = draft(template, difficulty, seed, attempt, substeps, variant)
    blueprint = instance.blueprint
    most = 2 * len(blueprint.levers)
    if len(codes) != blueprint.max_steps or not all(isinstance(code, int) and 0 <= code <= most for code in codes):
        return None
    plan = tuple(codes)
    if affordable(instance.dynamics, plan) != plan:
        return None
    targets = tuple(
        replace(target, low=float.fromhex(low), high=float.fromhex(high))
        for target, (low, high) in zip(instance.rules.targets, bounds, strict=True)
    )
    counted = {str(reason): int(count) for reason, count in rejected.items() if isinstance(count, int)}
    settled = replace(instance, rules=replace(instance.rules, targets=targets), rejected=counted).settled(plan)
    if sum(counted.values()) != attempt:
        return None
    same = settled.floor.hex() == floor and settled.top.hex() == top and settled.top > settled.floor
    return settled if same else None
