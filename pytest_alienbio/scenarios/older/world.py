"""The physics of a scenario of the older format: regions with substrates, reactions in each of them, flows between them.

A rate that is a number is a mass-action constant, k times the product of the reactants' concentrations (each to the power
of its coefficient); a rate that is a formula is the rate. Both count per unit of time, as everything here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ...errors import GenerationError
from ...world.chemistry import Molecule
from ...world.chemistry import Reaction as MassAction
from ...world.integrator import fine_enough, step
from ...world.kernel import Kernel, build
from ...world.state import World
from ..interpreter import PLAIN_FUNCTIONS
from .text import Formula

Quantities = dict[str, float]
"""What is set in a region and stays as set: `Lora.temp`. One that was never set is not in it."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """Turns `inputs` into `outputs` (units a turnover), in every region."""

    inputs: Mapping[str, float]
    outputs: Mapping[str, float]
    rate: float | Formula


@dataclass(frozen=True, slots=True)
class Flow:
    """Carries `molecule` from one region to another: rate x its concentration in the first."""

    source: str
    target: str
    molecule: str
    rate: float


@dataclass(frozen=True, slots=True)
class Chemistry:
    """All that decides how substrates change."""

    regions: tuple[str, ...]
    molecules: tuple[str, ...]
    reactions: tuple[Reaction, ...] = ()
    flows: tuple[Flow, ...] = ()
    span: float = 1.0
    """Units of time in an agent's step."""

    def name(self, region: str, molecule: str) -> str:
        """A variable's name: the molecule's alone where there is one region."""
        return molecule if len(self.regions) == 1 else f"{region}.{molecule}"

    @property
    def variables(self) -> tuple[str, ...]:
        """Every substrate's name, region by region."""
        return tuple(self.name(region, molecule) for region in self.regions for molecule in self.molecules)


@dataclass(frozen=True, slots=True)
class Physics:
    """A chemistry that can be run from `start`, with the quantities as they stand."""

    chemistry: Chemistry
    start: tuple[float, ...]
    quantities: Quantities
    kernel: Kernel = field(repr=False)
    substeps: int = 4

    def after(self, state: Sequence[float]) -> list[float]:
        """The state one step of the agent later."""
        return step(self.kernel, state, 0, (), 1.0, self.substeps)


def physics(chemistry: Chemistry, initial: Mapping[str, float], quantities: Quantities, steps: int) -> Physics:
    """`chemistry` from `initial` (variable -> concentration), fine enough for `steps` steps without anybody acting.

    Raises `GenerationError` if it grows without bounds or changes too fast.
    """
    span, name = chemistry.span, chemistry.name
    plain = [reaction for reaction in chemistry.reactions if _is_plain(reaction)]
    kernel = build(
        World(
            {variable: Molecule(initial.get(variable, 0.0)) for variable in chemistry.variables},
            {},
            reactions=tuple(
                MassAction(
                    {name(region, each): units for each, units in reaction.inputs.items()},
                    {name(region, each): units for each, units in reaction.outputs.items()},
                    float(reaction.rate) * span,  # type: ignore[arg-type]
                )
                for region in chemistry.regions
                for reaction in plain
            )
            + tuple(
                MassAction({name(flow.source, flow.molecule): 1.0}, {name(flow.target, flow.molecule): 1.0}, flow.rate * span)
                for flow in chemistry.flows
            ),
        )
    )
    formulas = [reaction for reaction in chemistry.reactions if not _is_plain(reaction)]
    if formulas:
        kernel = replace(kernel, derive=_with_formulas(kernel.derive, chemistry, formulas, quantities))
    start = tuple(initial.get(variable, 0.0) for variable in chemistry.variables)
    found = Physics(chemistry, start, quantities, kernel)

    def idle(substeps: int) -> NDArray[np.float64]:
        path = [list(start)]
        for _ in range(steps):
            path.append(step(kernel, path[-1], 0, (), 1.0, substeps))
        return np.array(path)

    with np.errstate(all="ignore"):
        try:
            substeps = fine_enough(idle, most=64)
        except OverflowError:
            substeps = None
    if substeps is None:
        raise GenerationError("its substrates grow without bounds, or change too fast to be followed; smaller rates may help")
    return replace(found, substeps=substeps)


def _is_plain(reaction: Reaction) -> bool:
    """Whether the kernel's mass action is this one: a constant, and every coefficient of a reactant 1."""
    return not isinstance(reaction.rate, Formula) and set(reaction.inputs.values()) <= {1.0}


def _with_formulas(
    derive: Callable[..., tuple[float, ...]], chemistry: Chemistry, reactions: Sequence[Reaction], quantities: Quantities
) -> Callable[..., tuple[float, ...]]:
    """`derive` with the reactions added whose rates our interpreter gives; it reads `quantities` as they stand then."""
    order = {variable: place for place, variable in enumerate(chemistry.variables)}

    def total(*state: float) -> tuple[float, ...]:
        change = list(derive(*state))
        for region in chemistry.regions:
            here = {molecule: state[order[chemistry.name(region, molecule)]] for molecule in chemistry.molecules}
            names = named_in(chemistry, region, here, quantities)
            for reaction in reactions:
                turnover = _rate(reaction, here, names) * chemistry.span
                if turnover > 0.0 and any(here[molecule] <= 0.0 for molecule in reaction.inputs):
                    continue  # nothing is made of nothing
                for molecule, units in reaction.inputs.items():
                    change[order[chemistry.name(region, molecule)]] -= units * turnover
                for molecule, units in reaction.outputs.items():
                    change[order[chemistry.name(region, molecule)]] += units * turnover
        return tuple(change)

    return total


def named_in(chemistry: Chemistry, region: str, here: Mapping[str, float], quantities: Quantities) -> dict[str, object]:
    """What a rate may use in a region, where the concentrations are those of `here`."""
    prefix = chemistry.name(region, "")
    return {**here, **{key.removeprefix(prefix): value for key, value in quantities.items() if key.startswith(prefix)}}


def _rate(reaction: Reaction, here: Mapping[str, float], names: Mapping[str, object]) -> float:
    if isinstance(reaction.rate, Formula):
        return reaction.rate.number(names, PLAIN_FUNCTIONS)
    rate = reaction.rate
    for molecule, units in reaction.inputs.items():
        rate *= here[molecule] ** units
    return rate
