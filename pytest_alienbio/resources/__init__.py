"""What workers share: the cache of generated instances, the ledger of what they spend, the rates of providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.door import door

if TYPE_CHECKING:
    from .cache import FileCache
    from .ledger import FileLedger
    from .limiter import FileLimiter
    from .remote.ledger import RedisLedger
    from .remote.limiter import RedisLimiter
    from .sharing import ledger_at, limiter_at
    from .timed import TimedCache

__all__ = ["FileCache", "FileLedger", "FileLimiter", "RedisLedger", "RedisLimiter", "TimedCache", "ledger_at", "limiter_at"]

_MODULES = {
    "cache": ("FileCache",),
    "ledger": ("FileLedger",),
    "limiter": ("FileLimiter",),
    "remote.ledger": ("RedisLedger",),
    "remote.limiter": ("RedisLimiter",),
    "sharing": ("ledger_at", "limiter_at"),
    "timed": ("TimedCache",),
}

__getattr__ = door(__name__, _MODULES)
