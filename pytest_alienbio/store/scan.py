"""The journals of a DAT, merged: which line of which file counts for each cell, and what could not be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from sys import intern
from typing import NamedTuple

from ..errors import StoreError
from . import codec
from .disk import lines, store_error
from .fields import SCORED
from .layout import CELLS, journals

MAX_NOTES = 100


class Light(NamedTuple):
    """What is kept of a line."""

    rank: tuple[bool, float, int]
    """Scored or not, end time, attempt: of a cell's lines the highest counts."""
    place: tuple[str, int, str, int]
    """Scenario, difficulty, agent, seed."""
    journal: int
    offset: int
    length: int
    kept: object
    """Whatever the caller wanted of the row."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The lines that count, in the stable order: scenario, difficulty, agent, seed, id, key."""

    files: tuple[Path, ...]
    cells: tuple[Light, ...]
    notes: tuple[str, ...]

    def raw(self) -> Iterator[bytes]:
        """The lines themselves, without newline, read again one by one. Raises `StoreError`."""
        sources: dict[int, int] = {}
        try:
            for cell in self.cells:
                number = cell.journal
                if number not in sources:
                    sources[number] = os.open(self.files[number], os.O_RDONLY)
                yield os.pread(sources[number], cell.length, cell.offset).rstrip(b"\n")
        except OSError as error:
            raise store_error("read", self.files[number], error) from error
        finally:
            for source in sources.values():
                os.close(source)


def scan(dat: Path, keep: Callable[[codec.Row], object] = lambda row: None) -> Scan:
    """Reads every journal once; keeps some 500 bytes a cell, and what `keep` gives for its row.

    Within one journal a later line of the same attempt replaces the earlier one. Of a cell's attempts (same key and
    id, all journals) the latest scored one counts, else the latest: by end time, then attempt number, then journal.
    Damaged lines become notes that name file and line, never an exception.
    """
    files = tuple(journals(dat))
    notes: list[str] = []
    best: dict[tuple[str, str], Light] = {}
    for number, path in enumerate(files):
        attempts: dict[tuple[str, str, int], Light] = {}
        for row, offset, length in _rows(path, notes):
            light = _light(row, number, offset, length, keep(row))
            attempts[str(row["key"]), str(row["id"]), light.rank[2]] = light
        for (key, name, _), light in attempts.items():
            known = best.get((key, name))
            if known is None or light.rank >= known.rank:
                best[key, name] = light
    order = sorted((light.place, name, key) for (key, name), light in best.items())
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"... and {len(notes) - MAX_NOTES} more such lines"]
    return Scan(files, tuple(best[key, name] for _, name, key in order), tuple(notes))


def signature(dat: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the journals: two scans between which it did not change found the same."""
    found = []
    for path in journals(dat):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((path.name, stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def _rows(path: Path, notes: list[str]) -> Iterator[tuple[codec.Row, int, int]]:
    try:
        for line, offset, raw in lines(path):
            if raw.isspace():
                continue
            try:
                yield codec.parse(raw), offset, len(raw)
            except (ValueError, StoreError) as error:
                # An over-long line comes as no bytes at all.
                whole = raw.endswith(b"\n") or not raw
                what = f"line {line}: {_short(error)}; 1 line skipped" if whole else "last line is cut off, 1 line skipped"
                notes.append(f"{CELLS}/{path.name}: {what}")
    except StoreError as error:
        notes.append(str(error))


def _light(row: codec.Row, number: int, offset: int, length: int, kept: object) -> Light:
    difficulty, seed = row["difficulty"], row["seed"]
    rank = (row["outcome"] in SCORED, codec.seconds(row["ended_at"]), int(str(row["attempt"])))
    level = difficulty if isinstance(difficulty, int) else -1
    place = (intern(str(row["scenario"])), level, intern(str(row["agent"])), seed if isinstance(seed, int) else 0)
    return Light(rank, place, number, offset, length, kept)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
