"""The outcome table: what a result means for a test run."""

from __future__ import annotations

from enum import StrEnum

from .brief import Told
from .digits import apart
from .outcome import Outcome
from .result import Result


class CellVerdict(StrEnum):
    """What a cell counts as; pytest's own words."""

    PASSED = "passed"
    FAILED = "failed"
    XFAILED = "xfailed"
    SKIPPED = "skipped"


def cell_verdict(result: Told, mode: str) -> CellVerdict:
    """What `result` counts as under `cells: assert` or `cells: record`.

    Everything that broke fails in both modes. A floor agent below the bar is expected to be there. A candidate or a
    reference below the bar fails under `assert` and is only recorded under `record`. Unscored but complete passes.
    """
    if result.outcome is Outcome.SKIPPED:
        return CellVerdict.SKIPPED
    if not result.outcome.scored:
        return CellVerdict.FAILED
    if result.passed is not False:
        return CellVerdict.PASSED
    if result.role == "floor":
        return CellVerdict.XFAILED
    return CellVerdict.FAILED if mode == "assert" else CellVerdict.PASSED


def letter(result: Result, mode: str) -> str:
    """The one character progress shows for `result`."""
    match result.outcome:
        case Outcome.SKIPPED:
            return "s"
        case Outcome.TIMED_OUT:
            return "T"
        case Outcome.OVER_LIMIT | Outcome.NOT_RUN:
            return "L"
        case outcome if not outcome.scored:
            return "E"
    if result.passed is not False:
        return "."
    return {CellVerdict.XFAILED: "x", CellVerdict.FAILED: "F"}.get(cell_verdict(result, mode), "b")


def explain(result: Result) -> str:
    """One sentence on why a result is no plain pass; the bar or the criteria it missed, or what broke."""
    if not result.outcome.scored:
        if result.reason:
            return f"{result.outcome}: {result.reason}"
        if result.error:
            return f"{result.outcome}: {result.error.type}: {result.error.message}"
        return str(result.outcome)
    bar = result.passing_score
    if result.passed is False and bar is None:
        return result.reason
    if result.score is None:
        return "unscored"
    if result.passed is not False or bar is None:
        return f"score {result.score:.3f}"
    word = "below" if result.better == "higher" else "above"
    return f"score {apart(result.score, bar, 3)} is {word} the bar {bar:g}"
