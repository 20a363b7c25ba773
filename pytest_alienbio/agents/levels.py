"""What stands where, seen or guessed."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Json
from .kept import numbers

UNSEEN = 0.5
"""What cannot be read is taken to stand at this fraction of its half-saturation: scarce as a food, harmless as a poison."""
GIVEN = 0.5
KEPT = 0.75
"""A full dose of what cannot be read is taken to add so much (little, so that two such are given in turn), and to keep so
much of it from step to step."""


class Levels:
    """What stands where: as read, or, where it cannot be read, as guessed from what was given."""

    __slots__ = ("_given", "_state")

    def __init__(self) -> None:
        self._state: Mapping[str, float] = {}
        self._given: dict[str, float] = {}

    def see(self, state: Mapping[str, float], *, later: bool) -> None:
        """The newest readings; `later`: a step of time after the ones before."""
        self._state = state
        if later:
            self._given = {quantity: KEPT * amount for quantity, amount in self._given.items()}

    def give(self, quantity: str) -> None:
        """A dose of `quantity` was added."""
        self._given[quantity] = self._given.get(quantity, 0.0) + GIVEN

    def checkpoint(self) -> Json:
        """What was given. Readings are not kept: the next ones are seen before anything is asked."""
        return dict(self._given)

    def restore(self, state: Json) -> None:
        """As `checkpoint` had it. Raises `ValueError`."""
        self._given = numbers("given", state)

    def of(self, quantity: str, half: float) -> float:
        """The level of `quantity`, whose half-saturation is `half`."""
        read = self._state.get(quantity)
        return UNSEEN * half + self._given.get(quantity, 0.0) if read is None else read
