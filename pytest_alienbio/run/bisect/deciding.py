"""What two commits' cells say of each other, and what is made of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ...errors import SpecError
from ...model import Estimate, Interval
from ...stats import Unit as Cell
from ...stats import fixed_mean
from ...stats.comparison import bounds_of
from ...stats.means import EXACT
from ...stats.pairing import Grid
from ...stats.sequential import evidence_above, evidence_worse, fewest
from .probe import Unit

Decision = Literal["good", "bad", ""]
SAME = 1e-9
"""What two runs of one calculation may differ by, in shares of the numbers themselves."""
FIRST = 2
"""Seeds that the ends are played on before the first look."""
FEWEST = 12
"""Cells that can show a drop, if all of them have it."""
SHARE = 0.75
"""Of a drop between noisy ends: with half of it more commits stay undecided, with all of it more are cleared wrongly."""
ENOUGH_TWICE = 10
"""Cells of each end that must give the same number twice before undeclared determinism is believed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What all comparisons of one bisection have in common."""

    better: str
    bounds: tuple[float, float] | None
    """Of the metric; None: not known."""
    least: float | None = None
    """The drop that is looked for; None: any."""
    exact: bool = False
    """Whether numbers are what they are: the same cell gives the same again."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far one commit's cells are below another's, and how sure that is."""

    drop: Estimate
    worse: float
    sound: float | None
    """None: not asked, or the metric has no bounds."""
    cells: int


def read(good: Mapping[Unit, float], later: Mapping[Unit, float], units: Sequence[Unit], terms: Terms) -> Reading:
    """`later` against `good` on `units`, which both have, in the order they are played: whole rounds of one seed each."""
    sign = -1.0 if terms.better == "lower" else 1.0
    former, latter = [sign * good[unit] for unit in units], [sign * later[unit] for unit in units]
    slack = SAME * max((abs(value) for value in (*former, *latter)), default=0.0)
    drops = [0.0 if abs(a - b) <= slack else a - b for a, b in zip(former, latter, strict=True)]
    grid = Grid.of([_cells(units, former), _cells(units, latter)])
    pairs = grid.pairs(0, 1)
    bounds = bounds_of(abs(pairs.a), abs(pairs.b)) if len(pairs) else None
    drop = fixed_mean(pairs.strata(), bounds=bounds)
    if terms.exact and drop.value is not None:
        drop = replace(drop, interval=Interval(drop.value, drop.value), mark=EXACT, why="", method="every cell")
    return Reading(drop, evidence_worse(drops), _sound(units, drops, terms), len(units))


def _sound(units: Sequence[Unit], drops: Sequence[float], terms: Terms) -> float | None:
    """Evidence that the mean drop is below `terms.least`."""
    if terms.least is None or terms.bounds is None:
        return None
    width = terms.bounds[1] - terms.bounds[0]
    sizes = Counter(case[0] for _, case in units)
    # Each scenario weighs the same, however many cells it has.
    weights = [min(sizes.values()) / sizes[case[0]] for _, case in units]
    return evidence_above([-drop / width for drop in drops], -_share(terms), floor=-1.0, weights=weights)


def _share(terms: Terms) -> float:
    assert terms.bounds is not None
    assert terms.least is not None
    return min(0.99, terms.least / (terms.bounds[1] - terms.bounds[0]))


def decide(found: Reading, terms: Terms, alpha: float) -> Decision:
    """`bad` if it is shown to be worse and by at least half of what is looked for, `good` if it is shown to lack that drop;
    '' if neither is shown yet. Each is wrong with a chance of at most `alpha`. If both are shown, half the drop decides.
    """
    value = found.drop.value
    if value is None:
        return ""
    if found.worse >= 1 / alpha and value > 0 and value >= (terms.least or 0.0) / 2:
        return "bad"
    return "good" if found.sound is not None and found.sound >= 1 / alpha and value < (terms.least or 0.0) else ""


def decide_exactly(found: Reading, terms: Terms) -> Decision:
    """What cells that give the same number every time say, on the very cells that showed the drop."""
    value = found.drop.value
    if value is None:
        return ""
    return "bad" if value > 0 and value >= (terms.least or 0.0) * (1 - SAME) else "good"


def least_of(drop: Estimate, *, exact: bool) -> float:
    """The drop to look for between ends that are so far apart. Of exact numbers half: a commit is like the end it is nearer to.

    Of noisy ones what they show for sure, and at least `SHARE` of it: the ends are played until the drop is shown, which
    overstates it, and a commit with the whole drop must not be cleared; but the larger it is, the sooner others are.
    """
    assert drop.value is not None
    if exact:
        return drop.value / 2
    return max(SHARE * drop.value, drop.interval.low if drop.interval else 0.0)


def bounds_for(metric: str, values: Sequence[float], given: tuple[float, float] | None) -> tuple[float, float] | None:
    """The bounds of a metric: as `given`, else 0 and 1 of scores and passes. None: not known.

    Raises `SpecError` for values outside of them.
    """
    bounds = given or ((0.0, 1.0) if metric in ("score", "passed") else None)
    if bounds and (outside := [value for value in values if not bounds[0] - SAME <= value <= bounds[1] + SAME]):
        what = f"a {metric} of {outside[0]:g} lies outside of {bounds[0]:g} to {bounds[1]:g}"
        raise SpecError(f"{what}; say what the metric's bounds are with --bounds LOW..HIGH")
    return bounds


def repeats(numbers: Sequence[tuple[float, ...]], *, declared: bool) -> bool | None:
    """Whether cells that were played twice are deterministic; None if that cannot be told from these.

    Where agent and scenarios are not `declared` so, it takes `ENOUGH_TWICE` cells, and more to go by than passes and failures:
    an agent that passes 9 times in 10 does so twice running, too.
    """
    twice = [found for found in numbers if len(found) > 1]
    if any(abs(a - b) > SAME * max(abs(a), abs(b)) for first, *others in twice for a in [first] for b in others):
        return False
    if declared and twice:
        return True
    return True if len(twice) >= ENOUGH_TWICE and not {each[0] for each in twice} <= {0.0, 1.0} else None


def spend(alpha: float, most: int, decided: int) -> float:
    """The part of `alpha` that a decision may spend after `decided` others, if `most` beside that on the ends are expected.

    All parts together are at most `alpha`, however many there come to be. The first wrong decision stands on the path of right
    ones, which is fixed beforehand: so it is enough that each of that path is right.
    """
    share = alpha / (most + 2)
    return share if decided <= most else share / 2 ** (decided - most)


def cells_to_clear(terms: Terms, alpha: float) -> int | None:
    """How many cells that are all as good as before it takes to show that the drop is not there; None: too many to say."""
    if terms.least is None or terms.bounds is None:
        return None
    return fewest(-_share(terms), floor=-1.0, best=0.0, alpha=alpha)


def further(seeds: int, cases: int) -> int:
    """After how many seeds of so many cases to look again: twice as many, and as many as can tell anything."""
    return max(2 * seeds, -(-FEWEST // cases))


def _cells(units: Sequence[Unit], values: Sequence[float]) -> list[Cell]:
    return [
        Cell(scenario, seed, value, None if level < 0 else level, params, variant)
        for (seed, (scenario, level, params, variant)), value in zip(units, values, strict=True)
    ]
