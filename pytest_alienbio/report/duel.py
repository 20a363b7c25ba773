"""Agents held against each other: the mean of each, each pair, and where two differ."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Duel, Family, inert
from . import figures
from .contest import contest_fields, is_sized, leaf_about, leaf_table, remarks, remarks_block, size
from .document import Document, Note, Notes, Section, Table, column, interval_of, named, silent
from .versus import end

_MORE = "--all"
MOST = 30
"""Pairs that a screen shows."""


def duel_document(found: Duel, title: str, notes: Sequence[str] = ()) -> Document:
    """What the comparison of agents gave."""
    sections = [_head(found), _agents(found), _pairs(found)]
    if found.leaves is not None:
        sections.append(_leaves(found, found.leaves))
    return Document(inert(title), (*sections, *end([*found.notes, *notes])))


def _head(found: Duel) -> Section:
    paths = [inert(path, most=400, verbatim=True) for path in found.dats]
    text = f"from {figures.many(len(paths), 'result folder')}: {', '.join(paths[:3])}"
    text += f" and {len(paths) - 3:,} more" if len(paths) > 3 else ""
    return Section("results", blocks=(Notes("from", (Note(text, values={"dats": list(found.dats), "count": len(paths)}),)),))


def _agents(found: Duel) -> Section:
    rows, sized = list(found.means.items()), is_sized(found.metric)
    turn = -1.0 if found.better == "higher" else 1.0
    rows.sort(key=lambda row: (row[1].value is None, turn * (row[1].value or 0.0)))
    table = Table(
        "agents",
        (
            named("agent", "agent", rows, lambda row: row[0]),
            column(
                "mean",
                "mean",
                rows,
                lambda row: row[1].value,
                lambda row: figures.MISSING if row[1].value is None else size(row[1].value, sized=sized),
            ),
            column(
                "interval",
                "95%",
                rows,
                lambda row: interval_of(row[1].interval),
                lambda row: figures.ends(row[1].interval, sized=sized),
                gives_way=1,
            ),
            silent("why_no_interval", rows, lambda row: row[1].why if row[1].interval is None else None),
            column("n", "worlds", rows, lambda row: row[1].n, lambda row: f"{row[1].n:,}", gives_way=2),
            silent("missing", rows, lambda row: row[1].missing),
        ),
        screen=tuple(range(min(len(rows), MOST))),
        more=f"… and {figures.many(len(rows) - MOST, 'more agent')}: {_MORE}" if len(rows) > MOST else "",
    )
    return Section("agents", "agents", f"{inert(found.metric)}, {found.better} is better; mean of all cells of each", (table,))


def _pairs(found: Duel) -> Section:
    rows, sized = list(found.family.comparisons), is_sized(found.metric)
    table = Table(
        "pairs",
        (
            named("a", "A", rows, lambda one: one.a, once=True),
            named("b", "B", rows, lambda one: one.b),
            *contest_fields(rows, lambda one: one, header="A - B", who="A", sized=sized),
        ),
        least=8,
        screen=tuple(range(min(len(rows), MOST))),
        more=f"… and {figures.many(len(rows) - MOST, 'more pair')}: {_MORE}" if len(rows) > MOST else "",
    )
    notes = []
    if found.family.tested > 1:
        text = f"p is adjusted over {found.family.tested:,} pairs (Holm)"
        notes.append(Note(text, values={"tested": found.family.tested}))
    notes += remarks([(f"{one.a} - {one.b}", one) for one in rows])
    return Section("pairs", "pairs", "on the worlds that both played", (table, *remarks_block(notes)))


def _leaves(found: Duel, leaves: Family) -> Section:
    table = leaf_table(leaves, "A - B", sized=is_sized(found.metric), better=found.better, more=_MORE)
    if table is None:
        return Section("leaves", "by scenario", "no difference anywhere")
    return Section("leaves", "by scenario", leaf_about(leaves), (table,))
