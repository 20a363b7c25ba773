"""Whether the names in a configuration, and in sets that no battery uses yet, mean something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from ..errors import Complaint, SpecError, UnknownNameError
from ..model import AgentEntry, Battery, ScenarioEntry
from ..play import Catalog, Takes
from ..run import Project, with_named_files
from ..run.cases import find_cases
from ..run.profiles import profile
from ..spec import ProjectConfig

Sets = Mapping[str, tuple[ScenarioEntry, ...]]


def wrong_names(config: ProjectConfig, project: Project, catalog: Catalog) -> list[Complaint]:
    """What of a `bio.yaml`, or a user's own file, nobody knows: agents, their params, `default_agents`, sets.

    A param that an agent lacks is no complaint: a battery's line or axis may give it.
    """
    profiles = {**project.profiles, **config.agents}
    return [*_agents(config, profiles, catalog), *_defaults(config, profiles, catalog), *wrong_sets(config, project, catalog)]


def wrong_sets(of: ProjectConfig | Battery, project: Project, catalog: Catalog) -> list[Complaint]:
    """What of a file's `sets:` nobody knows: scenarios, levels, params, files, and sets they name."""
    known: Sets = {**project.sets, **of.sets}
    file = of.source if isinstance(of, Battery) else of.file
    found: list[Complaint] = []
    for name, entries in of.sets.items():
        complaints: list[Complaint] = []
        try:
            battery, more = with_named_files(Battery(f"set {name!r}", entries, (), (), source=file), catalog, known)
            for case, entry in find_cases(battery, more, known, complaints):
                complaints += _params(more.scenario(case.scenario).params, case.scenario, [*case.params], battery, entry)
        except SpecError as error:
            complaints += error.complaints
        found += complaints
    return list(dict.fromkeys(found))


def _agents(config: ProjectConfig, profiles: Mapping[str, AgentEntry], catalog: Catalog) -> Iterator[Complaint]:
    for entry in config.agents.values():
        here = Battery("", (), (), (), source=config.file)
        try:
            made = profile(entry, catalog, profiles)
        except UnknownNameError as error:
            yield here.complain(str(error), entry)
        else:
            if not made.skip_reason:
                yield from _params(catalog.agent(made.kind).params, made.kind, [*made.params], here, entry)


def _defaults(config: ProjectConfig, profiles: Mapping[str, AgentEntry], catalog: Catalog) -> Iterator[Complaint]:
    names, place = config.settings.get("default_agents", ((), ""))
    for name in cast("Sequence[str]", names or ()):
        try:
            profile(AgentEntry(name), catalog, profiles)
        except UnknownNameError as error:
            file, line, column = place.rsplit(":", 2)
            yield Complaint(f"default_agents: {error}", file, int(line), int(column))


def _params(
    takes: Takes, who: str, given: Sequence[str], at: Battery, entry: ScenarioEntry | AgentEntry
) -> Iterator[Complaint]:
    for what, hint in takes.wrong(who, [*given, *takes.named]):
        yield at.complain(what, entry, hint=hint)
