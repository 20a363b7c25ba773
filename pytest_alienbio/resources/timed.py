"""What came out of a cache, and how long it took to make: a cell that generates its world is slow once."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ..model import InstanceCache, Json
from .cache import Make, Verify

SHORTEST_WAIT_S = 0.01
"""Waiting for another process that is making the same is told from reading a file only above this."""


class TimedCache:
    """An `InstanceCache` around another one that says how long things took. For one cell; not thread-safe."""

    def __init__(self, cache: InstanceCache) -> None:
        self._cache = cache
        self.made_s: float | None = None
        """Seconds spent on making values; None if none was made."""
        self.waited_s: float | None = None
        """Seconds spent on waiting until others had made theirs; None if there was nothing to wait for."""

    def fetch(self, key: str, make: Make, verify: Verify, /) -> Mapping[str, Json]:
        """What the cache inside gives."""
        own = 0.0

        def timed_make() -> Mapping[str, Json]:
            nonlocal own
            began = time.perf_counter()
            try:
                return make()
            finally:
                own += (took := time.perf_counter() - began)
                self.made_s = (self.made_s or 0.0) + took

        def timed_verify(value: Mapping[str, Json]) -> bool:
            nonlocal own
            began = time.perf_counter()
            try:
                return verify(value)
            finally:
                own += time.perf_counter() - began

        began = time.perf_counter()
        try:
            return self._cache.fetch(key, timed_make, timed_verify)
        finally:
            waited = time.perf_counter() - began - own
            if waited >= SHORTEST_WAIT_S:
                self.waited_s = (self.waited_s or 0.0) + waited
