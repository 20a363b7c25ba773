"""Has a series of batch means left the level that it was pinned to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, fsum, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

K = 0.5
"""What a batch may fall short by, in its standard errors, before it counts: the chart is tuned for falls by one."""
H = 5.0
"""Where the chart alarms: with an exactly known level once in 931 quiet batches, 10.4 batches after a fall by one standard
error, 4.0 after one by two (Brook and Evans; tests/stats/test_drift.py)."""
FEWEST = 8
"""Batches below which a chart says nothing that a table does not."""
KAPPA = 10
"""Degrees of freedom that the other batches lend to a batch's own standard error."""
STATES = 60
"""Of the Markov chain."""
OFFSETS = 40


@dataclass(frozen=True, slots=True)
class Chart:
    """The sums S_t, None where a batch has no number, and where they passed `H`."""

    sums: tuple[float | None, ...]
    alarms: tuple[tuple[int, int], ...] = ()
    """Of each: the place of the batch that raised it, and of the last one before the fall; -1: it fell from the first on."""


def cusum(z: Sequence[float | None], *, k: float = K, h: float = H) -> Chart:
    """The one-sided chart `S_t = max(0, S_{t-1} - z_t - k)` of `z`, shape (batches,), where higher is better.

    It alarms at S > h and begins again at 0. The fall began after the last batch with S = 0. None is missing: it moves nothing.
    Page (1954), Biometrika 41, 100-115.
    """
    sums: list[float | None] = []
    alarms: list[tuple[int, int]] = []
    level, quiet = 0.0, -1
    for at, value in enumerate(z):
        if value is None:
            sums.append(None)
            continue
        level = max(0.0, level - value - k)
        sums.append(level)
        if level > h:
            alarms.append((at, quiet))
            level = 0.0
        if level == 0.0:
            quiet = at
    return Chart(tuple(sums), tuple(alarms))


def moderated(
    stderrs: Sequence[float | None], dfs: Sequence[float | None], sizes: Sequence[int], *, kappa: float = KAPPA
) -> list[float] | None:
    """Standard errors of batch means, each leaning on those of the others; shape (batches,), as they came.

    A handful of seeds tells a standard error badly: taken as known, steps appear in most quiet series of 3 seeds. So the unit
    variance `u = SE^2 n` of a batch (n: `sizes`, its worlds) becomes `(df u + kappa u_all) / (df + kappa)`, u_all the mean of
    all weighted by df, and `SE = sqrt(u/n)`. Of a batch without one (None: no spread, or a single world) it is u_all. None if
    no batch has any.
    """
    known = [(se * se * n, df) for se, df, n in zip(stderrs, dfs, sizes, strict=True) if se and df and se * se * n]
    if not known:
        return None
    whole = fsum(u * df for u, df in known) / fsum(df for _, df in known)
    made = []
    for se, df, n in zip(stderrs, dfs, sizes, strict=True):
        own, weight = (se * se * n, df) if se and df else (whole, 0.0)
        made.append(sqrt((weight * own + kappa * whole) / (weight + kappa) / max(n, 1)))
    return made


def trend(values: Sequence[float]) -> tuple[float, float] | None:
    """Kendall's tau-b of `values`, shape (n,), with their order, and its two-sided p by the usual normal approximation.

    None if all are equal, or there are fewer than three. Kendall (1975), Rank Correlation Methods; with ties as
    `scipy.stats.kendalltau(method="asymptotic")`, which takes half a second to import.
    """
    count = len(values)
    ties = [size for size in Counter(values).values() if size > 1]
    pairs, tied = count * (count - 1) // 2, sum(size * (size - 1) // 2 for size in ties)
    if count < 3 or tied == pairs:
        return None
    score = sum((later > first) - (later < first) for at, first in enumerate(values) for later in values[at + 1 :])
    spread = (count * (count - 1) * (2 * count + 5) - sum(size * (size - 1) * (2 * size + 5) for size in ties)) / 18
    return score / sqrt(pairs) / sqrt(pairs - tied), erfc(abs(score) / sqrt(2 * spread))


def alarm_chance(batches: int, shared: float, *, k: float = K, h: float = H) -> float:
    """The chance that `batches` batches in which nothing changed raise an alarm, for normal means.

    `shared` (0 to 1): what the pinned level's own variance is of that of a difference from it; 0: the level is known exactly,
    1/2: it has as many seeds as a batch. Its error is the same in every difference, so a level that was lucky alarms for good.
    By the chain of Brook and Evans (1972), Biometrika 59, 539-549, over equally likely offsets of the level.
    """
    import numpy as np
    from scipy.special import ndtri  # type: ignore[import-untyped, unused-ignore]

    offsets = ndtri((np.arange(OFFSETS) + 0.5) / OFFSETS) * sqrt(shared) if shared else np.zeros(1)
    quiet = [float(np.linalg.matrix_power(moves(each, sqrt(1 - shared), k, h), batches)[0].sum()) for each in offsets]
    return 1 - fsum(quiet) / len(quiet)


def moves(mean: float, sd: float, k: float = K, h: float = H, states: int = STATES) -> Floats:
    """From which part of [0, h] the sum goes to which part, if z is normal with `mean` and `sd` (> 0): shape (states, states).

    What a row lacks to 1 is its chance of an alarm. The first state is S = 0, the others are told by their middles.
    """
    import numpy as np
    from scipy.special import ndtr

    step = 2 * h / (2 * states - 1)
    middles = np.arange(states) * step
    # The rise of the sum, -z - k, is normal around -mean - k.
    ends = (middles[None, :] + step / 2 - middles[:, None] + mean + k) / sd
    below = ndtr(ends)
    made: Floats = np.diff(below, prepend=0.0, axis=1)
    return made
