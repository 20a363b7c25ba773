"""The journals of a DAT, merged: which line of which file counts for each cell, and what could not be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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
    others: tuple[Light, ...] = ()
    """Attempts that do not count, since another one of their cell does."""

    def raw(self, lines: Iterable[Light] | None = None) -> Iterator[bytes]:
        """These lines themselves (None = of the cells), without newline, read again one by one. Raises `StoreError`."""
        with self.reader() as line_of:
            for cell in self.cells if lines is None else lines:
                yield line_of(cell)

    @contextmanager
    def reader(self) -> Iterator[Callable[[Light], bytes]]:
        """What reads a cell's line again, without newline, while it lasts; that raises `StoreError`."""
        sources: dict[int, int] = {}

        def line_of(cell: Light) -> bytes:
            number = cell.journal
            try:
                if number not in sources:
                    sources[number] = os.open(self.files[number], os.O_RDONLY)
                return os.pread(sources[number], cell.length, cell.offset).rstrip(b"\n")
            except OSError as error:
                raise store_error("read", self.files[number], error) from error

        try:
            yield line_of
        finally:
            for source in sources.values():
                os.close(source)


class Line(NamedTuple):
    """A line of a journal, read and checked."""

    number: int
    """From 1."""
    offset: int
    raw: bytes
    """With its newline; empty for a line that is too long."""
    row: codec.Row | None
    trouble: str
    """Why there is no row, with the line's number; '' for a blank line."""


def scan(dat: Path, keep: Callable[[codec.Row], object] = lambda row: None) -> Scan:
    """Reads every journal once; keeps some 500 bytes a cell, and what `keep` gives for its row.

    Of the lines of a cell (same key and id, all journals) one counts: see `that_counts`. Damaged lines become notes that
    name file and line, never an exception.
    """
    files = tuple(journals(dat))
    notes: list[str] = []
    found: dict[tuple[str, str], Light | list[Light]] = {}
    for number, path in enumerate(files):
        try:
            for line in read(path):
                if line.row:
                    light = _light(line.row, number, line.offset, len(line.raw), keep(line.row))
                    name = line.row["key"], line.row["id"]
                    known = found.setdefault(name, light)
                    if known is not light:
                        found[name] = [*known, light] if type(known) is list else [known, light]  # type: ignore[list-item]
                elif line.trouble:
                    notes.append(f"{CELLS}/{path.name}: {line.trouble}")
        except StoreError as error:
            notes.append(str(error))
    best: dict[tuple[str, str], Light] = {}
    others: list[Light] = []
    for name, met in found.items():
        if isinstance(met, list):
            *rest, best[name] = attempts(met)
            others += rest
        else:
            best[name] = met
    order = sorted((light.place, name, key) for (key, name), light in best.items())
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"... and {len(notes) - MAX_NOTES} more such lines"]
    return Scan(files, tuple(best[key, name] for _, name, key in order), tuple(notes), tuple(others))


def that_counts(lines: Iterable[Light]) -> Light:
    """Of all lines of one cell the one that counts: the last of its `attempts`."""
    return attempts(lines)[-1]


def attempts(lines: Iterable[Light]) -> list[Light]:
    """Of all lines of one cell one for each attempt; the last one counts.

    Within one journal a later line of the same attempt replaces the earlier one. Of the attempts the latest scored one
    counts, else the latest: by end time, then attempt number, then journal.
    """
    found: dict[tuple[int, int], Light] = {}
    for light in sorted(lines, key=lambda light: light.offset):
        found[light.journal, light.rank[2]] = light
    return sorted(found.values(), key=lambda light: (light.rank, light.journal))


def read(path: Path, offset: int = 0, number: int = 0) -> Iterator[Line]:
    """Every line of a journal from `offset` on, which is after `number` lines. Raises `StoreError`."""
    for at, start, raw in lines(path, offset, number):
        try:
            if not raw.isspace():
                yield Line(at, start, raw, codec.parse(raw), "")
            else:
                yield Line(at, start, raw, None, "")
        except (ValueError, StoreError) as error:
            # An over-long line comes as no bytes at all.
            whole = raw.endswith(b"\n") or not raw
            what = f"line {at}: {_short(error)}; 1 line skipped" if whole else "last line is cut off, 1 line skipped"
            yield Line(at, start, raw, None, what)


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


def _light(row: codec.Row, number: int, offset: int, length: int, kept: object) -> Light:
    difficulty, seed = row["difficulty"], row["seed"]
    rank = (row["outcome"] in SCORED, codec.seconds(row["ended_at"]), int(str(row["attempt"])))
    level = difficulty if isinstance(difficulty, int) else -1
    place = (intern(str(row["scenario"])), level, intern(str(row["agent"])), seed if isinstance(seed, int) else 0)
    return Light(rank, place, number, offset, length, kept)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
