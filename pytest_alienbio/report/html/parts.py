"""Which sections of a document stand together on a page, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..document import Block, Document, Figure, Matrix, Section
from .blocks import anchors, tame


@dataclass(frozen=True, slots=True)
class Part:
    """What a page shows at a time: its place in the address, its heading, its sections."""

    key: str
    heading: str
    sections: tuple[Section, ...] = ()


ORDER: Mapping[str, tuple[str, frozenset[str]]] = {
    "overview": ("Overview", frozenset({"glance", "gates", "run", "results", "leaderboard", "since", "findings"})),
    "scenarios": ("Scenarios", frozenset({"summary", "heatmap", "scenarios"})),
    "scores": ("Scores", frozenset({"scores", "breakdown", "metrics", "bars", "profile"})),
    "difficulty": ("Difficulty", frozenset({"difficulty", "correlations"})),
    "seeds": ("Seeds", frozenset({"seeds", "histograms"})),
    "failures": ("Failures", frozenset({"failures"})),
    "gates": ("Gates", frozenset({"gate", "power"})),
    "compare": ("Compare", frozenset({"compare"})),
    "timeline": ("Timeline", frozenset({"timeline"})),
    "cost": ("Cost", frozenset({"cost", "accounts", "spend"})),
    "environment": ("Environment", frozenset({"environment", "provenance", "notes"})),
}
"""The parts in their order: heading, and the sections that belong there, by key (without what stands in brackets)."""
LAST = "overview"
"""Where the sections go that every document may end with, if anything else is there; else they are on the first part."""
_ENDS = frozenset({"end"})
_INSTEAD = frozenset({"summary", "metrics"})
"""What says who is best where there is no leaderboard: tasks that nothing scores."""
OWN = ("cells", "trace", "diff", "main")
"""What a page has beside its document's parts: no part is called so."""


def parts_of(document: Document) -> list[Part]:
    """Every section of the document in one part each, none lost: those nobody knows are a part of their own, at the end."""
    held: dict[str, list[Section]] = {key: [] for key in ORDER}
    ends: list[Section] = []
    strange: list[Section] = []
    alone = all(section.key != "leaderboard" for section in document.sections)
    for section in document.sections:
        kind = section.key.partition("[")[0]
        home = LAST if alone and kind in _INSTEAD else next((key for key, (_, kinds) in ORDER.items() if kind in kinds), None)
        (ends if kind in _ENDS else strange if home is None else held[home]).append(section)
    if held[LAST] or not any((*held.values(), strange)):
        held[LAST] += ends
        ends = []
    known = [Part(key, ORDER[key][0], tuple(sections)) for key, sections in held.items() if sections]
    keys = anchors([section.key for section in strange], [*ORDER, *OWN])
    parts = known + [
        Part(key, heading(section) or tame(section.key), (section,)) for key, section in zip(keys, strange, strict=True)
    ]
    if ends:  # nobody should open a page that begins with its last words
        parts[0] = replace(parts[0], sections=(*parts[0].sections, *ends))
    return parts


def shown(section: Section) -> tuple[Block, ...]:
    """Its blocks as a page has them: no picture of a heat map beside a matrix, which is one here, and can be clicked."""
    if not any(isinstance(block, Matrix) for block in section.blocks):
        return section.blocks
    return tuple(block for block in section.blocks if not (isinstance(block, Figure) and block.chart.key == "heatmap"))


def heading(section: Section) -> str:
    """A section's heading with a capital letter."""
    text = tame(section.heading)
    return text[:1].upper() + text[1:]


def sections_of(parts: Sequence[Part]) -> list[Section]:
    """The sections of all parts, in a page's order."""
    return [section for part in parts for section in part.sections]
