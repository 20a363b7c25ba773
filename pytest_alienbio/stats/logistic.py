"""The chance to pass against difficulty, as an S-curve with its middle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isfinite, sqrt
from typing import TYPE_CHECKING

from ..model import Estimate, Interval, Logistic
from .columns import NO_PROPERTY
from .intervals import t_quantile
from .pairing import NOT_JUDGED
from .units import LARGEST, TOO_LARGE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDS = 100
SLACK = 1e-12
"""Share of the log likelihood within which a step counts as no worse: at the top it is flat to rounding."""
FEW = 6
"""Scenarios below which a robust standard error leans on too little."""


def logistic(
    scenarios: Sequence[str],
    x: Sequence[float | None],
    passed: Sequence[float | bool | None],
    *,
    name: str = "difficulty",
    level: float = 0.95,
) -> Logistic:
    """`P(pass)` over x, fitted to cells: three columns of one length; `passed` is 0, 1 or a fraction (a score in [0, 1]).

    Maximum likelihood (IRLS); fractions: the same fit as quasi-binomial. Standard errors are robust to cells of one scenario
    being alike (CR1, with its factor G/(G-1) (n-1)/(n-2)), t intervals with G - 1 degrees of freedom; of one scenario alone
    they are the model's own, for other worlds of it, and it is said. `d50 = -a/b` by the delta method. No finite slope
    (separation): no fit, but the bracket. Rows without an x or a verdict are missing, and counted.
    Raises `ValueError` for columns that do not fit, an x that is not finite, or a fraction outside [0, 1].
    McCullagh and Nelder (1989), Generalized Linear Models; Liang and Zeger (1986), Biometrika 73, 13-22; Albert and Anderson
    (1984), Biometrika 71, 1-10, for separation.
    """
    import numpy as np

    rows, missing = _rows(scenarios, x, passed)
    levels, shares = np.array([at for _, at, _ in rows]), np.array([share for _, _, share in rows])
    count = len({scenario for scenario, _, _ in rows})
    bare = Estimate(None, n=len(rows), missing=missing, method="logistic", unit="cells")
    why, bracket = _untold(levels, shares)
    if why:
        lost = Estimate(None, n=len(rows), missing=missing, method="logistic", why=why, unit="cells")
        return Logistic(name, lost, lost, lost, bracket, cells=len(rows), scenarios=count, why=why)
    centre, scale = float(levels.mean()), float(levels.std())
    design = np.column_stack([np.ones(len(levels)), (levels - centre) / scale])
    beta = _fit(design, shares)
    chance = _chance(design @ beta)
    weights = chance * (1 - chance)
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    fractional = bool(((shares > 0) & (shares < 1)).any())
    dispersion = float(((shares - chance) ** 2 / weights).sum() / (len(rows) - 2)) if fractional and len(rows) > 2 else None
    notes: list[str] = []
    if count > 1:
        names = {scenario: place for place, scenario in enumerate(sorted({scenario for scenario, _, _ in rows}))}
        scores = np.zeros((count, 2))
        np.add.at(scores, [names[scenario] for scenario, _, _ in rows], design * (shares - chance)[:, None])
        factor = count / (count - 1) * (len(rows) - 1) / max(1, len(rows) - 2)
        covariance, df = factor * bread @ (scores.T @ scores) @ bread, float(count - 1)
        if count < FEW:
            notes.append(f"{count} scenarios are few: the intervals lean on their being alike")
    else:
        covariance, df = bread * (dispersion or 1.0), float("inf")
        notes.append("one scenario: intervals are for other worlds of it, not for other scenarios")
    half = t_quantile((1 + level) / 2, df)

    def told(value: float, variance: float) -> Estimate:
        error = sqrt(max(0.0, variance))
        if not error:
            why = "no spread between scenarios, which is no proof of certainty"
            return Estimate(value, None, bare.n, missing, method="logistic", mark="degenerate", why=why, unit="cells")
        interval = Interval(value - half * error, value + half * error, level)
        freedom = df if isfinite(df) else None
        return Estimate(value, interval, bare.n, missing, error, freedom, method="logistic", unit="cells")

    # In standard units, where nothing cancels: z = p + q (x - centre) / scale.
    p, q = beta.tolist()
    away = np.array([1.0, -centre / scale])
    start = told(p - q * centre / scale, float(away @ covariance @ away))
    slope = told(q / scale, float(covariance[1, 1]) / scale**2)
    if q == 0:
        d50 = Estimate(None, n=bare.n, missing=missing, method="logistic", why="the slope is zero", unit="cells")
    else:
        half_way = -p / q
        along = np.array([1.0, half_way]) * scale / q
        d50 = told(centre + scale * half_way, float(along @ covariance @ along))
    if slope.interval is not None and slope.interval.low <= 0 <= slope.interval.high:
        notes.append("the slope may be zero: where half pass can hardly be told")
    if d50.value is not None and not levels.min() <= d50.value <= levels.max():
        notes.append(f"half pass outside of what was played ({levels.min():g} to {levels.max():g}): extrapolated")
    return Logistic(name, start, slope, d50, None, dispersion, len(rows), count, notes=tuple(notes))


def _rows(
    scenarios: Sequence[str], x: Sequence[float | None], passed: Sequence[float | bool | None]
) -> tuple[list[tuple[str, float, float]], dict[str, int]]:
    if not len(scenarios) == len(x) == len(passed):
        raise ValueError(f"expected columns of one length, got {len(scenarios)}, {len(x)} and {len(passed)}")
    rows: list[tuple[str, float, float]] = []
    missing: Counter[str] = Counter()
    for scenario, at, share in zip(scenarios, x, passed, strict=True):
        if at is None or share is None:
            missing[NOT_JUDGED if share is None else NO_PROPERTY] += 1
            continue
        if not isfinite(at) or not 0.0 <= share <= 1.0:
            raise ValueError(f"expected a finite number and a share between 0 and 1, got {at!r} and {share!r}")
        if abs(at) > LARGEST:
            missing[TOO_LARGE] += 1
            continue
        rows.append((scenario, float(at), float(share)))
    return sorted(rows), dict(missing)


def _untold(x: Floats, shares: Floats) -> tuple[str, tuple[float, float] | None]:
    """Why there is no finite fit, and between where passing turns into failing if that is why."""
    if len(x) < 3:
        return f"{len(x)} of at least 3 cells", None
    if x.min() == x.max():
        return "one level only", None
    good, bad = x[shares > 0], x[shares < 1]
    if not len(good):
        return "nothing passes at any level", None
    if not len(bad):
        return "everything passes at every level", None
    if good.max() <= bad.min():
        return "no finite slope fits: what passes is all below what fails", (float(good.max()), float(bad.min()))
    if bad.max() <= good.min():
        return "no finite slope fits: what fails is all below what passes", (float(bad.max()), float(good.min()))
    return "", None


def _fit(design: Floats, shares: Floats) -> Floats:
    """Newton's method with halved steps: the likelihood is concave, and has a top where nothing is separated."""
    import numpy as np

    beta = np.zeros(design.shape[1])
    best = _likelihood(design @ beta, shares)
    for _ in range(ROUNDS):
        chance = _chance(design @ beta)
        gradient = design.T @ (shares - chance)
        if np.abs(gradient).max() <= 1e-12 * len(shares):
            break
        step = np.linalg.solve(design.T @ (design * (chance * (1 - chance))[:, None]), gradient)
        for _ in range(60):
            value = _likelihood(design @ (beta + step), shares)
            if value >= best - SLACK * abs(best):
                break
            step = step / 2
        else:
            break  # no better point within rounding: this is the top
        beta, best = beta + step, value
    return beta


def _chance(z: Floats) -> Floats:
    from scipy.special import expit  # type: ignore[import-untyped, unused-ignore]

    found: Floats = expit(z)
    return found


def _likelihood(z: Floats, shares: Floats) -> float:
    import numpy as np

    return float((shares * z - np.logaddexp(0.0, z)).sum())
