"""What is different in a later run, cell by cell."""

from __future__ import annotations

from collections import Counter

from ..model import CellChange, Diff
from ..store.fields import OUTCOMES
from .around import around
from .records import Record
from .sides import ID, Cell, Run, score_of

SAME = 1e-9
"""Scores that differ by no more are the same."""
KINDS = ("broke", "fails", "mended", "passes", "outcome", "score", "new", "gone")
"""What matters first stands first."""


def diff_runs(first: Run, second: Run) -> Diff:
    """A later run against an earlier one: cells new and gone, whose outcome, verdict or score changed, and what changed in what
    they were made of: the battery, agents, scenarios, versions, commit, command.

    A cell is the same one by agent, scenario, difficulty, params, seed and variant, whatever became of the content of its
    scenario. Of its kinds of change the first in `KINDS` counts. Imports no numpy.
    """
    changes: list[CellChange] = []
    same = 0
    for cell in sorted({**first.cells, **second.cells}, key=_place):
        a, b = first.cells.get(cell), second.cells.get(cell)
        kind = _kind(a, b)
        if kind:
            changes.append(_change(kind, cell, a, b))
        else:
            same += 1
    changes.sort(key=lambda change: (KINDS.index(change.kind), -change.size))
    counted = Counter(change.kind for change in changes)
    return Diff(
        (first.side, second.side),
        same,
        tuple(changes),
        tuple(around(first, second)),
        counts={kind: counted[kind] for kind in KINDS},
    )


def _place(cell: Cell) -> tuple[str, int, str, str, int, int]:
    """By scenario, difficulty, agent: as everywhere."""
    agent, scenario, level, params, seed, variant = cell
    return scenario, level, agent, params, seed, variant


def _kind(a: Record | None, b: Record | None) -> str:
    if a is None:
        return "new"
    if b is None:
        return "gone"
    if a.outcome != b.outcome:
        ended = OUTCOMES[a.outcome].scored, OUTCOMES[b.outcome].scored
        return {(True, False): "broke", (False, True): "mended"}.get(ended, "outcome")
    if a.passed is not b.passed:
        return "passes" if b.passed else "fails"
    before, after = score_of(a), score_of(b)
    if before is None or after is None:
        return "" if before is after else "score"
    return "score" if abs(before - after) > SAME else ""


def _change(kind: str, cell: Cell, a: Record | None, b: Record | None) -> CellChange:
    return CellChange(
        kind,
        agent=cell[0],
        scenario=cell[1],
        ids=(str(a.group[ID]) if a else "", str(b.group[ID]) if b else ""),
        outcomes=(a.outcome if a else "", b.outcome if b else ""),
        scores=(score_of(a) if a else None, score_of(b) if b else None),
        passed=(a.passed if a else None, b.passed if b else None),
    )
