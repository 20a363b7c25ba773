"""What a command asks of stored results: the DATs its patterns name, the cells its filters keep, and what could not be read."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError
from ..model import Query
from ..results.hints import hint
from ..results.unrecorded import unrecorded_in
from ..store.index import Index
from .common import data_here, warn
from .patterns import dats
from .query import query_of


@dataclass(frozen=True, slots=True)
class Asked:
    """An open index, and the question to it."""

    index: Index
    query: Query
    paths: tuple[Path, ...]
    """The DATs that could be read."""

    def none_matches(self) -> tuple[str, ...]:
        """What a report notes if no cell matches; what may have been meant is said on standard error."""
        if self.index.count(self.query):
            return ()
        if told := hint(self.index, self.query, "--{} {}"):
            warn(told)
        return ("no cell matches",)


@contextmanager
def asked(args: argparse.Namespace, *, tells: bool = False) -> Iterator[Asked]:
    """The question that `args` (patterns, filters, `--data`) ask. What could not be read is said on standard error, at the end.
    So are planned cells without a record, unless the command `tells` of them itself.

    Raises `SpecError` for what cannot be read in a filter, `StoreError` if the patterns name nothing that can be read.
    """
    root, paths = data_here(args), dats(args)
    with Index.open(root) as index:
        told = index.refresh(paths)
        query = query_of(args, time.time(), dats=map(str, paths))
        read = set(index.dats(Query(dats=query.dats)))
        unread = tuple(f"{path}: " for path in paths if str(path) not in read)
        skipped = [note for note in index.notes(query) if note.startswith(unread)]
        if not read:
            more = f" ({len(unread) - 1} more cannot be read either)" if len(unread) > 1 else ""
            raise StoreError(f"{skipped[0] if skipped else f'{unread[0]}cannot be read'}{more}")
        for note in skipped:
            warn(f"skipped: {note}")
        yield Asked(index, query, tuple(path for path in paths if str(path) in read))
        for note in (*told, *index.notes(query)):
            if not note.startswith(unread):
                warn(note)
        if not tells:
            for each in unrecorded_in(index, [path for path in paths if str(path) in read]):
                warn(f"{each.dat}: {each.sentence}")
