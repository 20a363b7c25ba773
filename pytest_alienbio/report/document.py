"""A report as a value: sections of blocks. What is shown was decided by whoever built it; renderers only lay it out.

A number is here twice: raw for machines (a missing one is None), and as the text for people. Texts are inert: one line,
no control characters. Raw values are as they came, for JSON spells whatever they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..errors import did_you_mean
from ..model import Chart, Interval, Json, inert

T = TypeVar("T")

WIDTH = 100
"""Columns of a document as a text, where nobody says how many there are."""
PLUS_MINUS = " ± "
"""What a mean and its deviation are aligned on."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table, top to bottom: what machines get of each row, and what people read."""

    key: str
    """What a row calls it in JSON; stable."""
    header: str
    values: tuple[Json, ...]
    texts: tuple[str, ...] = ()
    """Empty: for machines only."""
    left: bool = False
    """Whether it begins on the left, as names do; numbers end on the right."""
    names: bool = False
    """Whether texts may be shortened in the middle where there is little room."""
    gives_way: int = 0
    """Where the room is short, the highest goes first; 0 never."""
    narrow: tuple[str, ...] | None = None
    """What its texts are instead of being left out, once it gives way."""
    sign: str = ""
    """What its texts are aligned on, where they hold it."""
    once: bool = False
    """Whether a text that only repeats the row above is left empty on a screen."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. JSON and Markdown have all of them; a screen those of `screen`, and says what is left out."""

    key: str
    fields: tuple[Field, ...]
    caption: str = ""
    """Said above it, where a section has several."""
    stack: str = ""
    """The field whose texts become lines of their own, their rows below, where the table is too wide."""
    least: int = 16
    """Screen columns to which names are shortened before other columns give way."""
    screen: tuple[int, ...] | None = None
    """Rows that a screen shows, by number; None: all."""
    more: str = ""
    """Said below a screen's rows if some are left out: how many, and where they are."""
    total: bool = False
    """Whether its last row is what all others come to: no row for machines."""

    @property
    def silent(self) -> bool:
        """Whether it is for machines only, or empty."""
        return not len(self) or not any(field.texts for field in self.fields)

    def __len__(self) -> int:
        return len(self.fields[0].values) if self.fields else 0

    def rows(self) -> list[dict[str, Json]]:
        """Each row's raw values by the fields' keys, without the total."""
        rows = [
            dict(zip([made.key for made in self.fields], row, strict=True))
            for row in zip(*(made.values for made in self.fields), strict=True)
        ]
        return rows[:-1] if self.total else rows


@dataclass(frozen=True, slots=True)
class Matrix:
    """One number for each row and column, as scenarios x agents. Renderers may turn it, and go on below the first part."""

    key: str
    row_kind: str
    """What a row is: `scenario`. Its plural in JSON names the list of rows."""
    column_kind: str
    rows: tuple[str, ...]
    """Names, as they came."""
    columns: tuple[str, ...]
    values: tuple[tuple[Json, ...], ...]
    """A row a row; None is missing."""
    texts: tuple[tuple[str, ...], ...]
    total: str = ""
    """What the last row is called, one number a column over all rows; '' for none."""
    totals: tuple[Json, ...] = ()
    total_texts: tuple[str, ...] = ()
    more: str = ""
    """How to see what a screen leaves out."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence, and what it is made of for machines."""

    text: str
    label: str = ""
    """What stands before it, and a colon."""
    values: Mapping[str, Json] = field(default_factory=dict)
    column: str = ""
    """The header of the column that it explains: a screen that has no room for that leaves both out."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Sentences of one kind. A screen shows at most `most` lines of them, the last of which counts the others."""

    key: str
    notes: tuple[Note, ...]
    items: bool = False
    """Whether each is an item of a list, or a paragraph."""
    most: int = 10
    more: str = "more"
    """What the last line calls those left out."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value by its name."""

    key: str
    label: str
    value: Json
    text: str
    about: Mapping[str, str] = field(default_factory=dict)
    """Where a page leads from it: to a cell by its `id`, to the cells of an `agent`, to a `part` of the page."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Values by name, a line each."""

    key: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened: which, what about it, why, and what to copy. The name is shortened first, `what` never."""

    name: str
    what: str = ""
    why: str = ""
    lines: tuple[str, ...] = ()
    """What else is to be said, folded where there is little room."""
    copy: tuple[str, ...] = ()
    """Lines that stay whole: commands, paths."""
    values: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """Things that happened. A screen shows the first `most`, and `more` if there are others."""

    key: str
    items: tuple[Item, ...]
    most: int = 10
    more: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A line that stays whole however long it is, for it is to be copied."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart. Pages draw it, with its numbers beside it; text, Markdown and JSON leave it out: other blocks tell them."""

    key: str
    chart: Chart


Block = Table | Matrix | Notes | Facts | Items | Copy | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under its heading. Its key, and its blocks' keys in it, are stable: scripts rely on them."""

    key: str
    heading: str = ""
    """'' for a part that needs none."""
    about: str = ""
    """What its numbers are, in a sentence."""
    blocks: tuple[Block, ...] = ()
    alarm: bool = False
    """Whether its items tell of something that is wrong."""

    def __getitem__(self, key: str) -> Block:
        """The block of that key. Raises `KeyError` that says what there is."""
        return _find(key, {block.key: block for block in self.blocks}, f"block in section {self.key!r}")

    def rows(self, key: str) -> list[dict[str, Json]]:
        """The rows of a table as plain values. Raises `KeyError` for what is no table here."""
        block = self[key]
        if not isinstance(block, Table):
            raise KeyError(f"{key!r} in section {self.key!r} is no table")
        return block.rows()


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A report: `document["leaderboard"].rows("standings")[0]["mean"]` is a number of it.

    Raises `ValueError` for sections, or blocks of a section, that share a key.
    """

    title: str
    sections: tuple[Section, ...] = ()

    def __post_init__(self) -> None:
        own = [["heading", "about", *(block.key for block in section.blocks)] for section in self.sections]
        for keys in [[section.key for section in self.sections], *own]:
            if len(set(keys)) < len(keys):
                raise ValueError(f"a key of a document is there twice: {', '.join(keys)}")

    def __repr__(self) -> str:
        return f"<Document {self.title}: {', '.join(section.key for section in self.sections)}>"

    def __str__(self) -> str:
        from .text import render

        return render(self, WIDTH)

    def _repr_markdown_(self) -> str:
        """How a notebook shows it."""
        from .markdown import render_markdown

        return render_markdown(self)

    def __getitem__(self, key: str) -> Section:
        """The section of that key. Raises `KeyError` that says which there are."""
        return _find(key, {section.key: section for section in self.sections}, "section")

    def only(self, *keys: str) -> Document:
        """The document with no other sections than these; one that is not there is no error."""
        return Document(self.title, tuple(section for section in self.sections if section.key in keys))

    def find(self, section: str, block: str) -> Block | None:
        """The block of that key in that section; None if either has nothing to say."""
        blocks = (each for part in self.sections if part.key == section for each in part.blocks if each.key == block)
        return next(blocks, None)


def _find(key: str, known: Mapping[str, T], what: str) -> T:
    if key not in known:
        raise KeyError(f"no {what} is called {key!r}; {did_you_mean(key, known, most=20)}")
    return known[key]


def column(
    key: str,
    header: str,
    rows: Sequence[T],
    value: Callable[[T], Json],
    text: Callable[[T], str],
    *,
    gives_way: int = 0,
    left: bool = False,
    narrow: Callable[[T], str] | None = None,
    sign: str = "",
) -> Field:
    """A field of `rows`: what machines get of each, and what people read."""
    return Field(
        key,
        header,
        tuple(map(value, rows)),
        tuple(map(text, rows)),
        left,
        gives_way=gives_way,
        narrow=None if narrow is None else tuple(map(narrow, rows)),
        sign=sign,
    )


def named(
    key: str, header: str, rows: Sequence[T], name: Callable[[T], str], *, gives_way: int = 0, once: bool = False
) -> Field:
    """A field of names from outside, as they are for machines and inert for people, who may see them shortened."""
    names = tuple(map(name, rows))
    return Field(key, header, names, tuple(map(inert, names)), left=True, names=True, gives_way=gives_way, once=once)


def silent(key: str, rows: Sequence[T], value: Callable[[T], Json]) -> Field:
    """A field for machines alone."""
    return Field(key, "", tuple(map(value, rows)))


def interval_of(interval: Interval | None) -> list[float] | None:
    """The ends of an interval, as machines get it."""
    return None if interval is None else [interval.low, interval.high]
