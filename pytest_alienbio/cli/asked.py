"""What a command asks of stored results: the DATs its patterns name, the cells its filters keep, and what could not be read."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import StoreError, did_you_mean
from ..model import Query, inert
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

    def title(self) -> str:
        """The batteries that the question is about, by name: the first three."""
        names = self.index.names("battery", self.query)
        kept = [name for name in names if not self.query.batteries or any(fnmatchcase(name, g) for g in self.query.batteries)]
        shown = ", ".join(map(inert, kept[:3])) + (f" and {len(kept) - 3} more" if len(kept) > 3 else "")
        return shown or "no battery"

    def hint(self) -> str:
        """What there is of that which was asked for and fits no cell at all; '' if nothing of the kind is wrong."""
        query = self.query
        asked = {"battery": query.batteries, "scenario": query.scenarios, "agent": query.agents, "tag": query.tags}
        hints = []
        for name, globs in (*asked.items(), ("param", tuple(query.params))):
            met = self.index.names(name, query) if globs else []
            exactly = name in ("tag", "param")
            if met and not any(each == glob if exactly else fnmatchcase(each, glob) for each in met for glob in globs):
                hints.append(f"--{name} {','.join(globs)}: {did_you_mean(globs[0], met, most=20)}")
        return inert("; ".join(hints), most=1000)


@contextmanager
def asked(args: argparse.Namespace) -> Iterator[Asked]:
    """The question that `args` (patterns, filters, `--data`) ask. What could not be read is said on standard error, at the end.

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
