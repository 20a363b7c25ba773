"""From a battery to its cells: names resolved, order and ids fixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from inspect import Parameter, signature

from ..errors import Complaint, SpecError, UnknownNameError, did_you_mean
from ..model import AgentEntry, AgentProfile, Battery, Case, Cell, Plan, ScenarioEntry, slug
from ..model.canonical import canonical
from ..play import AgentInfo, Catalog

SETS = {
    "smoke": (ScenarioEntry(name="*", difficulty=(1, 3, 5)),),
    "standard": (ScenarioEntry(name="*", difficulty="all"),),
}
"""Sets every battery may name; its own `sets:` win."""


def plan(battery: Battery, catalog: Catalog, profiles: Mapping[str, AgentEntry] | None = None) -> Plan:
    """The cells of `battery`, ordered by scenario, difficulty, agent and seed as the file lists them.

    `profiles` are the agents of `bio.yaml`. A case named twice (by a glob and by name, say) is played once. Pure: the
    same file, catalog and profiles give the same ids and keys. Raises `SpecError` with every unresolved name, and every
    param an agent does not take or lacks, at once.
    """
    complaints: list[Complaint] = []
    cases = _cases(battery, catalog, complaints)
    agents = _agents(battery, catalog, profiles or {}, complaints)
    if not cases and not complaints:
        complaints.append(_complain(battery, battery.line, 0, f"{battery.name}: no scenario is left to play"))
    if complaints:
        raise SpecError(complaints)
    width = max(len(str(seed)) for seed in battery.seeds)
    cells = tuple(
        Cell(battery.name, case, agent, seed, _cell_id(case, agent, seed, width))
        for case in cases
        for agent in agents
        for seed in battery.seeds
    )
    _refuse_duplicates(battery, cells)
    return Plan(battery, cells)


def _cell_id(case: Case, agent: AgentProfile, seed: int, width: int) -> str:
    level = "" if case.difficulty is None else f"d{case.difficulty}-"
    params = "".join(f"-{slug(str(k))}{slug(str(v))}" for k, v in case.params.items())
    return f"{slug(case.scenario)}[{level}{slug(agent.name)}-s{seed:0{width}d}{params}]"


def _complain(battery: Battery, line: int, column: int, what: str, hint: str = "") -> Complaint:
    return Complaint(what, battery.source, line, column, hint=hint)


def _refuse_duplicates(battery: Battery, cells: tuple[Cell, ...]) -> None:
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            what = f"{battery.name}: two cells would share the id {cell.id!r}"
            raise SpecError(_complain(battery, battery.line, 0, what, "give one of the agents another `as:`"))
        seen.add(cell.id)


def _cases(battery: Battery, catalog: Catalog, complaints: list[Complaint]) -> list[Case]:
    cases: dict[str, Case] = {}
    for entry in _spread(battery.scenarios, battery, catalog, complaints, ()):
        try:
            names = _names(entry, catalog)
        except UnknownNameError as error:
            complaints.append(_complain(battery, entry.line, entry.column, str(error)))
            continue
        for name in names:
            info = catalog.scenario(name)
            if entry.params and not info.takes_params:
                what = f"{name} takes no params; it is given {', '.join(map(repr, entry.params))}"
                complaints.append(_complain(battery, entry.line, entry.column, what))
                continue
            levels = _levels(entry, name, info.levels, info.default_level, battery, complaints)
            bar = info.passing_score if battery.passing_score is None else battery.passing_score
            for level in levels:
                case = Case(name, level, entry.params, info.content_hash, info.tags, bar)
                cases.setdefault(f"{name}\n{level}\n{canonical(entry.params)}", case)
    return list(cases.values())


def _spread(
    entries: tuple[ScenarioEntry, ...], battery: Battery, catalog: Catalog, complaints: list[Complaint], trail: tuple[str, ...]
) -> Iterator[ScenarioEntry]:
    """`entries` with every set replaced by what is in it; a set's own difficulty gives way to the line that names it."""
    known = {**SETS, **battery.sets}
    for entry in entries:
        if not entry.set:
            yield entry
        elif entry.set in trail:
            circle = " > ".join((*trail, entry.set))
            complaints.append(_complain(battery, entry.line, entry.column, f"set {entry.set!r} contains itself ({circle})"))
        elif entry.set not in known:
            error = UnknownNameError("set", entry.set, known)
            complaints.append(_complain(battery, entry.line, entry.column, str(error)))
        else:
            for inner in _spread(known[entry.set], battery, catalog, complaints, (*trail, entry.set)):
                yield replace(
                    inner,
                    difficulty=entry.difficulty or inner.difficulty,
                    params=entry.params or inner.params,
                    line=entry.line,
                    column=entry.column,
                )


def _names(entry: ScenarioEntry, catalog: Catalog) -> tuple[str, ...]:
    if any(ch in entry.name for ch in "*?["):
        names = catalog.match(entry.name)
        if not names:
            raise UnknownNameError("scenario", entry.name, catalog.scenarios)
        return names
    catalog.scenario(entry.name)
    return (entry.name,)


def _levels(
    entry: ScenarioEntry,
    name: str,
    levels: tuple[int, ...],
    default: int | None,
    battery: Battery,
    complaints: list[Complaint],
) -> tuple[int | None, ...]:
    if entry.difficulty == "":
        return (default,)
    if entry.difficulty == "all":
        return levels or (None,)
    asked = tuple(level for level in entry.difficulty if isinstance(level, int))
    wrong = [str(level) for level in asked if level not in levels]
    if wrong:
        has = f"its levels are {', '.join(map(str, levels))}" if levels else "it has no levels: leave `difficulty` out"
        what = f"{name} has no difficulty {', '.join(wrong)}"
        complaints.append(_complain(battery, entry.line, entry.column, what, has))
        return ()
    return asked


def _agents(
    battery: Battery, catalog: Catalog, profiles: Mapping[str, AgentEntry], complaints: list[Complaint]
) -> list[AgentProfile]:
    agents: list[AgentProfile] = []
    for entry in battery.agents:
        try:
            made = profile(entry, catalog, profiles)
        except UnknownNameError as error:
            complaints.append(_complain(battery, entry.line, entry.column, str(error)))
            continue
        agents.append(made)
        wrong = wrong_params(made, catalog.agent(made.kind))
        complaints += [_complain(battery, entry.line, entry.column, what, hint) for what, hint in wrong]
    return agents


def wrong_params(made: AgentProfile, info: AgentInfo) -> Iterator[tuple[str, str]]:
    """Params the agent's factory does not take, and those it cannot do without: what is wrong, and a hint or ''.

    Only names are compared. Nothing is said about an agent that is skipped, nor where the factory has no readable
    signature or takes any keyword.
    """
    if info.skip_reason:
        return
    try:
        parameters = signature(info.factory).parameters.values()
    except (TypeError, ValueError):
        return
    if any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters):
        return
    handed = {"solution"} if info.privileged else set()
    by_name = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    known = {p.name: p for p in parameters if p.kind in by_name and p.name not in handed}
    for name in made.params:
        if name not in known:
            yield f"{made.kind} has no param {name!r}", did_you_mean(str(name), known) or "it takes none"
    for name, parameter in known.items():
        if parameter.default is Parameter.empty and name not in made.params:
            yield f"{made.kind} needs the param {name!r}", ""


def profile(entry: AgentEntry, catalog: Catalog, profiles: Mapping[str, AgentEntry]) -> AgentProfile:
    """The profile an `agents:` line means: defined on the spot, else in `bio.yaml`, else a name of the catalog.

    Params of the line win over the profile's, one by one. Raises `UnknownNameError`.
    """
    base = profiles.get(entry.name) if not entry.kind else None
    kind = entry.kind or (base.kind if base else entry.name)
    if kind not in catalog.agents:
        known = catalog.agents if entry.kind or base else {**catalog.agents, **profiles}
        raise UnknownNameError("agent", kind, known)
    info = catalog.agent(kind)
    return AgentProfile(
        name=entry.label or entry.name,
        kind=kind,
        params={**(base.params if base else {}), **entry.params},
        role=entry.role or (base.role if base else "") or info.role,
        skip_reason=info.skip_reason,
    )
