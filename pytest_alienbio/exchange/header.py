"""The header of a foreign table: which column is what, and what is missing, doubled or unknown."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import near_match, nearest
from .cell_of import REQUIRED
from .columns import FIELDS, Columns
from .problems import Problems


def fields_of(
    names: Sequence[str], columns: Columns, problems: Problems, file: str, row: int = 1, *, holes: bool = False
) -> list[str]:
    """Our field for each column; '' for one that is not read. What is wrong goes to the problems.

    With `holes` these are the names of one object, in which what is not known is left out: then nothing is missing.
    """
    found: list[str] = []
    at: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        field = columns.field_of(name)
        found.append(field)
        if field and field in at:
            problems.add(f"column {name!r} is there twice: columns {at[field]} and {place}", file, row, place)
        elif field:
            at[field] = place
        elif not _left_out(name, columns):
            problems.add(_unknown(name), file, row, place, hint=_hint(name))
    if holes:
        return found
    for field, theirs in columns.names.items():
        if theirs not in names:
            problems.add(f"there is no column {theirs!r} to be {field!r}", file, row, hint=near_match(theirs, names))
    given = {*at, *columns.fixed, *columns.names}
    for field in REQUIRED:
        if field not in given:
            hint = f"name the one that is it with --map {field}=COLUMN, or give all rows one with --set {field}=VALUE"
            problems.add(f"there is no column {field!r}", file, row, hint=hint)
    if not given & {"score", "outcome"}:
        problems.add("there is neither a column 'score' nor 'outcome'", file, row, hint="name one with --map score=COLUMN")
    return found


def _left_out(name: str, columns: Columns) -> bool:
    return "*" in columns.ignored or name in columns.ignored or name in columns.fixed or name in columns.names


def _unknown(name: str) -> str:
    return f"unknown column {name!r}" if name.strip() else "a column without a name"


def _hint(name: str) -> str:
    near = nearest(name.lower().strip(), FIELDS)
    meant = f"did you mean {near!r}? " if near else ""
    return f"{meant}say what it is with --map {near or 'FIELD'}={name or '...'}, or leave it out with --ignore {name!r}"
