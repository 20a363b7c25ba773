"""The derivative of a world, compiled: one text, run with Python floats or with rows of a batch.

It holds only `+ - * /` between constants and its arguments, so each numpy operation on a row is the same IEEE-754
operation the scalar path makes, in the same order: both agree bit for bit. A matrix form would not (BLAS and pairwise
sums depend on shape and CPU). For rows each constant is itself a row, twice as fast as mixing arrays with Python floats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kinetics import Write, equations
from .state import World

Rows = NDArray[np.float64]
"""States of a batch, shape (variables, episodes); a path of them is (steps + 1, variables, episodes)."""
Derive = Callable[..., tuple[float, ...]]
DeriveRows = Callable[..., tuple[Rows, ...]]


@dataclass(frozen=True, slots=True)
class Kernel:
    """A compiled world: its derivatives, and what else a step must know of it. All indices point into the state."""

    source: str
    """The generated text, for people who want to read the equations."""
    size: int
    """Variables of a state."""
    derive: Derive = field(repr=False, compare=False)
    """`derive(*floats) -> floats`, one per element: the variables that are no totals, which come first."""
    living: tuple[int, ...]
    """The populations: what can die out."""
    pulses: tuple[tuple[int, int, float], ...]
    """(step, variable, amount)."""
    totals: tuple[tuple[int, ...], ...]
    """What each of the last variables of a state adds up."""
    _row_code: CodeType = field(repr=False, compare=False)
    _constants: tuple[float, ...] = field(repr=False, compare=False)

    @property
    def elements(self) -> int:
        """How many variables have an equation."""
        return self.size - len(self.totals)

    def rows(self, width: int) -> DeriveRows:
        """The same derivatives for batches of `width` episodes: `derive(*rows) -> rows`."""
        space: dict[str, object] = {f"c{i}": np.full(width, value) for i, value in enumerate(self._constants)}
        return _run(self._row_code, space)


def build(world: World) -> Kernel:
    """Compiles `world`. Raises `ValueError` if a rate is negative or not finite, `KeyError` for an unknown variable."""
    names: dict[float, str] = {}
    source = _text(world, repr)
    row_source = _text(world, lambda value: names.setdefault(value, f"c{len(names)}"))
    derive = _run(compile(source, "<world kernel>", "exec"), {})
    order = {name: i for i, name in enumerate(world.variables)}
    return Kernel(
        source,
        len(order),
        derive,
        tuple(order[name] for name in world.species),
        tuple((pulse.step, order[pulse.variable], float(pulse.amount)) for pulse in world.pulses),
        world.sums,
        compile(row_source, "<world kernel, rows>", "exec"),
        tuple(names),
    )


def _text(world: World, write: Write) -> str:
    lines, derivatives = equations(world, write)
    arguments = ", ".join(f"s{i}" for i in range(len(derivatives)))
    body = "".join(f"    {line}\n" for line in lines)
    results = "".join(f"        {derivative},\n" for derivative in derivatives)
    return f"def derive({arguments}):\n{body}    return (\n{results}    )\n"


def _run(code: CodeType, space: dict[str, object]) -> Callable[..., tuple[Any, ...]]:
    space["__builtins__"] = {}
    # The one place where text is run: it is made from validated floats and integer indices, never from a user's words.
    exec(code, space)  # noqa: S102
    derive: Callable[..., tuple[Any, ...]] = space["derive"]  # type: ignore[assignment]
    return derive
