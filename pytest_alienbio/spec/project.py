"""`bio.yaml`: what a project says once for all its batteries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import Complaint, SpecError
from ..model import AgentEntry, Source
from ..model.source import Path
from . import unbuilt
from .battery import json_params
from .checks import empty_values, name_problem, secrets
from .complaints import Shape, got, in_order, translate


@dataclass(frozen=True, slots=True)
class ProjectConfig:
    """Agents and scenario files of a project. An empty one is what a project without `bio.yaml` has."""

    agents: Mapping[str, AgentEntry] = field(default_factory=dict)
    """Profiles by name; each has a `kind`."""
    scenarios: tuple[str, ...] = ()
    """Globs of scenario files, relative to the folder of `file`."""
    file: str = ""


def project_config(source: Source) -> ProjectConfig:
    """A parsed `bio.yaml`; an empty file is an empty configuration. Raises `SpecError` with every complaint at once.

    No value that is text is ever shown in a complaint: a key that was pasted into the wrong place must not reach a log.
    """
    from pydantic import ValidationError  # late: 90 ms that most sessions need not pay

    from . import schema

    if source.value is None:
        return ProjectConfig(file=source.file)
    if not isinstance(source.value, dict):
        what = f"the file holds {got(source.value, echo=False)} at its top"
        raise SpecError(Complaint(what, source.file, *source.place(()), "a mapping with agents and scenarios"))
    shape = Shape(schema.PROJECT_SECTIONS, unbuilt.PROJECT, _section, frozenset({"agents"}), is_project=True)
    complaints = [*empty_values(source, (), 0), *secrets(source, ()), *_names(source)]
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
        agents[name] = AgentEntry(name, agent.kind, json_params(agent.params), "", agent.role or "", line, column)
    return ProjectConfig(agents, tuple(project.scenarios), source.file)


def _names(source: Source) -> Iterator[Complaint]:
    agents = source.value.get("agents") if isinstance(source.value, dict) else None
    for name in agents if isinstance(agents, dict) else ():
        problem = name_problem(name)
        if problem:
            yield source.complain(("agents", name), f"this cannot name an agent: {problem}", key=True)


def _section(path: Path) -> str:
    return "agents" if path else ""
