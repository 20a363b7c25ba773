"""What runs on a worker of a Dask cluster, around each call and for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

Remote: TypeAlias = Callable[[str], str]
"""A function at the top of a module that the workers have, too."""

DEATHS = "alienbio-deaths"
"""Under which name the scheduler remembers how often workers died over a call, by the call's key."""
_RENEW_S = 1.0
"""Seconds in which an answer is on its way before its worker goes."""


def answer(remote: Remote, text: str) -> str:
    """What a worker runs: the call, and in the first line of what it gives who made it."""
    from distributed import get_worker

    return f"{get_worker().address}\n{remote(text)}"


def deaths() -> Callable[[], int]:
    """On a worker, inside a call: what tells, in any thread, how many workers died over this call before."""
    from distributed import get_worker
    from distributed.utils import sync

    worker = get_worker()
    keys = [DEATHS, worker.get_current_task()]
    return lambda: int(sync(worker.loop, worker.scheduler.get_metadata, keys=keys, default=0) or 0)


def scratch() -> str:
    """On a worker, inside a call: its own folder for what need not be kept."""
    from distributed import get_worker

    return str(get_worker().local_directory)


def renew() -> None:
    """On a worker, inside a call: once the call is over, the worker's process is replaced by a fresh one."""
    from distributed import get_worker

    worker = get_worker()

    async def leave() -> None:
        await asyncio.sleep(_RENEW_S)
        await worker.close_gracefully(restart=True, reason="alienbio: a cell could not be stopped")

    worker.loop.add_callback(leave)
