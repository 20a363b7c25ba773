"""`seeds: {min: 3, max: 10, until: decided}`: after how many seeds the gates look, declared before anything is played."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import sqrt

from ..errors import Complaint
from ..model import Source
from ..model.source import Path
from .complaints import at

WORDS = frozenset({"min", "max", "until", "looks"})
"""Keys that tell it from `{start, count}`."""


def looks_between(least: int, most: int) -> tuple[int, ...]:
    """Three looks, evenly spaced as ratios go: `least`, the geometric mean of both, `most`; two if there is none between."""
    return tuple(sorted({least, round(sqrt(least * most)), most}))


def check_looks(source: Source, path: Path) -> Iterator[Complaint]:
    """What is wrong with the raw value at `path` that takes more than one number to see."""
    head = at(source.value, path[:-1])
    seeds = head.get(path[-1]) if isinstance(head, dict) else None
    if not isinstance(seeds, dict) or not seeds.keys() & WORDS:
        return
    least, most, looks = (seeds.get(key) for key in ("min", "max", "looks"))
    if isinstance(looks, list):
        yield from _listed(source, path, [look for look in looks if _whole(look)], seeds)
        return
    if "looks" not in seeds and "until" in seeds:
        for key in ("min", "max"):
            if key not in seeds:
                yield source.complain(path, f"`{key}` is missing", hint="like {min: 3, max: 10, until: decided}", key=True)
    if isinstance(least, int) and isinstance(most, int) and least >= most:
        what = f"`seeds.min` is {least} and `seeds.max` {most}"
        yield source.complain((*path, "max"), what, expected="more than `min`", hint=f"for a fixed number: `seeds: {most}`")


def _listed(source: Source, path: Path, looks: list[int], seeds: dict[str, object]) -> Iterator[Complaint]:
    if any(later <= earlier for earlier, later in pairwise(looks)):
        yield source.complain((*path, "looks"), "`seeds.looks` does not rise", expected="numbers of seeds, like [3, 5, 10]")
        return
    for key, end in (("min", looks[:1]), ("max", looks[-1:])):
        said = seeds.get(key)
        if _whole(said) and end and said != end[0]:
            what = f"`seeds.{key}` is {said}, and `looks` {'begins' if key == 'min' else 'ends'} with {end[0]}"
            yield source.complain((*path, key), what, hint=f"leave `{key}` out, or make them alike")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
