"""What is there and what is missing among some scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import frexp, isfinite

from ..model import Interval


def present(values: Iterable[float | None]) -> list[float]:
    """The numbers among `values`, in their order, without the None.

    Raises `ValueError` for NaN and infinities: they are errors, not data.
    """
    values = values if isinstance(values, Sequence) else list(values)
    found = [float(value) for value in values if value is not None]
    if not all(map(isfinite, found)):
        at, wrong = next((at, value) for at, value in enumerate(values) if value is not None and not isfinite(value))
        raise ValueError(f"a score must be a finite number or None, got {wrong!r} at position {at}")
    return found


def counted(missing: Mapping[str, int] | None, absent: int, why: str = "no score") -> dict[str, int]:
    """What is missing, by why, with `absent` more (a None among the values) of which nobody said more than `why`."""
    found = {reason: count for reason, count in (missing or {}).items() if count}
    if absent:
        found[why] = found.get(why, 0) + absent
    return found


def magnitude(values: Iterable[float]) -> float:
    """A power of two near the largest size of `values`, 1 if all are 0: divided by it, their sums stay within floats."""
    largest = max(map(abs, values), default=0.0)
    return float(2.0 ** (frexp(largest)[1] - 1)) if largest else 1.0


def checked_level(level: float) -> float:
    """`level`, if it is one. Raises `ValueError` unless it lies strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"a confidence level lies strictly between 0 and 1, got {level!r}")
    return level


def check_bounds(values: Sequence[float], bounds: tuple[float, float] | None) -> None:
    """Raises `ValueError` for bounds the wrong way round, or a value outside them."""
    if bounds is None:
        return
    low, high = bounds
    if not low < high:
        raise ValueError(f"bounds are (lowest, highest), got {bounds!r}")
    if values and not (low <= min(values) and max(values) <= high):
        outside = next(value for value in values if not low <= value <= high)
        raise ValueError(f"{outside!r} lies outside the declared bounds {low:g} to {high:g}")


def clipped(low: float, high: float, level: float, bounds: tuple[float, float] | None) -> tuple[Interval, tuple[str, ...]]:
    """The interval, cut at `bounds`, and a note for each bound it was cut at."""
    if bounds is None:
        return Interval(low, high, level), ()
    lowest, highest = float(bounds[0]), float(bounds[1])
    cut = [bound for bound, beyond in ((lowest, low < lowest), (highest, high > highest)) if beyond]
    return Interval(max(low, lowest), min(high, highest), level), tuple(f"cut at the bound {bound:g}" for bound in cut)
