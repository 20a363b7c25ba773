"""Writing so that a reader never sees half a file, and a crash never costs more than the last line."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import StoreError

LOCK_TIMEOUT_S = 60.0
MAX_LINE = 64 * 2**20
"""Bytes of a line that are read at most: a longer one is damage, not a record."""


def store_error(doing: str, path: Path, error: OSError, hint: str = "") -> StoreError:
    """A `StoreError` that says what could not be done where, and why; `errno` is kept."""
    text = f"cannot {doing} {path}: {error.strerror or error}" + (f"; {hint}" if hint else "")
    failed = StoreError(text)
    failed.errno = error.errno
    return failed


@contextmanager
def locked(path: Path, *, timeout_s: float = LOCK_TIMEOUT_S) -> Iterator[None]:
    """Holds the file lock at `path`; a holder that dies frees it. Raises `StoreError` if it is not to be had."""
    from filelock import FileLock, Timeout

    lock = FileLock(str(path), timeout=timeout_s, poll_interval=0.01)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(f"cannot lock {path}: another process holds it for more than {timeout_s:g} s") from None
    except (OSError, NotImplementedError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise store_error("lock", path, cause, "is the folder writable, and on a local disk?") from error
    try:
        yield
    finally:
        lock.release()


def replace_file(path: Path, chunks: Iterable[bytes], *, mode: int | None = None) -> None:
    """Writes `chunks` as the new content of `path`, all or nothing; `mode`: its permissions, None for the usual ones.

    Of several writers at once the last one's content stands, whole; who may not be the last holds the lock of the folder.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident():x}.tmp")
    try:
        # A link planted under the temporary name would be written through: it is removed, never followed.
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as out:
            if mode is not None:
                os.fchmod(out.fileno(), mode)
            out.writelines(chunks)
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, StoreError):
            raise store_error("write", path, error) from error
        raise


def above_standard(fd: int) -> int:
    """`fd`, or a copy of it in its place if it is 0, 1 or 2.

    Who closed its output (an agent, say) leaves that number free for the next file, and whoever puts the output back, as
    pytest's capture does, closes that file: what is written then would go to the terminal.
    """
    if fd > 2:
        return fd
    higher = above_standard(os.dup(fd))
    os.close(fd)
    return higher


class OwnFile:
    """A file one writer creates, appends to and never reopens. Thread-safe; made with the first `append`.

    What does not fit on the disk is taken back, so the file ends with the last thing that was written whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.created = False
        self._fd: int | None = None
        self._size = 0
        self._torn = False
        self._closed = False
        self._lock = threading.Lock()

    def append(self, data: bytes) -> int:
        """Appends all of `data` and gives its offset. Raises `StoreError`; then nothing of it is in the file."""
        with self._lock:
            if self._closed:
                raise StoreError(f"cannot write {self.path}: it is closed")
            fd = self._open() if self._fd is None else self._fd
            start = self._size
            try:
                if self._torn:
                    os.ftruncate(fd, start)
                    self._torn = False
                written = os.write(fd, data)
                while written < len(data):
                    written += os.write(fd, memoryview(data)[written:])
            except OSError as error:
                self._take_back(fd, start)
                raise store_error("write", self.path, error, "nothing recorded before is lost") from error
            except BaseException:
                self._take_back(fd, start)
                raise
            self._size = start + len(data)
            return start

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
            self._fd = above_standard(os.open(self.path, flags, 0o666))
            self.created = True
        except FileExistsError as error:
            hint = (
                "two writers of one run share a name"
                if os.path.lexists(self.path)
                else "a file stands where a folder should be"
            )
            raise store_error("create", self.path, error, hint) from error
        except OSError as error:
            raise store_error("create", self.path, error) from error
        return self._fd

    def _take_back(self, fd: int, size: int) -> None:
        try:
            os.ftruncate(fd, size)
        except OSError:
            self._torn = True

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        with self._lock:
            self._closed = True
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None


def append_shared(path: Path, line: str, lock: Path) -> None:
    """Appends one line to a file that several processes share, under the file lock `lock`."""
    with locked(lock):
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666)
            try:
                size = os.fstat(fd).st_size
                # A writer killed inside its line left no newline: ours must not be glued to its rest.
                glue = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
                os.write(fd, (b"\n" if glue else b"") + line.encode() + b"\n")
            finally:
                os.close(fd)
        except OSError as error:
            raise store_error("write", path, error) from error


def lines(path: Path, offset: int = 0, number: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Every line of a file as (line number from 1, offset, bytes with their newline), from `offset` on, after `number` lines.

    A last line without a newline is given too, one longer than `MAX_LINE` as empty bytes. Raises `StoreError`.
    """
    try:
        with path.open("rb") as source:
            source.seek(offset)
            while raw := source.readline(MAX_LINE + 1):
                number += 1
                start, offset = offset, offset + len(raw)
                if len(raw) <= MAX_LINE:
                    yield number, start, raw
                    continue
                while raw and not raw.endswith(b"\n"):
                    raw = source.readline(MAX_LINE)
                    offset += len(raw)
                yield number, start, b""
    except OSError as error:
        raise store_error("read", path, error) from error
