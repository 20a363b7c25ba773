"""The equations of a world as text: one straight line of `+ - * /` a kernel can be compiled from.

Variables stand there by index (`s0`, `s1`, ...) and numbers as the caller wants them written; no name of a user gets in.
Terms that several equations share are computed once: h = c/(K + c), b = k/(k + c), u = growth of a population.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .populations import Species
from .state import World

Write = Callable[[float], str]
"""How a validated number gets into the text: its `repr`, or the name of a constant."""


def rate(number: float) -> float:
    """`number` as a float. Raises `ValueError` unless it is finite and >= 0."""
    value = float(number)
    if not math.isfinite(value) or value < 0.0:
        raise ValueError(f"a rate must be finite and not negative, not {value!r}")
    return value


def equations(world: World, write: Write = repr) -> tuple[list[str], list[str]]:
    """(assignments of what is shared and of the fluxes, one derivative per element), in an order fixed by the world's own."""
    return _Equations(world, write).all()


class _Equations:
    def __init__(self, world: World, write: Write) -> None:
        self._world, self._write = world, write
        self._s = {name: f"s{i}" for i, name in enumerate(world.elements)}
        self._lines: list[str] = []
        self._shared: dict[str, str] = {}
        self._terms: dict[str, list[str]] = {}

    def all(self) -> tuple[list[str], list[str]]:
        world = self._world
        for name, molecule in world.molecules.items():
            inflow = [self._n(molecule.inflow)] if molecule.inflow else []
            # The decay term stands there even when it is 0: a derivative must depend on the state to have a batch's shape.
            self._terms[name] = [*inflow, f"- {self._n(molecule.decay)}*{self._s[name]}"] if inflow else [self._loss(name)]
        for k, (name, species) in enumerate(world.species.items()):
            self._lines.append(f"u{k} = {self._growth(species)}*{self._s[name]}")
            self._terms[name] = [f"u{k} - {self._s[name]}*({self._death(species, self._s[name])})"]
        for name, control in world.controls.items():
            self._terms[name] = [f"{self._n(control.relax)}*({self._n(control.rest)} - {self._s[name]})"]
        for k, (name, species) in enumerate(world.species.items()):
            self._exchange(k, name, species)
        self._reactions()
        self._flows()
        return self._lines, [" ".join(self._terms[name]) for name in world.elements]

    def _n(self, number: float) -> str:
        return self._write(rate(number))

    def _loss(self, name: str) -> str:
        return f"{self._write(-rate(self._world.molecules[name].decay))}*{self._s[name]}"

    def _share(self, prefix: str, formula: str) -> str:
        """The name under which `formula` is computed, once."""
        if formula not in self._shared:
            self._shared[formula] = f"{prefix}{len(self._shared)}"
            self._lines.append(f"{self._shared[formula]} = {formula}")
        return self._shared[formula]

    def _saturation(self, name: str, half: float) -> str:
        return self._share("h", f"{self._s[name]}/({self._n(half)} + {self._s[name]})")

    def _hindrance(self, name: str, k: float) -> str:
        return self._share("b", f"{self._n(k)}/({self._n(k)} + {self._s[name]})")

    def _growth(self, species: Species) -> str:
        factors = [self._n(species.growth)]
        factors.extend(self._saturation(name, need.half) for name, need in species.needs.items())
        factors.extend(self._hindrance(name, k) for name, k in species.poisons.items())
        return "*".join(factors)

    def _death(self, species: Species, n: str) -> str:
        terms = [self._n(species.death), f"{self._n(species.crowding)}*{n}"]
        for name, k in species.poisons.items():
            square = self._share("q", f"{self._s[name]}*{self._s[name]}")
            threshold = self._n((2.0 * rate(k)) * (2.0 * rate(k)))
            terms.append(self._share("w", f"{self._n(0.5)}*({square}/({threshold} + {square}))"))
        return " + ".join(terms)

    def _exchange(self, k: int, name: str, species: Species) -> None:
        """What a population takes from molecules and prey, and what it leaves."""
        n = self._s[name]
        for molecule, need in species.needs.items():
            self._terms[molecule].append(f"- {self._n(need.uptake)}*u{k}")
        for molecule, amount in species.excretes.items():
            self._terms[molecule].append(f"+ {self._n(amount)}*{n}")
        for j, (victim, prey) in enumerate(species.eats.items()):
            x, flux = self._s[victim], f"p{k}_{j}"
            gate = f"*{self._s[prey.shelter]}" if prey.shelter else ""
            handled = f"{self._n(rate(prey.attack) * rate(prey.handling))}*{x}"
            self._lines.append(f"{flux} = {self._n(prey.attack)}*{n}*{x}{gate}/({self._n(1.0)} + {handled})")
            self._terms[name].append(f"+ {self._n(prey.gain)}*{flux}")
            self._terms[victim].append(f"- {flux}")

    def _reactions(self) -> None:
        for j, reaction in enumerate(self._world.reactions):
            factors = [self._n(reaction.rate)]
            for name in reaction.inputs:
                half = reaction.halves.get(name)
                factors.append(self._s[name] if half is None else self._saturation(name, half))
            if reaction.catalyst:
                factors.append(self._s[reaction.catalyst])
            factors.extend(self._hindrance(name, k) for name, k in reaction.inhibitors.items())
            self._lines.append(f"v{j} = {'*'.join(factors)}")
            for name, units in reaction.inputs.items():
                if units:  # else it is wanted, but not used up
                    self._terms[name].append(f"- {self._n(units)}*v{j}")
            for name, units in reaction.outputs.items():
                self._terms[name].append(f"+ {self._n(units)}*v{j}")

    def _flows(self) -> None:
        for j, flow in enumerate(self._world.flows):
            gate = f"*{self._s[flow.gate]}" if flow.gate else ""
            source, target = self._s[flow.source], self._s[flow.target]
            driving = source if flow.one_way else f"({source} - {target})"
            self._lines.append(f"f{j} = {self._n(flow.rate)}{gate}*{driving}")
            self._terms[flow.source].append(f"- f{j}")
            self._terms[flow.target].append(f"+ f{j}")
