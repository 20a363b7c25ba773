"""Charts of a page, each in the section whose numbers it draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...charts import bars, cost, difficulty, drops, heatmap, histogram, of_leaves, of_standings, timeline
from ...model import Chart, Review, Summary, Timeline, Verdict
from ...report.document import Document, Figure, Section
from ...results.sheet import Found
from ...store.fields import SCORED

if TYPE_CHECKING:
    from ...model import Bill, Slopes


def drawn(document: Document, charts: Sequence[tuple[str, Chart]]) -> Document:
    """The document with each chart first in the section of its key; one whose section is not there is left out."""
    by_section: dict[str, list[Figure]] = {}
    for key, chart in charts:
        by_section.setdefault(key, []).append(Figure(chart.key, chart))
    return Document(document.title, tuple(_with(section, by_section.get(section.key, ())) for section in document.sections))


def charts_of(review: Review, found: Found, played: Timeline) -> Iterator[tuple[str, Chart]]:
    """(section, chart) of a report's parts."""
    yield from scores(review.summary)
    yield from spreads(found)
    yield from curves(review.slopes)
    yield from bill(review.bill)
    yield from workers(played)


def scores(summary: Summary) -> Iterator[tuple[str, Chart]]:
    """Agents and scenarios, where cells have scores."""
    if any(leaf.mean is not None for leaf in summary.leaves):
        yield "summary", heatmap(of_leaves(summary.leaves, summary.standings))
    if any(line.mean is not None for line in summary.standings):
        yield "leaderboard", bars(of_standings(summary.standings))


def spreads(found: Found) -> Iterator[tuple[str, Chart]]:
    """How scores are spread over seeds, agent by agent, of the records that count; a cell that broke is missing."""
    groups: dict[str, list[float | None]] = {}
    for agent, outcome, score, counts in zip(*(found[name] for name in ("agent", "outcome", "score", "counts")), strict=True):
        if counts:
            groups.setdefault(agent, []).append(score if outcome in SCORED else None)
    if any(value is not None for values in groups.values() for value in values):
        yield "breakdown", histogram(groups)


def curves(slopes: Slopes | None) -> Iterator[tuple[str, Chart]]:
    """Scores over the difficulty."""
    if slopes is not None and slopes.levels:
        yield "difficulty", difficulty(slopes)


def bill(found: Bill) -> Iterator[tuple[str, Chart]]:
    """What agents cost."""
    if found.total.cells:
        yield "cost", cost(found)


def workers(played: Timeline) -> Iterator[tuple[str, Chart]]:
    """Who played when."""
    if played.workers:
        yield "timeline", timeline(played)


def fallen(verdict: Verdict, section: str) -> Iterator[tuple[str, Chart]]:
    """The drops that a gate found."""
    if verdict.nodes:
        yield section, drops(verdict)


def _with(section: Section, figures: Sequence[Figure]) -> Section:
    return replace(section, blocks=(*figures, *section.blocks)) if figures else section
