"""Performance profiles: the share of runs above each threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..model import Profile
from .bootstrap import RESAMPLES, stratified
from .present import checked_level, counted, present

if TYPE_CHECKING:
    from .bootstrap import Floats


def performance_profile(
    leaves: Sequence[Sequence[float | None]],
    taus: Sequence[float],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    scenarios: bool = False,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Profile:
    """The share of one agent's runs that score above each of `taus`, with a pointwise stratified bootstrap band.

    `leaves`: one sequence of scores a scenario, shape (scenarios, their runs); None is missing. Each run weighs 1/n_g, so that
    each scenario weighs the same; with equal seeds the shares are rliable's run-score distribution. The band draws seeds within
    scenarios, and with `scenarios` the scenarios too; `method` says which. It is pointwise: it covers each threshold, not the
    whole curve. A threshold on which no resample differs has no band. `seed` of the generator is kept.
    Raises `ValueError` for NaN or infinite scores or thresholds, or no threshold. Agarwal et al. (2021), arXiv 2108.13264;
    Dolan and More (2002), Math. Program. 91, 201-213.
    """
    checked_level(level)
    thresholds = sorted(set(present(taus)))
    if not thresholds:
        raise ValueError("a profile needs a threshold")
    import numpy as np

    at = np.array(thresholds)

    def shares(scores: Floats, weights: Floats, counts: Floats) -> Floats:
        upto = np.cumsum(counts * weights, axis=1)
        below = np.concatenate([np.zeros((len(upto), 1)), upto], axis=1)[:, np.searchsorted(scores, at, side="right")]
        return 1.0 - below / upto[:, -1:]

    found = stratified(leaves, shares, seed=seed, resamples=resamples, scenarios=scenarios, missing=missing)
    none = (None,) * len(thresholds)
    if found is None:
        return Profile(
            tuple(thresholds), none, none, none, level, missing=counted(missing, sum(map(len, leaves))), why="no score"
        )
    tail = (1 - level) / 2
    low, high = np.quantile(found.draws, (tail, 1 - tail), axis=0)
    told = (found.draws != found.draws[0]).any(axis=0) & (not found.why)

    def band(ends: Floats) -> tuple[float | None, ...]:
        return tuple(end if known else None for end, known in zip(ends.tolist(), told.tolist(), strict=True))

    return Profile(
        taus=tuple(thresholds),
        shares=tuple(found.point.tolist()),
        low=band(low),
        high=band(high),
        level=level,
        n=found.n,
        missing=found.missing,
        method=f"share above, stratified bootstrap, {found.what}",
        why=found.why,
        notes=found.notes,
        resamples=resamples,
        seed=seed,
    )
