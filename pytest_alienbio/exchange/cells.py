"""The cells on their way out: counted, with what the format could not hold of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import StoreError
from ..model import Leaf, Result
from ..store import Dat, open_for_reading

Summarise = Callable[[Iterable[Result]], Sequence[Leaf]]
"""One agent on one scenario, for each of them: numbers are made elsewhere."""


class Cells:
    """What an exporter gets: iterated once, in order."""

    def __init__(self, results: Iterable[Result], *, leaves: Summarise | None = None, traces: bool = False) -> None:
        self._results = results
        self._traces = traces  # whether the format holds what happened step by step
        self._dats: dict[str, Dat | None] = {}
        self.leaves = leaves
        """How a table of leaves is made of the results; None: nobody can here."""
        self.count = 0
        self.lost: Counter[str] = Counter()
        """What the format has no place for -> in how many cells there was something of it."""

    def __iter__(self) -> Iterator[Result]:
        for result in self._results:
            self.count += 1
            if not self._traces and result.trace is not None and result.trace.file:
                self.lose("trace")
            yield result

    def lose(self, what: str) -> None:
        """Notes that one cell's `what` is not in the file."""
        self.lost[what] += 1

    def note(self, row: Mapping[str, object], unheld: Sequence[str]) -> None:
        """Notes those of the fields `unheld` in which a journal row says something."""
        for name in unheld:
            if row.get(name):
                self.lost[name] += 1

    def dat(self, result: Result) -> Dat | None:
        """The DAT a result was read from; None if it is gone, or there never was one."""
        path = result.dat_path
        if path not in self._dats:
            try:
                self._dats[path] = open_for_reading(Path(path)) if path else None
            except StoreError:
                self._dats[path] = None
        return self._dats[path]
