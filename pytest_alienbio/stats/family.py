"""Many comparisons asked at once, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from ..model import Family
from .units import Unit


def compare_all(cells: Mapping[str, Sequence[Unit]], *, reference: str | None = None, **options: object) -> Family:
    """All pairs of agents, or all against `reference`, p values adjusted by Holm. `options`: those of `compare`.

    `cells`: the units of each agent, by name. Pairs stand in the order of the names. Raises `ValueError` if `reference` is
    no name, or for fewer than two agents.
    """
    raise NotImplementedError("compare_all")


def drill_down(a: Sequence[Unit], b: Sequence[Unit], *, q: float = 0.10, **options: object) -> Family:
    """A against B on each scenario by itself, Benjamini-Hochberg at `q`: exploratory. Options as for `compare`."""
    raise NotImplementedError("drill_down")


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
