"""The interquartile mean: the mean of the middle half of all runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..model import Estimate, Interval
from .bootstrap import RESAMPLES, quantiles, stratified
from .means import DEGENERATE
from .present import checked_level, counted, magnitude

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .bootstrap import Floats

TRIM = 0.25
HIDES = "an IQM hides a collapse on up to a quarter of the runs: a second line beside the mean"


def iqm(
    leaves: Sequence[Sequence[float | None]],
    *,
    seed: int,
    pooled: bool = False,
    resamples: int = RESAMPLES,
    scenarios: bool = False,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Estimate:
    """The interquartile mean of one agent over all scenarios, with its stratified percentile bootstrap interval.

    `leaves`: one sequence of scores a scenario, shape (scenarios, their runs); None is missing. A quarter of the weight is
    trimmed at each end, in whole runs, never more than a quarter. Each run weighs 1/n_g, so that each scenario weighs the same;
    `pooled`: all runs weigh the same, the number that rliable gives. With equal seeds both are
    `scipy.stats.trim_mean(all runs, 0.25)`.

    The interval draws seeds within scenarios, and with `scenarios` the scenarios too; `method` says which. `n` counts runs. No
    interval if no scenario has two runs, or no resample differs (marked `degenerate`). `seed` of the generator is kept.
    Raises `ValueError` for NaN or infinite scores. Agarwal et al. (2021), NeurIPS 34, arXiv 2108.13264.
    """
    checked_level(level)
    found = stratified(
        leaves,
        trimmed_means,
        weigh=not pooled,
        seed=seed,
        resamples=resamples,
        scenarios=scenarios,
        missing=missing,
    )
    if found is None:
        return Estimate(None, missing=counted(missing, sum(map(len, leaves))), method="IQM", why="no score", unit="runs")
    unit = magnitude((float(found.draws.min()), float(found.draws.max())))
    drawn = found.draws[:, 0] / unit
    low, high = quantiles(drawn, level)
    flat = bool((drawn == drawn[0]).all())
    told = not (found.why or flat)
    return Estimate(
        value=float(found.point[0]),
        interval=Interval(low * unit, high * unit, level) if told else None,
        n=found.n,
        unit="runs",
        missing=found.missing,
        stderr=float(drawn.std(ddof=1)) * unit if told else None,
        method=f"IQM{', pooled' if pooled else ''}; stratified bootstrap, {found.what}",
        mark=DEGENERATE if flat and not found.why else "",
        why=found.why or ("every resample gives the same, which is no proof of certainty" if flat else ""),
        notes=(*found.notes, HIDES),
        resamples=resamples,
        seed=seed,
    )


def trimmed_means(scores: Floats, weights: Floats, counts: Floats) -> Floats:
    """The weighted mean of each row without the lowest and the highest quarter of its weight, in whole runs; shape (rows, 1).

    `scores` ascending, shape (N,), each of the `weights`, is in a row `counts` times.
    """
    import numpy as np

    unit = magnitude((scores[0], scores[-1]))
    scores, rows = scores / unit, np.arange(len(counts))
    mass = counts * weights
    upto = np.cumsum(mass, axis=1)
    whole = upto[:, -1]
    quarter = TRIM * whole
    slack = 1e-10 * whole  # sums of weights carry rounding, and equal weights must trim as many runs as counting would
    first = (upto > (quarter + slack)[:, None]).argmax(axis=1)  # where trimming stops, from below ...
    last = (upto < (whole - quarter - slack)[:, None]).sum(axis=1)  # ... and from above
    sums = np.cumsum(np.multiply(mass, scores, out=mass), axis=1)
    # Of the copies of the score it stops in, as many go as fit whole into what is still to be trimmed.
    low_weight, low_sum = _before(upto, first), _before(sums, first)
    low = np.floor((quarter + slack - low_weight) / weights[first]) * weights[first]
    high_weight, high_sum = upto[rows, last], sums[rows, last]
    high = np.floor((quarter + slack - (whole - high_weight)) / weights[last]) * weights[last]
    kept = (high_weight - high) - (low_weight + low)
    means: Floats = ((high_sum - high * scores[last]) - (low_sum + low * scores[first])) / kept
    return means[:, None] * unit


def _before(sums: Floats, at: NDArray[np.intp]) -> Floats:
    """Of running sums, shape (rows, N), that of all before `at`, shape (rows,)."""
    import numpy as np

    found: Floats = np.where(at > 0, sums[np.arange(len(sums)), at - 1], 0.0)
    return found
