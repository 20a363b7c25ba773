"""Records with one number each: what means, rates and comparisons are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import SpecError
from ..model import Json, canonical
from ..store.fields import SCORED
from .fields import Field, number

_BASE = (
    "scenario",
    "scenario_hash",
    "agent",
    "role",
    "difficulty",
    "seed",
    "variant",
    "params",
    "outcome",
    "passed",
    "better",
    "ended_at",
    "attempt",
)

_PLAIN = frozenset({str, int, float, bool, type(None)})


class Record(NamedTuple):
    """One record, and the number of it that was asked for."""

    scenario: str
    scenario_hash: str
    agent: str
    role: str
    difficulty: int | None
    seed: int
    variant: int
    params: str
    """As canonical JSON; '' for none."""
    outcome: str
    passed: bool | None
    better: str
    rank: tuple[bool, float, int]
    """Of several records of one cell the highest counts: scored or not, end, attempt."""
    value: float | None
    """None: missing, with `why`."""
    why: str
    group: tuple[Json, ...] = ()
    """Its values of the fields that it is grouped by."""

    @property
    def world(self) -> tuple[int | None, int]:
        """Difficulty and seed: what is drawn anew when a battery is played with other seeds."""
        return self.difficulty, self.seed


def columns(field: Field, by: Sequence[Field]) -> tuple[str, ...]:
    """The columns of the index that `records` reads."""
    return (*_BASE, field.column, *(each.column for each in by))


def records(rows: Iterable[tuple[Any, ...]], field: Field) -> Iterator[Record]:
    """A record for each row of `columns`. A value that is no finite number is missing, and so are score and verdict of a cell
    that broke: under its outcome; else as `no <field>`."""
    base = len(_BASE)
    judges, none = field.is_score or field.column == "passed", f"no {field.column}"
    for row in rows:
        *same, params, outcome, passed, better, ended, attempt = row[:base]
        scored = outcome in SCORED
        value = None if judges and not scored else number(row[base])
        rank = scored, ended or 0.0, attempt
        why = "" if value is not None else none if scored else outcome
        spelled = canonical(params) if params else ""
        group = row[base + 1 :]
        if not _PLAIN.issuperset(map(type, group)):
            group = tuple(map(_group, group))
        yield Record._make((*same, spelled, outcome, passed, better, rank, value, why, group))


def latest(found: Iterable[Record]) -> tuple[list[Record], int]:
    """One record a cell (an agent in a world, under params and a surface): the latest scored one, else the latest.

    And how many older ones were left out. So of an agent or a scenario that was changed between runs (its cells then have
    other keys) the newest version counts. In the order in which cells are first seen; of equally late ones the first stays.
    """
    kept: dict[tuple[object, ...], Record] = {}
    older = 0
    for record in found:
        cell = (record.agent, record.scenario, record.difficulty, record.seed, record.params, record.variant)
        known = kept.get(cell)
        if known is not None:
            older += 1
        if known is None or record.rank > known.rank:
            kept[cell] = record
    return list(kept.values()), older


def grouped(found: Iterable[Record]) -> dict[tuple[Json, ...], list[Record]]:
    """Records by `group`, as first seen."""
    groups: dict[tuple[Json, ...], list[Record]] = {}
    for record in found:
        groups.setdefault(record.group, []).append(record)
    return groups


def missing(found: Iterable[Record]) -> dict[str, int]:
    """Records without the number, counted by why; the most frequent first."""
    return dict(Counter(record.why for record in found if record.value is None).most_common())


def direction(found: Iterable[Record], what: str) -> str:
    """The direction of the scored records. Raises `SpecError` if they have both: such scores have no common mean."""
    better = {record.better: record.scenario for record in found if record.value is not None}
    if len(better) > 1:
        (one, first), (other, second) = sorted(better.items())
        raise SpecError(
            f"{what}: {one} is better on {first}, {other} on {second}: such scores have no common mean; "
            'ask for one scenario, or by="scenario"'
        )
    return next(iter(better), "higher")


def _group(value: Json) -> Json:
    """A value as a group's name: of a list or a mapping its JSON, so that equal values are one group."""
    return canonical(value) if isinstance(value, Mapping | list | tuple) else value
