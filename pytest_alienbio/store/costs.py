"""What the cells of a DAT took, in time and on disk: the ground of every forecast. Reads a bounded part of a large DAT."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from zlib import crc32

from ..errors import StoreError
from ..model import Json, Outcome
from ..model.result import GENERATION, WAITING
from . import codec
from .disk import lines
from .fields import OUTCOMES
from .layout import AT_CLOSE, ENVIRONMENT, LOG, SPEC, TRACES, journals

UNCLOSED = 1.5
"""Bytes that closing writes for each byte of a journal, where a DAT was never closed: each line again, and its main fields."""

_LINE = 700
"""Bytes of a usual journal line."""


class CellCost(NamedTuple):
    """What one attempt at one cell took."""

    scenario: str
    difficulty: int | None
    agent: str
    outcome: Outcome
    seconds: float
    """Without generating its world or waiting for it."""
    generation_s: float | None
    """Generating its world; None if it was in the cache."""
    bytes: float
    """In journals and in what is written at close."""
    trace: int | None
    """Bytes of its trace; None if it has none."""
    packed: bool
    success: bool
    usd: float | None = None
    """None = not measured."""
    tokens: int | None = None
    requests: int | None = None
    id: str = ""
    """The cell's; other batteries may have cells of the same id."""


@dataclass(slots=True)
class Costs:
    """Iterating gives the attempts recorded in a DAT, a fair sample if there are more than about `most`."""

    path: Path
    most: int
    read: int = 0
    """Lines read so far."""
    damaged: int = 0
    """Of those, lines that could not be used."""

    def __iter__(self) -> Iterator[CellCost]:
        """Streams: memory grows with `most` only, and that little. Raises `StoreError` for a journal that cannot be read."""
        files = journals(self.path)
        size = sum(map(_size, files))
        at_close = sum(_size(self.path / name) for name in AT_CLOSE)
        factor = 1 + (at_close / size if size and at_close else UNCLOSED)
        every = max(1, size // (_LINE * max(self.most, 1)))
        seen: set[int] = set()
        for file in files:
            for _, _, raw in lines(file):
                # By content, not by position: every fourth line might be one and the same agent's.
                if every > 1 and crc32(raw[:400]) % every:
                    continue
                if self.read >= 2 * self.most:
                    return
                self.read += 1
                try:
                    row = codec.parse(raw)
                except (ValueError, StoreError):
                    self.damaged += not raw.isspace()
                    continue
                # A result that was amended has two lines, and took its time once. Each worker counts its own attempts.
                name = hash((row["key"], row["id"], row["attempt"], row["worker"], row["run"]))
                if name not in seen:
                    seen.add(name)
                    yield self._cost(row, len(raw) * factor)

    @property
    def fixed_bytes(self) -> int:
        """What the folder holds whatever its number of cells."""
        return sum(_size(self.path / name) for name in (SPEC, ENVIRONMENT, LOG))

    def _cost(self, row: codec.Row, size: float) -> CellCost:
        generation_s, waited_s = (_seconds(row["metrics"].get(name)) for name in (GENERATION, WAITING))
        seconds = _seconds(row["duration_s"]) or 0.0
        trace: Mapping[str, Json] = row["trace"] or {}
        usage: Mapping[str, Json] = row["usage"] or {}
        length = trace.get("length")
        return CellCost(
            scenario=row["scenario"],
            difficulty=row["difficulty"],
            agent=row["agent"],
            outcome=OUTCOMES[row["outcome"]],
            seconds=max(0.0, seconds - (generation_s or 0.0) - (waited_s or 0.0)),
            generation_s=generation_s,
            bytes=size,
            trace=max(length, 0) if isinstance(length, int) else self._file_size(trace.get("file")),
            packed=isinstance(length, int),
            success=row["passed"] is True,
            usd=_seconds(usage.get("usd")),
            tokens=None if (tokens := _seconds(usage.get("tokens"))) is None else int(tokens),
            requests=None if (requests := _seconds(usage.get("requests"))) is None else int(requests),
            id=row["id"],
        )

    def _file_size(self, file: Json) -> int | None:
        relative = PurePosixPath(file) if isinstance(file, str) and "\0" not in file else None
        if relative is None or len(relative.parts) != 2 or relative.parts[0] != TRACES or relative.parts[1] == "..":
            return None
        return _size(self.path / relative) or None


def _size(path: Path) -> int:
    with suppress(OSError, ValueError):
        return os.stat(path, follow_symlinks=False).st_size
    return 0


def _seconds(value: Json) -> float | None:
    """A number of seconds of a row; None for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e12 else None
