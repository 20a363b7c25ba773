"""Do scores go with a property of what was played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ..model import Correlation, Estimate, Interval, PValue
from .columns import Dot, Value, clusters, dots
from .family import benjamini_hochberg
from .partial import partial_spearman
from .present import magnitude
from .ranks import rank_interval
from .shuffle import shuffled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Method = Literal["spearman", "kendall", "eta2"]

FEWEST = 5
"""Units below which nothing is told."""
SHUFFLE = 30
"""Scenarios up to which p is by permutation; above, by the usual approximation."""
RESAMPLE = 10
"""Scenarios from which they are resampled, where one has several levels."""
RESAMPLES = 2000
PAIRS = 300_000_000
"""Pairs of units that Kendall's permutations may look at: with many units it takes fewer draws, at least 999."""
CONFOUNDED = "properties of generated worlds go together: a correlation with one may be due to another"


def correlate(
    scenarios: Sequence[str],
    x: Sequence[Value],
    scores: Sequence[float | None],
    *,
    name: str = "difficulty",
    method: Method | None = None,
    level: float = 0.95,
    draws: int = 9999,
    seed: int = 0,
) -> Correlation:
    """How scores go with the property `x`: three columns of one length, one row a cell, in any order.

    The unit is a scenario's mean score, at each level of x where a scenario has several: not a cell. Method None: Spearman
    for numbers, eta2 (share of variance between categories) for texts and truth values. Fewer than five units, or one side
    constant: missing. Rows without an x or a score are missing, and counted. One level a scenario: interval by Bonett and
    Wright (2000), Psychometrika 65, 23-28, p by permutation up to 30 scenarios, then by scipy's approximation. Several levels
    in a scenario: they are exchanged within it, however many, and the interval resamples scenarios, from ten on.
    Raises `ValueError` for columns that do not fit, numbers that are not finite, or a method that does not suit the property.
    """
    found, missing = dots(scenarios, x, scores)
    categories = bool(found) and isinstance(found[0].x, str)
    chosen = method or ("eta2" if categories else "spearman")
    if chosen not in ("spearman", "kendall", "eta2") or (categories and chosen != "eta2"):
        raise ValueError(f"{name} is made of {'categories' if categories else 'numbers'}: method {chosen!r} does not suit it")
    empty = Correlation(name, chosen, Estimate(None, n=len(found), missing=missing, unit=_unit(found)))
    if why := _untold(found):
        return replace(empty, value=replace(empty.value, why=why), p=PValue(None, n=len(found), why=why))
    if chosen == "eta2":
        return _eta2(empty, found, draws, seed)
    return _ranked(empty, found, _tau if chosen == "kendall" else _rho, level, draws, seed)


def correlate_all(
    scenarios: Sequence[str],
    properties: Mapping[str, Sequence[Value]],
    scores: Sequence[float | None],
    *,
    method: Literal["spearman", "kendall"] = "spearman",
    partial: bool = False,
    level: float = 0.95,
    draws: int = 9999,
    seed: int = 0,
) -> tuple[Correlation, ...]:
    """`correlate` for several properties, p values adjusted by Benjamini-Hochberg over them.

    `partial`: each number with the other numbers held constant (of ranks), to tell confounded properties apart; categories
    stay as they are.
    """
    numbers = {name: column for name, column in properties.items() if not any(isinstance(v, str | bool) for v in column)}
    found = []
    for name, column in properties.items():
        if partial and name in numbers and len(numbers) > 1:
            given = {other: values for other, values in numbers.items() if other != name}
            found.append(partial_spearman(scenarios, column, scores, given, name=name, level=level, draws=draws, seed=seed))
        else:
            by = method if name in numbers else None
            found.append(correlate(scenarios, column, scores, name=name, method=by, level=level, draws=draws, seed=seed))
    adjusted = benjamini_hochberg([one.p.value for one in found])
    count = sum(p is not None for p in adjusted)
    if count < 2:
        return tuple(found)
    family = f"Benjamini-Hochberg, {count} properties"
    return tuple(
        one if p is None else replace(one, p=replace(one.p, adjusted=p, family=family), notes=(*one.notes, CONFOUNDED))
        for one, p in zip(found, adjusted, strict=True)
    )


def _unit(found: Sequence[Dot]) -> str:
    return "scenarios" if len({dot.scenario for dot in found}) == len(found) else "scenario levels"


def _untold(found: Sequence[Dot]) -> str:
    if len(found) < FEWEST:
        return f"{len(found)} of at least {FEWEST} units"
    if len({dot.x for dot in found}) == 1:
        return "one level only"
    return "all scores are equal" if len({dot.y for dot in found}) == 1 else ""


Coefficient = tuple[float, float, Callable[["Ints"], "Floats"]]
"""The value, its p where units are independent and many, and the value under orders of y."""


def _rho(x: Floats, y: Floats) -> Coefficient:
    import numpy as np
    from scipy import stats  # type: ignore[import-untyped, unused-ignore]

    whole = stats.spearmanr(x, y)
    a, b = (stats.rankdata(side) - (len(side) + 1) / 2 for side in (x, y))
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(whole.statistic), float(whole.pvalue), lambda orders: b[orders] @ a / size


def _tau(x: Floats, y: Floats) -> Coefficient:
    import numpy as np
    from scipy import stats

    whole = stats.kendalltau(x, y)
    a, b = (np.sign(side[:, None] - side[None, :]) for side in (x, y))
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))

    def under(orders: Ints) -> Floats:
        step = max(1, 4_000_000 // (len(x) * len(x)))
        parts = [orders[at : at + step] for at in range(0, len(orders), step)]
        return np.concatenate([(b[some[:, :, None], some[:, None, :]] * a).sum(axis=(1, 2)) for some in parts]) / size

    return float(whole.statistic), float(whole.pvalue), under


def _ranked(
    empty: Correlation,
    found: Sequence[Dot],
    make: Callable[[Floats, Floats], Coefficient],
    level: float,
    draws: int,
    seed: int,
) -> Correlation:
    import numpy as np

    x, y = np.array([float(dot.x) for dot in found]), np.array([dot.y for dot in found])
    value, approximate, under = make(x, y)
    estimate = replace(empty.value, value=value, method=empty.method)
    places = clusters(found)
    count = places[-1] + 1
    if count == len(found):
        if count <= SHUFFLE:
            p = shuffled(under, value, [0] * count, draws=draws, seed=seed, what="permutation")
        else:
            p = PValue(approximate, f"{empty.method}'s approximation", count)
        return replace(empty, value=rank_interval(estimate, level), p=p)
    if empty.method == "kendall":
        draws = min(draws, max(999, PAIRS // len(found) ** 2))
    p = shuffled(under, value, places, draws=draws, seed=seed, what="permutation")
    if count < RESAMPLE:
        why = f"scenarios have several levels: its interval takes at least {RESAMPLE} scenarios to resample, there are {count}"
        return replace(empty, value=replace(estimate, why=why), p=p)
    return replace(empty, value=_resampled(estimate, x, y, places, level, seed), p=p)


def _resampled(found: Estimate, x: Floats, y: Floats, places: Sequence[int], level: float, seed: int) -> Estimate:
    """Percentile bootstrap over scenarios, each with all its levels."""
    import numpy as np
    from scipy import stats

    rng, m = np.random.default_rng(seed), places[-1] + 1
    rows = np.split(np.arange(len(x)), np.flatnonzero(np.diff(places)) + 1)
    drawn = []
    for picked in rng.integers(m, size=(RESAMPLES, m)):
        some = np.concatenate([rows[at] for at in picked])
        a, b = x[some], y[some]
        if a.min() == a.max() or b.min() == b.max():
            continue  # it has no correlation
        if found.method == "kendall":
            drawn.append(float(stats.kendalltau(a, b, method="asymptotic").statistic))
        else:
            a, b = stats.rankdata(a), stats.rankdata(b)
            drawn.append(float(np.corrcoef(a, b)[0, 1]))
    if len(drawn) < RESAMPLES / 2:
        return replace(found, why="most resamples have one level only")
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2)).tolist()
    method = f"{found.method}, scenarios resampled"
    return replace(found, interval=Interval(low, high, level), method=method, resamples=len(drawn), seed=seed)


def _eta2(empty: Correlation, found: Sequence[Dot], draws: int, seed: int) -> Correlation:
    import numpy as np

    groups = Counter(str(dot.x) for dot in found)
    empty = replace(empty, groups=dict(groups))
    if len(groups) == len(found):
        why = "every unit has a category of its own"
        return replace(empty, value=replace(empty.value, why=why), p=PValue(None, n=len(found), why=why))
    y = np.array([dot.y for dot in found])
    y = y - y.mean()
    y = y / magnitude(y.tolist())  # squares of tiny scores are no floats
    labels = list(groups)
    member = np.array([[str(dot.x) == label for label in labels] for dot in found], dtype=np.float64)
    sizes = member.sum(axis=0)
    total = float(y @ y)

    def under(orders: Ints) -> Floats:
        between: Floats = ((y[orders] @ member) ** 2 / sizes).sum(axis=1) / total
        return between

    value = float(under(np.arange(len(y))[None, :])[0])
    places = clusters(found)
    blocks = [0] * len(found) if places[-1] + 1 == len(found) else places
    p = shuffled(under, value, blocks, draws=draws, seed=seed, what="permutation")
    why = "no interval is given for a share of variance"
    return replace(empty, value=replace(empty.value, value=value, method="eta2", why=why), p=p)
