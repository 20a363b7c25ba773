"""A document as Markdown, as GitHub shows it. Whatever names and messages say, it stays text: no link, no tag, no mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .document import Block, Copy, Document, Facts, Field, Figure, Item, Items, Matrix, Note, Notes, Section, Table
from .matrix import sheet

_ESCAPED = re.compile(r"[\\`*\[\]<|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)|:(?=//)")
_INTERVAL = re.compile(r"\[[-+.0-9e]+, [-+.0-9e]+\]")
_WWW = re.compile(r"(?i)\bwww(?=\.)")
_CALLS = re.compile(r"[@#](?=[\w/.-])|:(?=[\w+-]+:)|(?<=mailto):|(?<=xmpp):")
"""What GitHub makes a mention, a link or a picture of even if it is escaped: `@name`, `#12`, `:tada:`."""
_LINE_START = re.compile(r"([->+=#])|(\d+)([.)])(?=\s|$)")
_NOTHING = "&#8203;"
"""A character of no width: what stands around it is no longer one word."""


def render_markdown(document: Document, *, whole: bool = True) -> str:
    """The document with every row of its tables, ending in a line break. Missing numbers are `-`, as on a screen.

    Not `whole`: with the rows that a screen shows, and how many are left out.
    """
    sections = document.sections if whole else [replace(each, blocks=tuple(_few(each.blocks))) for each in document.sections]
    return "\n\n".join(["# " + line(document.title or "report"), *_sections(sections)]) + "\n"


def _few(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks without what a screen leaves out, each followed by what says so."""
    for block in blocks:
        more = ""
        match block:
            case Table() if block.screen is not None and len(block.screen) < len(block):
                more = block.more
                shown = [each for each in block.fields if each.texts]
                texts = [tuple(each.texts[at] for at in block.screen) for each in shown]
                kept = tuple(replace(each, values=few, texts=few) for each, few in zip(shown, texts, strict=True))
                yield replace(block, fields=kept, screen=None)
            case Items() if len(block.items) > block.most:
                more = block.more
                yield replace(block, items=block.items[: block.most])
            case Notes() if len(block.notes) > block.most:
                more = f"… and {len(block.notes) - block.most:,} {block.more}"
                yield replace(block, notes=block.notes[: block.most])
            case _:
                yield block
        if more:
            yield Notes(f"more {block.key}", (Note(more),))


def escape(text: str) -> str:
    """`text` (inert, one line) as Markdown that shows just this text: within a line, or in a table's cell.

    Intervals as we spell them need no escapes and stay as they are.
    """
    if _INTERVAL.fullmatch(text):
        return text
    text = _ESCAPED.sub(r"\\\g<0>", text)
    return _WWW.sub(rf"\g<0>{_NOTHING}", _CALLS.sub(rf"\g<0>{_NOTHING}", text))


def line(text: str) -> str:
    """`text` as `escape` has it, where it begins a line: no heading, list, quote or rule."""
    escaped = escape(text.strip())
    found = _LINE_START.match(escaped)
    if not found:
        return escaped
    return f"\\{escaped}" if found[1] else f"{found[2]}\\{escaped[len(found[2]) :]}"


def code(text: str, *, in_table: bool = False) -> str:
    """`text` as it is, in a code span: a name, a command, a path."""
    if not text.strip():
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    room = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{room}{text.replace('|', chr(92) + '|') if in_table else text}{room}{fence}"


def _sections(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        if section.heading:
            yield "## " + line(section.heading[0].upper() + section.heading[1:])
        if section.about:
            yield line(f"{section.about[0].upper()}{section.about[1:]}.")
        for block in section.blocks:
            text = _block(block)
            if text:
                yield text


def _block(block: Block) -> str:
    match block:
        case Table():
            return _table(block)
        case Matrix():
            return _matrix(block)
        case Notes():
            return (
                "\n".join(f"- {_note(each)}" for each in block.notes) if block.items else "\n\n".join(map(_note, block.notes))
            )
        case Facts():
            return "\n".join(f"- {line(fact.label)}: {escape(fact.text)}" for fact in block.facts)
        case Items():
            return "\n".join(map(_item, block.items))
        case Copy():
            return f"{line(block.label)}: {code(block.text)}" if block.label else code(block.text)
        case Figure():
            return ""


def _note(note: Note) -> str:
    return f"{line(note.label)}: {escape(note.text)}" if note.label else line(note.text)


def _item(item: Item) -> str:
    said = ": ".join([code(item.name), *(escape(text) for text in (item.what, item.why) if text)])
    below = [*map(line, item.lines), *map(code, item.copy)]
    return "\n".join([f"- {said}", *(f"  - {each}" for each in below)])


def _cell(field: Field, text: str) -> str:
    if field.names and text != "-":
        return code(text, in_table=True)
    return escape(text)


def _table(table: Table) -> str:
    if table.silent:
        return ""
    shown = [field for field in table.fields if field.texts]
    rows = [[_cell(field, field.texts[at]) for field in shown] for at in range(len(table))]
    grid = _grid([escape(field.header) for field in shown], [field.left for field in shown], rows)
    return f"{line(table.caption)}:\n\n{grid}" if table.caption else grid


def _matrix(matrix: Matrix) -> str:
    if not matrix.rows or not matrix.columns:
        return ""
    made = sheet(matrix)
    last = len(made.rows) - 1
    rows = [
        [
            escape(name) if made.totals_below and at == last else code(name, in_table=True),
            *map(escape, texts),
        ]
        for at, (name, texts) in enumerate(zip(made.rows, made.texts, strict=True))
    ]
    headers = [code(name, in_table=True) for name in made.columns]
    if matrix.total and not made.totals_below:
        headers[0] = escape(matrix.total)
    return _grid([escape(made.row_kind), *headers], [True, *[False] * len(headers)], rows)


def _grid(headers: Sequence[str], left: Sequence[bool], rows: Iterable[Sequence[str]]) -> str:
    rule = [":--" if each else "--:" for each in left]
    return "\n".join(f"| {' | '.join(row)} |" for row in [headers, rule, *rows])
