"""What a gate compares: the cells of one run, and of what came before it, with what tells whether they may be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MEASURED = frozenset({"tokens", "usd", "duration_s"})
"""Metrics that differ from run to run whoever plays: lower is better, and no leaf is deterministic in them."""


@dataclass(frozen=True, slots=True)
class BatchCell:
    """One cell with its numbers. A cell without one is here, too: an outage is missing, never a number."""

    agent: str
    scenario: str
    seed: int
    difficulty: int | None = None
    params: str = ""
    """As canonical JSON, so that equal params are equal text; '' for none."""
    variant: int = 1
    values: Mapping[str, float] = field(default_factory=dict)
    """By metric; finite. A metric that it lacks is missing."""
    why: str = ""
    """Its outcome, if that is why it has no numbers (`timed_out`, `not_run`, ...)."""

    @property
    def leaf(self) -> tuple[str, str]:
        """Agent and scenario."""
        return self.agent, self.scenario

    @property
    def unit(self) -> tuple[int, str, int, int]:
        """Difficulty (-1: none), params, variant, seed: cells of one leaf that are equal in these are partners."""
        return (-1 if self.difficulty is None else self.difficulty), self.params, self.variant, self.seed

    @property
    def stratum(self) -> tuple[int, str, int]:
        """Difficulty, params, variant: two samples are relabelled within these only."""
        return self.unit[:3]


@dataclass(frozen=True, slots=True)
class ScenarioVersion:
    """What decides the question, and what decides its score. '' = not recorded, which is no drift."""

    content: str = ""
    scoring: str = ""
    bar: str = ""
    """The passing scores of its cells, as text (`0.6`, `0.6, 0.8`); they decide `passed`. `none` if it has no bar."""
    deterministic: bool = False
    """Whether the same seed and actions give the same score: declared, as an agent's is."""


@dataclass(frozen=True, slots=True)
class AgentVersion:
    """What decides how an agent acts: told when it changed, for a changed agent is what a gate is for."""

    hash: str = ""
    role: str = "candidate"
    deterministic: bool = False
    """Whether it is declared so (the catalog's `deterministic=True`)."""
    models: tuple[str, ...] = ()
    """Of a language model: what answered, as its provider calls it, sorted; () for any other, and where nobody told."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The cells of one run, one record each (the latest scored one counts)."""

    battery: str
    cells: tuple[BatchCell, ...]
    """Every cell that was to be played; ordered by agent, scenario, unit. Each at most once."""
    better: Mapping[str, str] = field(default_factory=dict)
    """By metric: `higher` or `lower`."""
    scenarios: Mapping[str, ScenarioVersion] = field(default_factory=dict)
    agents: Mapping[str, AgentVersion] = field(default_factory=dict)
    world: str = ""
    """Version of the simulator and generator; '' if no scenario is one of its."""
    version: int = 1
    """Of the format its records are in."""
    commit: str = ""
    dirty: bool | None = None
    at: str = ""
    """When it was begun, ISO with zone."""
    run: str = ""
    dat: str = ""
    """Where it lies, relative to the project if it can be; '' for none."""


@dataclass(frozen=True, slots=True)
class Blessing:
    """Who says that a batch is what later ones are held against, and why."""

    by: str
    at: str
    why: str = ""
    forced: bool = False
    """It was INCONCLUSIVE or INVALID when it was blessed."""
    verdict: str = ""
    """What its own gate said; '' if it had none."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A batch that others are held against, and what it is called."""

    batch: Batch
    name: str
    """As people know it: `baselines/mine.json`, `tag:release-3`, `agent:greedy`, `mine/2026-11-01_002`."""
    kind: str = "file"
    """`file`, `dat` or `agent`."""
    blessing: Blessing | None = None
    """None: an earlier run, or an agent, that nobody blessed."""
    verified: frozenset[tuple[str, str]] = frozenset()
    """Leaves (agent, scenario), declared deterministic on both sides, whose cells all gave the same numbers (but for
    `MEASURED` ones) when they were played again."""
