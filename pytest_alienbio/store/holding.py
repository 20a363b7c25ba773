"""One session at a time plays into a DAT: a file lock that it holds as long as it lives."""

from __future__ import annotations

from pathlib import Path

from ..errors import StoreError
from . import log
from .disk import store_error
from .layout import RUNNING


class Hold:
    """The right to play into the DAT at `path`. A process that dies loses it, however it dies."""

    def __init__(self, path: Path) -> None:
        """Takes it, or raises `StoreError` that says who has it; never waits."""
        from filelock import FileLock, Timeout

        self.path = path
        # Not thread-local: a cell that cannot be stopped has its run closed by another thread.
        self._lock = FileLock(str(path / RUNNING), timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise StoreError(f"{path} is being played{_by_whom(path)}; wait for its end, or stop it first") from None
        except (OSError, NotImplementedError) as error:
            cause = error if isinstance(error, OSError) else OSError(str(error))
            raise store_error("lock", path / RUNNING, cause, "is the folder writable, and on a local disk?") from error

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Gives it up; a second time does nothing."""
        self._lock.release(force=True)


def _by_whom(path: Path) -> str:
    """` by ann on ada since 2026-11-26T10:15:00`, as the log has it; '' if it does not say."""
    begun = [entry for entry in log.read(path) if entry.get("event") in ("created", "resumed")]
    if not begun:
        return ""
    last = begun[-1]
    return f" by {last.get('user') or 'somebody'} on {last.get('host')} since {str(last.get('at'))[:19]}Z"
