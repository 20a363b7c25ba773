"""Quantities from outside, and what became of them from one step to the next."""

from __future__ import annotations

from typing import TypeGuard

from .page import BOLD, DIM, short

LARGE = 0.1
"""A change of at least this share of the larger of the two values gets an arrow."""
_HUGE = 1e300
"""Beyond it nothing is computed: a whole number in a file may be too large for a float."""


class _Missing:
    """Stands for a quantity that was, or is, not there."""


MISSING = _Missing()


def moved(value: object, before: object) -> tuple[str, str]:
    """What became of a value, and the style in which it stands out; `MISSING` is one that is not there."""
    if value == before:
        return "", DIM
    if before is MISSING:
        return "new", BOLD
    if value is MISSING:
        return "gone", BOLD
    if not (is_number(value) and is_number(before)):
        return "now", BOLD
    difference = value - before
    size = abs(difference)
    text = f"{size:.2f}" if 0.005 <= size < 1e6 else f"{size:.1g}"
    if size >= LARGE * max(abs(value), abs(before)):
        return ("↑" if difference > 0 else "↓") + text, BOLD
    return ("+" if difference > 0 else "-") + text, ""


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it can be computed with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE


def figure(value: object) -> str:
    """A quantity in two decimals, or three digits where those say little."""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) >= 1e6 or 0 < abs(value) < 0.1 else f"{value:.2f}"
    return short(value)
