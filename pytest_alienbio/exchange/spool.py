"""Cells on their way in: kept aside, and sorted into the DATs they will be, until the whole file is known to be sound."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

from ..model import Result, TraceRef
from ..store import codec, layout, packing, trace_of
from .problems import Problems

MOST_GROUPS = 200
"""Batteries x runs of one source."""


@dataclass(slots=True)
class Group:
    """What becomes one DAT, or a part of one: the cells of a battery that one run recorded ('' where that is not told)."""

    battery: str
    run: str
    lines: IO[bytes]
    cells: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    number: int = 0
    """Of the groups of its source, from 0: its traces are told from the others' by it."""
    traces: IO[bytes] | None = None
    """One compressed frame a cell that came with what happened in it; None if none did."""

    @property
    def trace_file(self) -> str:
        """Where its traces will lie in the DAT."""
        return f"{layout.TRACES}/import-{self.number}{packing.suffix()}"

    def keep_trace(self, result: Result) -> Result:
        """Packs what happened in a cell; gives the cell with its place. Raises `ValueError` for what is no JSON."""
        trace = trace_of(result)
        frame = packing.compress(json.dumps(trace, separators=(",", ":"), default=dict).encode())
        self.traces = self.traces or TemporaryFile()  # noqa: SIM115 - closed by the spool
        offset = self.traces.tell()
        self.traces.write(frame)
        moves = result.trajectory
        steps, cost = (moves.steps, moves.cost) if moves else (0, 0.0)
        return result.with_(trace=TraceRef(self.trace_file, offset, len(frame), steps, cost))


class Spool:
    """The cells of one source. Some 200 bytes a cell are in memory, to know a second record of one when it comes."""

    def __init__(self, source: str, problems: Problems) -> None:
        self._source, self._problems = source, problems
        self._groups: dict[tuple[str, str], Group] = {}
        self._rows: dict[bytes, str] = {}
        """Battery, run, cell and attempt -> the row it was first met in."""
        self._run_of: dict[bytes, str] = {}
        self._split: set[str] = set()
        """Batteries of which one cell was recorded by several runs: each run becomes a DAT of its own."""
        self._too_many = False
        self.cells = 0

    def add(self, result: Result) -> None:
        """Keeps one more cell; what is wrong with it goes to the problems."""
        group = self._groups.get((result.battery, result.run))
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                if not self._too_many:
                    what = f"more than {MOST_GROUPS} batteries and runs in one file"
                    self._problems.add(what, self._source, hint="import them in parts")
                self._too_many = True
                return
            group = Group(result.battery, result.run, TemporaryFile(), number=len(self._groups))  # noqa: SIM115 - closed by `close`
            self._groups[result.battery, result.run] = group
        row = result.origin.split(" < ")[0].rpartition(":")[2]
        cell = _hash(result.battery, result.key, result.id)
        attempt = cell + _hash(result.run, str(result.attempt))
        if (first := self._rows.get(attempt)) is not None:
            self._problems.add(
                f"row {row} is the same cell as row {first}: {result.id}",
                self._source,
                int(row) if row.isdigit() else 0,
                hint="number attempts in a column `attempt`; map a column that sets them apart to `params.<name>`",
            )
            return
        self._rows[attempt] = row
        if self._run_of.setdefault(cell, result.run) != result.run:
            self._split.add(result.battery)
        try:
            line = codec.encode(group.keep_trace(result) if result.trajectory else result)
        except ValueError as error:
            self._problems.add(str(error), self._source, int(row) if row.isdigit() else 0)
            return
        self.cells += 1
        group.cells += 1
        group.outcomes[result.outcome.value] = group.outcomes.get(result.outcome.value, 0) + 1
        group.lines.write(f"{line}\n".encode())

    def dats(self) -> Iterator[tuple[str, list[Group]]]:
        """A battery, and the groups that together are one DAT, for each DAT to be made; oldest first met first."""
        whole: dict[str, list[Group]] = {}
        for (battery, _), group in self._groups.items():
            if battery in self._split:
                yield battery, [group]
            else:
                whole.setdefault(battery, []).append(group)
        yield from whole.items()

    def close(self) -> None:
        """Forgets everything."""
        for group in self._groups.values():
            group.lines.close()
            if group.traces:
                group.traces.close()


def _hash(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
