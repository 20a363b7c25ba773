"""One call after the other, here and now."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from .engine import Engine

T = TypeVar("T")


class Inline(Engine):
    """Calls when it is submitted to: what comes back is done. Ctrl-C passes through, as from any call."""

    width = 1
    ahead = 1

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever takes the result meets it
            future.set_exception(error)
        return future
