"""A battery as it was written and checked: names still unresolved, nothing built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .canonical import Json


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    """One line of `scenarios:`: a name, a glob (`mutualism/*`) or a set, and at which difficulty."""

    name: str = ""
    """Exact name or glob; '' if `set` is given."""
    set: str = ""
    difficulty: tuple[int, ...] | str = ""
    """Levels; 'all'; '' = the scenario's default level."""
    params: Mapping[str, Json] = field(default_factory=dict)
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """One line of `agents:`: a known name, or a profile defined on the spot (`kind` given)."""

    name: str
    kind: str = ""
    params: Mapping[str, Json] = field(default_factory=dict)
    label: str = ""
    """The battery's `as:`; '' = the name."""
    role: str = ""
    """'' = what the profile or the catalog says."""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Sanity:
    """Bounds on a scenario's mean over at least five cells; beyond them the scenario itself is broken."""

    oracle_min: float = 1.0
    noop_max: float = 0.3
    random_max: float = 0.5


@dataclass(frozen=True, slots=True)
class CellLimits:
    """Limits of one cell; None = no limit."""

    steps: int | None = None
    """Calls an agent may make; the cell is then truncated and scored."""
    wall_clock_s: float | None = None


@dataclass(frozen=True, slots=True)
class Battery:
    """One head of a battery file. Defaults here are the defaults of the file format."""

    name: str
    scenarios: tuple[ScenarioEntry, ...]
    agents: tuple[AgentEntry, ...]
    seeds: tuple[int, ...]
    description: str = ""
    source: str = ""
    """The file it was read from, as a path; '' for one made in Python."""
    line: int = 0
    sets: Mapping[str, tuple[ScenarioEntry, ...]] = field(default_factory=dict)
    output_path: str = "results/{battery}/{date}_{seq}"
    """Template below the data root."""
    passing_score: float | None = None
    """None = each scenario's own."""
    cells: str = "assert"
    """`assert`: a candidate below the bar fails; `record`: it is only recorded."""
    sanity: Sanity = Sanity()
    limits: CellLimits = CellLimits()
    traces: str = "all"
    """`all`, `failed` or `none`."""
    trace_files: str = "auto"
    """`auto`, `json` (one file a cell) or `packed` (one zstd frame a cell)."""
    tags: tuple[str, ...] = ()
