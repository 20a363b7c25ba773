"""A battery over time: each agent's mean run by run, whether it left its anchor, and since when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import pairwise
from os.path import realpath
from pathlib import Path

from ..errors import SpecError, StoreError
from ..model import Era, Estimate, History, PastRun, Query, Reading, Series
from ..model.estimate import UNKNOWN
from ..store import Dat, annotated
from ..store.index import Index
from .answered import changes
from .eras import differences, eras
from .fields import CONSUMED, Field, number_field
from .following import followed
from .takes import Mine, Take, takes
from .together import mean_of

MOST_MISSING = 0.05
"""The share of an agent's cells that may lack the number: with more, what is missing decides the mean."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What charts are pinned to: an earlier run, or a baseline file."""

    name: str
    take: Take
    asked: bool = True
    """Somebody named it: where it cannot be the anchor, there is no chart. Else the first run takes its place."""


def history(
    index: Index,
    query: Query,
    *,
    metric: str = "score",
    better: str | None = None,
    anchor: Callable[[Field], Anchor | None] | None = None,
    since: float | None = None,
    until: float | None = None,
    called: Callable[[Sequence[str]], Sequence[str]] = tuple,
    battery: str = "",
) -> History:
    """The runs that `query` looks at in order of time, and each agent's number in them; `since` and `until` are about runs.

    `anchor` gives what charts are pinned to; None: the first run of each era. `called` gives the names of paths. Only runs that
    played the same cases in the same versions are one series. Raises `SpecError` for an unknown metric, and for scores of both
    directions.
    """
    number = number_field(metric, index, query)
    found = [one for one in takes(index, query, number) if _within(one, since, until)]
    told, notes = _direction(found, number, better)
    spans = eras(found)
    names = called([one.path for one in found])
    home = {run: place for place, era in enumerate(spans) for run in era.runs}
    runs = tuple(_run(one, name, home[at]) for at, (one, name) in enumerate(zip(found, names, strict=True)))
    pinned = anchor(number) if anchor else None
    made = [series for place, era in enumerate(spans) for series in _era(place, era, found, query.agents, number, told, pinned)]
    changed = changes(index, query, [one.path for one in found], names)
    return History(battery, number.column, told, runs, tuple(spans), tuple(made), (*notes, *changed))


def _era(
    place: int,
    era: Era,
    found: Sequence[Take],
    globs: Sequence[str],
    number: Field,
    better: str,
    anchor: Anchor | None,
) -> list[Series]:
    mine = [found[run] for run in era.runs]
    agents = [
        agent
        for agent in dict.fromkeys(agent for one in mine for agent in one.agents)
        if not globs or any(fnmatchcase(agent, glob) for glob in globs)
    ]
    always = [agent for agent in agents if all(agent in one.plan.agents for one in mine)]
    groups: dict[str, tuple[str, ...]] = {agent: (agent,) for agent in agents}
    if len(always) > 1:
        groups[""] = tuple(always)
    made = []
    for name, members in groups.items():
        readings = tuple(
            _reading(run, one, members, number) for run, one in zip(era.runs, mine, strict=True) if _played(one, members)
        )
        exact = all(one.plan.exact.issuperset(members) for one in mine) and _repeats(mine, members)
        kind = "long tail" if number.column in CONSUMED else "exact" if exact else "means"
        bare = Series(name, place, kind, _changed(readings, found, members), members if not name else ())
        made.append(followed(_pin(bare, era, found, members, number, anchor), better))
    return made


def _pin(
    series: Series, era: Era, found: Sequence[Take], members: Sequence[str], number: Field, anchor: Anchor | None
) -> Series:
    """The series with its anchor, or with why it has none."""
    if anchor is not None:
        value, why = _anchored(anchor.take, found[era.runs[0]], members, number)
        if not why:
            return replace(series, anchor=value, anchor_run=_last_until(anchor.take, era, found), pinned=anchor.name)
        if anchor.asked:
            return replace(series, why=f"{anchor.name} cannot be the anchor: {why}")
    first = next(iter(series.values), None)
    return series if first is None else replace(series, anchor=first.value, anchor_run=first.run)


def _anchored(anchor: Take, run: Take, members: Sequence[str], number: Field) -> tuple[Estimate, str]:
    """The anchor's value, and why it cannot be the anchor of runs like `run`."""
    if odd := differences(anchor.plan, run.plan):
        return UNKNOWN, f"since then {'; '.join(odd)}"
    if absent := [agent for agent in members if agent not in anchor.agents]:
        return UNKNOWN, f"{absent[0]} did not play there"
    told = _reading(-1, anchor, members, number)
    return told.value, told.why or ("" if told.value.value is not None else told.value.why)


def _last_until(anchor: Take, era: Era, found: Sequence[Take]) -> int | None:
    """The run that the anchor is of, else the last one that began no later."""
    same = next((run for run in era.runs if anchor.path and realpath(found[run].path) == realpath(anchor.path)), None)
    if same is not None or anchor.at is None:
        return same
    return max((run for run in era.runs if (at := found[run].at) is not None and at <= anchor.at), default=None)


def _reading(run: int, one: Take, members: Sequence[str], number: Field) -> Reading:
    parts = [one.agents[agent] for agent in members]
    missing: dict[str, int] = {}
    for part in parts:
        for why, count in part.missing.items():
            missing[why] = missing.get(why, 0) + count
    every = [(one.plan.agents.get(agent) or part.cases) | part.cases for agent, part in zip(members, parts, strict=True)]
    bare = sum(len(cases - part.covered) for cases, part in zip(every, parts, strict=True))
    cells, gone = sum(part.cells for part in parts), sum(missing.values())
    whole = all(
        {case[0] for case in part.covered} == {case[0] for case in cases} for cases, part in zip(every, parts, strict=True)
    )
    if bare:
        why = f"{bare} of {sum(map(len, every))} cases have no number"
    else:
        why = f"{gone} of {cells} cells have no number" if gone > MOST_MISSING * cells else ""
    some = [part.scenarios() for part in parts]
    value = (
        mean_of(some, number, missing) if (whole or len(parts) == 1) and any(some) else Estimate(None, missing=missing, why=why)
    )
    return Reading(run, value, why=why)


def _played(one: Take, members: Sequence[str]) -> bool:
    return all(agent in one.agents for agent in members)


def _repeats(mine: Sequence[Take], members: Sequence[str]) -> bool:
    """Whether all runs have the same cells, and somewhere two in a row the same numbers: what is declared was also seen."""
    cells: list[Mapping[str, Mine]] = [one.agents for one in mine if _played(one, members)]
    same = [[each[agent].values for agent in members] for each in cells]
    if any([values.keys() for values in one] != [values.keys() for values in same[0]] for one in same):
        return False
    return any(one == other for one, other in pairwise(same))


def _changed(readings: Sequence[Reading], found: Sequence[Take], members: Sequence[str]) -> tuple[Reading, ...]:
    """With where an agent's settings are others than before."""
    hashes = [tuple(found[each.run].agents[agent].hash for agent in members) for each in readings]
    pairs = zip(readings, hashes, [*hashes[:1], *hashes[:-1]], strict=True)
    return tuple(replace(each, other_agent=now != before) for each, now, before in pairs)


def _run(one: Take, name: str, era: int) -> PastRun:
    dat = Dat(Path(one.path))
    git = dat.environment().get("git")
    told = git if isinstance(git, Mapping) else {}
    dirty = told.get("dirty")
    tags: tuple[str, ...] = ()
    with suppress(StoreError):
        tags = annotated(dat.path).run.tags
    commit = str(told.get("commit") or "")
    return PastRun(name, one.path, one.at, era, one.cells, commit, dirty if isinstance(dirty, bool) else None, tags)


def _within(one: Take, since: float | None, until: float | None) -> bool:
    if one.at is None:
        return since is None and until is None
    return (since is None or one.at >= since) and (until is None or one.at < until)


def _direction(found: Sequence[Take], number: Field, better: str | None) -> tuple[str, tuple[str, ...]]:
    told = {way for one in found for way in one.directions}
    if number.is_score:
        if len(told) > 1:
            raise SpecError(
                f"some scores of {number.column} are better high, others low: they have no common mean; "
                "ask for scenarios of one kind (--scenario)"
            )
        return next(iter(told), "higher"), ()
    if better:
        return better, ()
    if number.column in CONSUMED:
        return "lower", ()
    if number.column == "passed":
        return "higher", ()
    return "higher", (f"whether more of {number.column} is better is not declared: taken so (--better lower)",)
