"""How many seeds a drop needs before it can be seen, and how small a drop so many seeds can show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, inf, isfinite, lgamma, log, sqrt
from statistics import NormalDist

from ..model import SeedPlan
from .moments import Moments

PILOT_LEVEL = 0.2
"""A pilot's spread is taken at its 80 % upper limit: small ones understate it."""
WORST = 0.25
"""The largest variance of a score between 0 and 1."""
MANY = 10_000
"""Degrees of freedom from which t is the normal distribution, to four digits of the power."""

MOST = 10**12
"""More seeds than this nobody plays."""
FAR = 36.0
"""Standard errors up to which the noncentral t can be summed up among the floats."""

_NORMAL = NormalDist()
_EDGE = 1e-9


def required_seeds(
    drop: float,
    sd_diff: float | None = None,
    *,
    scenarios: int = 1,
    tests: int = 1,
    alpha: float = 0.05,
    power: float = 0.8,
    paired: bool = True,
    n_base: int | None = None,
    tol: float = 0.0,
    population: bool = False,
    pilot: Sequence[float] | float | None = None,
    between: float | None = None,
    mean: float | None = None,
) -> SeedPlan:
    """Seeds a scenario with which a drop (in the mean over `scenarios`) is seen with a chance of `power`, one-sided.

    `sd_diff`: standard deviation of the difference of two runs of one cell, `sqrt(2 (1 - rho))` times that of a score.
    `pilot`: such differences, or how many `sd_diff` is from (degrees of freedom + 1); the spread is then taken at its 80 %
    upper limit, `s sqrt((n - 1) / chi2(0.2; n - 1))`. Neither: scores from 0 to 1 whose mean is `mean` (worst: 0.5), of runs
    that share nothing. `alpha / tests` is what the question may spend; a drop up to `tol` is none.

    Normal: `(z_{1 - alpha/tests} + z_power)^2 sd_diff^2 / (scenarios (drop - tol)^2)`; for one leaf then raised until the
    noncentral t reaches `power`. Unpaired (`paired=False`, other seeds) against `n_base` stored runs a leaf, None for as many
    as the new ones: `1 / (scenarios (drop - tol)^2 / (z^2 sigma^2) - 1/n_base)`, `sigma^2 = sd_diff^2 / 2`. Never fewer than
    the floor, below which there are too few relabellings to reject at all: `2^-(n scenarios) <= alpha/tests`, or
    `C(n_base + n, n)^-scenarios`. `population`: the drop on new scenarios of this kind, with the true drop's standard
    deviation `between` scenarios: `Var = (between^2 + sd_diff^2 / n) / scenarios`.

    Raises `ValueError` for what makes no sense: drop <= tol, alpha not between 0 and power, less than one scenario, ...
    """
    _check(drop, tol, alpha, power, scenarios, tests, n_base)
    spread = _spread(sd_diff, pilot, mean)
    level = alpha / tests
    edge = z_sum(level, power)
    base = None if paired else n_base
    whole = population and 2.0**-scenarios > level
    floor = None if whole else _floor(level, 1 if population else scenarios, paired=paired, n_base=base, population=population)
    if population:
        if between is None or not 0 <= between < inf:
            raise ValueError(f"population needs `between`, how the true drop varies from scenario to scenario, got {between!r}")
        return _new_scenarios(drop - tol, spread, between, edge, scenarios, level, floor, paired=paired, n_base=base, tol=tol)
    # Seeds if 1/n were all there is; with a stored baseline it is (1/n + 1/n_base) / 2 that must fall to 1/alone.
    alone = _square(edge * spread / (drop - tol)) / scenarios
    inverse = (inf if alone == 0 else 1 / alone) if base is None else (inf if alone == 0 else 2 / alone) - 1 / base
    if base is None and alone > MOST:
        note = f"more than {MOST:,} seeds a scenario: ask for a larger drop, or add scenarios"
        return SeedPlan(None, None, None, floor, None, note, spread)
    if base is not None and inverse * MOST < 1:
        sees = tol + edge * spread / sqrt(2 * scenarios * base)
        note = (
            f"the baseline is too small: against {base:,} stored {'run' if base == 1 else 'runs'} a scenario no number of new "
        )
        note += (
            f"ones shows a drop of {drop:g} (at best one above {sees:.3g}); record more baseline runs, or use its seeds again"
        )
        return SeedPlan(None, None, None, floor, None, note, spread)
    least = 1 if floor is None else floor
    n = max(1, ceil(1 / inverse - _EDGE))
    if scenarios == 1 and spread > 0:
        n = _raised(max(n, 2), lambda many: chance(drop - tol, spread, many, level, paired=paired, n_base=base) >= power)
    notes = [f"fewer than {least} can never reject, whatever the drop"] if least > n else []
    notes += ["the spread is 0: one clear drop more or less decides"] if spread == 0 else []
    n = max(n, least)
    return SeedPlan(
        n,
        1.0 if spread == 0 else chance(drop - tol, spread, n, level, scenarios=scenarios, paired=paired, n_base=base),
        detectable_drop(
            n, spread, scenarios=scenarios, tests=tests, alpha=alpha, power=power, paired=paired, n_base=base, tol=tol
        ),
        floor,
        n * scenarios,
        "; ".join(notes),
        spread,
    )


def detectable_drop(
    n: int,
    sd_diff: float,
    *,
    scenarios: int = 1,
    tests: int = 1,
    alpha: float = 0.05,
    power: float = 0.8,
    paired: bool = True,
    n_base: int | None = None,
    tol: float = 0.0,
) -> float | None:
    """The drop that `n` seeds a scenario show with a chance of `power`: `tol + (z_{1 - alpha/tests} + z_power) stderr`.

    `stderr = sd_diff / sqrt(scenarios n)`, unpaired against `n_base` runs `sd_diff sqrt((1/n + 1/n_base) / (2 scenarios))`.
    None if so few seeds can never reject. Raises `ValueError` as `required_seeds`. Needs no scipy.
    """
    _check(2 * tol + 1.0, tol, alpha, power, scenarios, tests, n_base)
    base = None if paired else n_base
    if n < 1 or n < _floor(alpha / tests, scenarios, paired=paired, n_base=base):
        return None
    return tol + z_sum(alpha / tests, power) * _stderr(sd_diff, n, scenarios, base)


def fewest_seeds(level: float, *, scenarios: int = 1, paired: bool = True, n_base: int | None = None) -> int:
    """The fewest new runs a scenario whose relabellings can give a p of `level`; unpaired without `n_base`: as many on each
    side."""
    return _floor(level, scenarios, paired=paired, n_base=n_base)


def chance(
    drop: float, sd_diff: float, n: int, level: float, *, scenarios: int = 1, paired: bool = True, n_base: int | None = None
) -> float:
    """The chance that a one-sided test at `level` sees this drop: the noncentral t for one leaf, else the normal."""
    stderr = _stderr(sd_diff, n, scenarios, None if paired else n_base)
    shift = drop / stderr
    df = n - 1 if paired else n + (n if n_base is None else n_base) - 2
    if scenarios > 1 or df > MANY or df < 1:
        return _NORMAL.cdf(shift - _NORMAL.inv_cdf(1 - level))
    from scipy.special import gammainc, nctdtr, stdtrit  # type: ignore[import-untyped, unused-ignore]

    edge = float(stdtrit(df, 1 - level))
    if shift < FAR:
        return 1.0 - float(nctdtr(df, shift, edge))
    if edge <= 0:
        return 1.0
    # Beyond, its first term underflows. P((Z + shift) / sqrt(chi2/df) > edge), Z by Gauss and Hermite's three points.
    points = ((0.0, 2 / 3), (sqrt(3), 1 / 6), (-sqrt(3), 1 / 6))
    return float(sum(weight * gammainc(df / 2, df * ((shift + z) / edge) ** 2 / 2) for z, weight in points))


def upper_sd(sd: float, df: float) -> float:
    """The 80 % upper limit of a standard deviation that was seen with so many degrees of freedom."""
    if not df > 0:
        raise ValueError(f"a spread takes two values, got {df!r} degrees of freedom")
    from scipy.special import gammaincinv  # type: ignore[import-untyped, unused-ignore]

    return sd * sqrt(df / (2 * float(gammaincinv(df / 2, PILOT_LEVEL))))


def z_sum(level: float, power: float) -> float:
    """`z_{1 - level} + z_power`: how many standard errors a drop must have."""
    return _NORMAL.inv_cdf(1 - level) + _NORMAL.inv_cdf(power)


def _check(drop: float, tol: float, alpha: float, power: float, scenarios: int, tests: int, n_base: int | None) -> None:
    if not (isfinite(drop) and 0 <= tol < drop):
        raise ValueError(f"a drop to be seen is larger than the tolerance, which is not negative; got {drop!r} and {tol!r}")
    if not 0.0 < alpha < power < 1.0:
        raise ValueError(f"expected 0 < alpha < power < 1, got alpha {alpha!r} and power {power!r}")
    if scenarios < 1 or tests < 1 or (n_base is not None and n_base < 1):
        raise ValueError(f"scenarios, tests and n_base are at least 1, got {scenarios!r}, {tests!r} and {n_base!r}")


def _spread(sd_diff: float | None, pilot: Sequence[float] | float | None, mean: float | None) -> float:
    if isinstance(pilot, int | float):
        if sd_diff is None:
            raise ValueError("a pilot's size alone says nothing: give its sd_diff, too, or its differences")
        df = float(pilot) - 1
    elif pilot is not None:
        if sd_diff is not None:
            raise ValueError("give sd_diff, or a pilot's differences, not both")
        moments = Moments()
        for difference in pilot:
            moments.add(difference)
        if moments.variance is None:
            raise ValueError(f"a pilot takes two differences, got {moments.n}")
        sd_diff, df = sqrt(moments.variance), moments.n - 1.0
    if sd_diff is None:
        if mean is not None and not 0 <= mean <= 1:
            raise ValueError(f"without a spread scores lie between 0 and 1; got the mean {mean!r}")
        return sqrt(2 * (WORST if mean is None else mean * (1 - mean)))
    if not 0 <= sd_diff < inf:
        raise ValueError(f"a standard deviation is a finite number, not negative, got {sd_diff!r}")
    return sd_diff if pilot is None else upper_sd(sd_diff, df)


def _stderr(sd_diff: float, n: int, scenarios: int, base: int | None) -> float:
    return sd_diff * sqrt((1 / n if base is None else (1 / n + 1 / base) / 2) / scenarios)


def _floor(level: float, scenarios: int, *, paired: bool, n_base: int | None, population: bool = False) -> int:
    if population:
        return 1
    wanted = -log(level) / scenarios * (1 - 1e-12)

    def enough(n: int) -> bool:
        if paired:
            return n * log(2) >= wanted
        base = n if n_base is None else n_base
        return lgamma(base + n + 1) - lgamma(n + 1) - lgamma(base + 1) >= wanted

    return _raised(1, enough)


def _raised(start: int, enough: Callable[[int], bool]) -> int:
    """The least n >= start that is enough, if more of them are, too."""
    if enough(start):
        return start
    low, step = start, 1
    while not enough(low + step):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _new_scenarios(
    drop: float,
    spread: float,
    between: float,
    edge: float,
    scenarios: int,
    level: float,
    floor: int | None,
    *,
    paired: bool,
    n_base: int | None,
    tol: float,
) -> SeedPlan:
    """The plan where scenarios are the sample."""
    # Variances in units of that which shows the drop.
    own, across = _square(edge * spread / drop), _square(edge * between / drop)
    stored = 0.0 if n_base is None else own / (2 * n_base)
    share = own if n_base is None else own / 2
    rest = scenarios - across - stored
    if floor is None or rest * MOST <= share:
        few = _raised(1, lambda many: 2.0**-many <= level)
        needed = max(few, int(min(across + stored, MOST)) + 1)
        why = f"{scenarios:,} {'scenario' if scenarios == 1 else 'scenarios'}, whatever the seeds, "
        why += "can never reject: whole scenarios are relabelled" if floor is None else "vary too much among themselves"
        note = f"more seeds cannot help: add scenarios, at least {needed:,} in all ({why})"
        return SeedPlan(None, None, None, floor, None, note, spread, needed)
    n = max(1, ceil(share / rest - _EDGE))
    error = sqrt((across + stored + share / n) / scenarios)
    reached = _NORMAL.cdf(edge / error - _NORMAL.inv_cdf(1 - level)) if error else 1.0
    return SeedPlan(n, reached, tol + drop * error, floor, n * scenarios, "", spread)


def _square(value: float) -> float:
    """inf where it is too large for a float."""
    return value * value if value < 1e150 else inf
