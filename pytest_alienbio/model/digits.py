"""How many digits a number needs beside another one."""

from __future__ import annotations


def apart(value: float, bound: float | None, least: int = 2) -> str:
    """`value` in as few decimals, from `least` on, as show that it is not `bound`; `repr` if no number of them does.

    If it is `bound`, or there is none, `least` decimals.
    """
    if bound is None or value == bound:
        return f"{value:.{least}f}"
    shown = (f"{value:.{digits}f}" for digits in range(least, 17))
    return next((text for text in shown if float(text) != bound), repr(value))
