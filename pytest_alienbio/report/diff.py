"""What is different in a later run (DIFF-REPORT): cells, and what they were made of."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..model import CellChange, Changed, Diff, Json, canonical, inert
from . import figures
from .document import Block, Document, Fact, Facts, Item, Items, Note, Notes, Section, Table, column, named
from .versus import end, sides_section, title_of

_MORE = "--all"
MOST = 10
"""Cells, and groups of them, that a screen shows."""
WORDS: Mapping[str, str] = {
    "broke": "broke: ended well in A, and does no longer",
    "fails": "fail now",
    "mended": "end well now: broke in A",
    "passes": "pass now",
    "outcome": "ended in another way",
    "score": "have another score",
    "new": "are new",
    "gone": "are gone",
}
_SHORT = {"score": "score", "outcome": "other end"}
Group = tuple[tuple[str, str], dict[str, int]]
"""Scenario and agent, and how many of their cells changed in which way."""
_LINE = 24
"""Characters of an old and a new value that stand on one line, also of a narrow screen."""
_KEPT = 300
"""Characters of a value that are shown."""


def diff_document(found: Diff, notes: Sequence[str] = ()) -> Document:
    """What changed between two runs: settings, then cells, counted and one by one."""
    sections = [sides_section(found.sides), around_section(found), *cell_sections(found)]
    return Document(title_of(found.sides), (*sections, *end([*found.notes, *notes])))


def around_section(found: Diff) -> Section:
    """What the runs were made of, where it differs: keys with old and new values."""
    rows = found.around
    if not rows:
        return Section(
            "changed", "what changed", "nothing that is recorded: battery, agents, scenarios, versions, commit, command"
        )

    def value(row: Changed, which: str) -> str:
        if row.missing:
            return "-" if row.missing == which else "there" if getattr(row, which) is True else _spelled(getattr(row, which))
        return _spelled(getattr(row, which))

    def item(row: Changed) -> Item:
        before, after = value(row, "before"), value(row, "after")
        short = len(before) + len(after) <= _LINE
        return Item(
            f"{row.about}: {inert(row.key, most=80)}",
            f"{before} -> {after}" if short else "",
            lines=() if short else (f"A  {before}", f"B  {after}"),
            values={"about": row.about, "key": row.key, "before": row.before, "after": row.after, "missing": row.missing},
        )

    items = tuple(map(item, rows))
    left_out = len(items) - 2 * MOST
    more = f"… and {figures.many(left_out, 'more key')}: {_MORE}" if left_out > 0 else ""
    return Section("changed", "what changed", "from A to B", (Items("keys", items, most=2 * MOST, more=more),))


def counts_section(found: Diff, how: str) -> Section:
    """How many cells changed in which way; `how` has them one by one."""
    facts = _facts(found)
    about = "from A to B" if found.cells else ""
    blocks: list[Block] = [Facts("counts", facts)]
    if found.cells:
        blocks.append(Notes("remarks", (Note(f"{how} lists them"),)))
    return Section("cells", "cells", about, tuple(blocks))


def cell_sections(found: Diff) -> Iterator[Section]:
    """Counts, then by agent and scenario, then the cells themselves."""
    blocks: list[Block] = [Facts("counts", _facts(found))]
    if found.cells:
        blocks.append(_groups(found))
    yield Section("cells", "cells", "from A to B", tuple(blocks))
    if found.cells:
        items = tuple(_item(change, found) for change in found.cells)
        left_out = len(items) - MOST
        more = f"… and {figures.many(left_out, 'more cell')}: {_MORE}" if left_out > 0 else ""
        yield Section("moves", "one by one", "what matters first", (Items("moves", items, most=MOST, more=more),))


def _facts(found: Diff) -> tuple[Fact, ...]:
    counts = {**{kind: found.counts.get(kind, 0) for kind in WORDS}, "same": found.same}
    words = {**WORDS, "same": "are the same"}
    shown = {kind: count for kind, count in counts.items() if count or kind == "same"}
    return tuple(Fact(kind, f"{count:,}", count, words[kind]) for kind, count in shown.items())


def _groups(found: Diff) -> Table:
    groups: dict[tuple[str, str], dict[str, int]] = {}
    for change in found.cells:
        mine = groups.setdefault((change.scenario, change.agent), {})
        mine[change.kind] = mine.get(change.kind, 0) + 1
    order = list(WORDS)

    def weight(row: Group) -> tuple[int, ...]:
        return tuple(-row[1].get(kind, 0) for kind in order)

    rows = sorted(groups.items(), key=weight)
    kinds = [kind for kind in order if found.counts.get(kind)]
    left_out = len(rows) - 2 * MOST
    return Table(
        "groups",
        (
            named("scenario", "scenario", rows, lambda row: row[0][0]),
            named("agent", "agent", rows, lambda row: row[0][1]),
            *(
                column(kind, _SHORT.get(kind, kind), rows, *_of(kind), gives_way=len(kinds) - at)
                for at, kind in enumerate(kinds)
            ),
        ),
        screen=tuple(range(min(len(rows), 2 * MOST))),
        more=f"… and {figures.many(left_out, 'more row')}: {_MORE}" if left_out > 0 else "",
    )


def _of(kind: str) -> tuple[Callable[[Group], int], Callable[[Group], str]]:
    """How many of a group changed so, for machines and for people."""
    return lambda row: row[1].get(kind, 0), lambda row: f"{row[1][kind]:,}" if kind in row[1] else ""


def _item(change: CellChange, found: Diff) -> Item:
    a, b = found.sides
    shown = [f"bio show {shlex.quote(f'{side.path}::{name}')}" for side, name in zip((a, b), change.ids, strict=True) if name]
    return Item(
        inert(change.ids[1] or change.ids[0], most=200),
        change.kind,
        _why(change),
        copy=tuple(inert(line, most=1000, verbatim=True) for line in shown),
        values={
            "kind": change.kind,
            "agent": change.agent,
            "scenario": change.scenario,
            "ids": list(change.ids),
            "outcomes": list(change.outcomes),
            "scores": list(change.scores),
            "passed": list(change.passed),
        },
    )


def _why(change: CellChange) -> str:
    def end_of(at: int) -> str:
        if not change.ids[at]:
            return "-"
        score = change.scores[at]
        return change.outcomes[at] if score is None else _digits(score, change.scores[1 - at])

    return f"{end_of(0)} -> {end_of(1)}"


def _digits(score: float, other: float | None) -> str:
    """In as many digits as tell the two apart."""
    for digits in range(2, 10):
        text = f"{score:.{digits}f}"
        if other is None or f"{other:.{digits}f}" != text:
            return text
    return f"{score:.12g}"


def _spelled(value: Json) -> str:
    text = value if isinstance(value, str) else _numbers(value) or canonical(value)
    return inert(text, most=_KEPT)


def _numbers(value: Json) -> str:
    """`0-19` for a list of whole numbers in a row; '' for anything else."""
    if not isinstance(value, list | tuple) or len(value) < 3 or any(type(each) is not int for each in value):
        return ""
    first, last = value[0], value[-1]
    return f"{first}-{last}" if list(value) == list(range(int(str(first)), int(str(last)) + 1)) else ""
