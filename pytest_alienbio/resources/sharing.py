"""Where the limits of a session are kept: a file on this machine, or a Redis that several machines reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

from ..model import Ledger, Limiter, Rate
from . import waiting
from .remote.server import SCHEMES


def is_address(where: str) -> bool:
    """Whether it is a server's address rather than a path."""
    scheme, colon, _ = where.partition("://")
    return bool(colon) and scheme in SCHEMES


def ledger_at(where: str, *, create: bool = False) -> Ledger:
    """The ledger at a path, or at `redis://HOST:PORT/DATABASE#SESSION`; `create` makes it, which one process does.

    Raises `LimitStoreError` if it cannot be used, and `ValueError` for an address that is none.
    """
    if is_address(where):
        from .remote.ledger import RedisLedger

        return RedisLedger(where, create=create)
    from .ledger import FileLedger

    return FileLedger(Path(where), create=create)


def limiter_at(
    where: str,
    rates: Mapping[str, Rate],
    *,
    create: bool = False,
    sleep: Callable[[float, Event | None], None] = waiting.sleep,
) -> Limiter:
    """The limiter at a path, which may be a ledger's, or at a Redis; see `ledger_at`. `sleep` waits, or raises
    `CancelledError`."""
    if is_address(where):
        from .remote.limiter import RedisLimiter

        return RedisLimiter(where, rates, sleep=sleep)
    from .limiter import FileLimiter

    return FileLimiter(Path(where), rates, create=create, sleep=sleep)
