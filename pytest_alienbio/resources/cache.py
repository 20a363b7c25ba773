"""Generated instances on disk: one JSON file a content key, made once however many processes ask."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ..model import Json

Make = Callable[[], Mapping[str, Json]]
Verify = Callable[[Mapping[str, Json]], bool]

LOCK_TIMEOUT_S = 120.0
"""How long to wait for another process that is generating the same instance before doing it here."""

MEMO = 64
"""Instances kept in memory, the last used ones."""

MAX_BYTES = 64 * 2**20
"""Of one stored instance; a larger file is damage."""

_KEY = re.compile(r"[0-9a-f]{64}")
_HEAD, _MIDDLE, _TAIL = b'{"sha256":"', b'","value":', b"}\n"
_START = len(_HEAD) + 64 + len(_MIDDLE)


class FileCache:
    """An `InstanceCache` in the folder `root`: `<first two digits>/<key>.json`, a file lock a key while one is made.

    A folder that cannot be written costs time, never a run: values are then made here, and `note` says why.
    Thread-safe; every `fetch` gives a fresh value, the same whether it was made or read.
    """

    def __init__(self, root: Path, *, lock_timeout_s: float = LOCK_TIMEOUT_S, memo: int = MEMO) -> None:
        self.root = Path(root)
        self.note = ""
        """Why something was not cached, the last such reason; '' if everything was."""
        self._timeout_s = lock_timeout_s
        self._most = memo
        self._memo: OrderedDict[str, bytes] = OrderedDict()
        self._guard = threading.Lock()

    def fetch(self, key: str, make: Make, verify: Verify, /) -> Mapping[str, Json]:
        """The value under `key` if its checksum holds and `verify` accepts it, else `make()`, stored.

        Raises what `make` raises, and `ValueError` if it gives what is no JSON; a `verify` that raises has refused.
        """
        name, path = self._place(key)
        text = self._remembered(name)
        if text is not None:
            return _value(text)
        text = _load(path, verify)
        if text is None:
            with self._locked(path) as alone:
                # Whoever held the lock before us has most likely made it.
                text = _load(path, verify)
                if text is None:
                    text = json.dumps(make(), allow_nan=False, separators=(",", ":"), default=_mapping).encode()
                    if alone:
                        self._store(path, text)
        self._remember(name, text)
        return _value(text)

    def has(self, key: str) -> bool:
        """Whether something is stored under `key`. It is not opened, so it may still be refused; nothing is made or locked."""
        name, path = self._place(key)
        try:
            return self._remembered(name) is not None or stat.S_ISREG(path.stat().st_mode)
        except OSError:
            return False

    def _place(self, key: str) -> tuple[str, Path]:
        name = key if _KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()
        return name, self.root / name[:2] / f"{name}.json"

    def _remembered(self, name: str) -> bytes | None:
        with self._guard:
            if name in self._memo:
                self._memo.move_to_end(name)
            return self._memo.get(name)

    def _remember(self, name: str, text: bytes) -> None:
        with self._guard:
            self._memo[name] = text
            while len(self._memo) > self._most:
                self._memo.popitem(last=False)

    @contextmanager
    def _locked(self, path: Path) -> Iterator[bool]:
        """Holds the lock of one key; gives whether it is held. Without it the value is still made, only not stored."""
        from filelock import FileLock, Timeout

        lock_path = path.with_suffix(".lock")
        lock = FileLock(str(lock_path), timeout=self._timeout_s, poll_interval=0.01)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            self.note = f"{lock_path} was held for more than {self._timeout_s:g} s; generated without it"
        except (OSError, NotImplementedError) as error:
            self.note = f"instances are not cached in {self.root}: {error}"
        try:
            yield lock.is_locked
        finally:
            if lock.is_locked:
                # Removed while held, so that lock files do not pile up: a waiter that already opened it then either
                # sees that it is gone and tries again, or holds a lock of its own and finds the stored value first.
                with suppress(OSError):
                    lock_path.unlink()
                lock.release()

    def _store(self, path: Path, text: bytes) -> None:
        temporary = path.with_suffix(".tmp")
        try:
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as out:
                out.writelines((_HEAD, hashlib.sha256(text).hexdigest().encode(), _MIDDLE, text, _TAIL))
            os.replace(temporary, path)
        except OSError as error:
            self.note = f"instances are not cached in {self.root}: {error}"
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _load(path: Path, verify: Verify) -> bytes | None:
    """The stored text if it is whole and accepted, else None."""
    try:
        with path.open("rb") as source:
            stored = source.read(MAX_BYTES)
    except OSError:
        return None
    text = stored[_START : -len(_TAIL)]
    digest = hashlib.sha256(text).hexdigest().encode()
    if stored != b"".join((_HEAD, digest, _MIDDLE, text, _TAIL)):
        return None
    try:
        return text if verify(_value(text)) else None
    except Exception:  # noqa: BLE001 - whatever a stored value does to its check, it is not trusted
        return None


def _value(text: bytes) -> dict[str, Json]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError(f"an instance is a mapping, got {type(value).__name__}")
    return value


def _mapping(value: object) -> dict[object, object]:
    if isinstance(value, Mapping):
        return dict(value)
    raise ValueError(f"an instance holds plain JSON only, got {type(value).__name__}")
