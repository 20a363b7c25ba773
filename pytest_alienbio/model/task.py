"""A task: a scenario that is executed with a variation's params instead of being acted in, and how its metrics are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from .canonical import Json
from .criterion import Criterion

ISOLATION = ("process", "none")
"""`process`: each trial in a process of its own; `none`: in the one that plays the cell."""
DIRECTIONS = ("higher", "lower")
VARIATION = "variation"
"""The kind of agent that a variation of a task is: it does nothing but name params."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is run, where, and what its metrics must be. Exactly one of `call`, `file`, `module` and `command` is given."""

    name: str
    """As a scenario."""
    call: Callable[..., object] | None = None
    file: str = ""
    """A Python file, as an absolute path, that defines `function`."""
    module: str = ""
    """A module that can be imported, and defines `function`."""
    function: str = "execute"
    command: tuple[str, ...] = ()
    """A program and its arguments, with `{param}`s in them."""
    data_path: str | None = None
    """What it works on, as an absolute path once it was found; None if nothing was named."""
    folder: str = ""
    """Where its own process works; '' = where ours does."""
    paths: tuple[str, ...] = ()
    """Folders it can import from, before all others."""
    isolate: str = "process"
    random_seed: int | None = 0
    """From which each trial's seed is derived; None: nothing is seeded, trials are not deterministic."""
    metrics: tuple[str, ...] = ()
    """Metrics that every trial must give."""
    criteria: tuple[Criterion, ...] = ()
    """What a trial must meet to pass; a trial that ended well passes without any."""
    score: str = ""
    """The metric that ranks; '' = it is unscored."""
    better: str = "higher"
    description: str = ""
    line: int = 0
    column: int = 0
    """Where its type stands in the file that names it."""

    def seed_of(self, trial: int) -> int | None:
        """What `random` and `numpy` are seeded with in this trial: the first 32 bits of SHA-256 of `<random_seed>:<trial>`.

        The same for every variation, so that variations are compared trial by trial. None: nothing is seeded.
        """
        if self.random_seed is None:
            return None
        return int.from_bytes(sha256(f"{self.random_seed}:{trial}".encode()).digest()[:4], "big")


@dataclass(frozen=True, slots=True)
class Experiment:
    """What a file in the form `experiment/task/variations/trials` says about itself."""

    id: str
    name: str = ""
    author: str = ""
    created: str = ""
    environment: Mapping[str, Json] = field(default_factory=dict)
    """What it declares to run in: compared and reported, never enforced."""
    runs: bool = True
    """Whether its trials are also written to `runs/` beside it."""


@dataclass(frozen=True, slots=True)
class MetricEvent:
    """One line of a trial's `metrics.jsonl`."""

    at: float
    """Unix seconds: what the line says itself, else when it was seen."""
    data: Mapping[str, Json]
    """The line as it was written."""


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """How a trial of a task was run."""

    seed: int | None
    """What `random` and `numpy` were seeded with; None: nothing was, the trial is not deterministic."""
    events: int = 0
    """Lines of its `metrics.jsonl`."""
    unread: int = 0
    """Lines of it that are no JSON objects, or torn."""
