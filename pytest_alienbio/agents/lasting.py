"""How long what an agent does stays done: learned from the readings around its own actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model import Json
from .kept import Kept

SUPPOSED = 0.5
"""What is taken for granted of a quantity before anything was seen: half of a change is left a step later."""
SHOWS = 0.2
"""A change smaller than this share of the level (of at least `FAINT`) is lost in the noise of the readings."""
FAINT = 0.5


class Lasting:
    """Of each quantity an agent changed: the share of the change that is left one step later, 0..1.

    It takes three readings in a row: before the action, after it, and a step later, with no other action on the same
    quantity in between. A change that does not show after the action has not lasted. What cannot be read teaches nothing.
    """

    __slots__ = ("_after", "_before", "_seen")

    def __init__(self) -> None:
        self._before: dict[str, float] = {}
        self._after: dict[str, float] = {}
        self._seen: dict[str, tuple[int, float]] = {}

    def share(self, quantity: str) -> float:
        """The mean of what was seen, `SUPPOSED` counted in once."""
        times, total = self._seen.get(quantity, (0, 0.0))
        return (SUPPOSED + total) / (1 + times)

    def watch(self, quantities: Iterable[str], state: Mapping[str, float]) -> None:
        """An action on `quantities` is about to be taken in `state`."""
        for quantity in quantities:
            self._after.pop(quantity, None)
            if quantity in state:
                self._before[quantity] = state[quantity]
            else:
                self._before.pop(quantity, None)

    def checkpoint(self) -> Json:
        """All of it, as JSON."""
        seen: list[Json] = [[quantity, times, total] for quantity, (times, total) in self._seen.items()]
        return {"before": dict(self._before), "after": dict(self._after), "seen": seen}

    def restore(self, state: Json) -> None:
        """As `checkpoint` had it. Raises `ValueError`."""
        kept = Kept(state)
        self._before, self._after = kept.numbers("before"), kept.numbers("after")
        self._seen = {quantity: (int(times), total) for (quantity,), (times, total) in kept.rows("seen", texts=1, figures=2)}

    def look(self, state: Mapping[str, float]) -> None:
        """One step of time has passed."""
        for quantity, before in list(self._before.items()):
            level, after = state.get(quantity), self._after.pop(quantity, None)
            if level is not None and after is None:
                self._after[quantity] = level
                continue
            del self._before[quantity]
            if level is not None and after is not None:
                change = after - before
                shows = abs(change) > SHOWS * max(before, FAINT)
                left = (level - before) / change if shows else 0.0
                times, total = self._seen.get(quantity, (0, 0.0))
                self._seen[quantity] = (times + 1, total + min(1.0, max(0.0, left)))
