"""Which of what is there: a battery's `select:`, and the selecting options of a command line."""

from __future__ import annotations

from dataclasses import dataclass

Levels = tuple[tuple[int, int], ...]
"""Difficulties as ranges, both ends included: `2-4` is ((2, 4),), `1,3,5` is ((1, 1), (3, 3), (5, 5)), `<=3` is ((0, 3),)."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Keeps what fits every field that is given; within one field any of its values will do. An empty field keeps all."""

    names: tuple[str, ...] = ()
    """Globs of scenario names; `*` also crosses `/`."""
    exclude: tuple[str, ...] = ()
    """Globs of scenario names that are left out, whatever else keeps them."""
    tags: tuple[str, ...] = ()
    type: str = ""
    """`interactive` or `task`."""
    levels: Levels = ()
    """A scenario without levels fits none."""
    agents: tuple[str, ...] = ()
    """Globs of agents as the battery calls them (`as:` wins)."""
    smoke: bool = False
    """Of what the other fields keep, each scenario x agent once: the lowest difficulty, the first params, the lowest seed."""
    shard: tuple[int, int] | None = None
    """Of what all else keeps, the cells of this shard of so many: `(2, 4)` is the second of four."""

    def __bool__(self) -> bool:
        return self != EVERYTHING

    def at(self, difficulty: int | None) -> bool:
        """Whether `levels` keeps a case of this difficulty."""
        return not self.levels or (difficulty is not None and any(low <= difficulty <= high for low, high in self.levels))


EVERYTHING = Selection()
"""Keeps all there is."""
