"""Evidence that may be looked at after every cell: e-processes. One is at most 1 on average, whenever its watcher stops.

So the chance that it ever comes to 1/alpha, if what it speaks against is true, is at most alpha (Ville's inequality).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, log, log1p, sqrt, tanh

STAKES = tuple(at / 100 for at in range(5, 100, 10))
"""Of `evidence_above`: .05, .15, ... .95 of what may be staked at all."""
SLOPES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of `evidence_worse`: how far a drop of the usual size sways a bet, from noisy cells to cells that all say the same."""


def evidence_worse(drops: Sequence[float]) -> float:
    """Against "nothing got worse": two runs' scores of each cell are exchangeable, or the later ones are better.

    `drops`: former - later of each cell, in the order they were played, in any unit; a zero says nothing. The mean over slopes
    c of `prod (1 + tanh(c d_i / s_i))`, where s_i is the root mean square of the drops up to the i-th that are not zero: given
    the sizes, the signs are fair coins, whatever the scores' distribution and bounds. [0, infinity); 1 without a drop.
    `1 + tanh(x) = exp(x) / cosh(x)`: de la Peña (1999), Ann. Probab. 27, 537-564, with a scale that is known before each sign.
    """
    squares, swings = 0.0, []
    for seen, drop in enumerate((drop for drop in drops if drop), start=1):
        squares += drop * drop
        swings.append(drop / sqrt(squares / seen))
    # 1 + tanh(-40) is 0 for a float: worth nothing, and not the logarithm of nothing.
    return _mixture([fsum(log1p(max(tanh(slope * swing), -1 + 1e-15)) for swing in swings) for slope in SLOPES])


def evidence_above(values: Sequence[float], at: float, *, floor: float, weights: Sequence[float] = ()) -> float:
    """Against "the mean of `values` is at most `at`", for values that are at least `floor`, which lies below `at`.

    The mean over stakes l of `prod (1 + l w_i (v_i - at) / (at - floor))`. `weights` in [0, 1], fixed beforehand, say that a
    weighted mean is meant. The values are independent; their means may differ, and what counts is the mean of them, after whole
    rounds. Nothing else is assumed, and so values that are all the same need many, too: a rare bad one may not have been met.
    [0, infinity); 1 without values. Raises `ValueError` for a value below `floor`, or a floor that is not below `at`.
    Waudby-Smith and Ramdas (2024), J. R. Stat. Soc. B 86, 1-27, as a mixture over fixed stakes.
    """
    if floor >= at:
        raise ValueError(f"the floor {floor:g} must lie below {at:g}")
    if low := [value for value in values if value < floor - 1e-9]:
        raise ValueError(f"{low[0]:g} lies below the floor {floor:g}")
    parts = weights or (1.0,) * len(values)
    gains = [part * max(value - at, floor - at) / (at - floor) for value, part in zip(values, parts, strict=True)]
    return _mixture([fsum(log1p(stake * gain) for gain in gains) for stake in STAKES])


def fewest(at: float, *, floor: float, best: float, alpha: float, most: int = 100_000) -> int | None:
    """How many values of `best`, the largest there are, `evidence_above` needs to come to 1/alpha; None if over `most`."""
    gain = (best - at) / (at - floor)

    def reached(count: int) -> bool:
        return _mixture([count * log1p(stake * gain) for stake in STAKES]) >= 1 / alpha

    if gain <= 0 or not reached(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return low


def _mixture(logs: Sequence[float]) -> float:
    top = max(logs)
    mean = top + log(fsum(exp(each - top) for each in logs) / len(logs))
    return exp(min(mean, 700.0))
