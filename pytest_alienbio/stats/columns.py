"""Cells as columns, brought to what is the unit of a question about a property: a scenario, or a scenario at one level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from typing import TypeAlias

from .units import LARGEST, TOO_LARGE

Value: TypeAlias = "float | str | bool | None"

NO_PROPERTY = "no property"
NO_SCORE = "no score"


@dataclass(frozen=True, slots=True)
class Dot:
    """A scenario's mean score where the property is x."""

    scenario: str
    x: float | str
    y: float
    cells: int


def dots(scenarios: Sequence[str], x: Sequence[Value], y: Sequence[float | None]) -> tuple[list[Dot], dict[str, int]]:
    """One dot a scenario and level, sorted by scenario and level, and the rows that could not enter, by why.

    Texts and truth values are categories (`yes`, `no`). Raises `ValueError` for columns of different length, numbers that are
    not finite, or a property that is a number here and a text there.
    """
    if not len(scenarios) == len(x) == len(y):
        raise ValueError(f"expected columns of one length, got {len(scenarios)}, {len(x)} and {len(y)}")
    found: dict[tuple[str, float | str], list[float]] = {}
    missing: dict[str, int] = {}
    for scenario, level, score in zip(scenarios, x, y, strict=True):
        if level is None or score is None:
            why = NO_SCORE if score is None else NO_PROPERTY
            missing[why] = missing.get(why, 0) + 1
            continue
        at = ("no", "yes")[level] if isinstance(level, bool) else level if isinstance(level, str) else float(level)
        if not isfinite(score) or (isinstance(at, float) and not isfinite(at)):
            raise ValueError(f"expected finite numbers or None, got {level!r} and {score!r}")
        if abs(score) > LARGEST or (isinstance(at, float) and abs(at) > LARGEST):
            missing[TOO_LARGE] = missing.get(TOO_LARGE, 0) + 1
            continue
        found.setdefault((scenario, at), []).append(float(score))
    if len({isinstance(at, str) for _, at in found}) > 1:
        raise ValueError("a property is numbers or categories, not both")
    # Of one kind, as just seen: they can be sorted.
    keys = sorted(found, key=lambda key: (key[0], key[1]))
    return [Dot(*key, fsum(found[key]) / len(found[key]), len(found[key])) for key in keys], missing


def clusters(points: Iterable[Dot]) -> list[int]:
    """Of each dot, the place of its scenario among them."""
    places: dict[str, int] = {}
    return [places.setdefault(point.scenario, len(places)) for point in points]
