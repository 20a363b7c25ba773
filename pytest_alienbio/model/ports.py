"""What rooms are handed from outside instead of importing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from .canonical import Json


class InstanceCache(Protocol):
    """Keeps generated instances by content key, and sees to it that each is generated once, across processes."""

    def fetch(
        self,
        key: str,
        make: Callable[[], Mapping[str, Json]],
        verify: Callable[[Mapping[str, Json]], bool],
        /,
    ) -> Mapping[str, Json]:
        """The value under `key` if `verify` accepts it, else `make()`, stored. `verify` and `make` may be slow."""
