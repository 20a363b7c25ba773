"""Molecules and what happens between them without anybody alive: reactions, flows, controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Molecule:
    """A concentration c >= 0 with dc/dt = inflow - decay * c + (what reactions, flows and populations do to it)."""

    init: float = 0.0
    inflow: float = 0.0
    """Units per unit of time."""
    decay: float = 0.0
    """Fraction lost per unit of time."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """Turns `inputs` into `outputs` (units per turnover each).

    Without `halves` it follows mass action, v = rate * prod(c); with them Michaelis-Menten, v = rate * prod(c / (K + c)).
    Either is multiplied by the catalyst's level and by K / (K + c) for every inhibitor.
    """

    inputs: Mapping[str, float]
    outputs: Mapping[str, float]
    rate: float
    halves: Mapping[str, float] = field(default_factory=dict)
    inhibitors: Mapping[str, float] = field(default_factory=dict)
    catalyst: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Passive exchange of one quantity between two places: rate * gate * (c_source - c_target) leaves the source.

    A `one_way` flow is a drain: rate * gate * c_source.
    """

    source: str
    target: str
    rate: float
    gate: str = ""
    """A control that opens and closes it; '' = always open."""
    one_way: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """A level (catalyst, shelter, corridor) that creeps back to its rest: du/dt = -relax * (u - rest)."""

    init: float
    rest: float
    relax: float
