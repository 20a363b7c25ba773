"""How a cell ended is not how well it did."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome


def test_only_completed_and_truncated_carry_a_score() -> None:
    """An outage is never a score."""
    assert {outcome for outcome in Outcome if outcome.scored} == {Outcome.COMPLETED, Outcome.TRUNCATED}


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_is_scored_an_error_or_never_started(outcome: Outcome) -> None:
    """Exactly one of the three."""
    never_started = outcome in (Outcome.NOT_RUN, Outcome.SKIPPED)
    assert [outcome.scored, outcome.is_error, never_started].count(True) == 1


def test_outcomes_are_their_words() -> None:
    """They go to journals and tables as they are."""
    assert f"{Outcome.TIMED_OUT}" == "timed_out"
    assert Outcome("timed_out") is Outcome.TIMED_OUT
