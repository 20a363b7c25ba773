"""How scores go with the difficulty and other properties of what was played, agent by agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ..errors import SpecError
from ..model import Link, Links, Query, Slope, Slopes, garbage
from ..stats import benjamini_hochberg, correlate_all, curve, logistic
from ..stats.correlation import CONFOUNDED
from ..store.index import Index
from .contrast import plain
from .fields import CONSUMED, field_of, number_field
from .groups import older_note
from .records import Record, columns, direction, latest, records

DIFFICULTY = "difficulty"


def links(
    index: Index,
    query: Query,
    names: Sequence[str] = (),
    *,
    metric: str = "score",
    method: Literal["spearman", "kendall"] = "spearman",
    partial: bool = False,
) -> Links:
    """Each agent's numbers against the properties `names`; without any the difficulty and whatever figures the worlds tell.

    A unit is a scenario (at each level, where it has several), not a cell. Numbers: Spearman, or Kendall; texts and truth
    values: eta2. p values are adjusted over all agents and properties together (Benjamini-Hochberg). `partial` holds the other
    numbers constant. Raises `SpecError` for an unknown name, or one that is a number here and a text there.
    """
    field = number_field(metric, index, query)
    asked = [field_of(name, index, query) for name in names or (DIFFICULTY, *_properties(index, query))]
    with garbage.kept():
        found, older = latest(records(index.rows(query, columns(field, asked)), field))
        if not names:
            kept = [at for at in range(len(asked)) if any(record.group[at] is not None for record in found)]
        else:
            kept = list(range(len(asked)))
        made = []
        for agent, mine in _by_agent(found).items():
            properties = {_name(asked[at].column): [plain(record.group[at]) for record in mine] for at in kept}
            scenarios, values = [record.scenario for record in mine], [record.value for record in mine]
            try:
                told = correlate_all(scenarios, properties, values, method=method, partial=partial)
            except ValueError as error:
                raise SpecError(f"{agent}: {error}; ask for one property at a time (--with)") from error
            made += [Link(agent, each) for each in told]
    return _together(field.column, made, (older_note(older),) if older else ())


def slopes(index: Index, query: Query, *, metric: str = "score") -> Slopes:
    """Each agent's numbers over the difficulty, as a curve that only falls (or rises, where lower is better), and its chance to
    pass as an S-curve with the level at which half pass. Raises `SpecError` for an unknown metric, or scores of both
    directions."""
    field = number_field(metric, index, query)
    with garbage.kept():
        found, older = latest(records(index.rows(query, columns(field, ())), field))
        better = direction(found, "difficulty") if field.is_score else "lower" if field.column in CONSUMED else "higher"
        made = []
        for agent, mine in _by_agent(found).items():
            scenarios = [record.scenario for record in mine]
            levels = [None if record.difficulty is None else float(record.difficulty) for record in mine]
            scores = curve(scenarios, levels, [record.value for record in mine], falling=better == "higher")
            passes = logistic(scenarios, levels, [record.passed for record in mine])
            made.append(Slope(agent, scores, passes))
    every = {float(record.difficulty) for record in found if record.difficulty is not None}
    return Slopes(field.column, better, tuple(made), tuple(sorted(every)), (older_note(older),) if older else ())


def _properties(index: Index, query: Query) -> list[str]:
    return [f"properties.{name}" for name in index.names("properties", query)]


def _name(column: str) -> str:
    """A world's figure by its own name: `size`."""
    return column.removeprefix("properties.")


def _by_agent(found: Sequence[Record]) -> dict[str, list[Record]]:
    agents: dict[str, list[Record]] = {}
    for record in found:
        agents.setdefault(record.agent, []).append(record)
    return agents


def _together(metric: str, made: Sequence[Link], notes: tuple[str, ...]) -> Links:
    """p values adjusted over all that was asked, instead of agent by agent."""
    adjusted = benjamini_hochberg([link.found.p.value for link in made])
    tested = sum(p is not None for p in adjusted)
    family = f"Benjamini-Hochberg, {tested:,} correlations" if tested > 1 else ""
    told = []
    for link, p in zip(made, adjusted, strict=True):
        own = replace(link.found.p, adjusted=p if tested > 1 else None, family=family if p is not None else "")
        notes_of = tuple(note for note in link.found.notes if note != CONFOUNDED)
        told.append(Link(link.agent, replace(link.found, p=own, notes=notes_of)))
    several = len({link.found.name for link in made}) > 1
    return Links(metric, tuple(told), tested, (*((CONFOUNDED,) if several else ()), *notes))
