"""The worlds that were built last: the next agent that faces one of them need not wait for it to be built again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from .instance import Instance

MOST = 64
"""About 50 kB each."""

World = tuple[int, int, int]
"""(difficulty, seed, variant)."""


class Recent:
    """Instances of one template, in one process; of more than `most` the longest unused is forgotten. Thread-safe."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[World, Instance] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, world: World, build: Callable[[], Instance]) -> Instance:
        """The instance of `world`, built if it is not here. Raises what `build` raises, and keeps nothing then."""
        with self._guard:
            kept = self._kept.get(world)
            if kept is not None:
                self._kept.move_to_end(world)
                return kept
        made = build()
        with self._guard:
            self._kept[world] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
