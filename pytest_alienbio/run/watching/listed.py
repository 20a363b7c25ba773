"""All runs below a data root at a glance, the newest first: what each says of itself, and no journal is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ...errors import AlienBioError
from ...model import Json
from ...model.run_listed import RunListed
from ...model.sighting import Life
from ...store import Dat, annotated, find_dats, log
from ...store.holding import is_held
from ...store.layout import LOG, RESULTS_JSON
from .watching import closed, seconds_of

Stamp = tuple[tuple[int, int] | None, ...]


class Listing:
    """The runs below `root`. What did not change is not read again; thread-safe as far as two threads may read one twice."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[Path, tuple[Stamp, RunListed]] = {}

    def runs(self, most: int) -> tuple[list[RunListed], int]:
        """The newest `most` runs, and how many there are in all."""
        paths = find_dats(self._root)
        return [self.run(path) for path in paths[:most]], len(paths)

    def run(self, path: Path) -> RunListed:
        """One of them; damage is told in it, never raised."""
        stamp = (_stamp(path / LOG), _stamp(path / RESULTS_JSON))
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = self._known[path] = stamp, _read(path, self._root)
        found = known[1]
        if found.life is Life.FINISHED:
            return found
        life = {True: Life.RUNNING, False: Life.DIED, None: Life.UNKNOWN}[is_held(path)]
        return RunListed(**{name: getattr(found, name) for name in RunListed.__slots__ if name != "life"}, life=life)


def _read(path: Path, root: Path) -> RunListed:
    name = os.path.relpath(path, root)
    try:
        entries = log.read(path)
        status = Dat(path).status()
    except (AlienBioError, OSError) as error:
        return RunListed(str(path), name, trouble=str(error))
    begun = [entry for entry in entries if entry.get("event") in ("created", "resumed")]
    first, last = (begun[0], begun[-1]) if begun else ({}, {})
    cells = status.get("cells")
    counts: Mapping[str, Json] = cells if isinstance(cells, Mapping) else {}
    tags: tuple[str, ...] = ()
    with suppress(AlienBioError, OSError):
        tags = annotated(path).run.tags
    return RunListed(
        str(path),
        name,
        battery=_text(first.get("battery")),
        began_at=seconds_of(first.get("at")),
        by=_text(last.get("author")).partition(" <")[0] or _text(last.get("user")),
        life=Life.FINISHED if status.get("state") == "closed" or closed(entries) else Life.UNKNOWN,
        verdict=_text(status.get("verdict")),
        recorded=_count(counts.get("recorded")),
        planned=_count(counts.get("planned")),
        tags=tags,
    )


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
