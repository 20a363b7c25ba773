"""A battery over time: from a name and an index to a document."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SpecError, StoreError, did_you_mean
from ..model import Baseline, Query, inert
from ..store import TAG_PREFIX, battery_of, find_dats, source_of
from ..store.baseline import default_path
from .project import find_project
from .reporting import from_here
from .where import data_root_here

if TYPE_CHECKING:
    from ..report import Document
    from ..results.ask import Moment, Words
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

    `name`: a battery (all of its runs), or a path or glob of DATs of one battery. `anchor`: a baseline's file, a DAT or
    `tag:NAME`; '' for the battery's own baseline, else the first run. Raises `StoreError` for names that mean nothing,
    `SpecError` for DATs of several batteries, and as `results.history.history`.
    """
    from ..report.history import history_document
    from ..results.history import Anchor, history
    from ..results.sides import called
    from ..results.takes import take_of, takes

    battery, paths = runs_of(root, name)
    pinned_to, notes = _pinned_to(root, anchor, battery, paths)
    told = index.refresh([*paths, *([pinned_to] if isinstance(pinned_to, Path) else [])])
    query = Query(agents=tuple(agents), scenarios=tuple(scenarios), batteries=(battery,), dats=tuple(map(str, paths)))
    _refuse_unknown(index, query)
    if 0 < (foreign := index.count(replace(query, imported=True))) < index.count(query):
        # They do not tell which version they played, and would pass for any.
        query = replace(query, imported=False)
        notes = (*notes, f"{foreign:,} cells that were not played here are left out; name their DATs alone to follow them")

    def pinned(number: Field) -> Anchor | None:
        if pinned_to is None:
            return None
        if isinstance(pinned_to, Baseline):
            lies = str(project_here() / pinned_to.batch.dat) if pinned_to.batch.dat else ""
            return Anchor(pinned_to.name, take_of(pinned_to.batch, number.column, lies, query.scenarios), bool(anchor))
        asked = Query(scenarios=query.scenarios, batteries=(battery,), dats=(str(pinned_to),))
        found = takes(index, asked, number)
        if not found:
            raise StoreError(f"--anchor {inert(anchor, most=200)}: no cell of {inert(battery, most=80)} is in {pinned_to}")
        return Anchor(anchor if anchor.startswith(TAG_PREFIX) else names([str(pinned_to)])[0], found[0])

    def names(of: Sequence[str]) -> Sequence[str]:
        near = from_here(map(Path, of))
        return called(near, near)

    found = history(
        index,
        query,
        metric=metric,
        better=better,
        anchor=pinned,
        since=since,
        until=until,
        called=names,
        battery=battery,
    )
    return history_document(found, [*told, *notes, *index.notes(query)])


def history(
    battery: str,
    *,
    agent: Words | None = None,
    scenario: Words | None = None,
    metric: str = "score",
    better: str | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    anchor: str | os.PathLike[str] = "",
    data: str | os.PathLike[str] | None = None,
) -> Document:
    """A battery over all of its runs, as `bio history` shows it: each agent's mean, whether it fell, and since when.

    The numbers: `document["history"].rows("agents")`, `document["runs"].rows("readings")`. `anchor`: what charts are pinned
    to, a baseline's file, a DAT or `tag:NAME`. Raises `SpecError` and `StoreError`.
    """
    from ..results.ask import ask
    from ..store.index import Index

    asked = ask(now=time.time(), agent=agent, scenario=scenario, since=since, until=until)
    root = data_root_here(None if data is None else os.fspath(data), "{}=")
    with Index.open(root) as index:
        return history_on(
            index,
            root,
            battery,
            agents=asked.agents,
            scenarios=asked.scenarios,
            metric=metric,
            better=better,
            since=asked.since,
            until=asked.until,
            anchor=os.fspath(anchor),
        )


def metrics_of(index: Index, root: Path, battery: str) -> list[str]:
    """What a history of the battery may follow, in the order people look for it: score and parts, metrics, what it took."""
    query = Query(dats=tuple(str(path) for path in runs_of(root, battery)[1]))
    parts = [f"{place}.{name}" for place in ("scores", "metrics") for name in index.names(place, query)]
    return ["score", "passed", *parts, "tokens", "usd", "requests", "steps", "cost", "duration_s"]


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


def project_here() -> Path:
    """The project of the working directory."""
    return find_project(Path.cwd(), walk=True, about="data").root


def _pinned_to(
    root: Path, reference: str, battery: str, paths: Sequence[Path]
) -> tuple[Path | Baseline | None, tuple[str, ...]]:
    """The DAT or baseline that `reference` means, and notes; '' is the battery's own baseline, if it has a good one."""
    source, project = source_of(paths[0]) or "", project_here()
    homes = {project, *((Path(source).parent, (project / source).parent) if source else ())}
    if not reference and not any(default_path(home, battery).is_file() for home in homes):
        return None, ()  # the usual case, without importing what plays cells
    from .gates.baselines import baseline_of, file_of, run_of
    from .gates.rules import AGENT_PREFIX

    if reference.startswith(AGENT_PREFIX):
        raise SpecError(f"--anchor {inert(reference, most=80)}: an anchor is an earlier state of every agent, not one of them")
    # A run as the history itself calls it.
    called_so = [path for path in paths if "/" in reference and f"{path}".endswith(f"/{reference}")]
    if len(called_so) == 1:
        return called_so[0], ()
    file = file_of(reference, battery=battery, source=source, project=project)
    if file is None:
        return run_of(reference, battery=battery, data_root=root), ()
    if not reference and not file.is_file():
        return None, ()
    try:
        return baseline_of(reference, battery=battery, source=source, project=project, data_root=root), ()
    except (SpecError, StoreError) as error:
        if reference:
            raise
        return None, (f"charts are not pinned to the battery's baseline: {inert(str(error), most=300)}",)


def _refuse_unknown(index: Index, query: Query) -> None:
    """Raises `SpecError` for agents and scenarios that no run has: with near names."""
    from ..results.hints import hint

    if told := hint(index, query, "--{} {}"):
        raise SpecError(told)
