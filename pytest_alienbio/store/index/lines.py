"""The lines of journals, read again one by one where the index says they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType

from ...errors import StoreError
from ...model import Result
from .. import codec
from ..layout import CELLS
from .recorder import cell_of

MOST_OPEN = 32


class Lines:
    """Opens journals as they are asked for, a few at a time. A context manager."""

    def __init__(self, dats: Mapping[int, str], files: Mapping[tuple[int, int], str]) -> None:
        self._dats, self._files = dats, files
        self._open: dict[tuple[int, int], int] = {}

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while self._open:
            os.close(self._open.popitem()[1])

    def knows(self, dat: int, file: int) -> bool:
        """Whether there is such a journal."""
        return (dat, file) in self._files

    def result(self, dat: int, file: int, offset: int, length: int, cell: int) -> Result:
        """The result on a line. Raises `StoreError` naming DAT and journal if it is not there any more."""
        name = f"{CELLS}/{self._files[dat, file]}"
        try:
            raw = os.pread(self._source(dat, file), length, offset)
            result = codec.decode(raw, dat_path=self._dats[dat])
            if cell_of(result.key, result.id) != cell:
                raise ValueError("another cell")
        except (OSError, ValueError, TypeError, OverflowError, MemoryError) as error:
            why = (
                error.strerror if isinstance(error, OSError) and error.strerror else "a line is no longer the one that was read"
            )
            raise StoreError(f"{self._dats[dat]}: {name}: {why}") from error
        return result

    def _source(self, dat: int, file: int) -> int:
        source = self._open.get((dat, file))
        if source is None:
            name = self._files[dat, file]
            if os.path.basename(name) != name or not name.endswith(".jsonl"):
                raise ValueError("not a journal's name")
            if len(self._open) >= MOST_OPEN:
                with suppress(OSError):
                    os.close(self._open.pop(next(iter(self._open))))
            path = os.path.join(self._dats[dat], CELLS, name)
            source = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
            self._open[dat, file] = source
        return source
