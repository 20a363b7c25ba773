"""Comparisons of what is stored: from an index and a question to a document."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

from ..model import inert
from ..report.build import some
from .reporting import from_here

if TYPE_CHECKING:
    from ..model import Query, Side
    from ..report import Document
    from ..results.contrast import Options
    from ..results.fields import Field
    from ..results.power import Terms
    from ..results.sides import Run
    from ..store.index import Index


def runs_on(
    index: Index,
    query: Query,
    dats: Sequence[Path],
    typed: Sequence[str] = (),
    *,
    metric: str = "score",
    better: str | None = None,
    against: int = 0,
    force: bool = False,
    notes: Sequence[str] = (),
    **options: Unpack[Options],
) -> Document:
    """Runs against the one at place `against`: COMPARE-RUNS; of two, what changed between them, too. `typed`: as somebody
    named them. See `results.versus.compare_runs`."""
    from ..report.diff import around_section, counts_section
    from ..report.versus import versus_document
    from ..results.diff import diff_runs
    from ..results.versus import compare_runs

    runs, field = _read(index, query, dats, typed, metric)
    found = compare_runs(runs, field, better=better, against=against, force=force, **options)
    more = []
    if len(runs) == 2:
        changed = diff_runs(*runs)
        more = [around_section(changed), counts_section(changed, f"bio compare {_typed(typed or from_here(dats))} --diff")]
    return versus_document(replace(found, sides=tuple(map(_near, found.sides))), more, notes)


def diff_on(
    index: Index, query: Query, dats: Sequence[Path], typed: Sequence[str] = (), *, notes: Sequence[str] = ()
) -> Document:
    """What is different in the second of two runs: DIFF-REPORT. See `results.diff.diff_runs`."""
    from ..report.diff import diff_document
    from ..results.diff import diff_runs

    runs, _ = _read(index, query, dats, typed, "score")
    found = diff_runs(*runs)
    a, b = found.sides
    return diff_document(replace(found, sides=(_near(a), _near(b))), notes)


def agents_on(
    index: Index,
    query: Query,
    agents: Sequence[str] = (),
    *,
    metric: str = "score",
    better: str | None = None,
    reference: str | None = None,
    notes: Sequence[str] = (),
    **options: Unpack[Options],
) -> Document:
    """Agents pair by pair, or each against `reference`. See `results.duel.compare_agents`."""
    from ..report.duel import duel_document
    from ..results.duel import compare_agents

    found = compare_agents(index, query, agents, metric=metric, better=better, reference=reference, **options)
    found = replace(found, dats=tuple(from_here(map(Path, found.dats))))
    return duel_document(found, some(list(found.means), 4), notes)


def correlations_on(
    index: Index,
    query: Query,
    names: Sequence[str] = (),
    *,
    metric: str = "score",
    method: Literal["spearman", "kendall"] = "spearman",
    partial: bool = False,
    notes: Sequence[str] = (),
) -> Document:
    """How scores go with properties. See `results.trends.links`."""
    from ..report.trends import links_section, trends_document
    from ..results.trends import links

    found = links(index, query, names, metric=metric, method=method, partial=partial)
    return trends_document(_title(index, query), [links_section(found)], notes)


def difficulty_on(index: Index, query: Query, *, metric: str = "score", notes: Sequence[str] = ()) -> Document:
    """Scores and passes over the difficulty. See `results.trends.slopes`."""
    from ..report.trends import slopes_section, trends_document
    from ..results.trends import slopes

    return trends_document(_title(index, query), [slopes_section(slopes(index, query, metric=metric))], notes)


def power_on(
    index: Index,
    query: Query,
    dats: Sequence[Path],
    drop: float,
    *,
    metric: str = "score",
    notes: Sequence[str] = (),
    **terms: Unpack[Terms],
) -> Document:
    """How many seeds show a drop, by what these DATs (the newest first) say. See `results.power.power_plan`."""
    from ..report.power import power_document
    from ..results.power import Wanted, power_plan

    found = power_plan(index, query, list(map(str, dats)), Wanted(drop, **terms), metric=metric)
    return power_document(replace(found, dats=tuple(from_here(map(Path, found.dats)))), notes)


def _read(index: Index, query: Query, dats: Sequence[Path], typed: Sequence[str], metric: str) -> tuple[list[Run], Field]:
    from ..results.sides import called, read_runs

    near = from_here(dats)
    return read_runs(index, query, list(map(str, dats)), called(near, typed or near), metric=metric)


def _near(side: Side) -> Side:
    [path] = from_here([Path(side.path)])
    return replace(side, path=path)


def _typed(names: Sequence[str]) -> str:
    """As they may be typed again."""
    return inert(" ".join(map(shlex.quote, names)), most=1000, verbatim=True)


def _title(index: Index, query: Query) -> str:
    return some(from_here(map(Path, index.dats(query))), 3) or "no results"
