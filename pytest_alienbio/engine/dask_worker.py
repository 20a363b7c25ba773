"""What runs on a worker of a Dask cluster, around each call and for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, TypeAlias

Remote: TypeAlias = Callable[[str], str]
"""A function at the top of a module that the workers have, too."""

BEGUN = "alienbio-begun"
"""Under which name the scheduler remembers how often a call was begun, by its place.

Dask counts a worker's death against every call that the worker had, also against those that only waited there.
"""
_RENEW_S = 1.0
"""Seconds in which an answer is on its way before its worker goes."""

_deaths: ContextVar[int] = ContextVar("deaths", default=0)


OVER = "over"
"""In the first line of an answer: the call was not made, as too many workers died over it."""


def answer(remote: Remote, text: str, place: Sequence[str], most: int | None = None) -> str:
    """What a worker runs: the call, and in the first line of what it gives who made it and after how many deaths.

    That it has begun is with the scheduler before anything of it is done. It is not made after more than `most` deaths, which
    Dask does not know of if the call was handed in a second time.
    """
    from distributed import get_worker
    from distributed.utils import sync

    worker = get_worker()
    keys = [BEGUN, *place]

    async def begin() -> int:
        scheduler: Any = worker.scheduler
        before = await scheduler.get_metadata(keys=keys, default=0)
        if most is not None and before > most:
            return int(before)
        await scheduler.set_metadata(keys=keys, value=before + 1)
        return int(before)

    before = sync(worker.loop, begin)
    if most is not None and before > most:
        return f"{worker.address} {before} {OVER}\n"
    token = _deaths.set(before)
    try:
        return f"{worker.address} {before}\n{remote(text)}"
    finally:
        _deaths.reset(token)


def deaths() -> int:
    """Inside a call, in its own thread: how many workers died over it before."""
    return _deaths.get()


def threads() -> int:
    """Inside a call: how many calls its worker makes at once."""
    from distributed import get_worker

    return int(get_worker().state.nthreads)


def scratch() -> str:
    """Inside a call: its worker's own folder for what need not be kept."""
    from distributed import get_worker

    return str(get_worker().local_directory)


def renew() -> None:
    """Inside a call: once it is over, the worker's process is replaced by a fresh one, and begins no other call before that."""
    from distributed import get_worker
    from distributed.core import Status

    worker = get_worker()

    async def leave() -> None:
        worker.memory_manager.memory_pause_fraction = False  # or it would end the pause
        worker.status = Status.paused
        await asyncio.sleep(_RENEW_S)
        await worker.close_gracefully(restart=True, reason="alienbio: a cell could not be stopped")

    worker.loop.add_callback(leave)
