"""Agents compared on stored results, and scores against what was played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

from ..errors import SpecError, did_you_mean
from ..model import Comparison, Correlation, Family, Json, inert
from ..model.comparison import COMPARED
from ..model.html import table_html
from ..stats import compare_all, correlate_all
from ..stats.units import Unit
from .fields import Field
from .groups import older_note
from .records import Record, direction

if TYPE_CHECKING:
    import pandas as pd


class Options(TypedDict, total=False):
    """What `compare` may be told: see `stats.compare`."""

    unpaired: bool
    margin: float | None
    alpha: float
    level: float
    draws: int
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True, repr=False)
class Contrast:
    """Agents compared pair by pair, their p values adjusted for how many pairs there are.

    As text a sentence a pair, and under it what belongs to it: new scenarios, what could have been shown, what is missing.
    Iterating gives each `Comparison`; `family` says how they were adjusted.
    """

    family: Family
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.family.comparisons)

    def __len__(self) -> int:
        return len(self.family.comparisons)

    def __getitem__(self, place: int) -> Comparison:
        return self.family.comparisons[place]

    def __repr__(self) -> str:
        lines = [line for one in self for line in (one.sentence(), *(f"  {remark}" for remark in one.remarks()))]
        return "\n".join([*lines, *(inert(note, most=400) for note in (*self.family.notes, *self.notes))])

    def _repr_html_(self) -> str:
        said = [line for one in self for line in (one.sentence(), *one.remarks())]
        return table_html(COMPARED, [one.cells() for one in self], *said, *self.notes)

    def to_dataframe(self) -> pd.DataFrame:
        """A frame with a row a pair: the difference with its interval, p as it is and adjusted, and what it stands on."""
        from .frames import contrast_frame

        return contrast_frame(self)


def contrast(
    found: Sequence[Record],
    field: Field,
    agents: Sequence[str],
    older: int,
    *,
    reference: str | None = None,
    better: str = "higher",
    **options: Unpack[Options],
) -> Contrast:
    """Each pair of `agents`, or each against `reference`, on the worlds that both have played; `()`: all there are.

    `found` holds one record a cell; `older` ones were left out before. Scores have their own direction, not `better`. Raises
    `SpecError` for an agent without any record (with near names), fewer than two, and scores of both directions.
    """
    known = list(dict.fromkeys(record.agent for record in found))
    names = list(dict.fromkeys((*agents, *((reference,) if reference and agents else ())))) or known
    for name in names if reference is None else (*names, reference):
        if name not in known:
            raise SpecError(f"no record of the agent {name!r}; {did_you_mean(name, known, most=20) or 'there is none at all'}")
    if len(names) < 2:
        raise SpecError(
            f"a comparison takes two agents; {'there is no record' if not names else f'there is only {names[0]!r}'}"
        )
    mine = [record for record in found if record.agent in set(names)]
    if field.is_score:
        better = direction(mine, "comparison")
    family = compare_all(units_of(mine, names), reference=reference, better=better, **options)
    return Contrast(family, (older_note(older),) if older else ())


def units_of(found: Sequence[Record], names: Sequence[str]) -> dict[str, tuple[Unit, ...]]:
    """The units of each of these agents, one a record."""
    units: dict[str, list[Unit]] = {name: [] for name in names}
    for record in found:
        units[record.agent].append(unit_of(record))
    return {name: tuple(mine) for name, mine in units.items()}


def correlations(
    found: Sequence[Record], field: Field, names: Sequence[str], *, partial: bool = False
) -> tuple[Correlation, ...]:
    """How the numbers go with what the records are grouped by, a unit being a scenario: see `stats.correlate_all`.

    Raises `SpecError` for records of several agents, whose units would count twice, and for scores of both directions.
    """
    agents = sorted({record.agent for record in found})
    if len(agents) > 1:
        raise SpecError(f"{len(agents)} agents: ask for one, like filter(agent={agents[0]!r})")
    if field.is_score:
        direction(found, "correlation")
    columns = {name: [plain(record.group[at]) for record in found] for at, name in enumerate(names)}
    return correlate_all([record.scenario for record in found], columns, [record.value for record in found], partial=partial)


def unit_of(record: Record, version: str | None = None) -> Unit:
    """The unit that a record is; `version` stands for its scenario's hash."""
    return Unit(
        scenario=record.scenario,
        seed=record.seed,
        score=record.value,
        difficulty=record.difficulty,
        params=record.params,
        variant=record.variant,
        version=record.scenario_hash if version is None else version,
        passed=record.passed,
        why=record.why,
    )


def plain(value: Json) -> float | str | bool | None:
    """A value as a property: a number, a text, a truth value; None for anything else."""
    return value if isinstance(value, bool | int | float | str) else None
