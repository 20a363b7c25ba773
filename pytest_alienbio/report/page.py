"""Lines of labels, prose and lists, as wide as a terminal. Foreign text passes through here, and comes out harmless."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model import inert
from .columns import Column, fit, lines_of, shorten, to_ascii, width_of, wrap

BOLD, DIM, RED = "1", "2", "31"

LABEL = 10
"""Columns of the labels on the left."""
NARROW = 60
"""In fewer columns, what goes on below a label stands further left."""
_MOST = 4000
"""Characters of one piece of foreign prose."""
MOST_BLOCK = 20_000
"""Characters of one text that is shown line by line."""
_MOST_LINES = 300
_DEEP = 4
_SIGNS = str.maketrans({"↑": "^", "↓": "v"})


@dataclass(frozen=True, slots=True)
class Page:
    """The room there is, and the signs and colours that may be used."""

    width: int
    color: bool = False
    ascii: bool = False

    @property
    def narrow(self) -> bool:
        """Whether there is too little room for a column of labels."""
        return self.width < NARROW

    @property
    def indent(self) -> int:
        """Where text beside a label begins."""
        return 2 if self.narrow else LABEL

    def sign(self, text: str) -> str:
        """`text` (inert) in the signs that may be used."""
        return to_ascii(text.translate(_SIGNS)) if self.ascii else text

    def styled(self, text: str, style: str) -> str:
        """`text` with SGR codes around it, if colours may be used."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and style and text else text

    def prose(self, text: str, *, first: str = "", indent: str = "", style: str = "") -> list[str]:
        """Foreign `text`, folded at blanks; [] for ''."""
        tame = self.sign(inert(text, most=_MOST))
        return [self.styled(line, style) for line in wrap(tame, self.width, first=first, indent=indent, ascii=self.ascii)]

    def labelled(self, label: str, text: str, style: str = "") -> list[str]:
        """Foreign `text` beside its label; [] for ''."""
        first = f"{label} " if self.narrow else f"{label:<{LABEL - 1}} "
        return self.prose(text, first=first, indent=" " * self.indent, style=style)

    def block(self, text: str, indent: str, *, most: int = MOST_BLOCK) -> Iterator[str]:
        """Foreign `text` line by line as it stands, long lines folded at blanks; how much is left out is said."""
        lines = text[:most].expandtabs(4).splitlines()
        for line in lines[:_MOST_LINES]:
            tame = self.sign(inert(line, most=most, verbatim=True)).rstrip()
            fits = width_of(tame) + len(indent) <= self.width
            yield from (
                [indent + tame if tame else ""]
                if fits
                else wrap(tame, self.width, first=indent, indent=indent + "  ", ascii=self.ascii)
            )
        shown = sum(map(len, lines[:_MOST_LINES])) + min(len(lines), _MOST_LINES)
        if len(lines) > _MOST_LINES or len(text) > most:
            yield from self.prose(f"… and {len(text) - min(shown, len(text)):,} more characters: --json", first=indent)

    def whole(self, label: str, text: str, style: str = "") -> str:
        """Foreign `text` beside its label, however long: it is to be copied."""
        first = "" if not label else f"{label} " if self.narrow else f"{label:<{LABEL - 1}} "
        return self.styled(first + self.sign(inert(text, most=4096, verbatim=True)), style)

    def section(self, heading: str, lines: Iterable[str], style: str = "") -> Iterator[str]:
        """A heading, and foreign lines below it."""
        yield from self.prose(heading, first="  ", indent="  ", style=style)
        for line in lines:
            yield from self.prose(line, first="    ", indent="      ")

    def packed(self, cells: Sequence[str], gap: str = "   ", indent: int = 4) -> Iterator[str]:
        """Short foreign texts side by side in columns, a line at a time, indented."""
        signed = [shorten(self.sign(inert(cell)), self.width - indent, ascii=self.ascii) for cell in cells]
        widest = max(map(width_of, signed), default=1)
        across = max(1, (self.width - indent + len(gap)) // (widest + len(gap)))
        padded = [cell + " " * (widest - width_of(cell)) for cell in signed]
        for start in range(0, len(padded), across):
            yield " " * indent + gap.join(padded[start : start + across]).rstrip()

    def rows(self, *columns: tuple[str, Sequence[str], int]) -> list[str]:
        """A table of foreign texts, header first, of (header, cells, how soon it gives way). Empty columns are left out."""
        made = [
            Column(header, tuple(self.sign(inert(cell)) for cell in cells), left=True, names=True, gives_way=gives_way)
            for header, cells, gives_way in columns
            if any(cells)
        ]
        return lines_of(fit(made, self.width, ascii=self.ascii, least=10)) if made else []


def short(value: object, depth: int = 0) -> str:
    """Any value from outside on one line: floats in four digits, mappings and lists in brackets, at most four deep."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping | list | tuple):
        if depth >= _DEEP:
            return "…"
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{inert(str(k))} {short(v, depth + 1)}" for k, v in value.items()) + "}"
        return "[" + ", ".join(short(each, depth + 1) for each in value) + "]"
    return inert(value) if isinstance(value, str) else "-" if value is None else inert(json.dumps(value, default=str))
