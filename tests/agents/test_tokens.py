"""Estimates of what a model would be sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents import tokens
from pytest_alienbio.model import ActionSpec, Briefing, Observation
from pytest_alienbio.testing import Pond


@pytest.mark.parametrize(
    ("text", "tokens_"),
    [("", 0), ("   \n", 0), ("abcd", 1), ("abcde", 2), ("1234", 2), ("a1", 2), ("x = -1.5", 6), ("a_b", 3), ("ééééé", 2)],
)
def test_letters_go_by_four_digits_by_three_signs_alone(text: str, tokens_: int) -> None:
    assert tokens.count(text) == tokens_


@given(st.text(), st.text())
def test_two_texts_apart_are_as_many_as_together(one: str, other: str) -> None:
    """No token reaches over a blank, so a conversation can be added up turn by turn."""
    assert tokens.count(f"{one} {other}") == tokens.count(one) + tokens.count(other)


def test_a_briefing_costs_its_instructions_and_every_choice() -> None:
    bare = tokens.count_briefing(Briefing(""))
    assert bare > tokens.RULES
    assert tokens.count_briefing(Pond().briefing()) > bare + 100
    more = Briefing("", actions=(ActionSpec("feed", {"species": "Kthoiphaim"}),))
    assert tokens.count_briefing(more) >= bare + tokens.count("feed species Kthoiphaim")


def test_a_turn_costs_more_the_more_there_is_to_see() -> None:
    few, many = Observation(1, {"Kxa": 1.0}), Observation(1, {f"Kx{letter}": 1.0 for letter in "abcdef"})
    assert tokens.count_turn(many) > tokens.count_turn(few) > 0
