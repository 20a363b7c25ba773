"""What a question gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from ..model import Json

_KINDS = ("needs", "poisons", "excretes", "preys_on", "promoted_by", "reduced_by")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told of one subject: by kind of tie the quantities at its other end, with a number (1 where none is told)."""

    needs: Mapping[str, float] = field(default_factory=dict)
    """Foods and their half-saturation: at that level the food halves growth."""
    poisons: Mapping[str, float] = field(default_factory=dict)
    excretes: Mapping[str, float] = field(default_factory=dict)
    preys_on: Mapping[str, float] = field(default_factory=dict)
    promoted_by: Mapping[str, float] = field(default_factory=dict)
    reduced_by: Mapping[str, float] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Json]:
        """The same as a reading."""
        return {kind: dict(tied) for kind in _KINDS if (tied := getattr(self, kind))}

    def __contains__(self, quantity: object) -> bool:
        return any(quantity in getattr(self, kind) for kind in _KINDS)


def read_answer(reading: Mapping[str, Json]) -> Answer:
    """The answer in a reading. What is not told, or in a shape that tells nothing, is empty."""
    return Answer(**{kind: _numbers(reading.get(kind)) for kind in _KINDS})


def _numbers(told: Json) -> dict[str, float]:
    if isinstance(told, Mapping):
        return {str(name): _size(value) for name, value in told.items()}
    if isinstance(told, str):
        return {told: 1.0}
    if isinstance(told, Sequence):
        return {name: 1.0 for name in told if isinstance(name, str)}
    return {}


def _size(value: Json) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return max(0.0, float(value))
    return 1.0
