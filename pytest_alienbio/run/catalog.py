"""Everything that can be named in a battery: shipped, in the project's files, in installed packages, in a conftest."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path

from ..errors import AlienBioError, Complaint, SpecError
from ..model import Battery, ScenarioEntry
from ..play import (
    AgentRegistry,
    Catalog,
    ScenarioInfo,
    ScenarioRegistry,
    Shelf,
    builtin_agents,
    older_scenario,
    template_scenario,
)

Register = Callable[[AgentRegistry, ScenarioRegistry], None]
"""Adds agents and scenarios from outside, a conftest's hooks for instance."""

Sets = Mapping[str, tuple[ScenarioEntry, ...]]

MOST_KEPT = 1000
"""Scenario files that a process remembers."""

_SHIPPED = Path(__file__).parent.parent / "scenarios" / "catalog"


def build_catalog(scenario_files: Iterable[Path] = (), register: Register | None = None) -> Catalog:
    """What is shipped, then `scenario_files`, then entry points, then `register`; a name taken twice is a `SpecError`.

    Scenarios that are shipped are read when they are looked up.
    """
    catalog = Catalog(scenarios=_shipped_scenarios(), agents=builtin_agents())
    for path in scenario_files:
        catalog = with_scenario_file(catalog, path)[0]
    agents, scenarios = AgentRegistry(catalog.agents), ScenarioRegistry(catalog.scenarios)
    for group, registry in (("pytest_alienbio.agents", agents), ("pytest_alienbio.scenarios", scenarios)):
        for entry_point in installed(group):
            enter(entry_point, registry)
    if register:
        register(agents, scenarios)
    return Catalog(scenarios=scenarios.entries, agents=agents.entries)


def installed(group: str) -> EntryPoints:
    """Entry points of installed packages. All packages are read once as long as the folders of `sys.path` stay as they are."""
    return _all_installed(tuple((entry, _changed(entry)) for entry in sys.path)).select(group=group)


def _changed(entry: str) -> int:
    try:
        return os.stat(entry or ".").st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _all_installed(path: tuple[tuple[str, int], ...]) -> EntryPoints:
    found = entry_points()
    return EntryPoints(each for group in sorted(found.groups) for each in found.select(group=group))


def enter(entry_point: EntryPoint, registry: object) -> None:
    """Lets an installed package register. Raises `SpecError`, naming the package, for one that cannot be asked."""
    try:
        entry_point.load()(registry)
    except AlienBioError:
        raise
    except Exception as error:
        of = entry_point.dist.name if entry_point.dist else "?"
        what = f"the entry point `{entry_point.name} = {entry_point.value}` of the package {of!r} failed"
        hint = f"mend or uninstall it; it is in the group {entry_point.group}"
        raise SpecError(Complaint(f"{what}: {type(error).__name__}: {error}", hint=hint)) from error


def read_scenario(path: Path) -> ScenarioInfo:
    """The scenario a YAML file holds, in the format of now or in the older one. Raises `SpecError` with every complaint.

    A process reads a file once as long as it stays as it is: every battery's catalog has all of the project's.
    """
    try:
        stat = path.stat()
    except OSError:
        return _read(path)  # which says what is wrong
    return _unchanged(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=MOST_KEPT)
def _unchanged(path: Path, *stat: int) -> ScenarioInfo:
    return _read(path)


def _read(path: Path) -> ScenarioInfo:
    from ..scenarios.template import read_template
    from ..spec import read_source

    try:
        source = read_source(path, tags=("!ev", "!_"))
    except SpecError:
        if older := _older(path):  # which knows more tags
            return older
        raise
    is_named = isinstance(source.value, dict) and "scenario" in source.value
    if not is_named and (older := _older(path)):
        return older
    return template_scenario(read_template(source))


def _older(path: Path) -> ScenarioInfo | None:
    """The scenario of a file of the older format; None for every other, whatever is wrong with it."""
    from ..scenarios.older.template import is_older, read_older
    from ..scenarios.older.text import TAGS
    from ..spec import read_source

    try:
        source = read_source(path, tags=TAGS)
    except SpecError:
        return None
    return older_scenario(read_older(source)) if is_older(source.value) else None


def _shipped_scenarios() -> Shelf:
    """Those of the package; each lies under its own name, and is read when it is looked up."""
    files = {path.relative_to(_SHIPPED).with_suffix("").as_posix(): path for path in sorted(_SHIPPED.rglob("*.yaml"))}
    return Shelf(unread={name: partial(read_scenario, path) for name, path in files.items()})


def is_shipped(info: ScenarioInfo) -> bool:
    """Whether a scenario comes with this package."""
    return bool(info.source) and Path(info.source).is_relative_to(_SHIPPED)


def with_scenario_file(catalog: Catalog, path: Path) -> tuple[Catalog, str]:
    """`catalog` with the scenario of `path` added, and that scenario's name. The same content twice is fine."""
    info = read_scenario(path)
    known = catalog.scenarios.get(info.name)
    if known and known.content_hash != info.content_hash:
        raise SpecError(_taken(path, known))
    return replace(catalog, scenarios=Shelf(catalog.scenarios, {info.name: info})), info.name


def validate_scenario_file(path: Path, scenario_files: Iterable[Path]) -> ScenarioInfo:
    """The scenario of `path`, if its name is free among what is shipped and the project's `scenario_files`.

    What is wrong with those others is not said here. Raises `SpecError` with every complaint about `path`.
    """
    catalog = Catalog(scenarios=_shipped_scenarios())
    for other in scenario_files:
        with suppress(SpecError):
            catalog = with_scenario_file(catalog, other)[0]
    catalog, name = with_scenario_file(catalog, path)
    return catalog.scenarios[name]


def _taken(path: Path, known: ScenarioInfo) -> Complaint:
    """That another scenario has the name that `path` gives to its own, and which."""
    from ..scenarios.older.text import TAGS
    from ..spec import read_source

    source = read_source(path, tags=TAGS)
    keys = list(source.value) if isinstance(source.value, dict) else []
    key = next((key for key in ("scenario", "name") if key in keys), "")
    file = Path(known.source)
    owner = "a built-in scenario" if file.is_relative_to(_SHIPPED) else known.source or "one that was made in Python"
    what = f"scenario {known.name!r} is already taken by {owner}"
    hint = "give this one another name" + (f" under `{key}:`" if key else "")
    return source.complain((key or keys[0],), what, hint=hint, key=not key)


def with_named_files(battery: Battery, catalog: Catalog, sets: Sets | None = None) -> tuple[Battery, Catalog]:
    """`battery` with its `./file.yaml` scenarios replaced by their names, and a catalog that knows these and its players.

    `sets` are those of the configuration; one that the battery uses and that names files becomes its own. Raises
    `SpecError` for files that are missing or wrong, and players whose names are taken.
    """
    sets = {**_used(battery, sets or {}), **battery.sets}
    names: dict[Path, str] = {}
    seen: set[Path] = set()
    complaints: list[Complaint] = []
    for entry in [*battery.scenarios, *(entry for group in sets.values() for entry in group)]:
        if not _is_file(entry) or (path := _path(battery, entry)) in seen:
            continue
        seen.add(path)
        if not path.is_file():
            what = f"scenario file {entry.name!r} does not exist"
            hint = f"paths are relative to the file that names them, here to {path.parent}"
            complaints.append(battery.complain(what, entry, hint=hint))
            continue
        try:
            catalog, names[path] = with_scenario_file(catalog, path)
        except SpecError as error:
            many = "1 problem" if len(error.complaints) == 1 else f"{len(error.complaints)} problems"
            what = f"{entry.name!r} is no scenario that can be played: it has {many}"
            complaints += [battery.complain(what, entry), *error.complaints]
    try:
        catalog = _with_players(battery, catalog)
    except SpecError as error:
        complaints += error.complaints
    if complaints:
        raise SpecError(complaints)
    if not names:
        return battery, catalog

    def renamed(entries: Iterable[ScenarioEntry]) -> tuple[ScenarioEntry, ...]:
        return tuple(replace(entry, name=names.get(_path(battery, entry), entry.name)) for entry in entries)

    named = {name: renamed(group) for name, group in sets.items()}
    return replace(battery, scenarios=renamed(battery.scenarios), sets=named), catalog


def _path(battery: Battery, entry: ScenarioEntry) -> Path:
    """Where a line's scenario file would lie: beside the file that holds the line."""
    return Path(entry.file or battery.source).parent / entry.name


def _is_file(entry: ScenarioEntry) -> bool:
    return entry.name.endswith((".yaml", ".yml"))


def _used(battery: Battery, sets: Sets) -> dict[str, tuple[ScenarioEntry, ...]]:
    """Those of `sets` that lie on the battery's way, if there is any file in them."""
    used: dict[str, tuple[ScenarioEntry, ...]] = {}
    pending = [*battery.scenarios, *(entry for group in battery.sets.values() for entry in group)]
    for entry in pending:  # grows while it is walked
        if entry.set in sets and entry.set not in used and entry.set not in battery.sets:
            used[entry.set] = sets[entry.set]
            pending += sets[entry.set]
    return {name: group for name, group in used.items() if any(map(_is_file, group))}


def _with_players(battery: Battery, catalog: Catalog) -> Catalog:
    """`catalog` with the agents that the battery brought along as classes or functions."""
    if not battery.players:
        return catalog
    registry, complaints = AgentRegistry(catalog.agents), []
    for name, player in battery.players.items():
        try:
            registry.add(name, player)
        except SpecError as error:
            line = next((entry for entry in battery.agents if entry.kind == name), "agents")
            complaints += [battery.complain(complaint.what, line, hint=complaint.hint) for complaint in error.complaints]
    if complaints:
        raise SpecError(complaints)
    return replace(catalog, agents=registry.entries)
