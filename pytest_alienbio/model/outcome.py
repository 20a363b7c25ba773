"""How a cell ended: an axis of its own, apart from its score."""

from __future__ import annotations

from enum import StrEnum

NOT_NEEDED = "not needed: "
"""How the reason begins why a cell was skipped that nobody needed any more: the gates were decided without it."""


class Outcome(StrEnum):
    """How a cell ended. Only `completed` and `truncated` carry a score: an outage is never a score."""

    COMPLETED = "completed"
    """The scenario's own horizon was reached, or the agent said it was done."""
    TRUNCATED = "truncated"
    """Stopped by an interaction limit (`limits.per_cell.steps`, the environment's own); still scored."""
    AGENT_ERROR = "agent_error"
    """The agent raised, or answered something that is no action."""
    ENVIRONMENT_ERROR = "environment_error"
    """The environment raised while it was built, reset or stepped; or a task could not be run, raised or gave no metrics."""
    SCORER_ERROR = "scorer_error"
    """The scorer raised, or gave a value that is no finite number; or a task did not give a metric that was declared."""
    PROVIDER_ERROR = "provider_error"
    """A model provider failed (429, 5xx, bad key)."""
    TIMED_OUT = "timed_out"
    """The cell's own wall clock ran out."""
    OVER_LIMIT = "over_limit"
    """A cap was hit while the cell played: of the run (money, tokens, time), or its own (money, tokens, memory)."""
    LOST = "lost"
    """The worker process died while the cell played."""
    NOT_RUN = "not_run"
    """Selected, but never started."""
    SKIPPED = "skipped"
    """Not meant to run here; the reason says why (no leave to spend, an extra is missing)."""

    @property
    def scored(self) -> bool:
        """Whether a cell that ended so carries a score."""
        return self in _SCORED

    @property
    def is_error(self) -> bool:
        """Whether the cell was started and something broke: counted beside the scores, in no denominator."""
        return self in _ERRORS


_SCORED = (Outcome.COMPLETED, Outcome.TRUNCATED)
_ERRORS = frozenset(
    {
        Outcome.AGENT_ERROR,
        Outcome.ENVIRONMENT_ERROR,
        Outcome.SCORER_ERROR,
        Outcome.PROVIDER_ERROR,
        Outcome.TIMED_OUT,
        Outcome.OVER_LIMIT,
        Outcome.LOST,
    }
)
