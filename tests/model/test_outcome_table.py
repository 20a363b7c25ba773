"""The outcome table, row by row."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import CellError, CellVerdict, Outcome, Result, cell_verdict, explain, letter
from pytest_alienbio.play import result_of

from ..run.parts import make_plan

CELL = make_plan(seeds=[0]).cells[0]


def scored(score: float | None, *, passed: bool | None, role: str = "candidate", **more: object) -> Result:
    """A completed cell."""
    return result_of(CELL, Outcome.COMPLETED, "").with_(score=score, passed=passed, role=role, **more)


@pytest.mark.parametrize(
    ("role", "passed", "asserted", "recorded", "letters"),
    [
        ("candidate", True, "passed", "passed", ".."),
        ("reference", True, "passed", "passed", ".."),
        ("floor", True, "passed", "passed", ".."),
        ("candidate", None, "passed", "passed", ".."),
        ("candidate", False, "failed", "passed", "Fb"),
        ("reference", False, "failed", "passed", "Fb"),
        ("floor", False, "xfailed", "xfailed", "xx"),
    ],
)
@pytest.mark.parametrize("outcome", [Outcome.COMPLETED, Outcome.TRUNCATED])
def test_scored_cells(outcome: Outcome, role: str, passed: bool | None, asserted: str, recorded: str, letters: str) -> None:
    """By role, bar and mode; a truncated cell counts like a completed one."""
    result = scored(0.5, passed=passed, role=role, outcome=outcome)
    assert (cell_verdict(result, "assert"), cell_verdict(result, "record")) == (asserted, recorded)
    assert letter(result, "assert") + letter(result, "record") == letters


LETTERS = {Outcome.SKIPPED: "s", Outcome.TIMED_OUT: "T", Outcome.OVER_LIMIT: "L", Outcome.NOT_RUN: "L"}


@pytest.mark.parametrize("role", ["candidate", "reference", "floor"])
@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if not outcome.scored])
def test_what_has_no_score_fails_in_both_modes_whoever_played(outcome: Outcome, role: str) -> None:
    """All but skipped cells. The letter says what kind of failure."""
    result = result_of(CELL, outcome, "").with_(role=role)
    expected = CellVerdict.SKIPPED if outcome is Outcome.SKIPPED else CellVerdict.FAILED
    for mode in ("assert", "record"):
        assert cell_verdict(result, mode) is expected
        assert letter(result, mode) == LETTERS.get(outcome, "E")


def test_sentences() -> None:
    """The bar it missed and on which side, or what broke: the reason, else the error."""
    low = scored(0.5, passed=False)
    assert explain(low) == "score 0.500 is below the bar 0.6"
    assert explain(low.with_(better="lower", score=0.9)) == "score 0.900 is above the bar 0.6"
    assert explain(scored(0.7, passed=True)) == "score 0.700"
    assert explain(scored(None, passed=None)) == "unscored"
    lost = result_of(CELL, Outcome.LOST, "")
    assert explain(lost) == "lost"
    assert explain(lost.with_(error=CellError("OSError", "gone"))) == "lost: OSError: gone"
    assert explain(lost.with_(error=CellError("OSError", "gone"), reason="worker died")) == "lost: worker died"


def test_a_near_miss_does_not_read_like_a_hit() -> None:
    """`score 0.600 is below the bar 0.6` would be nonsense."""
    assert explain(scored(0.59999, passed=False)) == "score 0.59999 is below the bar 0.6"


def test_a_trial_short_of_its_criteria_says_which() -> None:
    """Metric, value and condition; under `record` it is only recorded."""
    reason = "error_rate is 0.07, expected < 0.05"
    for score in (None, 12.0):
        trial = scored(score, passed=False).with_(passing_score=None, reason=reason)
        assert explain(trial) == reason
        assert (cell_verdict(trial, "assert"), letter(trial, "assert")) == (CellVerdict.FAILED, "F")
        assert (cell_verdict(trial, "record"), letter(trial, "record")) == (CellVerdict.PASSED, "b")
    good = scored(None, passed=True).with_(passing_score=None)
    assert (cell_verdict(good, "assert"), letter(good, "assert"), good.success) == (CellVerdict.PASSED, ".", True)
