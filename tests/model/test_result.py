"""A result as its readers use it."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import CellError, ExperimentResult, Outcome, Result, Usage

RESULT = Result("b", "k", "id", "s", "h", None, "a", "ah", "candidate", 0, Outcome.COMPLETED, score=0.7, passed=True)


def test_what_was_not_measured_is_missing() -> None:
    """No usage is None, never 0."""
    assert (RESULT.tokens, RESULT.usd, RESULT.trace, RESULT.error) == (None, None, None, None)
    assert (RESULT.with_(usage=Usage(tokens=5, usd=0.1)).tokens, RESULT.with_(usage=Usage(usd=0.1)).usd) == (5, 0.1)


@pytest.mark.parametrize(("passed", "success"), [(True, True), (False, False), (None, False)])
def test_success_is_scored_and_passed(passed: bool | None, success: bool) -> None:
    """A cell without a score is no success."""
    assert RESULT.with_(passed=passed).success is success


def test_with_makes_a_copy_and_refuses_unknown_fields() -> None:
    """Data is frozen."""
    assert RESULT.with_(seed=4).seed == 4
    assert RESULT.seed == 0
    with pytest.raises(TypeError):
        RESULT.with_(sed=4)


def test_the_documented_name_is_the_same_type() -> None:
    """`Bio.run` documents an ExperimentResult."""
    assert ExperimentResult is Result


def test_as_text_it_says_what_counts() -> None:
    """One line, or some; never what is missing."""
    result = RESULT.with_(id="m/x[d1-a-s0]", passing_score=0.6, scores={"raw_score": 0.71234567}, dat_path="/d/1", reason="cut")
    assert repr(result) == "<Result m/x[d1-a-s0]: completed, score 0.7, passed (bar 0.6)>"
    assert str(result).splitlines() == [
        "m/x[d1-a-s0]: completed, score 0.7, passed (bar 0.6)",
        "  raw_score 0.7123",
        "reason: cut",
        "results: /d/1",
    ]
    broken = RESULT.with_(outcome=Outcome.AGENT_ERROR, score=None, passed=None, error=CellError("E", "boom"))
    assert str(broken).splitlines() == ["id: agent_error", "error: E: boom"]
    assert str(RESULT.with_(passed=False)) == "id: completed, score 0.7, not passed"


def test_foreign_text_in_it_does_nothing_to_a_terminal() -> None:
    """What an agent raised may hold anything, and be as long as it likes."""
    shown = str(RESULT.with_(reason="a\x1b[31m\nb\ud800" * 1000, scores={"x\x07": 1.0}))
    assert all(line.isprintable() for line in shown.splitlines())
    assert len(shown) < 300
    shown.encode()
