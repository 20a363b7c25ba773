"""Looking at a run more than once: what each look may spend of alpha, and whether it is worth going on."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

_NORMAL = NormalDist()


def shares(looks: int) -> tuple[float, ...]:
    """What each of so many looks spends of alpha, the last one most: (1,), (.4, .6), (.2, .3, .5), then 1 : 2 : 3 : ...

    They sum to 1, so that all looks together fail a run in which nothing changed with a chance of at most alpha, whatever
    hangs together with what (union bound). Raises `ValueError` for less than one look.
    """
    if looks < 1:
        raise ValueError(f"a run is looked at once at least, got {looks}")
    weights = {1: (1,), 2: (4, 6), 3: (2, 3, 5)}.get(looks, tuple(range(1, looks + 1)))
    return tuple(weight / sum(weights) for weight in weights)


def conditional_power(z: float, seen: float, alpha: float, *, trend: float = 1.0) -> float:
    """The chance that a one-sided z test rejects at `alpha` at its end, told from `z` at a look before it.

    `seen` is the share of all observations that are in `z`, between 0 and 1. What is to come is taken to go on as `trend`
    times what was seen: 1 = just so, 0 = there is nothing. Brownian motion (Lan, Simon & Halperin 1982). `z` may be infinite.
    """
    if not 0 < seen < 1 or not 0 < alpha < 1:
        raise ValueError(f"seen and alpha lie between 0 and 1, got {seen} and {alpha}")
    expected = z * sqrt(seen) + trend * z / sqrt(seen) * (1 - seen)
    return 1.0 - _NORMAL.cdf((_NORMAL.inv_cdf(1 - alpha) - expected) / sqrt(1 - seen))
