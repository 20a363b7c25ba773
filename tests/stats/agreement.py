"""How far the estimates are from their outside authorities on random data: a table of docs/statistics.md.

    python -m tests.stats.agreement

Exact rows: the largest difference over all cases. Rows by resampling: ends of intervals, in Monte-Carlo standard errors, which
are taken from ten seeds of ours. `rliable.library` is compared where it can be imported (its `arch` breaks with pandas 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray
from rliable import metrics
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from pytest_alienbio.model import Interval
from pytest_alienbio.stats import (
    Stratum,
    bca,
    clopper_pearson,
    clustered_mean,
    fixed_mean,
    geometric_mean,
    iqm,
    jeffreys,
    leaf_mean,
    pass_at_k,
    percentile,
    performance_profile,
    population_mean,
    wilson,
)

CASES = 200
SEEDS, DRAWS, PLAIN = 10, 2000, 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One estimate beside one authority. `off`: the largest difference, or in standard errors if `resampled`."""

    what: str
    authority: str
    cases: int
    off: float
    resampled: bool = False


def apart(interval: Interval | None, low: float, high: float) -> float:
    """The larger distance of the two ends."""
    assert interval is not None
    return max(abs(interval.low - float(low)), abs(interval.high - float(high)))


def rates() -> Iterator[Row]:
    """Pass rates: all k of n for n up to 20, and large n."""
    counts = [(k, n) for n in (1, 2, 3, 5, 10, 20, 1000) for k in sorted({0, 1, n // 3, n // 2, n - 1, n})]
    test = [(k, n, scipy.stats.binomtest(k, n)) for k, n in counts]
    for name, ours, theirs in (("Wilson", wilson, "wilson"), ("Clopper-Pearson", clopper_pearson, "exact")):
        ends = [(ours(k, n), one.proportion_ci(0.95, theirs)) for k, n, one in test]
        yield Row(name, "scipy binomtest", len(counts), max(apart(mine, his.low, his.high) for mine, his in ends))
    for name, ours, theirs in (
        ("Wilson", wilson, "wilson"),
        ("Clopper-Pearson", clopper_pearson, "beta"),
        ("Jeffreys", jeffreys, "jeffreys"),
    ):
        off = max(apart(ours(k, n), *proportion_confint(k, n, method=theirs)) for k, n in counts)
        yield Row(name, "statsmodels proportion_confint", len(counts), off)


def means(rng: np.random.Generator) -> Iterator[Row]:
    """t, clustered t, strata t, percentiles."""
    samples = [rng.beta(2, 1, rng.integers(2, 30)) for _ in range(CASES)]
    mine = [leaf_mean(sample.tolist()).interval for sample in samples]
    yield Row(
        "mean of a leaf, t",
        "scipy t.interval",
        CASES,
        max(
            apart(one, *scipy.stats.t.interval(0.95, len(x) - 1, loc=x.mean(), scale=scipy.stats.sem(x)))
            for one, x in zip(mine, samples, strict=True)
        ),
    )
    yield Row(
        "mean of a leaf, t",
        "statsmodels DescrStatsW",
        CASES,
        max(apart(one, *DescrStatsW(x).tconfint_mean()) for one, x in zip(mine, samples, strict=True)),
    )
    off = []
    for _ in range(CASES):
        groups = rng.integers(0, 8, rng.integers(12, 40))
        values = rng.normal(0, 1, 8)[groups] + rng.normal(0, 1, len(groups))
        found, count = clustered_mean(values.tolist(), groups.tolist()), len(set(groups.tolist()))
        theirs = OLS(values, np.ones(len(values))).fit().get_robustcov_results("cluster", groups=groups, use_correction=False)
        off.append(abs((found.stderr or 0) - float(theirs.bse[0]) * sqrt(count / (count - 1))))
    yield Row("clustered standard error, CR1", "statsmodels cov_cluster x sqrt(C/(C-1))", CASES, max(off))
    off = []
    for _ in range(CASES):
        x, y = rng.normal(0, 1, rng.integers(2, 9)), rng.normal(0, 3, rng.integers(2, 9))
        welch = scipy.stats.ttest_ind(x, -y, equal_var=False).confidence_interval()
        off.append(apart(fixed_mean([Stratum.of(x.tolist()), Stratum.of(y.tolist())]).interval, welch.low / 2, welch.high / 2))
    yield Row("fixed mean of two scenarios, Satterthwaite", "scipy ttest_ind, Welch", CASES, max(off))
    yield Row(
        "population mean",
        "scipy t.interval",
        CASES,
        max(
            apart(
                population_mean(x.tolist()).interval,
                *scipy.stats.t.interval(0.95, len(x) - 1, loc=x.mean(), scale=scipy.stats.sem(x)),
            )
            for x in samples
        ),
    )
    yield Row(
        "geometric mean",
        "scipy gmean",
        CASES,
        max(abs((geometric_mean(x.tolist()).value or 0) - scipy.stats.gmean(x)) for x in samples),
    )
    long = [rng.gamma(2, 1, 150) for _ in range(CASES)]
    yield Row(
        "p50, p90, p99",
        "numpy percentile, linear",
        CASES,
        max(abs((percentile(x.tolist(), q).value or 0) - np.percentile(x, q)) for x in long for q in (50, 90, 99)),
    )


def resampled(rng: np.random.Generator) -> Iterator[Row]:
    """BCa, IQM, profiles, pass@k."""
    some = [np.sort(rng.beta(2, 1, 15)) for _ in range(5)]
    yield Row(
        "mean of a leaf, BCa",
        "scipy bootstrap, same generator",
        len(some),
        max(
            apart(
                bca(x.tolist(), seed=1).interval,
                *scipy.stats.bootstrap((x,), np.mean, rng=np.random.default_rng(1)).confidence_interval,
            )
            for x in some
        ),
    )
    matrices = [rng.beta(2, 1, (rng.integers(1, 20), rng.integers(1, 20))) for _ in range(CASES)]
    points = [iqm(x.tolist(), seed=0, resamples=1).value or 0 for x in matrices]
    yield Row(
        "IQM",
        "rliable aggregate_iqm",
        CASES,
        max(abs(one - metrics.aggregate_iqm(x.T)) for one, x in zip(points, matrices, strict=True)),
    )
    yield Row(
        "mean over scenarios",
        "rliable aggregate_mean",
        CASES,
        max(
            abs((fixed_mean([Stratum.of(leaf) for leaf in x.tolist()]).value or 0) - metrics.aggregate_mean(x.T))
            for x in matrices
        ),
    )
    taus = np.linspace(0, 1, 21)
    shares = [performance_profile(x.tolist(), taus.tolist(), seed=0, resamples=1).shares for x in matrices]
    yield Row(
        "performance profile",
        "rliable's rule, mean(scores > tau)",
        CASES,
        max(
            float(np.abs(np.array(one, float) - (x[:, :, None] > taus).mean(axis=(0, 1))).max())
            for one, x in zip(shares, matrices, strict=True)
        ),
    )
    tries = [(size, passed, k) for size in (3, 10, 100) for passed in (0, 1, size // 2, size) for k in (1, 2, size)]
    off = [abs((pass_at_k([(passed, size)], k).value or 0) - _product(passed, size, k)) for size, passed, k in tries]
    yield Row("pass@k", "product form of Chen et al.", len(off), max(off))
    scores = rng.beta(2, 2, (8, 10))
    for scenarios in (False, True):
        ends = np.array([_ends(scores, seed, scenarios) for seed in range(SEEDS)])
        # Both sides draw: the standard error of their difference, theirs with PLAIN draws to our DRAWS.
        error = ends.std(axis=0, ddof=1) * sqrt(1 / SEEDS + DRAWS / PLAIN)
        what = f"IQM's interval, {'seeds and scenarios' if scenarios else 'seeds only'}"
        for name, theirs in _theirs(scores, scenarios):
            yield Row(what, name, 1, float((np.abs(ends.mean(axis=0) - theirs) / error).max()), resampled=True)


def _product(passed: int, size: int, k: int) -> float:
    return 1.0 if size - passed < k else 1 - float(np.prod(1 - k / np.arange(size - passed + 1, size + 1)))


def _ends(scores: NDArray[np.float64], seed: int, scenarios: bool) -> tuple[float, float]:
    interval = iqm(scores.tolist(), seed=seed, resamples=DRAWS, scenarios=scenarios).interval
    assert interval is not None
    return interval.low, interval.high


def _theirs(scores: NDArray[np.float64], scenarios: bool) -> Iterator[tuple[str, NDArray[np.float64]]]:
    rng, (m, n) = np.random.default_rng(99), scores.shape
    tasks = rng.integers(m, size=(PLAIN, m)) if scenarios else np.tile(np.arange(m), (PLAIN, 1))
    drawn = scores[tasks[:, :, None], rng.integers(n, size=(PLAIN, m, n))]
    plain = scipy.stats.trim_mean(drawn.reshape(PLAIN, -1), 0.25, axis=1)
    yield "resamples written out in numpy", np.quantile(plain, (0.025, 0.975))
    try:
        from rliable import library
    except (ImportError, TypeError):  # arch 7.2 on pandas 3
        return
    np.random.seed(99)  # rliable draws from the global generator, whatever it is given
    _, intervals = library.get_interval_estimates(
        {"a": scores.T}, lambda x: np.array([metrics.aggregate_iqm(x)]), reps=PLAIN, task_bootstrap=scenarios
    )
    yield "rliable get_interval_estimates", np.asarray(intervals["a"][:, 0])


def rows() -> list[Row]:
    """The whole table."""
    rng = np.random.default_rng(20250311)
    return [*rates(), *means(rng), *resampled(rng)]


def main() -> None:
    """Prints it as Markdown."""
    print("| estimate | authority | cases | largest difference |\n|---|---|---|---|")  # noqa: T201
    for row in rows():
        off = f"{row.off:.1f} MC standard errors" if row.resampled else f"{row.off:.0e}"
        print(f"| {row.what} | {row.authority} | {row.cases} | {off} |")  # noqa: T201


if __name__ == "__main__":
    main()
