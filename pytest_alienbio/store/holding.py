"""One session at a time plays into a DAT: a file lock that it holds as long as it lives.

Its workers hold another one, all at once: of a session that was killed they may still play, and record, what they began.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from ..errors import StoreError
from . import log
from .disk import store_error
from .layout import PLAYING, RUNNING

GLANCE_S = 0.25
"""How long a DAT that seems to be held is asked for again: somebody may only have looked whether it is (`is_held`)."""
ORPHANS_S = 15.0
"""How long workers of a killed session are waited for: they end with the cell that they play."""


class Hold:
    """The right to play into the DAT at `path`. A process that dies loses it, however it dies."""

    def __init__(self, path: Path) -> None:
        """Takes it, or raises `StoreError` that says who has it. Waits for nobody but workers whose session was killed."""
        from filelock import FileLock, Timeout

        self.path = path
        # Not thread-local: a cell that cannot be stopped has its run closed by another thread.
        self._lock = FileLock(str(path / RUNNING), timeout=GLANCE_S, poll_interval=0.01, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise StoreError(f"{path} is being played{_by_whom(path)}; wait for its end, or stop it first") from None
        except (OSError, NotImplementedError) as error:
            cause = error if isinstance(error, OSError) else OSError(str(error))
            raise store_error("lock", path / RUNNING, cause, "is the folder writable, and on a local disk?") from error
        try:
            _wait_for_orphans(path)
        except BaseException:
            self.release()
            raise

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Gives it up; a second time does nothing."""
        self._lock.release(force=True)


class Presence:
    """That a worker plays into the DAT at `path`, as long as its process lives or until `release`."""

    def __init__(self, path: Path) -> None:
        self._file: int | None = _opened(path)
        _flock(self._file, path, shared=True)

    def release(self) -> None:
        """It plays no more; a second time does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def is_held(path: Path) -> bool | None:
    """Whether a session plays into the DAT at `path`; None if that cannot be told here. Writes nothing, and takes nothing.

    A lock that others share is tried, for microseconds: who wants to play just then asks again (`GLANCE_S`).
    """
    try:
        file = os.open(path / RUNNING, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):
        return None
    finally:
        os.close(file)
    return False


def _wait_for_orphans(path: Path) -> None:
    until = time.monotonic() + ORPHANS_S
    file = _opened(path)
    try:
        while not _flock(file, path, shared=False):
            if time.monotonic() > until:
                raise StoreError(f"workers of a session that was killed still play into {path}; end them, or wait for them")
            time.sleep(0.05)
    finally:
        os.close(file)


def _opened(path: Path) -> int:
    try:
        return os.open(path / PLAYING, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    except OSError as error:
        raise store_error("lock", path / PLAYING, error) from error


def _flock(file: int, path: Path, *, shared: bool) -> bool:
    """Whether it was to be had. Where files cannot be locked together (Windows) it always is."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise store_error("lock", path / PLAYING, error) from error
    return True


def _by_whom(path: Path) -> str:
    """` by ann on ada since 2026-11-26T10:15:00`, as the log has it; '' if it does not say."""
    begun = [entry for entry in log.read(path) if entry.get("event") in ("created", "resumed")]
    if not begun:
        return ""
    last = begun[-1]
    return f" by {last.get('user') or 'somebody'} on {last.get('host')} since {str(last.get('at'))[:19]}Z"
