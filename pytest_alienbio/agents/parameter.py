"""A number somebody wrote for an agent, checked."""

from __future__ import annotations

from math import inf, isfinite

from ..errors import Complaint, SpecError


def number(agent: str, name: str, value: object, *, low: float = 0.0, high: float = inf) -> float:
    """`value` as a float in [`low`, `high`]. Raises `SpecError`, naming agent and parameter, for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and low <= value <= high:
        return float(value)
    bounds = f"a number of at least {low:g}" if high == inf else f"a number from {low:g} to {high:g}"
    raise SpecError(Complaint(f"agent {agent!r}: {name} cannot be {value!r}", expected=bounds))


def whole(agent: str, name: str, value: object, *, low: int = 0, high: int) -> int:
    """`value` as a whole number in [`low`, `high`]. Raises `SpecError`, naming agent and parameter, for anything else."""
    # Not `in range(...)`, which would count through it to look for a float
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high and value == int(value):
        return int(value)
    raise SpecError(Complaint(f"agent {agent!r}: {name} cannot be {value!r}", expected=f"a whole number from {low} to {high}"))
