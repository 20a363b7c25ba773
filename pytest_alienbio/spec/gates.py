"""What is wrong with `gates:`, where it takes several values to see, and each of its lines as a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import Complaint
from ..model import Source, slug
from ..model.rule import Rule
from ..model.source import Path
from .complaints import at
from .scalars import shorten

if TYPE_CHECKING:
    from .gate_schema import Gate


_PLAIN = Rule()


def check_gates(source: Source, path: Path, *, echo: bool = True) -> Iterator[Complaint]:
    """Two gates of one name: their reports would be one. Names are shown only if `echo`."""
    parent = at(source.value, path[:-1])
    lines = parent.get(path[-1]) if isinstance(parent, dict) else None
    seen: dict[str, Path] = {}
    for index, line in enumerate(lines if isinstance(lines, list) else ()):
        where: Path = (*path, index)
        name, place = line, where
        if isinstance(line, dict):
            field = "as" if "as" in line else "metric"
            name, place = line.get(field, _PLAIN.name), (*where, field) if field in line else where
        if not isinstance(name, str) or not name:
            continue
        if slug(name) in seen:
            row, column = source.place(seen[slug(name)])
            yield source.complain(
                place,
                f"two gates are called {shorten(name)!r}" if echo else "two gates have one name",
                hint=f"first given at line {row}, column {column}; tell them apart with `as: another-name`",
            )
        seen.setdefault(slug(name), place)


def rules_of(source: Source, path: Path, gates: Sequence[Gate], *, file: str = "", recorded: bool = False) -> tuple[Rule, ...]:
    """The lines at `path` as rules, each with its place. What a line does not say is as in `model.Rule`; in a run's record
    it has been `recorded` that it is so, and no configuration fills it."""
    return tuple(_rule(gate, *source.place((*path, index)), file, recorded) for index, gate in enumerate(gates))


def _rule(gate: Gate, line: int, column: int, file: str, recorded: bool) -> Rule:
    fields = type(gate).model_fields.items()
    said = tuple(field.alias or name for name, field in fields if recorded or name in gate.model_fields_set)
    return Rule(
        name=gate.label or gate.metric,
        metric=gate.metric,
        better=gate.better or "",
        against=gate.against or "",
        tol=gate.tol,
        alpha=_PLAIN.alpha if gate.alpha is None else gate.alpha,
        max_missing=gate.max_missing,
        margin=gate.margin,
        confirm=gate.confirm or 0,
        line=line,
        column=column,
        file=file,
        said=said,
    )
