"""Runs held against each other: agent by agent, on the cells that both played."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from math import fsum
from typing import Unpack

from ..errors import SpecError
from ..model import Estimate, Row, Versus, inert
from ..model.model_use import answered_by_several, changed_since
from ..stats import Contest, Contests, Unit, compare_contests
from . import estimates
from .contrast import Options, unit_of
from .fields import CONSUMED, Field
from .records import Record, direction, missing
from .said import numbers as _numbers
from .sides import SCORE, Run

SHOWN = 3
"""Scenarios that a note names."""


def compare_runs(
    runs: Sequence[Run],
    field: Field,
    *,
    better: str | None = None,
    against: int = 0,
    force: bool = False,
    **options: Unpack[Options],
) -> Versus:
    """Each run against the one at place `against`: every agent that both have, on the cells that both played.

    `runs`: two or more, read with the number `field` (`sides.read_runs`). Differences are run - reference. Cells pair on
    scenario, its content, difficulty, params, seed and variant. A scenario whose content is another one in another run is left
    out, unless `force`; where a run does not tell the version it is taken for the same, and said. `better`: of scores it is
    their own; of a task's metric that of the score it is, else higher. Other options: see `stats.compare`.
    """
    names = [run.side.name for run in runs]
    told, notes = _direction(runs, field, better)
    notes += _other_models(runs, against)
    changed, unknown = moved(runs)
    found = Versus(
        tuple(run.side for run in runs),
        against,
        field.column,
        told,
        changed=changed,
        forced=force,
        unknown=unknown,
        notes=tuple(notes),
    )
    out = frozenset() if force else frozenset(changed)
    loose = frozenset((*changed, *unknown)) if force else frozenset(unknown)
    every, cells = [_by_agent(run, ()) for run in runs], [_by_agent(run, out) for run in runs]
    agents = list(dict.fromkeys(agent for run in runs for agent in run.side.agents))
    means = {agent: tuple(_mean(mine.get(agent), field, told) for mine in every) for agent in agents}
    if told == "mixed":
        why = "some scores are better high, others low: they have no common mean; ask for scenarios of one kind (--scenario)"
        return replace(found, rows=tuple(Row(agent, mine, (None,) * len(runs)) for agent, mine in means.items()), why=why)
    contests: list[Contest] = []
    places: list[tuple[str, int]] = []
    for at, mine in enumerate(cells):
        for agent in agents:
            if at != against and agent in mine and agent in cells[against]:
                a, b = _units(mine[agent], loose), _units(cells[against][agent], loose)
                contests.append(Contest(agent, (names[at], names[against]), a, b))
                places.append((agent, at))
    made = compare_contests(contests, better=told, **options) if contests else None
    known = dict(zip(places, made.family.comparisons, strict=True)) if made else {}
    rows = tuple(
        Row(agent, mine, tuple(None if at == against else known.get((agent, at)) for at in range(len(runs))))
        for agent, mine in means.items()
    )
    shared = any(one.pairs or not one.why for one in known.values())
    found = replace(found, rows=rows)
    return replace(
        found,
        overall=_overall(found, made),
        leaves=made.leaves if made and len(runs) == 2 else None,
        tested=made.family.tested if made else 0,
        why="" if shared else _nothing(runs, against, out, alone=not contests),
    )


def _other_models(runs: Sequence[Run], against: int) -> list[str]:
    """Agents of one profile for which another model answered than in the reference, or several in one run."""
    told = [answered_by_several(f"{run.side.name}: {who[0]}", by) for run in runs for who, by in run.answered.items()]
    reference = runs[against]
    for run in runs:
        for who, models in run.answered.items():
            before: Mapping[str, int] = reference.answered.get(who, {})
            told.append(changed_since(who[0], set(before), set(models), reference.side.name, f"in {run.side.name}"))
    return [each for each in told if each]


def moved(runs: Sequence[Run]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Scenarios whose content differs between runs, and those of which some run does not tell which content it was."""
    versions = [run.versions() for run in runs]
    changed, unknown = [], []
    for scenario in sorted({name for mine in versions for name in mine}):
        seen = [mine[scenario] for mine in versions if scenario in mine]
        if len(seen) < 2:
            continue
        if any("" in each for each in seen):
            unknown.append(scenario)
        elif not set.intersection(*seen):
            changed.append(scenario)
    return tuple(changed), tuple(unknown)


def metric_direction(found: Iterable[Record], field: Field) -> str:
    """Which way a task's metric is better: that of the scores that it is; '' if it is none."""
    scored = [record for record in found if record.group[SCORE] is not None]
    if not scored or not all(record.value == record.group[SCORE] for record in scored):
        return ""
    directions = {record.better for record in scored}
    return directions.pop() if len(directions) == 1 else ""


def _direction(runs: Sequence[Run], field: Field, better: str | None) -> tuple[str, list[str]]:
    every = [record for run in runs for record in run.cells.values()]
    if field.is_score:
        try:
            return direction(every, "runs"), []
        except SpecError:
            return "mixed", []
    if better:
        return better, []
    if field.column in CONSUMED:
        return "lower", []
    if field.column == "passed":
        return "higher", []
    if told := metric_direction(every, field):
        return told, []
    return "higher", [f"whether more of {field.column} is better is not declared: taken so (--better lower)"]


def _by_agent(run: Run, out: Collection[str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in run.cells.values():
        if record.scenario not in out:
            found.setdefault(record.agent, []).append(record)
    return found


def _units(found: Sequence[Record], loose: Collection[str]) -> list[Unit]:
    """Those of `loose` scenarios without their version: whatever their content, they pair."""
    return [unit_of(record, version="" if record.scenario in loose else record.scenario_hash) for record in found]


def _mean(found: Sequence[Record] | None, field: Field, better: str) -> Estimate | None:
    if not found:
        return None
    if better == "mixed":
        return Estimate(None, n=len(found), why="scores of both directions have no common mean")
    return estimates.mean(found, field)


def _overall(found: Versus, made: Contests | None) -> Row | None:
    """All agents that could be paired in any of the runs; None unless there are two."""
    if made is None or not made.overall:
        return None
    told = {one.a: one for one in made.overall}
    paired = [row for row in found.rows if any(each and each.paired and not each.why for each in row.against)]
    means = tuple(_all_means([one for row in paired if (one := row.means[at])]) for at in range(len(found.sides)))
    return Row("", means, tuple(told.get(side.name) for side in found.sides))


def _all_means(told: Sequence[Estimate]) -> Estimate:
    """The mean of the agents' means; each agent has an interval of its own."""
    count = sum(one.n for one in told)
    known = [one for one in told if one.value is not None]
    if not known:
        return Estimate(None, n=count, why="no number")
    value = fsum(one.value or 0.0 for one in known) / len(known)
    return Estimate(value, n=count, method="mean of agents", unit="worlds", why="agents have intervals of their own")


def _nothing(runs: Sequence[Run], against: int, out: Collection[str], *, alone: bool) -> str:
    """Why no cell could be paired, and what there is."""
    reference = runs[against]
    others = [run for at, run in enumerate(runs) if at != against]
    scenarios = {cell[1] for cell in reference.cells}

    def where(mine: Sequence[str], other: Sequence[str]) -> str:
        names = [inert(run.side.name, most=80) for run in (reference, others[0])]
        return f"{_list(mine)} in {names[0]}; {_list(other)} in {names[1]}"

    if alone and set(reference.side.agents).isdisjoint(agent for run in others for agent in run.side.agents):
        return f"no agent is in both: {where(reference.side.agents, others[0].side.agents)}"
    shared = scenarios & {cell[1] for run in others for cell in run.cells}
    if not shared:
        return f"no scenario is in both: {where(sorted(scenarios), sorted({cell[1] for cell in others[0].cells}))}"
    if shared <= set(out):
        return "every scenario that both have is another one in each: its content was changed (--force pairs them anyway)"
    for run in (reference, *others):
        if run.cells and not run.side.scored:
            gone = ", ".join(f"{count:,} {why}" for why, count in missing(run.cells.values()).items())
            return f"no cell of {inert(run.side.name, most=80)} has the number: {inert(gone, most=200)}"
    seeds = " and ".join(_numbers({cell[4] for cell in run.cells}) or "none" for run in (reference, others[0]))
    return f"too few cells have a partner with a score: seeds {seeds}; --unpaired takes them as two samples"


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return inert(", ".join(names[:SHOWN]) or "none", most=200) + more
