"""From a battery to its cells: names resolved, params combined, order and ids fixed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from ..errors import Complaint, SpecError
from ..model import AgentEntry, AgentProfile, Battery, Case, Cell, Json, Plan, ScenarioEntry, canonical, slug
from ..model.task import VARIATION
from ..play import Catalog, Takes
from ..play.builtin import refuse_params
from .axes import Axes, unused
from .cases import Sets, find_cases
from .profiles import Market, find_profiles, settled

Made = TypeVar("Made", Case, AgentProfile)


def plan(
    battery: Battery,
    catalog: Catalog,
    profiles: Mapping[str, AgentEntry] | None = None,
    sets: Sets | None = None,
    market: Market | None = None,
) -> Plan:
    """The cells of `battery`, by scenario, difficulty, surface, agent, params and seed, each as the file lists them.

    Seeds that are played until the gates are decided come look by look.

    `profiles`, `sets` and `market` are those of the configuration. A case named twice (by a glob and by name, say) is played
    once. Pure: the same file, catalog and configuration give the same ids and keys. Raises `SpecError` with every name that
    does not resolve, every param that nobody takes or somebody lacks, and whatever else cannot be played, at once.
    """
    complaints: list[Complaint] = []
    cases = [
        _Line(case, entry, case.scenario, catalog.scenario(case.scenario).params, battery)
        for case, entry in find_cases(battery, catalog, sets or {}, complaints)
    ]

    def as_played(agent: AgentProfile) -> AgentProfile:
        return settled(agent, catalog.agent(agent.kind), market or Market(), live=battery.live, offline=catalog.offline)

    agents = [
        _Line(agent, entry, agent.kind, catalog.agent(agent.kind).params, battery, as_played)
        for agent, entry in find_profiles(battery, catalog, profiles or {}, complaints)
    ]
    if not battery.seeds:
        hint = "give `seeds:` in the battery or in bio.yaml, or `--bio-seeds`"
        complaints.append(battery.complain(f"{battery.name}: no seed is given", hint=hint))
    complaints += dict.fromkeys(_wrong_types(battery, catalog, cases, agents))
    complaints += dict.fromkeys([*_wrong_params(battery, catalog, cases, agents), *_wrong_values(battery, cases, catalog)])
    if complaints:
        raise SpecError(complaints)
    cells = tuple(_cells(battery, cases, agents))
    if battery.looks:
        look = look_of(battery)
        cells = tuple(sorted(cells, key=lambda cell: look[cell.seed]))
    _refuse_unbuildable(battery, cells, agents, catalog)
    _refuse_duplicates(battery, cells)
    return Plan(battery, cells)


def look_of(battery: Battery) -> dict[int, int]:
    """Of each seed the first look, from 0, that needs it."""
    ends = battery.looks or (len(battery.seeds),)
    return {
        seed: next((look for look, end in enumerate(ends) if at < end), len(ends) - 1) for at, seed in enumerate(battery.seeds)
    }


def seed_digits(battery: Battery) -> int:
    """How many digits, zeros before it, a seed has in ids at least."""
    return battery.seed_digits or max(len(str(seed)) for seed in battery.seeds)


class _Line(Generic[Made]):
    """A case or an agent before the axes, the line that asks for it, and the axes it would be swept over."""

    def __init__(
        self,
        made: Made,
        entry: ScenarioEntry | AgentEntry,
        kind: str,
        takes: Takes,
        battery: Battery,
        finish: Callable[[Made], Made] = lambda made: made,
    ) -> None:
        self._raw: Made = made
        self._finish: Callable[[Made], Made] = finish
        self.made: Made = finish(made)
        self.entry, self.kind, self.takes = entry, kind, takes
        self.fixed = frozenset(name for name in battery.params if name in made.params)
        self.swept = frozenset(name for name in battery.params if name in takes) - self.fixed
        self._built: dict[str, Made] = {}

    def at(self, values: Mapping[str, Json]) -> Made:
        """The case or agent at these values of the axes; the same object for the same values, however often."""
        mine = {name: value for name, value in values.items() if name in self.swept}
        if not mine:
            return self.made
        spelled = canonical(mine)
        if spelled not in self._built:
            self._built[spelled] = self._finish(replace(self._raw, params={**self._raw.params, **mine}))
        return self._built[spelled]

    def all(self) -> Iterator[Made]:
        """What `at` has given, and may give without axes."""
        yield self.made
        yield from self._built.values()


_Cases = Sequence[_Line[Case]]
_Agents = Sequence[_Line[AgentProfile]]
_Any = _Line[Case] | _Line[AgentProfile]


def _shared(battery: Battery, case: _Line[Case], agent: _Line[AgentProfile]) -> tuple[str, ...]:
    """The axes that a case x agent is played over: those one of the two takes and none gives itself."""
    over = (case.swept | agent.swept) - case.fixed - agent.fixed
    return tuple(name for name in battery.params if name in over)


def _cells(battery: Battery, cases: _Cases, agents: _Agents) -> Iterator[Cell]:
    axes = Axes(battery)
    width = seed_digits(battery)
    seeds = [(seed, f"-s{seed:0{width}d}") for seed in battery.seeds]
    for line in cases:
        for player in agents:
            for values in axes.combined(_shared(battery, line, player)):
                at, agent = line.at(values), player.at(values)
                before, after = around_seed(line.made, player.made.name, values)
                for seed, spelled in seeds:
                    yield Cell(battery.name, at, agent, seed, f"{before}{spelled}{after}", values)


def around_seed(case: Case, agent: str, axes: Mapping[str, Json]) -> tuple[str, str]:
    """What stands before and behind the seed in the ids of a case (without its axes), an agent and values of the axes."""
    level = "" if case.difficulty is None else f"d{case.difficulty}-"
    surface = "" if case.variant == 1 else f"-v{case.variant}"
    told = "".join(f"-{slug(part)}" for part in _spelled({**case.params, **axes}))
    return f"{slug(case.scenario)}[{level}{slug(agent)}", f"{told}{surface}]"


def _spelled(params: Mapping[str, Json]) -> Iterator[str]:
    """Params as ids say them: name and value; of a mapping its entries, without a name in common."""
    for name, value in params.items():
        if isinstance(value, Mapping) and value:
            yield from _spelled(value)
        else:
            yield f"{name}{value}"


def _wrong_types(battery: Battery, catalog: Catalog, cases: _Cases, agents: _Agents) -> Iterator[Complaint]:
    """Agents that cannot play a scenario because of what it is: a task is executed with params, nobody acts in it."""
    for case in cases:
        for agent in agents:
            plays, is_a = catalog.agent(agent.kind).plays, case.made.type
            if plays == is_a:
                continue
            name = agent.made.name if agent.made.name == agent.kind else f"{agent.made.name} ({agent.kind})"
            if is_a == "task":
                what, hint = (
                    f"agent {name} cannot play the task {case.kind}",
                    f"tasks are played by agents of `kind: {VARIATION}`",
                )
            else:
                what, hint = f"{name} plays tasks only, and {case.kind} is acted in", "give tasks a battery of their own"
            yield battery.complain(what, agent.entry, hint=hint)


def _wrong_params(battery: Battery, catalog: Catalog, cases: _Cases, agents: _Agents) -> Iterator[Complaint]:
    lines: list[_Any] = [*cases, *(agent for agent in agents if not catalog.agent(agent.kind).skip_reason)]
    for line in lines:
        for what, hint in line.takes.wrong(line.kind, [*line.made.params, *sorted(line.swept)]):
            yield battery.complain(what, line.entry, hint=hint)
    for case in cases:
        for agent in agents:
            sides: tuple[tuple[_Any, _Any], ...] = ((case, agent), (agent, case))
            for line, other in sides:
                for name in sorted(line.swept & other.fixed):
                    if line.takes.named.get(name):
                        what = f"{line.kind} needs the param {name!r}, and here {other.kind} has a value of its own for it"
                        yield battery.complain(what, other.entry, hint="give both of them their own, or leave it to `params:`")
    if not cases or not agents:
        return  # who takes an axis is not known then
    played = {name for case in cases for agent in agents for name in _shared(battery, case, agent)}
    everyone: list[_Any] = [*cases, *agents]
    known = {name for line in everyone for name in line.takes.named}
    yield from unused(battery, played, {name for line in everyone for name in line.fixed}, known)


def _wrong_values(battery: Battery, cases: _Cases, catalog: Catalog) -> Iterator[Complaint]:
    """Values of axes that a scenario cannot be built with, where it can tell beforehand."""
    for line in cases:
        bar = catalog.scenario(line.made.scenario).bar
        if bar is None:
            continue
        for name, value in [(axis, each) for axis in sorted(line.swept) for each in battery.params[axis]]:
            try:
                bar({**line.made.params, name: value})
            except SpecError as error:
                yield from (battery.complain(each.what, f"params.{name}", hint=each.advice) for each in error.complaints)


def _refuse_unbuildable(battery: Battery, cells: Sequence[Cell], agents: _Agents, catalog: Catalog) -> None:
    """Values that an agent of ours cannot be built with, alone or together, in any cell."""
    complaints: list[Complaint] = []
    played = {id(cell.agent) for cell in cells}
    for line in agents:
        for agent in line.all():
            if agent.params and id(agent) in played:
                try:
                    refuse_params(catalog.agent(agent.kind), agent.params)
                except SpecError as error:
                    complaints += (battery.complain(each.what, line.entry, hint=each.advice) for each in error.complaints)
    if complaints:
        raise SpecError([*dict.fromkeys(complaints)])


def _refuse_duplicates(battery: Battery, cells: Sequence[Cell]) -> None:
    seen: dict[str, Cell] = {}
    for cell in cells:
        other = seen.setdefault(cell.id, cell)
        if other is not cell:
            what = f"{battery.name}: two cells would share the id {cell.id!r}"
            same = other.agent.hash == cell.agent.hash
            hint = "two of the params look the same in ids" if same else "give one of the agents another `as:`"
            raise SpecError(battery.complain(what, hint=hint))
