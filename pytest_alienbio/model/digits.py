"""How many digits a number needs beside another one."""

from __future__ import annotations

from math import floor, isfinite, log10

MOST = 12
"""Decimals that any text shows."""
LONG = 1e15
"""From here on a number is shown in scientific form: its digits are no news."""


def decimals(half: float, least: int = 0) -> int:
    """Decimals, from `least` on, that show two digits of `half` an interval's width; `least` where it has none."""
    return min(max(1 - floor(log10(half)), least), MOST) if isfinite(half) and half > 0 else least


def fixed(value: float, digits: int) -> str:
    """`value` in so many decimals; what is beyond all measure in scientific form."""
    return f"{value:.{digits}f}" if abs(value) < LONG else f"{value:.3e}"


def apart(value: float, bound: float | None, least: int = 2) -> str:
    """`value` in as few decimals, from `least` on, as show that it is not `bound`; `repr` if no number of them does.

    If it is `bound`, or there is none, `least` decimals.
    """
    if bound is None or value == bound:
        return fixed(value, least)
    shown = (fixed(value, digits) for digits in range(least, 17))
    return next((text for text in shown if float(text) != bound), repr(value))
