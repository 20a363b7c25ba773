"""What workers share: the cache of generated instances, the ledger of what they spend, the rates of providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.door import door

if TYPE_CHECKING:
    from .cache import FileCache
    from .ledger import FileLedger
    from .limiter import FileLimiter
    from .timed import TimedCache
    from .waiting import reserve_when_free

__all__ = ["FileCache", "FileLedger", "FileLimiter", "TimedCache", "reserve_when_free"]

_MODULES = {
    "cache": ("FileCache",),
    "ledger": ("FileLedger",),
    "limiter": ("FileLimiter",),
    "timed": ("TimedCache",),
    "waiting": ("reserve_when_free",),
}

__getattr__ = door(__name__, _MODULES)
