"""Runs held against each other (COMPARE-RUNS): a table of agents, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Comparison, Family, Json, Row, Side, Versus, inert
from . import figures
from .contest import contest_fields, is_sized, leaf_about, leaf_table, mean_text, remarks, remarks_block
from .document import (
    Block,
    Document,
    Fact,
    Facts,
    Field,
    Matrix,
    Note,
    Notes,
    Section,
    Table,
    column,
    interval_of,
    named,
    silent,
)

_MORE = "--all"
ALL = "all agents"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def versus_document(found: Versus, more: Sequence[Section] = (), notes: Sequence[str] = ()) -> Document:
    """What runs say of each other; `more` sections stand below (what changed between two), `notes` at the end."""
    sections = [sides_section(found.sides), effects_section(found)]
    if found.leaves is not None and found.leaves.comparisons:
        sections.append(_leaves(found, found.leaves))
    return Document(title_of(found.sides), (*sections, *more, *end(notes)))


def title_of(sides: Sequence[Side]) -> str:
    """`B against A`, by name."""
    names = [inert(side.name, most=80) for side in sides]
    return f"{names[1]} against {names[0]}" if len(names) == 2 else f"{len(names)} runs: {', '.join(names)}"


def letter(sides: Sequence[Side], at: int) -> str:
    """How tables call a run: A and B; of more than two, by name."""
    return LETTERS[at] if len(sides) == 2 else inert(sides[at].name, most=60)


def end(notes: Sequence[str]) -> list[Section]:
    """The last section; nothing without notes."""
    said = tuple(Note(inert(note, most=400), "note") for note in notes)
    return [Section("end", blocks=(Notes("notes", said),))] if said else []


def sides_section(sides: Sequence[Side]) -> Section:
    """Which runs they are."""
    facts = [Fact(LETTERS[at].lower() if len(sides) == 2 else str(at), letter(sides, at), _plain(side), _told(side))
             for at, side in enumerate(sides)]  # fmt: skip
    return Section("runs", blocks=(Facts("sides", tuple(facts)),))


def _told(side: Side) -> str:
    parts = [inert(side.path, most=400, verbatim=True)]
    cells = figures.many(side.cells, "cell")
    parts.append(f"{cells} by {figures.many(len(side.agents), 'agent')}" if side.agents else "no cell")
    if side.started:
        parts.append(inert(side.started[:16].replace("T", " ") + " UTC", most=40))
    if side.commit:
        parts.append(f"commit {inert(side.commit[:10], most=20)}{' + uncommitted changes' if side.dirty else ''}")
    if side.imported:
        parts.append("imported" if side.imported == side.cells else f"{side.imported:,} imported")
    if side.is_open:
        parts.append("not closed: it is running, or was killed")
    return ", ".join(parts)


def _plain(side: Side) -> dict[str, Json]:
    return {
        "name": side.name,
        "path": side.path,
        "batteries": list(side.batteries),
        "agents": list(side.agents),
        "n_agents": len(side.agents),
        "cells": side.cells,
        "scored": side.scored,
        "older": side.older,
        "imported": side.imported,
        "commit": side.commit,
        "dirty": side.dirty,
        "started": side.started,
        "text": _told(side),
        "open": side.is_open,
    }


def effects_section(found: Versus) -> Section:
    """Each agent in all runs: means, and what they differ by."""
    rows = [*([found.overall] if found.overall else []), *found.rows]
    sized = is_sized(found.metric)
    reference = letter(found.sides, found.reference)
    about = f"{inert(found.metric)}, {'' if found.better == 'mixed' else f'{found.better} is better'}".removesuffix(", ")
    notes = list(_notes(found))
    if len(found.sides) == 2 and any(one is not None for row in rows for one in row.against):
        other = 1 - found.reference
        who = letter(found.sides, other)
        table = Table(
            "agents",
            (
                _agents(rows),
                *(field for at in (found.reference, other) for field in _means(rows, found, at, sized=sized)),
                *contest_fields(rows, lambda row: row.against[other], header=f"{who} - {reference}", who=who, sized=sized),
            ),
            least=8,
        )
        compared = [(row.agent or ALL, one) for row in rows if (one := row.against[other])]
        told = list(remarks(compared, names=(who, reference))) if not found.why else []
        return Section("effects", "effects", about, (table, *remarks_block([*notes, *told])))
    blocks: list[Block] = [_matrix(rows, found, sized=sized), _all_means(found)]
    pairs = [
        (row.agent or ALL, found.sides[at].name, one) for row in rows for at, one in enumerate(row.against) if one is not None
    ]
    if pairs:
        blocks.append(_differences(pairs, reference, sized=sized))
        notes += [*remarks([(f"{agent}, {run}", one) for agent, run, one in pairs])] if not found.why else []
    return Section("effects", "effects", about, (*blocks, *remarks_block(notes)))


def _agents(rows: Sequence[Row]) -> Field:
    return Field(
        "agent",
        "agent",
        tuple(row.agent or None for row in rows),
        tuple(inert(row.agent) if row.agent else ALL for row in rows),
        left=True,
        names=True,
    )


def _means(rows: Sequence[Row], found: Versus, at: int, *, sized: bool) -> Iterator[Field]:
    key, name = LETTERS[at].lower(), letter(found.sides, at)
    yield column(
        f"mean_{key}",
        name,
        rows,
        lambda row: None if row.means[at] is None else row.means[at].value,  # type: ignore[union-attr]
        lambda row: mean_text(row.means[at], sized=sized),
    )
    yield silent(f"interval_{key}", rows, lambda row: interval_of(m.interval) if (m := row.means[at]) else None)
    yield silent(f"n_{key}", rows, lambda row: m.n if (m := row.means[at]) else 0)
    yield silent(f"missing_{key}", rows, lambda row: m.missing if (m := row.means[at]) else {})


def _matrix(rows: Sequence[Row], found: Versus, *, sized: bool) -> Matrix:
    def text(row: Row, at: int) -> str:
        mean = row.means[at]
        if mean is None or mean.value is None:
            return figures.MISSING if mean is None else f"{figures.MISSING} n {mean.n:,}"
        interval = "" if mean.interval is None else f" {figures.ends(mean.interval, sized=sized)}"
        return f"{mean_text(mean, sized=sized)}{interval} n {mean.n:,}"

    runs = range(len(found.sides))
    return Matrix(
        key="means",
        row_kind="agent",
        column_kind="run",
        rows=tuple(row.agent or ALL for row in rows),
        columns=tuple(side.name for side in found.sides),
        values=tuple(tuple(m.value if (m := row.means[at]) else None for at in runs) for row in rows),
        texts=tuple(tuple(text(row, at) for at in runs) for row in rows),
        more=_MORE,
    )


def _all_means(found: Versus) -> Table:
    """For machines: what stands in each place of the matrix."""
    rows = [(row, at) for row in [*([found.overall] if found.overall else []), *found.rows] for at in range(len(found.sides))]
    return Table(
        "cells",
        (
            silent("agent", rows, lambda each: each[0].agent or None),
            silent("run", rows, lambda each: found.sides[each[1]].name),
            silent("n", rows, lambda each: m.n if (m := each[0].means[each[1]]) else 0),
            silent("mean", rows, lambda each: m.value if (m := each[0].means[each[1]]) else None),
            silent("interval", rows, lambda each: interval_of(m.interval) if (m := each[0].means[each[1]]) else None),
            silent("missing", rows, lambda each: m.missing if (m := each[0].means[each[1]]) else {}),
            silent("why", rows, lambda each: m.why if (m := each[0].means[each[1]]) else "did not play there"),
        ),
    )


def _differences(pairs: Sequence[tuple[str, str, Comparison]], reference: str, *, sized: bool) -> Table:
    return Table(
        "differences",
        (
            named("agent", "agent", pairs, lambda each: each[0], once=True),
            named("run", "run", pairs, lambda each: each[1]),
            *contest_fields(pairs, lambda each: each[2], header="difference", who="run", sized=sized),
        ),
        caption=f"each run - {reference}",
        least=8,
        screen=tuple(range(min(len(pairs), 30))),
        more=f"… and {figures.many(len(pairs) - 30, 'more row')}: {_MORE}" if len(pairs) > 30 else "",
    )


def _leaves(found: Versus, leaves: Family) -> Section:
    other = 1 - found.reference
    sign = f"{letter(found.sides, other)} - {letter(found.sides, found.reference)}"
    table = leaf_table(leaves, sign, sized=is_sized(found.metric), better=found.better, more=_MORE)
    if table is None:
        return Section("leaves", "by scenario", "no difference anywhere")
    return Section("leaves", "by scenario", leaf_about(leaves), (table,))


def _notes(found: Versus) -> Iterator[Note]:
    if found.why:
        yield Note(f"not compared: {inert(found.why, most=600)}")
    elif found.tested > 1:
        yield Note(
            f"p is adjusted over {found.tested:,} comparisons (Holm); all agents together are a question of their own",
            values={"tested": found.tested},
        )
    if found.changed:
        names = _list(found.changed)
        what = "they are paired all the same" if found.forced else "left out (--force pairs them all the same)"
        text = f"the content of {figures.many(len(found.changed), 'scenario')} changed: {names}; {what}"
        yield Note(text, values={"scenarios": list[Json](found.changed), "count": len(found.changed)})
    if found.unknown:
        text = (
            f"of {figures.many(len(found.unknown), 'scenario')} a run does not tell the version (imported): taken for the same"
        )
        yield Note(text, values={"scenarios": list[Json](found.unknown), "count": len(found.unknown)})
    if any(one is not None and (one.missing_a or one.missing_b) for row in found.rows for one in row.against) and not found.why:
        yield Note("means are of all cells of a run; a difference is of pairs alone")
    for note in found.notes:
        yield Note(inert(note, most=400))


def _list(names: Sequence[str]) -> str:
    return ", ".join(inert(name, most=80) for name in names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
