"""A whole world, the order of its variables, and the elementary changes an event can make to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .chemistry import Control, Flow, Molecule, Reaction
from .populations import Species

Number = TypeVar("Number", float, NDArray[np.float64])
"""One value, or a row of values for as many episodes: every formula of this room serves both, in the same order."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Something that happens unannounced at the start of a step: `amount` is added to a variable."""

    step: int
    variable: str
    amount: float


@dataclass(frozen=True, slots=True)
class World:
    """Everything the physics needs. A state is one float per variable: molecules, species, controls, and totals of these."""

    molecules: Mapping[str, Molecule]
    species: Mapping[str, Species]
    controls: Mapping[str, Control] = field(default_factory=dict)
    reactions: tuple[Reaction, ...] = ()
    flows: tuple[Flow, ...] = ()
    pulses: tuple[Pulse, ...] = ()
    totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Sums of elements, `{focal: (focal@home, focal@away)}`: recomputed at the end of every step, never changed themselves."""

    @property
    def elements(self) -> tuple[str, ...]:
        """The variables that have an equation, in the order of the state."""
        return (*self.molecules, *self.species, *self.controls)

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable's name, in the order of the state: elements, then totals."""
        return (*self.elements, *self.totals)

    @property
    def sums(self) -> tuple[tuple[int, ...], ...]:
        """The indices each total adds up."""
        order = {name: i for i, name in enumerate(self.elements)}
        return tuple(tuple(order[part] for part in parts) for parts in self.totals.values())

    @property
    def initial(self) -> tuple[float, ...]:
        """The state an episode starts from."""
        own = [float(part.init) for group in (self.molecules, self.species, self.controls) for part in group.values()]
        return (*own, *add_up(own, self.sums))


@dataclass(frozen=True, slots=True)
class Effect:
    """One elementary change, at full dose: `add` amount, `scale` by amount, or `move` that fraction from `source`.

    A dose in (0, 1] shrinks it: y + amount * dose, y * (1 + (amount - 1) * dose), a fraction amount * dose.
    """

    kind: str
    target: int
    """Index into the state."""
    amount: float
    source: int = -1


def apply(effects: Iterable[Effect], state: MutableSequence[Number] | MutableMapping[int, Number], dose: float) -> None:
    """Carries out `effects` on `state` in place, in their order. `state` may be the whole or only the touched variables."""
    for effect in effects:
        i = effect.target
        if effect.kind == "add":
            state[i] = state[i] + effect.amount * dose
        elif effect.kind == "scale":
            state[i] = state[i] * (1.0 + (effect.amount - 1.0) * dose)
        elif effect.kind == "move":
            moved = state[effect.source] * (effect.amount * dose)
            state[effect.source] = state[effect.source] - moved
            state[i] = state[i] + moved
        else:
            raise ValueError(f"no such effect: {effect.kind!r}; known: add, scale, move")


def add_up(state: Sequence[Number], sums: Iterable[Sequence[int]]) -> list[Number]:
    """The sums over these indices, each taken in their order: one float and a row of floats give the same bits."""
    found = []
    for first, *others in sums:
        total = state[first]
        for i in others:
            total = total + state[i]
        found.append(total)
    return found


def touched(effects: Iterable[Effect]) -> tuple[int, ...]:
    """The indices `effects` read or write, each once, ascending."""
    return tuple(sorted({i for effect in effects for i in (effect.target, effect.source) if i >= 0}))
