"""What holds for every battery of a session: each setting's value, and who said it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

from ..errors import Complaint, SpecError, did_you_mean
from ..model import AgentEntry, Battery, Json, Levels, Rule, Selection
from ..model.selection import EVERYTHING
from ..spec import CONTINUING, SELECTING, SETTINGS, ProjectConfig, parse_levels, parse_setting
from ..spec.settings import setting_of
from ..store.layout import absolute
from .project import Project, shown
from .rules import asked, is_file, settled
from .unset import UNSET

ENV = "ALIENBIO_"
INI = "bio_"
BUILT_IN = "built-in"

OTHER_VARIABLES = frozenset({"AUTHOR", "RUN_ID", "METRICS_FILE", "RESULT_FILE", "DATA_PATH", "PARAMS", "SEED"})
"""Who annotates, a run's id, and what a trial of a task is told.

Besides settings, what selects, and `ALIENBIO_<PROVIDER>_API_KEY`."""
OTHER_INI = frozenset({"batteries"})


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value, and where it was said as `bio config` prints it."""

    value: Json
    source: str
    wins: bool = False
    """Said on the command line or in the environment, and so stronger than a battery."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting's value before any battery has spoken."""

    values: Mapping[str, Value]
    """By setting's name, in the order of `SETTINGS`. `data` is an absolute path unless it is built-in."""
    selecting: Mapping[str, Value] = field(default_factory=dict)
    """What was said of `SELECTING`: lists of words; `difficulty` as a text, `smoke` as a truth value, `shard` as two
    numbers."""
    selection: Selection = EVERYTHING
    """The same as one selection."""
    continuing: Mapping[str, Value] = field(default_factory=dict)
    """What was said of `CONTINUING`: `resume` as a text, `retry` as a list of outcomes, `reuse` as a truth value."""
    gates: tuple[Rule, ...] = ()
    """Of batteries that name none, as `bio.yaml` or the user's file has them."""

    @property
    def sources(self) -> dict[str, str]:
        """How each part of `selection` was given: `--bio-tag`, `ALIENBIO_TAG`, `pytest.ini: bio_tag`."""
        return {name: value.source for name, value in self.selecting.items()}

    def of_battery(self, battery: Battery) -> dict[str, Value]:
        """Each setting's value for `battery`, and under `agents` who plays it: its own word counts here too."""
        found = dict(self.values)
        del found["default_agents"]
        for name, attribute in _ATTRIBUTES.items():
            key = SETTINGS[name].key
            if key in battery.said and not found[name].wins:
                value = attrgetter(attribute)(battery)
                found[name] = Value(list(value) if isinstance(value, tuple) else value, _place(battery, key))
        if "cells" not in battery.said and found["cells"].source == BUILT_IN and asked(battery, self.values, self.gates):
            found["cells"] = Value("record", "its gates")
        found["agents"] = self.values["default_agents"]
        if battery.agents:
            found["agents"] = Value([entry.label or entry.name for entry in battery.agents], _place(battery, "agents"))
        return found

    def apply(self, battery: Battery, *, keep: Collection[str] = ()) -> Battery:
        """`battery` as it is to be played: command line and environment win over it, files fill what it leaves open.

        `keep` names settings that the caller's own arguments have decided. `default_agents` plays only where the battery
        names no agents. What is then still missing (agents, seeds) is complained about by `plan`, with all else. Raises
        `SpecError` for gates that cannot be, taken together.
        """
        found = self.of_battery(battery)
        for name, attribute in _ATTRIBUTES.items():
            if name not in keep and found[name].source != BUILT_IN:
                battery = _with(battery, attribute, found[name].value)
        keep_looks = "seeds" not in keep and not found["seeds"].wins
        battery = settled(battery, self.values, self.gates, keep_looks=keep_looks)
        if battery.agents:
            return battery
        names = cast("Sequence[str]", found["agents"].value or ())
        return replace(battery, agents=tuple(AgentEntry(name, file=found["agents"].source) for name in names))

    def data_root(self, project_root: Path) -> Path:
        """Where the DATs go: the setting `data`, which is `<project_root>/data` if nobody says otherwise."""
        return absolute(project_root / str(self.values["data"].value))


def settings(
    project: Project,
    *,
    options: Mapping[str, str] | None = None,
    assignments: Sequence[str] = (),
    ini: Mapping[str, str] | None = None,
    ini_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    flag: str = "--bio-{}",
) -> Settings:
    """What holds in `project`: command line > environment > ini > `bio.yaml` > user file > built-in.

    `options` are the texts of those options that were given, by name (`traces`, `tag`; several of one as a comma list);
    `assignments` the `KEY=VALUE`s; `ini` the `bio_*` keys of `ini_file` (`read_ini`). `flag` is how an option is spelled
    here. An empty variable or ini key says nothing. Raises `SpecError` with everything wrong, each with its source.
    """
    here = cwd or Path.cwd()
    said = _Said()
    said.options(options or {}, assignments, flag, here)
    said.environment(os.environ if environ is None else environ, here)
    said.ini(ini or {}, ini_file, ini_file.parent if ini_file else project.root)
    said.file(project.own)
    said.file(project.user)
    if said.complaints:
        raise SpecError(said.complaints)
    built_in = {name: Value(setting.default, BUILT_IN) for name, setting in SETTINGS.items()}
    selecting = {name: said.found[name] for name in SELECTING if name in said.found}
    continuing = {name: said.found[name] for name in CONTINUING if name in said.found}
    gates = project.own.gates or project.user.gates
    values = {name: said.found.get(name, built_in[name]) for name in SETTINGS}
    return Settings(values, selecting, _selection(selecting), continuing, gates)


class _Said:
    """Collects what each place says, the strongest first; a later one only fills what is open."""

    def __init__(self) -> None:
        self.found: dict[str, Value] = {}
        self.complaints: list[Complaint] = []

    def options(self, options: Mapping[str, str], assignments: Sequence[str], flag: str, here: Path) -> None:
        for name, text in options.items():
            self._text(name, text, flag.format(name.replace("_", "-")), here, wins=True)
        source = flag.format("set")
        for assignment in assignments:
            key, equals, text = assignment.partition("=")
            if not equals:
                what = f"{assignment[:60]!r} is no assignment"
                self.complaints.append(Complaint(what, source, expected="KEY=VALUE, like traces=failed"))
                continue
            try:
                setting = setting_of(key.strip())
            except SpecError as error:
                self._refuse(error, source)
                continue
            before = self.found.get(setting.name)
            now = self._text(setting.name, text, f"{source} {setting.name}", here, wins=True)
            if before and now and before.value != now.value:
                what = f"`{setting.name}` is given twice and differently, here and by {before.source}"
                self.complaints.append(Complaint(what, now.source, hint="leave one of them out"))

    def environment(self, environ: Mapping[str, str], here: Path) -> None:
        for variable in sorted(environ):
            name = variable.removeprefix(ENV)
            if name == variable or name in OTHER_VARIABLES or (name.endswith("_API_KEY") and name != "_API_KEY"):
                continue
            if name.lower() not in _KNOWN or name != name.upper():
                known = [ENV + one.upper() for one in _KNOWN]
                hint = did_you_mean(variable.upper(), known, most=20)
                self.complaints.append(Complaint("this environment variable means nothing here", _inert(variable), hint=hint))
            elif environ[variable].strip():
                self._text(name.lower(), environ[variable], variable, here, wins=True)

    def ini(self, ini: Mapping[str, str], file: Path | None, here: Path) -> None:
        title = file.name if file else "ini"
        for key, text in ini.items():
            name = key.removeprefix(INI)
            if name in OTHER_INI:
                continue
            if name not in _KNOWN:
                hint = did_you_mean(key, [INI + one for one in (*_KNOWN, *OTHER_INI)], most=20)
                self.complaints.append(Complaint("this ini key means nothing", f"{title}: {_inert(key)}", hint=hint))
            elif text.strip():
                self._text(name, text, f"{title}: {key}", here)

    def file(self, config: ProjectConfig) -> None:
        """A YAML file, whose values were checked when it was read."""
        for key, (value, place) in config.settings.items():
            setting = setting_of(key)
            value = _placed(setting.name, value, Path(config.file).parent)
            self.found.setdefault(setting.name, Value(value, shown(place)))

    def _text(self, name: str, text: str, source: str, here: Path, *, wins: bool = False) -> Value | None:
        """What a text says, taken if nothing stronger was said; it must be right in any case."""
        try:
            value = parse_setting(name, text) if name in SETTINGS else UNSET[name](text)
        except SpecError as error:
            self._refuse(error, source)
            return None
        said = Value(_placed(name, value, here), source, wins)
        self.found.setdefault(name, said)
        return said

    def _refuse(self, error: SpecError, source: str) -> None:
        self.complaints += [replace(complaint, file=source) for complaint in error.complaints]


_KNOWN = (*SETTINGS, *SELECTING, *CONTINUING)


def _inert(name: str) -> str:
    """A name nobody has checked, for a message."""
    return name[:100] if name.isprintable() else ascii(name[:100])


def _placed(name: str, value: Json, here: Path) -> Json:
    """A setting's value, with a path in it as it is meant `here`, where it was said."""
    if name == "data" or (name == "baseline" and is_file(str(value))):
        return os.path.normpath(here / os.path.expanduser(str(value)))
    return value


def _selection(selecting: Mapping[str, Value]) -> Selection:
    def words(name: str) -> tuple[str, ...]:
        return tuple(cast("Sequence[str]", selecting[name].value)) if name in selecting else ()

    levels: Levels = parse_levels(str(selecting["difficulty"].value)) if "difficulty" in selecting else ()
    smoke = "smoke" in selecting and bool(selecting["smoke"].value)
    number, count = cast("Sequence[int]", selecting["shard"].value) if "shard" in selecting else (0, 0)
    shard = (number, count) if count else None
    return Selection(words("scenario"), (), words("tag"), "", levels, words("agent"), smoke, shard)


_ATTRIBUTES: Mapping[str, str] = {
    "out": "output_path",
    "aggregate": "aggregate",
    "seeds": "seeds",
    "cells": "cells",
    "passing_score": "passing_score",
    "traces": "traces",
    "trace_files": "trace_files",
    "engine": "engine",
    "concurrency": "concurrency",
    "checkpoint": "checkpoint",
    "report": "report",
    "steps": "limits.steps",
    "timeout": "limits.wall_clock_s",
}
"""Where a battery holds a setting's value."""


def _with(battery: Battery, attribute: str, value: Json) -> Battery:
    outer, _, inner = attribute.partition(".")
    new: Any = tuple(value) if isinstance(value, list) else value
    if inner:
        new = replace(getattr(battery, outer), **{inner: new})
    changes: dict[str, Any] = {outer: new}
    return replace(battery, **changes)


def _place(battery: Battery, key: str) -> str:
    """`x.battery.yaml:3`, where the head says `key`."""
    line = battery.complain("", key).line
    return f"{Path(battery.source).name}:{line}" if battery.source else "arguments"
