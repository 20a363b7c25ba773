"""What stands where, seen or guessed."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents.levels import GIVEN, KEPT, UNSEEN, Levels


def test_what_is_read_counts_whatever_was_given() -> None:
    """Also a 0."""
    levels = Levels()
    levels.give("food")
    levels.see({"food": 0.0, "toxin": 3.0}, later=False)
    assert levels.of("food", 1.0) == 0.0
    assert levels.of("toxin", 1.0) == 3.0


def test_what_cannot_be_read_is_scarce_until_it_is_given_and_fades() -> None:
    """A fraction of its half-saturation, and what was given, less with every step."""
    levels = Levels()
    levels.see({}, later=True)
    assert levels.of("hidden", 2.0) == UNSEEN * 2.0
    levels.give("hidden")
    levels.see({}, later=False)
    assert levels.of("hidden", 2.0) == UNSEEN * 2.0 + GIVEN
    levels.see({}, later=True)
    levels.give("hidden")
    assert levels.of("hidden", 0.0) == pytest.approx(GIVEN * (1 + KEPT))
