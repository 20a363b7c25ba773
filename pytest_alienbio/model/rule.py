"""What one gate asks of a run, as `gates:` says it."""

from __future__ import annotations

from dataclasses import dataclass

ALPHA = 0.05
"""What all gates of a battery spend together: the chance that a run in which nothing changed fails one of them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of `gates:`. Its metric is held against a baseline; the direction in which more is better comes first."""

    name: str = "score"
    """What the gate is called, `gate[score]`; unique in its battery. The metric, unless the line says `as:`."""
    metric: str = "score"
    """`score`, `passed`, a named sub-score, a metric of a task, or `tokens`, `usd`, `duration_s`."""
    better: str = ""
    """`higher` or `lower`; '' = as the results say (`score` and sub-scores), `lower` for tokens, usd, duration_s."""
    against: str = ""
    """A baseline file, a DAT, `tag:NAME`, `agent:NAME`; '' = `baselines/<battery>.json` beside the battery's file."""
    tol: float = 0.0
    """A drop up to this much is none, in the metric's unit; >= 0."""
    alpha: float = ALPHA
    """One-sided; this gate's own part of what its battery's gates spend."""
    max_missing: int = 0
    """Cells that may lack a number before the gate is INVALID."""
    margin: float | None = None
    """A change is `unchanged` if its 90 % interval lies within this; None = the larger of `tol` and 0.05."""
    confirm: int = 0
    """Fresh seeds that the worst leaves are played on before the gate fails; 0 = no confirm stage."""
    line: int = 0
    column: int = 0
    file: str = ""
    """Where it stands, if not in the battery's own file."""
    said: tuple[str, ...] = ()
    """Keys that its line gives itself: a configuration fills only the others."""
