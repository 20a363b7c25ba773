"""`bio.yaml`: what a project says once for all its batteries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ..errors import Complaint, SpecError
from ..model import AgentEntry, Json, ScenarioEntry, Source
from ..model.rule import Rule
from ..model.source import Path
from . import unbuilt
from .battery import json_params, scenario_entries, section_of
from .checks import agent_name_problem, check_sets, empty_values, repeated, secrets
from .complaints import Shape, got, in_order, translate
from .gates import check_gates, rules_of

if TYPE_CHECKING:
    from .project_schema import Project


@dataclass(frozen=True, slots=True)
class ProjectConfig:
    """What a project, or a user, says for all batteries. An empty one is what a project without `bio.yaml` has."""

    agents: Mapping[str, AgentEntry] = field(default_factory=dict)
    """Profiles by name; each has a `kind`."""
    scenarios: tuple[str, ...] = ()
    """Globs of scenario files, relative to the folder of `file`."""
    file: str = ""
    sets: Mapping[str, tuple[ScenarioEntry, ...]] = field(default_factory=dict)
    settings: Mapping[str, tuple[Json, str]] = field(default_factory=dict)
    """Each setting the file makes: its dotted key (`run.traces`) -> its value and `file:line:column` of the key."""
    gates: tuple[Rule, ...] = ()
    """Of batteries that name none."""


def project_config(source: Source) -> ProjectConfig:
    """A parsed `bio.yaml`; an empty file is an empty configuration. Raises `SpecError` with every complaint at once.

    No value that is text is ever shown in a complaint: a key that was pasted into the wrong place must not reach a log.
    """
    if source.value is None:
        return ProjectConfig(file=source.file)
    from pydantic import ValidationError  # late: 90 ms that most sessions need not pay

    from . import project_schema as schema

    if not isinstance(source.value, dict):
        what = f"the file holds {got(source.value, echo=False)} at its top"
        expected = "a mapping with agents, scenarios, sets and settings"
        raise SpecError(Complaint(what, source.file, *source.place(()), expected))
    shape = Shape(schema.SECTIONS, unbuilt.PROJECT, _section_of, frozenset({"agents", "sets"}), is_project=True)
    complaints = [*empty_values(source, (), 0), *secrets(source, ()), *_names(source), *_several(source)]
    project = schema.Project()
    try:
        project = schema.Project.model_validate(source.value)
    except ValidationError as error:
        complaints += translate(error.errors(include_url=False, include_input=False), source, (), shape)
        complaints = complaints or [source.complain((), "this is not a project's configuration")]
    if complaints:
        raise SpecError(in_order(complaints))
    agents = {}
    for name, agent in project.agents.items():
        line, column = source.place(("agents", name), key=True)
        agents[name] = AgentEntry(name, agent.kind, json_params(agent.params), "", agent.role or "", line=line, column=column)
    return ProjectConfig(
        agents,
        tuple(project.scenarios),
        source.file,
        {name: scenario_entries(source, ("sets", name), items) for name, items in project.sets.items()},
        dict(_settings(source, project)),
        rules_of(source, ("gates",), project.gates, file=source.file),
    )


def _settings(source: Source, project: Project) -> Iterator[tuple[str, tuple[Json, str]]]:
    from .configurable import made, seeds_of

    for path, value in made(project):
        if path[0] not in ("agents", "gates", "scenarios", "sets"):
            value = list(seeds_of(project.seeds)) if path == ("seeds",) else value
            yield ".".join(path), (cast("Json", value), source.complain(path, "", key=True).where)


def _names(source: Source) -> Iterator[Complaint]:
    agents = source.value.get("agents") if isinstance(source.value, dict) else None
    for name, entry in agents.items() if isinstance(agents, dict) else ():
        problem = agent_name_problem(name, entry.get("kind") if isinstance(entry, dict) else None)
        if problem:
            what, expected = f"this cannot name an agent: {problem}", "letters, digits and ._/+-"
            yield source.complain(("agents", name), what, expected=expected, key=True)


def _several(source: Source) -> Iterator[Complaint]:
    yield from check_sets(source, ("sets",))
    yield from repeated(source, ("seeds",), "seed", echo=False)
    yield from repeated(source, ("default_agents",), "name", echo=False)
    yield from check_gates(source, ("gates",), echo=False)


def _section_of(path: Path) -> str:
    return section_of(path) if path else ""
