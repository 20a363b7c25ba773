"""Turns as a chat, and back."""

from __future__ import annotations

from hypothesis import given

from pytest_alienbio.exchange.inspect_log.messages import MOST_TEXT, messages_of, turns_of
from pytest_alienbio.model import Trajectory, Turn

from ...store.samples import trajectories
from ..patient import PATIENT


@PATIENT
@given(trajectories)
def test_turns_come_back_as_they_were(trajectory: Trajectory) -> None:
    assert turns_of(messages_of(trajectory, "q", "a", "p"), {}) == trajectory.turns


def test_words_that_look_like_an_attachment_stay_words() -> None:
    """Ours are never looked up, nor cut."""
    turn = Turn(0, "wait", reasoning="attachment://abc" + "x" * MOST_TEXT)
    assert turns_of(messages_of(Trajectory((turn,)), "q", "a", "p"), {"abc": "no"}) == (turn,)


def test_a_long_answer_of_somebody_is_cut() -> None:
    (turn,) = turns_of([{"role": "assistant", "content": "x" * (2 * MOST_TEXT)}], {})
    assert len(turn.reasoning) == MOST_TEXT


def test_what_is_no_message_is_passed_over() -> None:
    odd: list[dict[str, object]] = [
        {"role": "assistant", "content": 3, "tool_calls": "x"},
        {"role": "tool"},
        {},
        {"role": "assistant", "tool_calls": [None]},
    ]
    assert turns_of(odd, {}) == ()
