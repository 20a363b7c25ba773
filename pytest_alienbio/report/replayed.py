"""One recorded cell played again, beside its record."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Result, apart
from ..model.cell_diff import CellDiff
from . import figures
from .cell_diff import render_place
from .page import BOLD, RED, Page


def render_replayed(
    record: Result,
    now: Result,
    diff: CellDiff,
    width: int,
    *,
    identical: bool,
    notes: Sequence[str] = (),
    color: bool = False,
    ascii: bool = False,
) -> list[str]:
    """The verdict, both ends, and both sides of where they part. Only the id and the DAT's path may be wider than `width`."""
    page = Page(max(width, 20), color, ascii)
    lines = [page.whole("", record.id, BOLD)]
    for label, one, other in (("recorded", record, now), ("now", now, record)):
        lines += page.labelled(label, _end(one, other))
    lines.append(page.whole("DAT", record.dat_path))
    for note in notes:
        lines += page.labelled("note", note)
    if identical:
        same = figures.many(diff.turns, "turn") + (f" and {figures.many(diff.calls, 'call')} to a model" if diff.calls else "")
        return [*lines, "", *page.prose(f"identical: {same}; nothing was asked, spent or recorded", style=BOLD)]
    lines += ["", *page.prose("not identical", style=RED)]
    if diff.first is None:
        why = "the same turns are scored in another way: the scoring has changed (`bio rescore` scores stored cells anew)"
        lines += page.prose(why if now.outcome.scored and record.outcome.scored else "the same turns end in another way")
    else:
        lines += render_place(page, "recorded", "now", diff)
    return lines


def _end(result: Result, other: Result) -> str:
    score = "" if result.score is None else f", score {apart(result.score, other.score, 4)}"
    return f"{result.outcome}{score}" + (f": {result.reason}" if result.reason else "")
