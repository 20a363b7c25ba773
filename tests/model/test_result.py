"""A result as its readers use it."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import ExperimentResult, Outcome, Result, Usage

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
