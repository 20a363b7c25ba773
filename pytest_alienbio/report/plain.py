"""A document as plain values, for JSON: raw numbers, null for what is missing, every row."""

from __future__ import annotations

import json

from ..model import Json
from .document import Copy, Document, Facts, Figure, Items, Matrix, Notes, Section, Table

VERSION = 1


def as_plain(document: Document) -> dict[str, Json]:
    """`{v, title, sections: {<key>: {heading, about, <block's key>: ...}}}`, in the document's order.

    A table is a list of objects, a row each; a matrix an object of both sides' names and `values` row by row, with `total`
    if it has totals; facts an object; sentences and things that happened a list of objects, which hold `text`, or `name`,
    `what`, `why` and `copy`, beside their own values; a line to be copied is a string.
    """
    return {"v": VERSION, "title": document.title, "sections": {part.key: _section(part) for part in document.sections}}


def as_json(document: Document) -> str:
    """`as_plain(document)` as one object of ASCII, ending in a line break. Raises `ValueError` for NaN and infinities."""
    return json.dumps(as_plain(document), indent=2, allow_nan=False, default=_plain) + "\n"


def _section(section: Section) -> dict[str, Json]:
    return {
        "heading": section.heading,
        "about": section.about,
        **{block.key: _block(block) for block in section.blocks if not isinstance(block, Figure)},
    }


def _block(block: Table | Matrix | Notes | Facts | Items | Copy) -> Json:
    match block:
        case Table():
            return list[Json](block.rows())
        case Matrix():
            return {
                f"{block.row_kind}s": block.rows,
                f"{block.column_kind}s": block.columns,
                "values": block.values,
                **({"total": {"is": block.total, "values": block.totals}} if block.total else {}),
            }
        case Notes():
            return [{"text": note.text, **({"label": note.label} if note.label else {}), **note.values} for note in block.notes]
        case Facts():
            return {fact.key: fact.value for fact in block.facts}
        case Items():
            return [
                {"name": each.name, "what": each.what, "why": each.why, "lines": each.lines, "copy": each.copy, **each.values}
                for each in block.items
            ]
        case Copy():
            return block.text


def _plain(value: object) -> object:
    """Mappings that are no dicts, as values of frozen nouns may be."""
    return dict(value)  # type: ignore[call-overload]
