"""Cells of which there is no record: of a run that was killed at once, or whose journals are gone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import StoreError
from ..model import Json, Query, Unrecorded
from ..model.canonical import mapping
from ..store import Dat
from ..store.index import Index


def unrecorded(path: Path, recorded: int, said: str = "") -> Unrecorded | None:
    """Which cells the DAT at `path` lacks, of which it has `recorded`; None: none, or it does not say.

    Of a closed run those that it counted when it was closed, of any other what its spec plans. `said`: how people are told of
    the folder. One that cannot be read says nothing.
    """
    dat = Dat(path)
    try:
        status = dat.status()
        closed = status.get("state") == "closed"
        resolved = {} if closed else mapping(dat.spec().get("resolved"))
    except StoreError:
        return None
    planned = sum(map(_count, mapping(status.get("outcomes")).values())) if closed else _count(resolved.get("cells"))
    left = planned - recorded
    return Unrecorded(said or str(path), left, planned, closed, bool(resolved.get("selection"))) if left > 0 else None


def unrecorded_in(index: Index, dats: Sequence[Path], said: Sequence[str] = ()) -> tuple[Unrecorded, ...]:
    """Which cells each of these DATs lacks, whatever else is asked of `index`, which has read them; of some results in memory
    nobody knows.
    """
    if not index.is_whole:
        return ()
    told = said or [str(path) for path in dats]
    found = (unrecorded(path, index.count(Query(dats=(str(path),))), name) for path, name in zip(dats, told, strict=True))
    return tuple(filter(None, found))


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
