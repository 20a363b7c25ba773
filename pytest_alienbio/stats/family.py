"""Many comparisons asked at once, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, combinations
from math import ceil
from typing import Any, TypedDict, Unpack

from ..model import Comparison, Family, PValue
from .comparison import compare, compare_pairs
from .pairing import Grid, Measure
from .terms import Terms
from .units import Unit


class Options(TypedDict, total=False):
    """What `compare` takes by name."""

    better: str
    measure: Measure
    unpaired: bool
    margin: float | None
    alpha: float
    power: float
    level: float
    draws: int
    resamples: int
    seed: int


def compare_all(cells: Mapping[str, Sequence[Unit]], *, reference: str | None = None, **options: Unpack[Options]) -> Family:
    """All pairs of agents, or all against `reference`, p values adjusted by Holm. `options`: those of `compare`.

    `cells`: the units of each agent, by name. Pairs stand in the order of the names, A - B with A the earlier one; against a
    reference it is always B. Each p, interval and number is what `compare` gives for the pair alone, but for more draws where
    there are so many pairs that 9,999 could not show anything. Raises `ValueError` if `reference` is no name, for fewer than
    two agents, and as `compare` does.
    """
    names = list(cells)
    if len(names) < 2:
        raise ValueError(f"a comparison takes two agents, got {names!r}")
    if reference is not None and reference not in cells:
        raise ValueError(f"no agent is called {reference!r}; there are {', '.join(map(repr, names))}")
    if reference is None:
        chosen = list(combinations(range(len(names)), 2))
    else:
        chosen = [(at, names.index(reference)) for at, name in enumerate(names) if name != reference]
    terms = several(options, len(chosen))
    found = with_holm(compare_pairs(Grid.of([cells[name] for name in names], terms.measure), names, chosen, terms))
    tested = sum(one.p.value is not None for one in found)
    return Family(tuple(found), "Holm", terms.alpha, tested, reference=reference)


def several(options: Options, tests: int) -> Terms:
    """The terms of as many comparisons at once: with enough draws that any of them could show something."""
    terms = Terms(**options, tests=tests)
    return replace(terms, draws=max(terms.draws, ceil(2 * tests / terms.alpha) - 1))


def with_holm(found: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons with their p values, and those for new scenarios, adjusted for how many they are."""
    within, across = _holm([one.p for one in found]), _holm([one.p_population for one in found])
    return [replace(one, p=p, p_population=new) for one, p, new in zip(found, within, across, strict=True)]


def with_benjamini_hochberg(found: Sequence[Comparison], q: float, what: str, **more: Any) -> Family:
    """Comparisons of `what` (`scenario`) as an exploratory family at `q`; `more`: its other fields."""
    adjusted = benjamini_hochberg([one.p.value for one in found])
    tested = sum(p is not None for p in adjusted)
    family = f"Benjamini-Hochberg, {_many(tested, what)}"
    told = [
        one if p is None else replace(one, p=replace(one.p, adjusted=p, family=family))
        for one, p in zip(found, adjusted, strict=True)
    ]
    return Family(tuple(told), "Benjamini-Hochberg", q, tested, exploratory=True, **more)


def drill_down(
    a: Sequence[Unit], b: Sequence[Unit], *, names: tuple[str, str] = ("A", "B"), q: float = 0.10, **options: Unpack[Options]
) -> Family:
    """A against B on each scenario by itself, Benjamini-Hochberg at `q`: exploratory, where to look next. Options as `compare`.

    Scenarios stand in the order of their names; each is one stratum, with an interval over its worlds.
    """
    sides: dict[str, tuple[list[Unit], list[Unit]]] = {}
    for place, units in enumerate((a, b)):
        for unit in units:
            sides.setdefault(unit.scenario, ([], []))[place].append(unit)
    options = {**options, "alpha": q}
    scenarios = sorted(sides)
    found = [compare(*sides[scenario], names=names, **options) for scenario in scenarios]
    return with_benjamini_hochberg(found, q, "scenario", by_scenario=tuple(scenarios))


def holm(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """`ps`, adjusted so that the chance of any false alarm among them is at most what one is held against.

    A missing one stays missing and is not counted. Raises `ValueError` for a p outside [0, 1].
    Holm (1979), Scand. J. Stat. 6, 65-70.
    """
    return _stepped(ps, lambda place, count: count - place, up=True)


def benjamini_hochberg(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """`ps`, adjusted so that among those at most q, a share of at most q is false.

    Valid for independent and for positively dependent p values. A missing one stays missing and is not counted. Raises
    `ValueError` for a p outside [0, 1]. Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.
    """
    return _stepped(ps, lambda place, count: count / (place + 1), up=False)


def _stepped(ps: Sequence[float | None], factor: Callable[[int, int], float], *, up: bool) -> tuple[float | None, ...]:
    """Each p times its place's factor, made monotone: from the smallest upwards (Holm), or from the largest downwards."""
    known = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    if wrong := [p for p, _ in known if not 0.0 <= p <= 1.0]:
        raise ValueError(f"a p value lies in [0, 1], got {wrong[0]!r}")
    scaled = [p * factor(place, len(known)) for place, (p, _) in enumerate(known)]
    steps = accumulate(scaled, max) if up else reversed(list(accumulate(reversed(scaled), min)))
    adjusted: list[float | None] = [None] * len(ps)
    for (_, place), p in zip(known, steps, strict=True):
        adjusted[place] = min(1.0, p)
    return tuple(adjusted)


def _holm(ps: Sequence[PValue]) -> list[PValue]:
    """With a family of one nothing is adjusted. The least p of all is multiplied by their number, and so is every floor."""
    known = [p for p in ps if p.value is not None]
    if len(known) < 2:
        return list(ps)
    family = f"Holm, {_many(len(known), 'pair')}"
    lowest = min((p.floor for p in known if p.floor is not None), default=None)
    floors = [None if p.floor is None or lowest is None else min(1.0, max(p.floor, lowest * len(known))) for p in ps]
    adjusted = holm([p.value for p in ps])
    return [
        p if value is None else replace(p, adjusted=value, family=family, floor=floor)
        for p, value, floor in zip(ps, adjusted, floors, strict=True)
    ]


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
