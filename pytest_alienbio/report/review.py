"""Deciding what a report on stored results says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from ..errors import SpecError, did_you_mean
from ..model import Json, Review, Summary, Unrecorded, inert
from . import figures
from .breakdown import breakdown
from .build import ended
from .cost import cost
from .document import Document, Note, Notes, Section
from .failures import failure_analysis
from .leaderboard import leaderboard
from .measures import metrics
from .scores import played, ranks
from .summary import summary_table
from .trends import links_section, slopes_section

_MORE = "--all"
_DATS = 3
"""Result folders that are named."""


def _leaderboard(review: Review) -> Iterator[Section | None]:
    # Trials of tasks that nothing ranks have pass rates, in the summary; a leaderboard of dashes tells nothing.
    if ranks(played(review.summary.leaves)):
        yield leaderboard(review.summary, _MORE)


def _summary(review: Review) -> Iterator[Section | None]:
    yield summary_table(review.summary, _MORE)


def _breakdown(review: Review) -> Iterator[Section | None]:
    yield breakdown(review.breakdowns, _MORE)
    yield metrics(played(review.summary.leaves), _MORE)


def _failures(review: Review) -> Iterator[Section | None]:
    yield failure_analysis(review.errors, review.below, _MORE)


def _cost(review: Review) -> Iterator[Section | None]:
    yield cost(review.bill, _MORE)


def _correlations(review: Review) -> Iterator[Section | None]:
    yield None if review.links is None else links_section(review.links)


def _difficulty(review: Review) -> Iterator[Section | None]:
    yield None if review.slopes is None else slopes_section(review.slopes)


PARTS: Mapping[str, Callable[[Review], Iterator[Section | None]]] = {
    "leaderboard": _leaderboard,
    "summary": _summary,
    "breakdown": _breakdown,
    "failures": _failures,
    "cost": _cost,
}
"""What a report can hold, in its order."""

ON_REQUEST: Mapping[str, Callable[[Review], Iterator[Section | None]]] = {
    "correlations": _correlations,
    "difficulty": _difficulty,
}
"""What a report holds only if it is asked to: it takes longer, and is not of every report's interest."""


def review_document(review: Review, only: Collection[str] = ()) -> Document:
    """The report of `review`: all of `PARTS`, or `only` these, of `ON_REQUEST`, too.

    Its first section `results` says what it stands on. Raises `SpecError` for a part that there is not.
    """
    parts = {**PARTS, **ON_REQUEST}
    for name in only:
        if name not in parts:
            raise SpecError(f"there is no part {name!r} of a report; {did_you_mean(name, parts, most=20)}")
    sections = [_head(review)]
    for name, made in parts.items():
        if name in (only or PARTS):
            sections += [section for section in made(review) if section]
    return Document(inert(review.title), (*sections, *_end([*review.summary.notes, *review.notes])))


def leaderboard_document(
    title: str,
    summary: Summary,
    dats: Sequence[str],
    notes: Sequence[str] = (),
    unrecorded: Sequence[Unrecorded] = (),
) -> Document:
    """The leaderboard of `summary` alone."""
    board = leaderboard(summary, _MORE)
    none = Section("leaderboard", "leaderboard", "none, no cell has a score")
    shown = board if board and ranks(summary.leaves) else none
    return Document(inert(title), (_cells(summary, dats, unrecorded), shown, *_end([*summary.notes, *notes])))


def _end(notes: Sequence[str]) -> list[Section]:
    said = tuple(Note(inert(note, most=400), "note") for note in notes)
    return [Section("end", blocks=(Notes("notes", said),))] if said else []


def _head(review: Review) -> Section:
    return _cells(review.summary, review.dats, review.unrecorded)


def _cells(summary: Summary, dats: Sequence[str], unrecorded: Sequence[Unrecorded]) -> Section:
    cells = sum(summary.outcomes.values())
    text = figures.many(cells, "cell")
    if dats:
        named = ", ".join(inert(path, most=400, verbatim=True) for path in dats[:_DATS])
        text += f" from {figures.many(len(dats), 'result folder')}: {named}"
        text += f" and {len(dats) - _DATS:,} more" if len(dats) > _DATS else ""
    notes = [Note(text, values={"cells": cells, "dats": list[Json](dats), "older": summary.older})]
    if told := ended(summary.outcomes):
        notes.append(Note(told, values={"outcomes": dict(summary.outcomes)}))
    notes += [Note(line, "missing", values=values) for line, values in _lacking(unrecorded, several=len(dats) > 1)]
    return Section("results", blocks=(Notes("cells", tuple(notes)),))


def _lacking(unrecorded: Sequence[Unrecorded], *, several: bool) -> Iterator[tuple[str, dict[str, Json]]]:
    """What has no record, folder by folder as far as they are named, then together."""
    for each in unrecorded[:_DATS]:
        where = f"{inert(each.dat, most=400, verbatim=True)}: " if several else ""
        yield where + each.sentence, {"dat": each.dat, "unrecorded": each.cells, "of": each.planned, "closed": each.closed}
    if rest := unrecorded[_DATS:]:
        cells = sum(each.cells for each in rest)
        text = f"and {figures.many(cells, 'cell')} of {figures.many(len(rest), 'more result folder')} have no record"
        yield text, {"folders": len(rest), "unrecorded": cells}
