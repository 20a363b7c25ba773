"""Everything that can be named in a battery: shipped, in the project's files, in installed packages, in a conftest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from ..errors import Complaint, SpecError
from ..model import Battery
from ..play import AgentRegistry, Catalog, ScenarioInfo, ScenarioRegistry, builtin_agents, template_scenario

Register = Callable[[AgentRegistry, ScenarioRegistry], None]
"""Adds agents and scenarios from outside, a conftest's hooks for instance."""

_SHIPPED = Path(__file__).parent.parent / "scenarios" / "catalog"


def build_catalog(scenario_files: Iterable[Path] = (), register: Register | None = None) -> Catalog:
    """What is shipped, then `scenario_files`, then entry points, then `register`; a name taken twice is a `SpecError`."""
    catalog = Catalog(scenarios=dict(_shipped_scenarios()), agents=builtin_agents())
    for path in scenario_files:
        catalog = with_scenario_file(catalog, path)[0]
    agents, scenarios = AgentRegistry(catalog.agents), ScenarioRegistry(catalog.scenarios)
    for group, registry in (("pytest_alienbio.agents", agents), ("pytest_alienbio.scenarios", scenarios)):
        for entry_point in entry_points(group=group):
            entry_point.load()(registry)
    if register:
        register(agents, scenarios)
    return Catalog(scenarios=scenarios.entries, agents=agents.entries)


def read_scenario(path: Path) -> ScenarioInfo:
    """The scenario a YAML file holds. Raises `SpecError` with every complaint."""
    from ..scenarios.template import read_template
    from ..spec import read_source

    return template_scenario(read_template(read_source(path, tags=("!ev", "!_"))))


@cache
def _shipped_scenarios() -> dict[str, ScenarioInfo]:
    return {info.name: info for info in map(read_scenario, sorted(_SHIPPED.rglob("*.yaml")))}


def with_scenario_file(catalog: Catalog, path: Path) -> tuple[Catalog, str]:
    """`catalog` with the scenario of `path` added, and that scenario's name. The same content twice is fine."""
    info = read_scenario(path)
    known = catalog.scenarios.get(info.name)
    if known and known.content_hash != info.content_hash:
        what = f"scenario {info.name!r} is already taken by another file"
        raise SpecError(Complaint(what, str(path), hint="give this one another name under `scenario:`"))
    return replace(catalog, scenarios={**catalog.scenarios, info.name: info}), info.name


def with_named_files(battery: Battery, catalog: Catalog) -> tuple[Battery, Catalog]:
    """`battery` with its `./file.yaml` scenarios replaced by their names, and a catalog that knows them."""
    here = Path(battery.source).parent
    names: dict[str, str] = {}
    entries = [*battery.scenarios, *(entry for group in battery.sets.values() for entry in group)]
    for entry in entries:
        if entry.name.endswith((".yaml", ".yml")) and entry.name not in names:
            path = here / entry.name
            if not path.is_file():
                what = f"scenario file {entry.name!r} does not exist"
                hint = f"paths are relative to the battery's folder, {here}"
                raise SpecError(Complaint(what, battery.source, entry.line, entry.column, hint=hint))
            catalog, names[entry.name] = with_scenario_file(catalog, path)
    if not names:
        return battery, catalog
    renamed = tuple(replace(entry, name=names.get(entry.name, entry.name)) for entry in battery.scenarios)
    sets = {
        name: tuple(replace(entry, name=names.get(entry.name, entry.name)) for entry in group)
        for name, group in battery.sets.items()
    }
    return replace(battery, scenarios=renamed, sets=sets), catalog
