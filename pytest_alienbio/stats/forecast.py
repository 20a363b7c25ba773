"""How much a coming run will take, from what cells like its own took before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, fsum, isfinite, log, sqrt
from statistics import variance as variance_of

from ..model import Quantity
from .intervals import t_quantile
from .moments import Moments

MOST_LOG = 7.0
"""Half an interval's width on the log scale at most: a factor of about a thousand either way says enough."""

PACE_SD, PACE_WEIGHT = 0.2, 4
"""Before runs tell otherwise, one run is taken to be 20% faster or slower than another, and that counts as 4 runs."""


class Past:
    """What cells of one kind took before (seconds, bytes): number, mean, variance and the largest, and each run's mean."""

    __slots__ = ("_moments", "_runs", "largest")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._moments = Moments()
        self._runs: dict[int, tuple[int, float]] = {}
        self.largest = 0.0
        for value in values:
            self.add(value)

    def add(self, value: float, run: int = 0) -> None:
        """Takes one in, of the run of this number. Raises `ValueError` for what is negative or not finite."""
        if value < 0:
            raise ValueError(f"what a cell took cannot be negative, got {value!r}")
        self._moments.add(value)
        self.largest = max(self.largest, value)
        n, total = self._runs.get(run, (0, 0.0))
        self._runs[run] = (n + 1, total + value)

    @property
    def n(self) -> int:
        """How many."""
        return self._moments.n

    @property
    def mean(self) -> float:
        """Their mean; 0 if there are none."""
        return self._moments.mean or 0.0

    @property
    def variance(self) -> float | None:
        """Their sample variance (ddof = 1); None for fewer than two."""
        return self._moments.variance

    @property
    def runs(self) -> Mapping[int, tuple[int, float]]:
        """How many each run had, and their sum."""
        return self._runs


@dataclass(frozen=True, slots=True)
class Share:
    """`count` things to come of one kind (cells, worlds to generate), and what that kind took before."""

    count: int
    past: Past


def expected_total(shares: Iterable[Share], *, paced: bool = False, level: float = 0.95) -> Quantity:
    """What everything to come takes together if it is like what was, and an interval that one coming total lies in.

    `T = sum m_g xbar_g` (kind g: m to come, n seen). Its prediction variance `V = sum s_g^2 (m_g + m_g^2/n_g)` holds the
    spread of what comes and the uncertainty of the means: m times the interval for the mean of m future observations (Hahn
    and Meeker, Statistical Intervals, 1991, 4.8), summed. `paced` amounts (times) also change from run to run as a whole,
    by `tau`: see `_pace`. The interval is `T exp(+-t sqrt(V/T^2 + tau^2 (1 + 1/K)))` for K earlier runs, degrees of freedom
    by Satterthwaite (1946): what is positive and skewed is better covered on the log scale.

    Nothing is trimmed, since a total holds its outliers. A kind seen once takes the others' pooled relative spread; without
    any spread to go by there is no interval.
    """
    known = [share for share in shares if share.count > 0 and share.past.n > 0]
    if not known:
        return Quantity()
    total = fsum(share.count * share.past.mean for share in known)
    parts = _spread(known, total) if total > 0 else []
    if paced and parts:
        parts.append(_pace(known, total))
    whole = fsum(part for part, _ in parts)
    if not (whole > 0 and isfinite(whole)):
        return Quantity(total)
    df = 1 / fsum((part / whole) ** 2 / below for part, below in parts)
    factor = exp(min(t_quantile((1 + level) / 2, df) * sqrt(whole), MOST_LOG))
    return Quantity(total, total / factor, total * factor)


def _spread(known: Sequence[Share], total: float) -> list[tuple[float, float]]:
    """The parts of the relative prediction variance that come from cell to cell, each with its degrees of freedom."""
    alone = fsum(_weight(share) * share.past.mean**2 for share in known if share.past.n == 1)
    several = [(share, share.past.variance or 0.0) for share in known if share.past.n > 1]
    freedom = sum(share.past.n - 1 for share, _ in several)
    parts: list[tuple[float, float]] = []
    for share, variance in several:
        if variance > 0:
            # Kinds seen once borrow the pooled (s/xbar)^2, so each s^2 enters with its own weight and its part of the pool.
            below = share.past.n - 1
            weight = _weight(share) + alone * below / freedom / share.past.mean**2
            parts.append((variance * weight / total**2, below))
    return parts


def _weight(share: Share) -> float:
    return share.count + share.count**2 / share.past.n


def _pace(known: Sequence[Share], total: float) -> tuple[float, float]:
    """What a run as a whole adds to the relative variance, `tau^2 (1 + 1/K)`, and its degrees of freedom.

    `tau^2` is the variance of `ln(what run k took / what it would have taken at the means)` less what cells of this spread
    give by themselves, weighed against `PACE_SD` as in a scaled inverse chi-squared prior. Runs that hold less than half of
    what is to come say nothing about it.
    """
    logs: list[float] = []
    noises: list[float] = []
    for run in {run for share in known for run in share.past.runs}:
        mine = [(share, *share.past.runs[run]) for share in known if run in share.past.runs]
        expected = fsum(share.count * share.past.mean for share, _, _ in mine)
        took = fsum(share.count * summed / n for share, n, summed in mine)
        if 2 * expected >= total and took > 0:
            logs.append(log(took / expected))
            noises.append(fsum(share.count**2 * (share.past.variance or 0.0) / n for share, n, _ in mine) / expected**2)
    runs = len(logs)
    seen = 0.0
    if runs > 1:
        seen = max(0.0, variance_of(logs) - fsum(noises) / runs)
    freedom = PACE_WEIGHT + max(runs - 1, 0)
    tau2 = (PACE_WEIGHT * PACE_SD**2 + (runs - 1) * seen) / freedom
    return tau2 * (1 + 1 / max(runs, 1)), freedom


def on_workers(total: Quantity, shares: Iterable[Share], workers: int, *, level: float = 0.95) -> Quantity:
    """Wall time of `total` (of `shares`) on so many processes, each taking the next cell as soon as it is free.

    Expected is an equal part each, but no less than the longest cell. The upper end is `T/w + (1 - 1/w) longest` (Graham,
    SIAM J. Appl. Math. 17, 1969), with the longest that was ever seen.
    """
    known = [share for share in shares if share.count > 0 and share.past.n > 0]
    if workers <= 1 or total.value is None or not known:
        return total
    value = max(total.value / workers, *(share.past.mean for share in known))
    if total.low is None or total.high is None:
        return replace(total, value=value)
    # A kind's longest cell takes no less than the mean of its cells does.
    means = ((expected_total([share], paced=True, level=level).low or 0.0) / share.count for share in known)
    low = max(total.low / workers, *means)
    high = total.high / workers + (1 - 1 / workers) * max(share.past.largest for share in known)
    return replace(total, value=value, low=min(low, value), high=max(high, value))


def added(quantities: Sequence[Quantity]) -> Quantity:
    """Several totals as one. Ends of intervals are added, for what makes one longer (a slow machine) makes all longer."""
    known = [quantity for quantity in quantities if quantity.value is not None]
    if not known:
        return Quantity(cells=sum(quantity.cells for quantity in quantities))
    ends = [(q.low, q.high) for q in known if q.low is not None and q.high is not None]
    low, high = (fsum(end) for end in zip(*ends, strict=True)) if len(ends) == len(known) else (None, None)
    return Quantity(
        fsum(quantity.value or 0.0 for quantity in known),
        low,
        high,
        sum(quantity.known for quantity in quantities),
        sum(quantity.cells for quantity in quantities),
        sum(quantity.assumed for quantity in quantities),
    )
