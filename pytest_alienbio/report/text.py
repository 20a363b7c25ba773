"""A document as plain text, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from .columns import Column, aligned, fit, lines_of, shorten, table_width, to_ascii, width_of, wrap
from .document import Block, Copy, Document, Facts, Field, Figure, Item, Items, Matrix, Notes, Section, Table
from .matrix import pages

LEAST_WIDTH = 40
_BOLD, _RED = "1", "31"
Styled = tuple[str, str]
"""A line and its SGR style."""


def render(document: Document, width: int, *, color: bool = False, ascii: bool = False, whole: bool = False) -> str:
    """The document in lines of at most `width` terminal columns (40 if less), without a final line break.

    Only what is there to be copied may be longer: commands and paths stay whole. `ascii` is for streams that cannot encode
    anything else; `color` adds SGR codes to headings and failures; `whole` leaves no row out.
    """
    page = _Page(max(width, LEAST_WIDTH), ascii, whole)
    return "\n".join(f"\x1b[{style}m{line}\x1b[0m" if color and style else line for line, style in page.lines(document))


class _Page:
    """One rendering: the room there is, the signs that may be used, and whether rows may be left out."""

    def __init__(self, width: int, ascii: bool, whole: bool) -> None:
        self.width, self.ascii, self.whole = width, ascii, whole
        self.sign: Callable[[str], str] = to_ascii if ascii else str
        self.gone: set[str] = set()
        """Headers of the section's columns that found no room."""

    def lines(self, document: Document) -> Iterator[Styled]:
        """Every line with its style."""
        yield from self.prose(document.title, _BOLD)
        first = not document.title
        for at, section in enumerate(document.sections):
            lines = list(self.section(section))
            # What has no heading at the very top goes on from the title.
            if lines and not first and (at or section.heading):
                yield "", ""
            first = first and not lines
            yield from lines

    def section(self, section: Section) -> Iterator[Styled]:
        heading = ": ".join(filter(None, (section.heading, section.about)))
        yield from self.prose(heading, _BOLD if section.blocks else "")
        self.gone.clear()
        style = _RED if section.alarm else ""
        blocks = [block for block in section.blocks if not (isinstance(block, Table) and block.silent)]
        for at, block in enumerate(blocks):
            if at and isinstance(block, Table | Matrix):
                yield "", ""
            yield from self.block(block, style)

    def block(self, block: Block, style: str) -> Iterator[Styled]:
        match block:
            case Table():
                yield from self.table(block)
            case Matrix():
                yield from self.matrix(block)
            case Notes():
                yield from self.notes(block, style)
            case Facts():
                yield from self.facts(block)
            case Items():
                yield from self.items(block, style)
            case Copy():
                yield self.sign(": ".join(filter(None, (block.label, block.text)))), ""
            case Figure():
                return
            case _:
                assert_never(block)

    def prose(self, text: str, style: str = "", first: str = "", indent: str = "  ") -> Iterator[Styled]:
        for line in wrap(self.sign(text), self.width, first=first, indent=indent, ascii=self.ascii):
            yield line, style

    def cut(self, lines: Iterable[str]) -> Iterator[Styled]:
        # Columns give way long before this; it is for numbers so long that nothing is left to give.
        for line in lines:
            yield shorten(line, self.width, ascii=self.ascii, middle=False), ""

    # -- tables

    def table(self, table: Table) -> Iterator[Styled]:
        rows = range(len(table)) if self.whole or table.screen is None else table.screen
        yield from self.prose(table.caption)
        if rows:
            yield from self.cut(self.flat(table, rows) or self.stacked(table, rows))
        if table.more and len(rows) < len(table):
            yield from self.prose(table.more)

    def columns(self, table: Table, rows: Sequence[int], stack: str = "") -> tuple[Column, ...]:
        # Below a line of its own nothing repeats the row above the line.
        above = next((field.texts for field in table.fields if field.key == stack), None)
        same = [not above or not at or above[row] == above[rows[at - 1]] for at, row in enumerate(rows)]
        made = []
        for field in table.fields:
            if field.texts and field.key != stack:
                made.append(self.column(field, rows, same))
        return tuple(made)

    def column(self, field: Field, rows: Sequence[int], same: list[bool]) -> Column:
        """The field on these rows; `same` says of which all fields so far repeat the row above, and is kept so."""

        def of(texts: Sequence[str]) -> tuple[str, ...]:
            cells = [self.sign(texts[row]) for row in rows]
            return aligned(cells, self.sign(field.sign)) if field.sign else tuple(cells)

        cells = of(field.texts)
        if field.once:
            shown = [not at or not same[at] or cells[at] != cells[at - 1] for at in range(len(cells))]
            same[:] = [not each for each in shown]
            cells = tuple(cell if each else "" for cell, each in zip(cells, shown, strict=True))
        narrow = None if field.narrow is None else of(field.narrow)
        return Column(self.sign(field.header), cells, field.left, field.names, field.gives_way, narrow)

    def fit(self, columns: Sequence[Column], least: int) -> tuple[Column, ...]:
        fitted = fit(columns, self.width, ascii=self.ascii, least=least)
        self.gone = {column.header for column in columns} - {column.header for column in fitted}
        return fitted

    def flat(self, table: Table, rows: Sequence[int]) -> list[str]:
        """One line a row; nothing where a table that can be stacked would lose a column, or shorten what it is stacked by."""
        columns = self.columns(table, rows)
        fitted = self.fit(columns, table.least)
        if table.stack:
            at = [field.key for field in table.fields if field.texts].index(table.stack)
            if len(fitted) < len(columns) or table_width(fitted) > self.width or fitted[at] != columns[at]:
                return []
        return lines_of(fitted)

    def stacked(self, table: Table, rows: Sequence[int]) -> list[str]:
        """A line for each text of the field to stack by, its rows below."""
        [above] = [self.column(replace(field, once=False), rows, []) for field in table.fields if field.key == table.stack]
        name, *others = self.columns(table, rows, table.stack)
        name = replace(name, cells=tuple(f"  {cell}" for cell in name.cells))
        header, *lines = lines_of(self.fit((name, *others), 12))
        made, last = [header], None
        for heading, line in zip(above.cells, lines, strict=True):
            if heading != last:
                made.append(shorten(heading, self.width, ascii=self.ascii))
                last = heading
            made.append(line)
        return made

    def matrix(self, matrix: Matrix) -> Iterator[Styled]:
        lines, left_out = pages(matrix, self.width, self.sign, ascii=self.ascii, whole=self.whole)
        yield from self.cut(lines)
        if left_out:
            yield from self.prose(f"… and {left_out}: {matrix.more}" if matrix.more else f"… and {left_out}")

    # -- sentences and things that happened

    def notes(self, block: Notes, style: str) -> Iterator[Styled]:
        told = [note for note in block.notes if note.column not in self.gone]
        notes = [f"{note.label}: {note.text}" if note.label else note.text for note in told]
        if not self.whole and len(notes) > block.most:
            notes[block.most - 1 :] = [f"… and {len(notes) - block.most + 1:,} {block.more}"]
        for text in notes:
            yield from self.prose(text, style, "  ", "    ") if block.items else self.prose(text, style)

    def facts(self, block: Facts) -> Iterator[Styled]:
        labels = [self.sign(fact.label) for fact in block.facts]
        room = min(max(map(width_of, labels), default=0), self.width // 2)
        for fact, label in zip(block.facts, labels, strict=True):
            label = shorten(label, room, ascii=self.ascii)
            first = label + " " * (room - width_of(label)) + "  "
            yield from self.prose(fact.text, first=first, indent=" " * len(first))

    def items(self, block: Items, style: str) -> Iterator[Styled]:
        shown = block.items if self.whole else block.items[: block.most]
        for item in shown:
            yield self.item(item), style
            for line in item.lines:
                yield from self.prose(line, first="    ", indent="      ")
            for line in item.copy:
                yield "    " + self.sign(line), ""
        if block.more and len(shown) < len(block.items):
            yield from self.prose(block.more, first="  ")

    def item(self, item: Item) -> str:
        what = self.sign(f": {item.what}") if item.what else ""
        why = self.sign(f": {item.why}") if item.why else ""
        room = self.width - 2 - width_of(what)
        name = self.sign(item.name)
        kept = max(room - width_of(why), min(room, self.width // 2 - 2, width_of(name)))
        line = "  " + shorten(name, kept, ascii=self.ascii) + what
        return shorten(line + why, self.width, ascii=self.ascii, middle=False)
