"""A way to score stored cells again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...errors import StoreError
from ...model import Case, CellError, Json, ModelCall, Outcome, Result, Scores, Trajectory, Usage
from ...store import Dat, trajectory_of

RESCORED = (Outcome.COMPLETED, Outcome.TRUNCATED, Outcome.SCORER_ERROR)
"""Cells that were played to their end. All others stay as they are: an outage is no score, whoever scores."""


class CannotScoreError(Exception):
    """Raised for a cell that a method cannot score: it stays without a score, and why is said."""


class NotAskedError(Exception):
    """Raised for a cell that nobody asked to be scored."""


class ScorerFailedError(Exception):
    """Raised for a cell whose scorer broke, from what it raised; `calls` are those that it made of a model."""

    def __init__(
        self,
        message: str,
        calls: tuple[ModelCall, ...] = (),
        usage: Usage = Usage(),  # noqa: B008 - frozen
        outcome: Outcome = Outcome.SCORER_ERROR,
    ) -> None:
        self.calls, self.usage, self.outcome = calls, usage, outcome
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Given:
    """What a method gives for one cell."""

    scores: Scores
    replicates: tuple[float, ...] = ()
    """Of a scorer that was asked several times, each score; `scores.score` is their mean."""
    usage: Usage = Usage()  # noqa: RUF009 - frozen
    calls: tuple[ModelCall, ...] = ()
    metrics: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """Scores stored cells. `about` is its provenance: kind, name, hashes, files, versions."""

    name: str
    about: Mapping[str, Json]
    score: Callable[[Result, Trajectory], Given]
    """Raises `CannotScoreError` for a cell that it cannot score, `NotAskedError` for one it was not asked about, and
    `ScorerFailedError` where it broke."""
    case: Callable[[Case], Case]
    """The question of a cell's case as this method scores it: other hashes, another bar."""
    bar: Callable[[Result], float | None]
    """From where on a cell passes."""
    notes: tuple[str, ...] = ()


def apply(method: Method, dat: Dat, result: Result) -> tuple[Result, Given | None]:
    """`result` as `method` scores it. Without a trace it is `not_run`, with a broken scorer `scorer_error`: never a score."""
    trace = result.trace and result.trace.elsewhere()
    blank = result.with_(score=None, scores={}, passed=None, trace=trace, usage=Usage(), model=None, metrics={})
    if result.outcome not in RESCORED:
        return blank, None
    try:
        trajectory = trajectory_in(dat, result)
        given = method.score(result, trajectory)
    except NotAskedError as error:
        return blank.with_(outcome=Outcome.SKIPPED, reason=f"not rescored: {error}", error=None), None
    except CannotScoreError as error:
        return blank.with_(outcome=Outcome.NOT_RUN, reason=f"not rescored: {error}", error=None), None
    except ScorerFailedError as failed:
        cause = failed.__cause__ or failed
        error_told = CellError(type(cause).__name__, str(cause))
        broke = blank.with_(outcome=failed.outcome, reason=f"the scorer failed: {failed}", error=error_told)
        return broke.with_(usage=failed.usage), Given(Scores(None), usage=failed.usage, calls=failed.calls)
    scores, bar = given.scores, method.bar(result)
    passed = None
    if scores.score is not None and bar is not None:
        passed = scores.score <= bar if scores.better == "lower" else scores.score >= bar
    return blank.with_(
        outcome=Outcome.COMPLETED if result.outcome is Outcome.SCORER_ERROR else result.outcome,
        reason="" if result.outcome is Outcome.SCORER_ERROR else result.reason,
        error=None,
        score=scores.score,
        scores=dict(scores.parts),
        better=scores.better,
        passing_score=bar,
        passed=passed,
        usage=given.usage,
        metrics=dict(given.metrics),
    ), given


def trajectory_in(dat: Dat, result: Result) -> Trajectory:
    """What was recorded of a cell's play. Raises `CannotScoreError` saying why there is nothing."""
    try:
        trace = dat.trace(result)
        if trace is None:
            raise CannotScoreError("no trace of it was kept (traces: all keeps every cell's)")
        return trajectory_of(trace)
    except StoreError as error:
        raise CannotScoreError(f"its trace cannot be read: {error}") from error
