"""`bio.yaml`: what a project says once for all its batteries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from ..errors import Complaint, SpecError
from ..model import FREE, AgentEntry, Json, Price, ProviderEntry, ScenarioEntry, Source
from ..model.rule import Rule
from ..model.source import Path
from . import unbuilt
from .battery import scenario_entries, section_of
from .checks import agent_name_problem, check_sets, empty_values, repeated, secrets
from .complaints import Shape, got, in_order, translate
from .gates import check_gates, rules_of
from .models import check_key, check_model, check_price, model_keys, price_at, reference

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
    prices: Mapping[str, Price] = field(default_factory=dict)
    """What models cost: globs of their names; the first that fits decides."""
    providers: Mapping[str, ProviderEntry] = field(default_factory=dict)


KeysIn = Literal["refused", "taken", "exposed"]
"""What is done about keys that are written out: only the user's own file may hold them, and only if others cannot read it."""


def project_config(source: Source, keys: KeysIn = "refused") -> ProjectConfig:
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
    shape = Shape(
        schema.SECTIONS, unbuilt.PROJECT, _section_of, frozenset({"agents", "prices", "providers", "sets"}), is_project=True
    )
    literal = tuple(_literal(source.value)) if keys != "refused" else ()
    complaints = [*empty_values(source, (), 0), *secrets(source, (), literal), *_names(source), *_several(source)]
    if keys == "exposed":
        complaints += [_exposed(source, path) for path in literal]
    complaints += _models(source)
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
        said = model_keys(source, ("agents", name), agent, f"agents/{name}")
        agents[name] = AgentEntry(name, agent.kind, role=agent.role or "", line=line, column=column, **said)
    return ProjectConfig(
        agents,
        tuple(project.scenarios),
        source.file,
        {name: scenario_entries(source, ("sets", name), items) for name, items in project.sets.items()},
        dict(_settings(source, project)),
        rules_of(source, ("gates",), project.gates, file=source.file),
        {glob: price_at(source, ("prices", glob), value) or FREE for glob, value in project.prices.items()},
        {
            name: ProviderEntry(reference(each.api_key, f"providers/{name}"), each.base_url or "")
            for name, each in project.providers.items()
        },
    )


def _literal(value: object) -> Iterator[Path]:
    """Where keys that are written out may stand."""
    for section in ("agents", "providers"):
        entries = value.get(section) if isinstance(value, dict) else None
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            if isinstance(entry, dict) and isinstance(entry.get("api_key"), str):
                yield (section, name, "api_key")


def _exposed(source: Source, path: Path) -> Complaint:
    what, hint = "a key stands here, and others may read the file", f"mend it: chmod 600 {source.file}"
    return source.complain(path, what, hint=hint, key=True)


def _models(source: Source) -> Iterator[Complaint]:
    value = source.value if isinstance(source.value, dict) else {}
    agents, prices = value.get("agents"), value.get("prices")
    for name in agents if isinstance(agents, dict) else ():
        yield from check_model(source, ("agents", name), echo=False)
    providers = value.get("providers")
    for name in providers if isinstance(providers, dict) else ():
        yield from check_key(source, ("providers", name))
    for glob in prices if isinstance(prices, dict) else ():
        yield from check_price(source, ("prices", glob), echo=False)


def _settings(source: Source, project: Project) -> Iterator[tuple[str, tuple[Json, str]]]:
    from .configurable import made, seeds_of

    for path, value in made(project):
        if path[0] not in ("agents", "gates", "prices", "providers", "scenarios", "sets"):
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
