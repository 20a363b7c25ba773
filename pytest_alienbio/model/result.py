"""What playing one cell gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .canonical import Json
from .outcome import Outcome
from .trajectory import Trajectory


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


@dataclass(frozen=True, slots=True)
class TraceRef:
    """Where a cell's trace lies in its DAT: a file, and for packed ones the frame's offset and length in bytes."""

    file: str
    offset: int | None = None
    length: int | None = None
    steps: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt at one cell. Times are Unix seconds (UTC); `score` is None unless the outcome carries one."""

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
    tags: tuple[str, ...] = ()
    score: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """Named sub-scores, `raw_score` (unclipped) among them for the built-in worlds."""
    better: str = "higher"
    passed: bool | None = None
    """Whether the score reached the bar; None without a score."""
    passing_score: float | None = None
    metrics: Mapping[str, Json] = field(default_factory=dict)
    reason: str = ""
    """One sentence for people: why it was refused, skipped, truncated or broke."""
    error: CellError | None = None
    usage: Usage = Usage()
    attempt: int = 1
    run: str = ""
    worker: str = ""
    started_at: float = 0.0
    ended_at: float = 0.0
    duration_s: float = 0.0
    trace: TraceRef | None = None
    trajectory: Trajectory | None = None
    """What happened; kept in memory and in the trace, not in the journal."""
    dat_path: str = ""

    @property
    def success(self) -> bool:
        """True if the cell was scored and passed."""
        return self.passed is True

    @property
    def tokens(self) -> int | None:
        """Model tokens used, if any were counted."""
        return self.usage.tokens

    @property
    def usd(self) -> float | None:
        """Money spent, if it was counted."""
        return self.usage.usd

    def with_(self, **changes: object) -> Result:
        """A copy with fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


ExperimentResult = Result
"""The name under which `Bio.run` documents it."""
