"""What holds for every battery of a session: each setting's value, and who said it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

from ..errors import SpecError
from ..model import AgentEntry, Battery, Caps, CellLimits, Json, Levels, Rule, Selection
from ..model.selection import EVERYTHING
from ..spec import CONTINUING, SELECTING, SETTINGS, parse_levels
from ..spec.address import FILES, shown
from ..store.layout import absolute
from .gates.rules import asked, settled
from .project import Project
from .said import BUILT_IN, CAPS, Said, Value


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
    """What was said of `CONTINUING`: `resume` as a text, `retry` as a list of outcomes, `reuse` as a truth value,
    `replay` as a text."""
    gates: tuple[Rule, ...] = ()
    """Of batteries that name none, as `bio.yaml` or the user's file has them."""
    session: Mapping[str, Value] = field(default_factory=dict)
    """Caps (`max_usd`, ...) that an option, the environment or the ini file puts on all runs of the session together."""
    each: Mapping[str, Value] = field(default_factory=dict)
    """Caps that `bio.yaml` or the user's file puts on each run whose battery does not say it itself."""

    limits_at: str = field(default="", repr=False)
    """Where limits are shared, as it is connected to; '' = in files. What `values` have of it is without its password."""

    @property
    def caps(self) -> Caps:
        """What all runs of the session may take together."""
        said: dict[str, Any] = {CAPS[name]: value.value for name, value in self.session.items()}
        return Caps(**said)

    @property
    def cap_labels(self) -> dict[str, str]:
        """How each of `caps` was said, by its field: `--bio-max-usd`."""
        return {CAPS[name]: value.source for name, value in self.session.items()}

    @property
    def rates(self) -> Mapping[str, str]:
        """Requests, or requests/tokens, a minute, by provider."""
        return cast("Mapping[str, str]", self.values["rate"].value or {})

    @property
    def sources(self) -> dict[str, str]:
        """How each part of `selection` was given: `--bio-tag`, `ALIENBIO_TAG`, `pytest.ini: bio_tag`."""
        return {name: value.source for name, value in self.selecting.items()}

    def of_battery(self, battery: Battery) -> dict[str, Value]:
        """Each setting's value for `battery`, and under `agents` who plays it: its own word counts here too.

        Of a cap, the tightest: the session's, or the run's own.
        """
        found = dict(self.values)
        del found["default_agents"]
        for name, attribute in _ATTRIBUTES.items():
            key = SETTINGS[name].key
            if key in battery.said and (name in CAPS or not found[name].wins):
                value = attrgetter(attribute)(battery)
                own = Value(list(value) if isinstance(value, tuple) else value, _place(battery, key))
                found[name] = _tightest(self.session.get(name), own) if name in CAPS else own
        if "cells" not in battery.said and found["cells"].source == BUILT_IN and asked(battery, self.values, self.gates):
            found["cells"] = Value("record", "its gates")
        found["agents"] = self.values["default_agents"]
        if battery.agents:
            found["agents"] = Value([entry.label or entry.name for entry in battery.agents], _place(battery, "agents"))
        return found

    def apply(self, battery: Battery, *, keep: Collection[str] = ()) -> Battery:
        """`battery` as it is to be played: command line and environment win over it, files fill what it leaves open.

        `keep` names settings that the caller's own arguments have decided. Its caps are those of its own runs: the session's
        (`caps`) are not among them. `default_agents` plays only where the battery
        names no agents. What is then still missing (agents, seeds) is complained about by `plan`, with all else. Raises
        `SpecError` for gates that cannot be, taken together.
        """
        found = self.of_battery(battery)
        for name, attribute in _ATTRIBUTES.items():
            if name in CAPS:
                if name in self.each and SETTINGS[name].key not in battery.said:
                    battery = _with(battery, attribute, self.each[name].value)
            elif name not in keep and found[name].source != BUILT_IN:
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
    said = Said()
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
    at = values["limits_at"]
    address = "" if at.value == FILES else str(at.value)
    values["limits_at"] = replace(at, value=shown(str(at.value)))
    each = {name: value for name, value in said.found.items() if name in CAPS}
    values |= {name: _tightest(cap, each.get(name)) for name, cap in said.session.items()}
    return Settings(values, selecting, _selection(selecting), continuing, gates, said.session, each, address)


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
    "retries": "retries",
    "live": "live",
    "checkpoint": "checkpoint",
    "report": "report",
    "steps": "limits.steps",
    "timeout": "limits.wall_clock_s",
    "cell_usd": "limits.usd",
    "cell_tokens": "limits.tokens",
    "memory_mb": "limits.memory_mb",
    "max_usd": "caps.usd",
    "max_tokens": "caps.tokens",
    "max_cells": "caps.cells",
    "max_time": "caps.wall_clock_s",
}
"""Where a battery holds a setting's value."""


def by_setting(limits: CellLimits) -> dict[str, object]:
    """A cell's limits by the settings that they are."""
    found = {name: attribute.removeprefix("limits.") for name, attribute in _ATTRIBUTES.items() if attribute[:7] == "limits."}
    return {name: getattr(limits, attribute) for name, attribute in found.items()}


def _tightest(first: Value | None, second: Value | None) -> Value:
    """The lower of two caps, one of which at least there is; the first if they are equal."""
    found = [value for value in (first, second) if value]
    return min(found, key=lambda value: cast("float", value.value))


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
