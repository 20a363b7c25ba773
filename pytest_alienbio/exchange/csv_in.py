"""CSV in: a table with a header, read in bounded lines; every row is checked."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError
from ..model import Result
from ..store.disk import MAX_LINE, lines
from .cell_of import cell_of
from .columns import Columns
from .header import fields_of
from .problems import Problems
from .values import of_spreadsheet

SEPARATORS = ",;\t"
_BOMS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def read(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The cells of a table, one row each. UTF-8, with or without a byte order mark; rows are numbered by their first line."""
    rows = _Rows(source, problems)
    fields: list[str] = []
    places: list[tuple[int, tuple[str, str]]] = []
    for row, cells in rows:
        if not fields:
            names = [name if columns.field_of(name) else name.strip() for name in cells]
            before = len(problems)
            fields = fields_of(names, columns, problems, source, row)
            if len(problems) > before:
                return  # every row would only say the same
            places = list(enumerate(zip(fields, names, strict=True), start=1))
            continue
        if len(cells) != len(fields):
            what = f"{len(cells)} columns, and the header has {len(fields)}"
            problems.add(what, source, row, hint="is a cell with a comma in it not quoted?" if len(cells) > len(fields) else "")
            continue
        say = problems.of_row(source, row, {field: (name, place) for place, (field, name) in places if field})
        before = len(problems)
        values: dict[str, object] = {} if "battery" in fields else {"battery": Path(source).stem}
        for field, cell in zip(fields, cells, strict=True):
            try:
                values[field] = of_spreadsheet(cell)
            except ValueError as error:
                say(str(error), field, "if it is meant as text, put a ' before it")
        values.pop("", None)
        if len(problems) > before:
            continue
        if result := cell_of(values, columns, f"csv:{os.path.basename(source)}:{row}", say):
            yield result
    if not fields and not len(problems):
        problems.add("the file is empty", source, expected="a header, then a row a cell")


class _Rows:
    """The rows of a file with the line each begins at. What cannot be read as a table is said; then it ends there."""

    def __init__(self, source: str, problems: Problems) -> None:
        self._source, self._problems = source, problems
        self._line = 0
        self._over = False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        try:
            text = self._text()
            first = next(text, "")
            separator = self._separator(first)
            spaced = 0 < first.count(separator) == first.count(f"{separator} ")  # "a, b, c": the blanks are no part of names
            reader = csv.reader(_chained(first, text), delimiter=separator, skipinitialspace=spaced, strict=True)
            start = 1
            for cells in reader:
                if cells:
                    yield start, cells
                start = reader.line_num + 1
        except csv.Error as error:
            if not self._over:
                self._refuse(start, error)
        except StoreError as error:
            self._problems.add(str(error), self._source)

    def _text(self) -> Iterator[str]:
        for line, _, raw in lines(Path(self._source)):
            self._line = line
            if line == 1:
                if name := next((name for mark, name in _BOMS if raw.startswith(mark)), ""):
                    self._stop(f"the file is {name}", hint="save it as UTF-8")
                    return
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if not raw:
                self._stop(f"a line of more than {MAX_LINE // 2**20} MiB", hint="is this a table?")
                return
            if b"\0" in raw:
                self._stop("a NUL byte", column=raw.index(b"\0") + 1, hint="this is no text: is it a workbook? save it as CSV")
                return
            try:
                yield raw.decode()
            except UnicodeDecodeError as error:
                what = f"the byte 0x{raw[error.start]:02x} is not UTF-8"
                hint = "is it Latin-1 or Windows-1252? convert it: iconv -f WINDOWS-1252 -t UTF-8"
                self._stop(what, column=error.start + 1, hint=hint)
                return

    def _stop(self, what: str, *, column: int = 0, hint: str = "") -> None:
        """Says what ends the reading: nothing after it is looked at, nor blamed for being cut off."""
        self._over = True
        at = f" at its byte {column}" if column else ""
        self._problems.add(f"{what}{at}", self._source, self._line, hint=hint)

    def _refuse(self, start: int, error: csv.Error) -> None:
        said = str(error)
        if "unexpected end of data" in said:
            what, hint = "a quote that is opened here is never closed", ""
        elif "field larger than" in said:
            what = f"a cell of more than {csv.field_size_limit():,} characters"
            hint = "a quote that is opened here is perhaps never closed"
        elif "new-line character" in said:
            what, hint = "a carriage return in the middle of a line", "save the file with line ends of Unix or Windows"
        else:
            what, hint = f"this is no row of a table: {said}", "a quote within quotes is written twice"
        self._problems.add(what, self._source, start, hint=hint)

    def _separator(self, header: str) -> str:
        """The one of `SEPARATORS` that the header has most of; commas, or a TSV's tabs, if it has none."""
        usual = "\t" if self._source.lower().endswith(".tsv") else ","
        return max(SEPARATORS, key=lambda each: (header.count(each), each == usual))


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest
