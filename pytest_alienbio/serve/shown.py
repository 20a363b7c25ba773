"""A document for the script of a live page: the texts that people read of each block, and nothing else of it."""

from __future__ import annotations

from dataclasses import asdict

from ..model import Json
from ..report import Document
from ..report.document import Block, Copy, Facts, Figure, Items, Matrix, Notes, Section, Table
from ..report.html.blocks import Grid, matrix_grid, table_grid, tame


def as_shown(document: Document) -> dict[str, Json]:
    """`{title, sections: [{key, heading, about, alarm, blocks: [{kind, ...}]}]}`; of what a page leaves out nothing."""
    return {"title": tame(document.title), "sections": [_section(section) for section in document.sections]}


def _section(section: Section) -> dict[str, Json]:
    blocks = [shown for block in section.blocks if (shown := _block(block))]
    texts = {"heading": tame(section.heading), "about": tame(section.about)}
    return {"key": tame(section.key), **texts, "alarm": section.alarm, "blocks": list[Json](blocks)}


def _block(block: Block) -> dict[str, Json] | None:
    match block:
        case Table():
            return _grid(table_grid(block))
        case Matrix():
            return _grid(matrix_grid(block))
        case Notes():
            said = [tame(": ".join(filter(None, (note.label, note.text)))) for note in block.notes]
            return {"kind": "notes", "list": block.items, "lines": list[Json](said)}
        case Facts():
            return {"kind": "facts", "rows": [[tame(fact.label), tame(fact.text)] for fact in block.facts]}
        case Items():
            items: list[Json] = [
                {
                    "name": tame(item.name),
                    "what": tame(item.what),
                    "why": tame(item.why),
                    "lines": list[Json](map(tame, item.lines)),
                    "copy": list[Json](map(tame, item.copy)),
                }
                for item in block.items
            ]
            return {"kind": "items", "items": items}
        case Copy():
            return {"kind": "copy", "label": tame(block.label), "text": tame(block.text)}
        case Figure():
            return None


def _grid(grid: Grid | None) -> dict[str, Json] | None:
    if grid is None:
        return None
    heads: list[Json] = [{"text": head.text, "left": head.left, "name": head.name} for head in grid.heads]
    rows: list[Json] = [[asdict(spot) for spot in row] for row in (*grid.rows, *((grid.total,) if grid.total else ()))]
    return {"kind": "table", "caption": grid.caption, "heads": heads, "rows": rows, "more": grid.more, "class": grid.kind}
