"""Intervals by resampling, from a generator of our own: the same seed gives the same interval, and the seed is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from ..model import Estimate, Interval
from .means import DEGENERATE, leaf_mean
from .present import checked_level, counted, magnitude, present

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST = 10
"""Worlds of one leaf below which it is not bootstrapped: three values have ten distinct resamples."""
MOST = 5000
"""Worlds above which BCa, whose jackknife costs n^2, gives way to the t interval."""
RESAMPLES = 2000
SHARE = 500_000
"""Numbers held at a time, in cells x resamples: 4 MB, which a processor keeps near."""


def bca(
    values: Sequence[float | None],
    *,
    seed: int,
    resamples: int = 9999,
    bounds: tuple[float, float] | None = None,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Estimate:
    """The mean of one leaf, shape (worlds,), one score a world, with its BCa bootstrap interval.

    None is missing. Below 10 worlds, above 5,000, or where every score is 0 or 1, `leaf_mean`'s interval, with a note why.
    Where BCa gives none (too little spread) the point, marked `degenerate`. Order does not matter. `seed` of the generator
    is kept in the estimate. Raises `ValueError` as `leaf_mean`. Efron (1987), J. Am. Stat. Assoc. 82, 171-185, by
    `scipy.stats.bootstrap`.
    """
    plain = leaf_mean(values, bounds=bounds, level=level, missing=missing)
    numbers = sorted(present(values))
    if plain.value is None or plain.n < 2:
        return plain
    if plain.n < FEWEST:
        return replace(plain, notes=(*plain.notes, f"no bootstrap of fewer than {FEWEST} worlds"))
    if set(numbers) <= {0.0, 1.0}:
        return replace(plain, notes=(*plain.notes, "no bootstrap of scores that are 0 or 1: see the pass rate"))
    if plain.n > MOST:
        return replace(plain, notes=(*plain.notes, f"no BCa of more than {MOST:,} worlds: t serves"))
    plain = replace(plain, df=None, method="BCa", mark="", why="", notes=(), interval=None, resamples=resamples, seed=seed)
    low = high = float("nan")
    if numbers[0] < numbers[-1]:
        import warnings

        unit = magnitude(numbers)
        import numpy as np
        from scipy import stats  # type: ignore[import-untyped, unused-ignore]

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", stats.DegenerateDataWarning)
            found = stats.bootstrap(
                (np.array(numbers) / unit,),
                np.mean,
                method="BCa",
                confidence_level=level,
                n_resamples=resamples,
                batch=max(1, SHARE // len(numbers)),
                rng=np.random.default_rng(seed),
            ).confidence_interval
        low, high = float(found.low) * unit, float(found.high) * unit
    if not (isfinite(low) and isfinite(high)):
        return replace(plain, stderr=None, mark=DEGENERATE, why="too little spread for a BCa interval")
    return replace(plain, interval=Interval(low, high, level))


def draw_counts(rng: np.random.Generator, n: int, draws: int, copies: NDArray[np.int64] | None = None) -> Floats:
    """How often each of `n` units is drawn when `n` of them are drawn with replacement; shape (draws, n).

    `copies`, shape (draws,): how often the whole stratum was drawn; then `copies * n` units are.
    """
    import numpy as np

    if copies is not None:
        return rng.multinomial(copies * n, np.full(n, 1.0 / n)).astype(float)
    if n == 1:
        return np.ones((draws, 1))
    drawn = rng.integers(n, size=(draws, n)) + np.arange(0, draws * n, n)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * n).reshape(draws, n).astype(float)


def draw_scenarios(rng: np.random.Generator, m: int, draws: int) -> NDArray[np.int64]:
    """How often each of `m` scenarios is drawn when `m` of them are drawn with replacement; shape (draws, m)."""
    import numpy as np

    return draw_counts(rng, m, draws).astype(np.int64)


def resampled(sizes: Sequence[int], *, seed: int, resamples: int = RESAMPLES, scenarios: bool = False) -> Iterator[Floats]:
    """The stratified bootstrap: how often each unit is drawn, strata of `sizes` side by side, some resamples at a time.

    Yields arrays of shape (some, sum(sizes)), `resamples` rows in all; units are drawn within their stratum. `scenarios`: the
    strata are drawn first, with replacement. Memory is bounded, and the numbers depend on `seed` and `sizes` alone.
    Raises `ValueError` for an empty stratum or less than one resample.
    """
    import numpy as np

    if resamples < 1 or min(sizes, default=1) < 1:
        raise ValueError(f"expected one resample and units in each stratum, got {resamples} and sizes {list(sizes)!r}")
    rng, total = np.random.default_rng(seed), sum(sizes)
    ends = [at for at in range(1, len(sizes) + 1) if at == len(sizes) or sizes[at] != sizes[at - 1]]
    runs = [(sizes[start], slice(start, end)) for start, end in zip([0, *ends], ends, strict=False)]  # drawn in one go
    step = max(1, SHARE // max(total, 1))
    for start in range(0, resamples, step):
        draws = min(step, resamples - start)
        copies = draw_scenarios(rng, len(sizes), draws) if scenarios else None
        counts, at = np.empty((draws, total)), 0
        for n, alike in runs:
            mine = None if copies is None else copies[:, alike].ravel()
            width = n * (alike.stop - alike.start)
            counts[:, at : at + width] = draw_counts(rng, n, draws * (alike.stop - alike.start), mine).reshape(draws, width)
            at += width
        yield counts


def quantiles(drawn: Floats, level: float) -> tuple[float, float]:
    """The percentile interval of bootstrap draws, shape (resamples,)."""
    import numpy as np

    tail = (1 - checked_level(level)) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail)).tolist()
    return low, high


@dataclass(frozen=True, slots=True)
class Drawn:
    """A statistic of T numbers, of the scores themselves and of each resample of them."""

    point: Floats
    """Shape (T,)."""
    draws: Floats
    """Shape (resamples, T)."""
    n: int
    missing: Mapping[str, int]
    what: str
    """What was drawn: `seeds only`, `seeds and scenarios`."""
    notes: tuple[str, ...]
    why: str
    """Why the draws say nothing; "" if they do."""


def stratified(
    leaves: Sequence[Sequence[float | None]],
    statistic: Callable[[Floats, Floats, Floats], Floats],
    *,
    weigh: bool = True,
    seed: int,
    resamples: int = RESAMPLES,
    scenarios: bool = False,
    missing: Mapping[str, int] | None = None,
) -> Drawn | None:
    """The stratified bootstrap of a statistic of one agent's scores on several scenarios; None without any score.

    `leaves`: one sequence of scores a scenario, None is missing. `statistic(scores, weights, counts)` gives shape (rows, T):
    `scores` ascending, shape (N,), `weights` of the same shape (1/n_g if `weigh`, so that each scenario weighs the same; else
    1), `counts`, shape (rows, N), how often each score is there. Neither the order of leaves nor of scores matters.
    """
    import numpy as np

    kept = sorted((sorted(found) for leaf in leaves if (found := present(leaf))), key=lambda leaf: (len(leaf), leaf))
    sizes = [len(leaf) for leaf in kept]
    absent = sum(map(len, leaves)) - sum(sizes)
    if not kept:
        return None
    flat = np.array([score for leaf in kept for score in leaf])
    order = np.argsort(flat, kind="stable")
    scores = flat[order]
    weights = np.repeat(1.0 / np.array(sizes), sizes)[order] if weigh else np.ones(len(flat))
    rows = resampled(sizes, seed=seed, resamples=resamples, scenarios=scenarios)
    draws = np.concatenate([statistic(scores, weights, np.take(counts, order, axis=1)) for counts in rows])
    point = statistic(scores, weights, np.ones((1, len(flat))))[0]
    alone, m, why = sizes.count(1), len(sizes), ""
    notes: tuple[str, ...] = ()
    if scenarios and m < 2:
        why = "one scenario alone has no spread"
    elif alone == m and not scenarios:
        why = "no scenario has two runs"
    elif not scenarios:
        if alone:
            notes = (f"{alone} of {m} scenarios have one run: they add no spread",)
        if len(flat) < FEWEST * m:
            notes = (*notes, f"fewer than {FEWEST} runs a scenario: an interval by resampling is somewhat too narrow")
    if m < len(leaves):
        notes = (*notes, f"{len(leaves) - m} of {len(leaves)} scenarios have no score")
    what = "seeds and scenarios" if scenarios else "seeds only"
    return Drawn(point, draws, len(flat), counted(missing, absent), what, notes, why)
