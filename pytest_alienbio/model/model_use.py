"""Which language model a cell was really played with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .price import Price

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What answered, and at what price: enough to see that a model has changed under its name, and to reckon a cost anew."""

    provider: str
    requested: str
    """The model's name as it was asked for."""
    resolved: tuple[str, ...] = ()
    """As the provider called what answered, each once, in the order of their first answers."""
    sdk: str = ""
    """What spoke to it: `openai 3.57.0`; '' for what was recorded."""
    price: Price | None = None
    """By which `Usage.usd` was reckoned."""
    responses: tuple[str, ...] = ()
    """The provider's ids of its answers, in order."""


def answered_by_several(agent: str, cells: Mapping[str, int]) -> str:
    """That several models answered under one name in one run, by the number of their cells; '' if one did."""
    if len(cells) < 2:
        return ""
    told = " and ".join(f"{name} ({count:,} {'cell' if count == 1 else 'cells'})" for name, count in _first(cells.items()))
    return f"{agent} was answered by {told}: the model changed under its name, and this run's numbers of it mix them"


def changed_since(agent: str, before: Collection[str], now: Collection[str], where: str, here: str = "here") -> str:
    """That another model answers now under the name that was asked for in `where`; '' if the same does, or nobody told."""
    if not before or not now or set(before) == set(now):
        return ""
    was, answers = (" and ".join(_first(sorted(names))) for names in (before, now))
    return f"{agent} was answered by {was} in {where}, and by {answers} {here}: the model changed under its name"


def _first(names: Iterable[T], most: int = 4) -> list[T]:
    return list(names)[:most]
