"""What playing one cell gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from .canonical import Json
from .conversation import Tokens
from .html import facts_html
from .model_use import ModelUse
from .outcome import Outcome
from .task import TaskRecord
from .trajectory import Trajectory

GENERATION = "generation_s"
"""In `Result.metrics`: seconds a cell spent on generating its world. Not there if the world was in the cache."""
WAITING = "waiting_s"
"""In `Result.metrics`: seconds a cell waited for another one that generated the world of both."""
LIMIT_WAIT = "limit_wait_s"
"""In `Result.metrics`: seconds that a cell's calls waited for leave: for their provider's rate, a pause that it asked for, or
room under a cap that others held."""
UNSETTLED_CALLS, UNSETTLED_USD = "unsettled_calls", "unsettled_usd"
"""In `Result.metrics`: calls of which nobody knows what they cost, and their worst case in dollars."""
RECALLED = "answers_recalled"
"""In `Result.metrics`: answers of its model that were kept from before (`cache: true`), so that nobody was asked."""
CLOSER, REUSER = "close", "reuse"
"""`Result.worker` of records that are made by nobody who plays: of what a run ended without, and of what it took over."""
REUSED = "reused:"
"""How `Result.origin` begins for a cell that was taken over from another DAT: `reused:results/b/2026-11-26_001#<run>`."""
REPLAYED = "replayed:"
"""Likewise for one whose model's answers were taken from another DAT."""


@dataclass(frozen=True, slots=True)
class CellError:
    """What went wrong in a cell: the exception's type and message, and its traceback as text."""

    type: str
    message: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a cell consumed; None = not measured or does not apply (never 0 for unknown)."""

    tokens: int | None = None
    usd: float | None = None
    requests: int | None = None
    """Calls that were made, those that failed included."""
    split: Tokens | None = None
    """What kind of tokens they were; None: not told."""
    retries: int | None = None
    """Of the requests, those that repeat one that failed."""
    latency_s: float | None = None
    """Seconds from sending to answer, all requests together; waiting for leave is not in it."""


@dataclass(frozen=True, slots=True)
class TraceRef:
    """Where a cell's trace lies in its DAT: a file, and for packed ones the frame's offset and length in bytes."""

    file: str
    """'' if the trace itself is not here, and only its steps and cost are known: not kept (`run.traces`), or imported."""
    offset: int | None = None
    length: int | None = None
    steps: int = 0
    cost: float = 0.0

    def elsewhere(self) -> TraceRef:
        """What another record of the same play knows of it, without the trace."""
        return TraceRef("", steps=self.steps, cost=self.cost)


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """One attempt at one cell. Times are Unix seconds (UTC); `score` is None unless the outcome carries one.

    As text it is one line (`repr`), or some more with its parts and where it is kept (`str`).
    """

    battery: str
    key: str
    id: str
    scenario: str
    scenario_hash: str
    difficulty: int | None
    agent: str
    agent_hash: str
    role: str
    seed: int
    outcome: Outcome
    params: Mapping[str, Json] = field(default_factory=dict)
    variant: int = 1
    tags: tuple[str, ...] = ()
    score: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """Named sub-scores, `raw_score` (unclipped) among them for the built-in worlds."""
    better: str = "higher"
    passed: bool | None = None
    """Whether the score reached the bar, or a task's metrics met its criteria; None for other cells without a score."""
    passing_score: float | None = None
    metrics: Mapping[str, Json] = field(default_factory=dict)
    """What a task returned; of other cells, figures about playing them."""
    properties: Mapping[str, Json] = field(default_factory=dict)
    """Figures about the world that was played (size, noise, ...), to correlate scores with; {} if none are told."""
    task: TaskRecord | None = None
    """How the trial was run, if the scenario is a task."""
    reason: str = ""
    """One sentence for people: why it was refused, skipped, truncated or broke."""
    error: CellError | None = None
    usage: Usage = Usage()
    model: ModelUse | None = None
    """Which language model it was played with; None if the agent is none, or does not tell."""
    attempt: int = 1
    run: str = ""
    worker: str = ""
    started_at: float = 0.0
    ended_at: float = 0.0
    duration_s: float = 0.0
    trace: TraceRef | None = None
    trajectory: Trajectory | None = None
    """What happened; kept in memory and in the trace, not in the journal."""
    origin: str = ""
    """Where an imported cell comes from, `csv:scores.csv:12`, or a reused one; '' if it was played here."""
    dat_path: str = ""

    def __repr__(self) -> str:
        return f"<Result {_tame(self.id)}: {self._verdict()}>"

    def __str__(self) -> str:
        lines = [f"{_tame(self.id)}: {self._verdict()}"]
        lines += [f"  {_tame(name)} {value:.4g}" for name, value in self.scores.items()]
        if self.reason:
            lines.append(f"reason: {_tame(self.reason)}")
        if self.error:
            lines.append(f"error: {_tame(f'{self.error.type}: {self.error.message}')}")
        if self.dat_path:
            lines.append(f"results: {_tame(self.dat_path, most=4096)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        spent = (("tokens", self.usage.tokens, ",d"), ("usd", self.usage.usd, ".4g"), ("requests", self.usage.requests, ",d"))
        facts = (
            ("ended", self._verdict()),
            *((name, f"{value:.4g}") for name, value in self.scores.items()),
            ("reason", self.reason),
            ("error", f"{self.error.type}: {self.error.message}" if self.error else ""),
            *((name, "" if value is None else format(value, form)) for name, value, form in spent),
            ("seconds", f"{self.duration_s:.3g}" if self.ended_at else ""),
            ("from", self.origin),
            ("results", self.dat_path),
        )
        return facts_html(self.id, facts)

    def _verdict(self) -> str:
        parts = [str(self.outcome)]
        if self.score is not None:
            parts.append(f"score {self.score:.4g}")
        if self.passed is not None:
            bar = "" if self.passing_score is None else f" (bar {self.passing_score:g})"
            parts.append(f"{'passed' if self.passed else 'not passed'}{bar}")
        return ", ".join(parts)

    @property
    def success(self) -> bool:
        """True if the cell ended well and passed."""
        return self.passed is True

    @property
    def reused(self) -> bool:
        """Whether it was played for another DAT, and taken over."""
        return self.origin.startswith(REUSED)

    @property
    def paid_elsewhere(self) -> bool:
        """Whether what it took was taken for another DAT, so that it is no cost of this one."""
        return self.origin.startswith((REUSED, REPLAYED))

    @property
    def tokens(self) -> int | None:
        """Model tokens used, if any were counted."""
        return self.usage.tokens

    @property
    def usd(self) -> float | None:
        """Money spent, if it was counted."""
        return self.usage.usd

    def with_(self, **changes: object) -> Result:
        """A copy with fields changed. Raises `TypeError` for what is no field."""
        # A fraction of the time of `dataclasses.replace`, and every cell is stamped
        values = list(_VALUES(self))
        try:
            for name, value in changes.items():
                values[_PLACES[name]] = value
        except KeyError as error:
            raise TypeError(f"a Result has no field {error}") from None
        return Result(*values)


_PLACES = {each.name: place for place, each in enumerate(fields(Result))}
_VALUES = attrgetter(*_PLACES)

ExperimentResult = Result
"""The name under which `Bio.run` documents it."""


def _tame(text: str, most: int = 200) -> str:
    """Foreign text as one printable line of at most `most` characters."""
    line = " ".join(text[: 4 * most].split())
    line = "".join(ch if ch.isprintable() else ch.encode("unicode_escape").decode() for ch in line)
    return line if len(line) <= most else line[: most - 3] + "..."
