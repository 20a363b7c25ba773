"""A battery over time: from a name and an index to a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SpecError, StoreError, did_you_mean
from ..model import Query, inert
from ..store import battery_of, find_dats
from .reporting import from_here

if TYPE_CHECKING:
    from ..report import Document
    from ..results.fields import Field
    from ..results.history import Anchor
    from ..store.index import Index

_PREFIXES = ("dat.", "dat/", "experiments.", "experiments/")


def history_on(
    index: Index,
    root: Path,
    name: str,
    *,
    agents: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    metric: str = "score",
    better: str | None = None,
    since: float | None = None,
    until: float | None = None,
    anchor: str = "",
) -> Document:
    """The history of the battery that `name` means. The index was not refreshed yet; what it could not read is a note.

    `name`: a battery (all of its runs that were played here), or a path or glob of DATs of one battery. `anchor`: a DAT, a tag
    or a battery's name (its latest DAT); '' for the first run. Raises `StoreError` for names that mean nothing, `SpecError` for
    DATs of several batteries, and as `results.history.history`.
    """
    from ..report.history import history_document
    from ..results.history import Anchor, history
    from ..results.sides import called
    from ..results.takes import takes

    battery, paths = runs_of(root, name)
    pinned_to = _anchor(root, anchor) if anchor else None
    told = index.refresh([*paths, *([pinned_to] if pinned_to else [])])
    query = Query(agents=tuple(agents), scenarios=tuple(scenarios), batteries=(battery,), dats=tuple(map(str, paths)))
    _refuse_unknown(index, query)

    def pinned(number: Field) -> Anchor:
        assert pinned_to is not None
        asked = Query(agents=query.agents, scenarios=query.scenarios, batteries=(battery,), dats=(str(pinned_to),))
        found = takes(index, asked, number)
        if not found:
            raise StoreError(f"--anchor {inert(anchor, most=200)}: no cell of {inert(battery, most=80)} is in {pinned_to}")
        [near] = from_here([pinned_to])
        return Anchor(near if anchor == str(pinned_to) else anchor, found[0])

    def names(of: Sequence[str]) -> Sequence[str]:
        near = from_here(map(Path, of))
        return called(near, near)

    found = history(
        index,
        query,
        metric=metric,
        better=better,
        anchor=pinned if pinned_to else None,
        since=since,
        until=until,
        called=names,
        battery=battery,
    )
    return history_document(found, [*told, *index.notes(query)])


def runs_of(root: Path, name: str) -> tuple[str, list[Path]]:
    """The battery that `name` means, and its DATs. Raises `StoreError` if there is none, `SpecError` for several batteries."""
    every = {path: battery_of(path) for path in find_dats(root)}
    word = name.strip().rstrip("/")
    for prefix in _PREFIXES:
        word = word.removeprefix(prefix)
    if mine := [path for path, battery in every.items() if battery == word]:
        return word, mine
    found = {path: every.get(path) or battery_of(path) for path in find_dats(root, name)} if name.strip() else {}
    batteries = sorted({*found.values()} - {""})
    if not batteries:
        hint = inert(did_you_mean(name, {*every.values()} - {""}), most=400) or "there are no results yet"
        raise StoreError(f"no battery has results as {inert(name, most=200)!r} below {root}; {hint}")
    if len(batteries) > 1:
        told = inert(", ".join(batteries[:5]), most=300)
        raise SpecError(f"{inert(name, most=200)!r} means runs of several batteries: {told}; a history is of one")
    return batteries[0], [path for path, battery in found.items() if battery]


def _anchor(root: Path, name: str) -> Path:
    found = find_dats(root, name)
    if not found:
        raise StoreError(f"--anchor {inert(name, most=200)!r}: no DAT is that below {root}; name a DAT, a battery or tag:TAG")
    return found[0]


def _refuse_unknown(index: Index, query: Query) -> None:
    """Raises `SpecError` for agents and scenarios that no run has: with near names."""
    from ..results.hints import hint

    if told := hint(index, query, "--{} {}"):
        raise SpecError(told)
