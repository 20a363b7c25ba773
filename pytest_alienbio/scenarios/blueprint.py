"""What a scenario file says at one difficulty and one draw: a world, what can be done and asked in it, what is wanted.

Roles (`focal`, `energy`) are the file's own words; here they have become indices into the state where that is possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..world.state import Effect, World
from .scoring import Floor, Target


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that can be done to the world: an action's name with one fixed choice of parameters."""

    action: str
    params: Mapping[str, str]
    """`{parameter: role}`."""
    cost: float
    """For a full dose."""
    effects: tuple[Effect, ...]
    documented: Mapping[str, float]
    """What the briefing claims: `{role: strength -1..1}`. May be empty, or a lie."""
    key: bool = False
    """Belongs to the truth of the scenario: the planner tries it more often."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What `investigate` answers about a quantity, beside what a population's own entry says: roles, in the file's order."""

    promoted_by: tuple[str, ...] = ()
    reduced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A world, what can be done and measured in it, what is asked, and what must not suffer."""

    world: World
    regions: tuple[str, ...]
    prefixes: Mapping[str, str]
    """Of the alien names, by role: regions, and quantities wherever they are."""
    hidden: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    """Words of a briefing that stand for several roles."""
    levers: tuple[Lever, ...]
    facts: Mapping[str, Fact]
    """By the role they are about, which can then be investigated."""
    targets: tuple[Target, ...]
    floors: tuple[Floor, ...]
    max_steps: int
    budget: float
    noise: float
    """Standard deviation of a reading, as a fraction of the value."""
    assay_cost: float | None
    """None: not offered."""
    investigate_cost: float | None
