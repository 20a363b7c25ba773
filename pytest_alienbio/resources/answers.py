"""Answers of language models on disk: one JSON file a key, for `cache: true`. Bounded; the oldest go first."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..model import Json

MOST_FILES = 50_000
MOST_BYTES = 512 * 2**20
"""Of all of them; when more is there, the oldest go until a tenth is free."""
MAX_BYTES = 4 * 2**20
"""Of one answer. A larger file is none of ours."""
LOOK_EVERY = 200
"""Answers that one process puts there between two looks at how many there are."""

_KEY = re.compile(r"[0-9a-f]{64}")


class _File(NamedTuple):
    time: float
    size: int
    path: str


class FileAnswers:
    """An `AnswerStore` in the folder `root`: `<first two digits>/<key>.json`, written whole or not at all.

    Shared by threads and processes without a lock: who writes last wins, and all write the same kind of thing. What is
    damaged, too large, another key's or no regular file is not there. A folder that cannot be written costs calls, never a
    run: `note` says why. Nothing is read but JSON.
    """

    def __init__(self, root: Path, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> None:
        self.root = Path(root)
        self.note = ""
        """Why something was not kept, the last such reason; '' if everything was."""
        self._most_files, self._most_bytes = most_files, most_bytes
        self._puts = 0
        self._guard = threading.Lock()

    def get(self, key: str, /) -> Mapping[str, Json] | None:
        """What is stored under `key`; None = nothing that can be trusted."""
        name, path = self._place(key)
        text = _read(path)
        if text is None:
            return None
        try:
            told = json.loads(text, parse_constant=_refuse)
            value = told["answer"]
            whole = told["key"] == name and told["sha256"] == _checksum(value) and isinstance(value, dict)
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return value if whole else None

    def put(self, key: str, value: Mapping[str, Json], /) -> None:
        """Stores `value` under `key`, in place of what was there. What is no JSON or too large is not stored."""
        name, path = self._place(key)
        temporary = path.with_name(f".{name}.{os.getpid()}-{threading.get_ident()}.tmp")
        try:
            told = {"key": name, "sha256": _checksum(value), "answer": value}
            text = json.dumps(told, allow_nan=False, separators=(",", ":")).encode()
            if len(text) > MAX_BYTES:
                self.note = f"an answer of {len(text):,} bytes is not kept: more than {MAX_BYTES:,}"
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as out:
                out.write(text)
            os.replace(temporary, path)
        except (ValueError, TypeError, RecursionError) as error:
            self.note = f"an answer is not kept: {error}"
        except OSError as error:
            self.note = f"answers are not kept in {self.root}: {error}"
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        with self._guard:
            look, self._puts = self._puts % LOOK_EVERY == 0, self._puts + 1
        if look:
            self._make_room()

    def _place(self, key: str) -> tuple[str, Path]:
        name = key if _KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()
        return name, self.root / name[:2] / f"{name}.json"

    def _make_room(self) -> None:
        found = sorted(_files(self.root))
        count, size = len(found), sum(each.size for each in found)
        if count <= self._most_files and size <= self._most_bytes:
            return
        for each in found:
            if count <= self._most_files * 0.9 and size <= self._most_bytes * 0.9:
                return
            with suppress(OSError):
                os.unlink(each.path)
            count, size = count - 1, size - each.size


def _files(root: Path) -> Iterator[_File]:
    """What lies there, half-written files of processes that died included; links are not followed."""
    with suppress(OSError), os.scandir(root) as folders:
        for folder in folders:
            if not folder.is_dir(follow_symlinks=False):
                continue
            with suppress(OSError), os.scandir(folder.path) as entries:
                for entry in entries:
                    with suppress(OSError):
                        told = entry.stat(follow_symlinks=False)
                        if stat.S_ISREG(told.st_mode):
                            yield _File(told.st_mtime, told.st_size, entry.path)


def _read(path: Path) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    with os.fdopen(fd, "rb") as source:
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return None
            text = source.read(MAX_BYTES + 1)
        except OSError:
            return None
    return text if len(text) <= MAX_BYTES else None


def _checksum(value: object) -> str:
    return hashlib.sha256(json.dumps(value, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")
