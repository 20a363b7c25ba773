"""What is alive: how a population grows, starves, is poisoned, is eaten, and what it takes and leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EXTINCT_BELOW = 0.05
"""A population smaller than this at the end of a step is gone (else 1e-9 of it would grow back)."""


@dataclass(frozen=True, slots=True)
class Need:
    """A molecule a population cannot grow without: growth is multiplied by c / (half + c)."""

    half: float
    """Concentration at which growth is half of what it could be; > 0."""
    uptake: float = 0.0
    """Units taken up per head and unit of growth."""


@dataclass(frozen=True, slots=True)
class Prey:
    """A population that is eaten, with a Holling type II response: attack * n * prey / (1 + attack * handling * prey)."""

    attack: float
    handling: float
    gain: float
    """New predators per prey eaten."""
    shelter: str = ""
    """A control that scales the attack; '' = none."""


@dataclass(frozen=True, slots=True)
class Species:
    """A population density n >= 0 (about 1..30).

    Growth is g = growth * prod_needs c/(half + c) * prod_poisons k/(k + c), and
    dn/dt = n * (g - death - crowding * n - 1/2 sum_poisons c^2 / ((2k)^2 + c^2)) + eaten prey - being eaten.
    """

    init: float
    growth: float
    death: float
    crowding: float = 0.0
    needs: Mapping[str, Need] = field(default_factory=dict)
    poisons: Mapping[str, float] = field(default_factory=dict)
    """`{molecule: k}`: growth is halved at concentration k > 0; death rises from about 2k on."""
    excretes: Mapping[str, float] = field(default_factory=dict)
    """Units per head and unit of time."""
    eats: Mapping[str, Prey] = field(default_factory=dict)
