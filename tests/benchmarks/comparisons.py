"""What comparing agents costs, how often it cries wolf, how far it is from outside authorities: tables of docs/statistics.md.

    python -m tests.benchmarks.comparisons speed | alarms | agreement

`speed`: CPU seconds without imports, and memory, of made-up agents x 60 scenarios x 30 seeds. `alarms`: shares of p <= 0.05
where nothing differs, 2,000 data sets each. `agreement`: the largest difference over random cases. Nothing is asserted here.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator

import choix
import numpy as np
import scipy.optimize
import scipy.stats
import statsmodels.api as sm
from rliable import metrics
from statsmodels.stats.contingency_tables import mcnemar as table_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import ttost_paired

from pytest_alienbio.stats import (
    Unit,
    benjamini_hochberg,
    bradley_terry,
    compare,
    compare_all,
    correlate,
    curve,
    detectable,
    drill_down,
    holm,
    logistic,
    mcnemar,
    newcombe,
    probability_of_improvement,
    sign_flips,
)

from ..stats.cells import units

CASES, DATA_SETS = 50, 2000
Row = tuple[str, str, float]


def battery(agents: int, *, first: int = 0, scenarios: int = 60, seeds: int = 30) -> dict[str, list[Unit]]:
    """Scores between 0 and 1; agent k is better than agent 0 by k/100."""
    rng = np.random.default_rng(first)
    base = rng.uniform(0.2, 0.7, scenarios)
    return {
        f"agent{k:02}": units(
            {f"s{g:02}": np.clip(base[g] + k / 100 + rng.normal(0, 0.15, seeds), 0, 1).tolist() for g in range(scenarios)},
            first=first,
        )
        for k in range(agents)
    }


def speed() -> Iterator[str]:
    """CPU of each call, the second time round."""
    cells, others = battery(20), battery(2, first=1000)
    a, b = cells["agent01"], cells["agent00"]
    asked: list[tuple[str, Callable[[], object]]] = [
        ("compare 2 agents, paired", lambda: compare(a, b)),
        ("compare 2 agents, two samples", lambda: compare(a, others["agent00"], unpaired=True)),
        ("drill down into 60 scenarios", lambda: drill_down(a, b)),
        ("compare 20 agents, 190 pairs", lambda: compare_all(cells)),
    ]
    for what, ask in asked:
        ask()
        started = time.process_time()
        ask()
        yield f"{what:32} {time.process_time() - started:6.2f} s CPU"
    yield f"{'memory of the process, at most':32} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB"


def alarms() -> Iterator[str]:
    """Both tests, paired and as two samples, on scores of three kinds."""
    rng = np.random.default_rng(1)
    kinds: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "passes (0 or 1)": lambda level: (rng.random((6, 8)) < level).astype(float),
        "scores (beta)": lambda level: rng.beta(8 * level, 8 - 8 * level, (6, 8)),
        "scores, 30 % collapse to 0": lambda level: rng.beta(8 * level, 8 - 8 * level, (6, 8)) * (rng.random((6, 8)) > 0.3),
    }
    for kind, draw in kinds.items():
        for unpaired in (False, True):
            fixed = population = 0
            for _ in range(DATA_SETS):
                level = rng.uniform(0.2, 0.8, 8)
                sides = [
                    units({f"s{at}": draw(level)[:, at].tolist() for at in range(8)}, first=first)
                    for first in (0, 50 * unpaired)
                ]
                found = compare(*sides, unpaired=unpaired, resamples=0, draws=999)
                fixed += (found.p.value or 0) <= 0.05
                population += (found.p_population.value or 0) <= 0.05
            how = "two samples" if unpaired else "paired"
            yield f"{kind:28} {how:12} these scenarios {fixed / DATA_SETS:.3f}, new ones {population / DATA_SETS:.3f}"


def agreement() -> Iterator[str]:
    """The largest differences, by what and authority."""
    worst: dict[tuple[str, str], float] = {}
    for seed in range(CASES):
        for what, authority, off in case(np.random.default_rng(seed)):
            worst[what, authority] = max(off, worst.get((what, authority), 0.0))
    for (what, authority), off in worst.items():
        yield f"| {what} | {authority} | {off:.0e} |"


def case(rng: np.random.Generator) -> Iterator[Row]:
    """One random case of each."""
    a, b = np.round(rng.random(9), 1), np.round(rng.random(9), 1)
    found = compare(units({"s": a.tolist()}), units({"s": b.tolist()}), margin=0.2, resamples=0)
    if np.ptp(a - b) > 0 and found.delta.interval is not None and found.equivalence is not None:
        theirs = scipy.stats.ttest_1samp(a - b, 0).confidence_interval()
        if theirs.low > -1 and theirs.high < 1:
            yield "paired difference, interval", "scipy ttest_1samp", abs(found.delta.interval.low - theirs.low)
        yield (
            "equivalence (TOST)",
            "statsmodels ttost_paired",
            abs((found.equivalence.p or 0) - ttost_paired(a, b, -0.2, 0.2)[0]),
        )
        exact = scipy.stats.permutation_test((a - b,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True)
        yield "sign flips, counted", "scipy permutation_test", abs((sign_flips(a - b).value or 0) - min(1, exact.pvalue))
    n = int(rng.integers(3, 60))
    shift = (detectable(1 / np.sqrt(n), n - 1) or 0) * np.sqrt(n)
    power = 1 - scipy.stats.nct.cdf(scipy.stats.t.ppf(0.975, n - 1), n - 1, shift)
    yield "detectable difference, its power", "scipy nct", abs(power - 0.8)
    x, y = np.round(rng.random((9, 5)), 1), np.round(rng.random((7, 5)), 1)
    chance = probability_of_improvement(x.T.tolist(), y.T.tolist(), resamples=0).value or 0
    yield "probability of improvement", "rliable", abs(chance - metrics.probability_of_improvement(x, y))
    only_a, only_b = (int(k) for k in rng.integers(0, 30, 2))
    exact = table_mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue
    yield "McNemar, exact", "statsmodels mcnemar", abs((mcnemar(only_a, only_b).value or 0) - exact)
    k, m = int(rng.integers(0, 20)), int(rng.integers(0, 30))
    pair = newcombe(k, 20, m, 30).interval
    assert pair is not None
    low, high = confint_proportions_2indep(k, 20, m, 30, method="newcomb", compare="diff")
    off = max(abs(pair.low - low), abs(pair.high - high))
    yield "difference of pass rates (Newcombe)", "statsmodels confint_proportions_2indep", off
    ps = (rng.random(20) ** 3).tolist()
    for name, adjust, method in (("Holm", holm, "holm"), ("Benjamini-Hochberg", benjamini_hochberg, "fdr_bh")):
        off = np.abs(np.array(adjust(ps), float) - multipletests(ps, method=method)[1]).max()
        yield name, "statsmodels multipletests", float(off)
    wins = rng.integers(1, 20, (6, 6)).astype(float)
    np.fill_diagonal(wins, 0)
    found_bt = bradley_terry(list("abcdef"), wins.tolist()).agents
    strengths = np.array([found_bt[name].value for name in "abcdef"], float)
    # One round of its iteration from our answer: the maximum of the likelihood is where it stays.
    moved = choix.lsr_pairwise_dense(wins, initial_params=strengths)
    yield "Bradley-Terry", "choix lsr_pairwise_dense", float(np.abs(moved - strengths).max())
    names = [f"s{at}" for at in range(25)]
    level, score = rng.integers(1, 6, 25).astype(float), rng.random(25)
    for method, theirs in (("spearman", scipy.stats.spearmanr), ("kendall", scipy.stats.kendalltau)):
        mine = correlate(names, level.tolist(), score.tolist(), method=method, draws=99).value.value or 0  # type: ignore[arg-type]
        yield method, f"scipy {theirs.__name__}", abs(mine - theirs(level, score).statistic)
    means = np.array([score[level == at].mean() for at in np.unique(level)])
    weights = np.array([(level == at).sum() for at in np.unique(level)])
    fitted = [point.fitted for point in curve(names, level.tolist(), score.tolist(), resamples=10).points]
    best = scipy.optimize.isotonic_regression(means, weights=weights, increasing=False).x
    yield "isotonic curve", "scipy isotonic_regression", float(np.abs(np.array(fitted) - best).max())
    at = np.repeat(np.arange(1.0, 6.0), 40)
    passed = (rng.random(200) < 1 / (1 + np.exp(at - 3))).astype(float)
    groups = np.tile(np.arange(10), 20)
    fit = sm.GLM(passed, sm.add_constant(at), family=sm.families.Binomial()).fit(
        tol=1e-14, maxiter=200, cov_type="cluster", cov_kwds={"groups": groups}
    )
    curved = logistic([f"g{group}" for group in groups], at.tolist(), passed.tolist())
    yield "logistic slope", "statsmodels GLM Binomial", abs((curved.slope.value or 0) - fit.params[1])
    yield "its clustered error", "statsmodels GLM Binomial", abs((curved.slope.stderr or 0) - fit.bse[1])


if __name__ == "__main__":
    asked_for = {"speed": speed, "alarms": alarms, "agreement": agreement}[sys.argv[1]]
    for line in asked_for():
        sys.stdout.write(line + "\n")
