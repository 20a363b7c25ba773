"""A battery as it was written and checked: names still unresolved, nothing built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import Complaint
from .canonical import Json
from .caps import NO_CAPS, Caps
from .html import facts_html
from .price import Price
from .rule import Rule
from .selection import EVERYTHING, Selection
from .task import Experiment, Task
from .turn import Agent


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    """One line of `scenarios:`: a name, a glob (`mutualism/*`) or a set, and at which difficulty."""

    name: str = ""
    """Exact name or glob; '' if `set` is given."""
    set: str = ""
    difficulty: tuple[int, ...] | str = ""
    """Levels; 'all'; '' = the scenario's default level."""
    params: Mapping[str, Json] = field(default_factory=dict)
    variants: int = 1
    """Surface variants: the same worlds under so many sets of names, orders and reading errors."""
    line: int = 0
    column: int = 0
    file: str = ""
    """Where it stands, if not in the battery's own file."""


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
    file: str = ""
    """Where it stands, if not in the battery's own file."""
    key: str = ""
    """Of a language model: where its key is found, see `Endpoint.key`; '' = as the profile says, or the usual variables."""
    price: Price | None = None
    """None = as the profile says, or the price data."""
    cache: bool | None = None
    """None = as the profile says, or no."""
    prompt: Mapping[str, str] = field(default_factory=dict)
    """Files of templates, as they were written: `system`, `turn`; what they hold goes into its params."""


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
    usd: float | None = None
    """Money its agent may spend; then the cell is `over_limit`."""
    tokens: int | None = None
    """Model tokens its agent may use, likewise."""
    memory_mb: int | None = None
    """Megabytes (2^20 bytes) that its process may grow by while it plays; then the cell is `over_limit`, too."""


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
    origin: str = ""
    """Of a run's record: the file that run's battery was written in, as recorded; '' for every other battery."""
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
    caps: Caps = NO_CAPS
    """What a run of it may take in all."""
    traces: str = "all"
    """`all`, `failed` or `none`."""
    trace_files: str = "auto"
    """`auto`, `json` (one file a cell) or `packed` (one zstd frame a cell)."""
    engine: str | None = None
    """Who plays the cells, as `engine_choice` reads it; None = nobody said."""
    concurrency: int | None = None
    """Cells played at once, if the engine does not say so itself."""
    engine_by_default: bool = False
    """Whether nobody named the engine: it is the one for cells that wait."""
    live: bool = False
    """Whether agents that cost money play."""
    retries: Mapping[str, int] | None = None
    """By outcome: how often a cell that ended so is played again at once; None = never."""
    checkpoint: int = 0
    """Calls between two checkpoints of a cell; 0 = none are made."""
    aggregate: str | None = None
    """Template of the aggregate below the data root that gets a light record of each cell, too."""
    report: tuple[str, ...] = ("terminal",)
    """How a run is told: `terminal`; `markdown`, `json`, `html` (files in the DAT); `csv` (`summary.csv`, always written)."""
    gates: tuple[Rule, ...] = ()
    """What the run is held against; no gate by default."""
    looks: tuple[int, ...] = ()
    """Of `seeds: {min, max, until: decided}`: after how many seeds the gates look, rising; () = once, at the end."""
    tags: tuple[str, ...] = ()
    select: Selection = EVERYTHING
    """What is kept of `scenarios`; its `agents` and `smoke` are never given here."""
    params: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """Extra axes: a param's values, in the file's order. It goes to each scenario and agent that takes it."""
    mode: str = "iterate"
    """`iterate`: every combination of `params`; `sample`: `samples` of them."""
    samples: int = 0
    seed_digits: int = 0
    """Digits of a seed in ids, at least: as many as the file's own seeds need. 0: as many as the seeds played need."""
    players: Mapping[str, Callable[..., Agent]] = field(default_factory=dict)
    """Agents that were handed over as classes or functions, by the names `agents` calls them; none in a YAML file."""
    tasks: Mapping[str, Task] = field(default_factory=dict)
    """Tasks that the file brings along, by the names `scenarios` calls them; where their code lies is not looked up yet."""
    experiment: Experiment | None = None
    """What a file in the form `experiment/task/variations/trials` says about itself; None for every other battery."""
    crowded: bool = False
    """Whether another battery of its file was made at the same line, in a loop perhaps: a place alone tells none apart."""
    said: frozenset[str] = frozenset()
    """Settings the file itself makes, as dotted keys (`run.traces`): they win over every configuration file."""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Line and column of the head's keys that a plan may complain about, dotted: `select`, `params.threshold`, `samples`."""

    @property
    def timed(self) -> bool:
        """Whether the time of its cells may be up: their own, or what is left of the run's."""
        return self.limits.wall_clock_s is not None or self.caps.wall_clock_s is not None

    def _repr_html_(self) -> str:
        """How a notebook shows it: what would be played."""
        seeds = f"{len(self.seeds)} from {self.seeds[0]} to {self.seeds[-1]}" if len(self.seeds) > 1 else str(*self.seeds)
        facts = (
            ("about", self.description),
            ("scenarios", ", ".join(map(_scenario, self.scenarios))),
            ("agents", ", ".join(entry.label or entry.name for entry in self.agents)),
            ("params", ", ".join(f"{name}: {len(values)} values" for name, values in self.params.items())),
            ("seeds", seeds),
            ("gates", ", ".join(rule.name for rule in self.gates)),
            ("file", self.source and f"{self.source}:{self.line}"),
        )
        return facts_html(self.name, facts)

    def complain(self, what: str, at: ScenarioEntry | AgentEntry | Rule | str = "", *, hint: str = "") -> Complaint:
        """A complaint at an entry, at a dotted key of the head (or the nearest known one above it), or at the head itself."""
        if self.crowded and not what.startswith(f"{self.name}: "):
            what = f"{self.name}: {what}"
        if not isinstance(at, str):
            return Complaint(what, at.file or self.source, at.line, at.column, hint=hint)
        key = at
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return Complaint(what, self.source, *self.places.get(key, (self.line, 0)), hint=hint)


def _scenario(entry: ScenarioEntry) -> str:
    name = entry.name or f"set {entry.set}"
    if not entry.difficulty:
        return name
    levels = entry.difficulty if isinstance(entry.difficulty, str) else ", ".join(map(str, entry.difficulty))
    return f"{name} at difficulty {levels}"
