"""`bio config`: each setting's value here, and who said it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import SpecError
from ..model import Battery, Json, ScenarioEntry
from ..report import ascii_only, inert
from ..report.columns import GAP, Column, fit, lines_of, shorten, to_ascii, wrap
from ..run import SETS, Project, Settings, Value, build_catalog, find_battery, read_ini, refuse_unknown, user_file
from ..spec import SETTINGS
from .common import Commands, add_data_option, add_set_option, place_of, project_here, say, settings_here, width

LEAST = 12
"""Columns a value or a source must at least have, to stand in a table."""
NONE = {"passing_score": "each scenario's own"}
"""What no value means, where it is not just nothing."""


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio config`."""
    parser = commands.add_parser(
        "config",
        help="show each setting with its source",
        description="Show what holds here: each setting's value and who says it, agents and sets with their source, and the "
        "files that were read. With BATTERY, what holds for that battery. Strongest first: command line, environment "
        "ALIENBIO_<NAME>, battery, pytest's ini file (bio_<name>), bio.yaml, the user's own file, built-in.",
        epilog="examples:\n  bio config\n  bio config experiments/smoke.battery.yaml --set timeout=30\n  bio config --json",
    )
    parser.add_argument("battery", nargs="?", metavar="BATTERY", help="a battery's file, file::head or name")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    add_data_option(parser)
    add_set_option(parser)
    parser.set_defaults(command=config)


def config(args: argparse.Namespace) -> int:
    """Prints what holds."""
    project = project_here()
    battery = None if args.battery is None else find_battery(args.battery, project.root)
    if args.battery is not None and battery is None:
        refuse_unknown(args.battery, project.root, build_catalog(project.scenario_files))
        raise SpecError(f"no battery {args.battery!r}; expected a *.battery.yaml file, file::head or a head's name")
    found = effective(project, settings_here(args, project), battery)
    say(json.dumps(found, indent=2) if args.json else page(found, width(), ascii=ascii_only(sys.stdout.encoding)))
    return 0


def effective(project: Project, settings: Settings, battery: Battery | None) -> dict[str, Json]:
    """All that is shown, as JSON: `settings`, `selecting`, `agents` and `sets` by name, and `files`."""
    values = dict(settings.of_battery(battery) if battery else settings.values)
    values["data"] = Value(str(settings.data_root(project.root)), values["data"].source)
    return {
        "project": str(project.root),
        "battery": f"{battery.source}::{battery.name}" if battery else None,
        "settings": {
            name: {"key": SETTINGS[name].key if name in SETTINGS else name, "value": value.value, "source": value.source}
            for name, value in values.items()
        },
        "selecting": {name: {"value": value.value, "source": value.source} for name, value in settings.selecting.items()},
        "agents": _agents(project),
        "sets": _sets(project, battery),
        "files": _files(project, battery),
    }


def _agents(project: Project) -> dict[str, Json]:
    places = {name: place_of(file.file, entry) for file in (project.user, project.own) for name, entry in file.agents.items()}
    return {
        name: {"kind": entry.kind, "params": dict(entry.params), "role": entry.role or None, "source": places[name]}
        for name, entry in project.profiles.items()
    }


def _sets(project: Project, battery: Battery | None) -> dict[str, Json]:
    found: dict[str, Json] = {}
    layers: list[tuple[Mapping[str, tuple[ScenarioEntry, ...]], str]] = [
        (SETS, ""),
        (project.user.sets, project.user.file),
        (project.own.sets, project.own.file),
    ]
    if battery:
        layers.append((battery.sets, battery.source))
    for sets, file in layers:
        for name, entries in sets.items():
            source = place_of(file, entries[0]) if file else "built-in"
            found[name] = {"scenarios": [_entry(entry) for entry in entries], "source": source}
    return found


def _entry(entry: ScenarioEntry) -> str:
    level = entry.difficulty if isinstance(entry.difficulty, str) else ",".join(map(str, entry.difficulty))
    return (f"set {entry.set}" if entry.set else entry.name) + (f" at {level}" if level else "")


def _files(project: Project, battery: Battery | None) -> list[Json]:
    """What was looked for, in order of strength, and whether it is there."""
    ini = read_ini(Path.cwd())[1]
    user = user_file()
    looked: list[tuple[str, str, bool]] = [("battery", battery.source, True)] if battery else []
    looked.append(("ini", str(ini or project.root / "pytest.ini"), ini is not None))
    looked.append(("project", project.own.file or str(project.root / "bio.yaml"), bool(project.own.file)))
    if user:
        looked.append(("user", str(user), bool(project.user.file)))
    return [{"what": what, "path": path, "read": read} for what, path, read in looked]


# -- for people


def page(found: Mapping[str, Json], columns: int, *, ascii: bool = False) -> list[str]:
    """What `effective` gives as lines of at most `columns`; only the paths of files may be longer, to be copied whole."""
    title = f"settings of {found['battery'] or found['project']}"
    lines = wrap(_clean(title, ascii), columns, ascii=ascii)
    rows = [*_rows(found["settings"]), *_rows(found["selecting"])]
    lines += ["", *_table(("setting", "value", "source"), rows, columns, ascii)]
    agents = [(name, _described(agent), str(agent["source"])) for name, agent in _items(found["agents"])]
    if agents:
        lines += ["", *_table(("agent", "built from", "source"), agents, columns, ascii)]
    sets = [(name, _text(given["scenarios"]), str(given["source"])) for name, given in _items(found["sets"])]
    lines += ["", *_table(("set", "scenarios", "source"), sets, columns, ascii), ""]
    for file in found["files"] if isinstance(found["files"], list) else ():
        assert isinstance(file, dict)
        lines.append(_clean(f"{'read' if file['read'] else 'absent':<6}  {file['what']:<7}  {file['path']}", ascii))
    return lines


def _items(value: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    assert isinstance(value, dict)
    for name, inner in value.items():
        assert isinstance(inner, dict)
        yield name, inner


def _rows(settings: Json) -> Iterator[tuple[str, str, str]]:
    for name, given in _items(settings):
        value = given["value"]
        said = _seeds(value) if name == "seeds" and isinstance(value, list) else _text(value)
        yield name, NONE.get(name, "-") if value is None else said, str(given["source"])


def _described(agent: Mapping[str, Json]) -> str:
    params = f" {json.dumps(agent['params'])}" if agent["params"] else ""
    return f"{agent['kind']}{params}" + (f" ({agent['role']})" if agent["role"] else "")


def _text(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name}={_text(inner)}" for name, inner in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _seeds(seeds: Sequence[Json]) -> str:
    """Seeds as they are typed: `0-9`, `3,5`, and `7-7` for the seed 7 alone, since `7` would be seven of them."""
    runs: list[list[int]] = []
    for seed in map(int, map(str, seeds)):
        if runs and seed == runs[-1][1] + 1:
            runs[-1][1] = seed
        else:
            runs.append([seed, seed])
    return ",".join(str(low) if low == high and len(runs) > 1 else f"{low}-{high}" for low, high in runs)


def _table(header: tuple[str, str, str], rows: Sequence[tuple[str, str, str]], columns: int, ascii: bool) -> list[str]:
    """Three columns; where there is no room for them, a name with its value and source below it."""
    names, values, sources = (tuple(_clean(row[index], ascii) for row in rows) for index in range(3))
    first = Column(header[0], names, left=True)
    if first.width + 2 * (len(GAP) + LEAST) <= columns:
        others = (Column(header[1], values, left=True, names=True), Column(header[2], sources, left=True, names=True))
        return lines_of(fit((first, *others), columns, ascii=ascii))
    lines = [f"{header[0]}s:"]
    for name, value, source in zip(names, values, sources, strict=True):
        lines += [name, f"  {value}", f"  {source}"]
    return [shorten(line, columns, ascii=ascii) for line in lines]


def _clean(text: str, ascii: bool) -> str:
    harmless = inert(text, most=4096, verbatim=True)
    return to_ascii(harmless) if ascii else harmless
