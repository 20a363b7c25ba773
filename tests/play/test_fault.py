"""Whose fault it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Action, Observation, Outcome
from pytest_alienbio.play.fault import MOST_MESSAGE, MOST_TRACEBACK, keep

from .worlds import Says, play


class ProtocolError(Exception):
    """An exception with a home of its own."""


def test_an_exception_is_kept_by_its_full_name_and_its_own_frames() -> None:
    """The traceback begins where the agent's code does."""

    def trip(seen: Observation) -> Action:
        raise ProtocolError("first line\nsecond line")

    result = play(Says(trip))
    assert result.error is not None
    assert result.error.type == f"{__name__}.ProtocolError"
    assert result.error.message == "first line\nsecond line"
    assert "in trip" in result.error.traceback
    assert "session.py" not in result.error.traceback
    assert result.reason == f"the agent's decide() failed: {__name__}.ProtocolError: first line"


def test_a_cause_is_kept_with_its_consequence() -> None:
    """Chained exceptions are told as Python tells them."""
    try:
        try:
            raise KeyError("first")
        except KeyError as cause:
            raise ValueError("then") from cause
    except ValueError as error:
        text = keep(error).traceback
    assert "KeyError: 'first'" in text
    assert text.rstrip().endswith("ValueError: then")


def test_a_long_traceback_keeps_its_end() -> None:
    """The cause stands at the end."""
    kept = keep(ValueError("x" * 100_000 + " the end"))
    assert len(kept.traceback) <= MOST_TRACEBACK + 10
    assert kept.traceback.rstrip().endswith("the end")
    assert len(kept.message) <= MOST_MESSAGE + 10


class MuteError(Exception):
    """Has no words."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_an_exception_that_cannot_be_told_is_still_kept() -> None:
    """Its own `__str__` may raise."""
    kept = keep(MuteError())
    assert kept.message == "(its message could not be told: RuntimeError)"
    assert "MuteError" in kept.traceback


@given(st.text(st.characters(codec=None), max_size=50))
def test_whatever_the_message_is_it_can_be_written(message: str) -> None:
    """Lone surrogates would break a journal."""
    kept = keep(ValueError(message))
    (kept.message + kept.traceback).encode()


def test_an_endless_recursion_of_the_agent_is_its_error() -> None:
    """And its traceback stays short."""

    def deeper(seen: Observation) -> Action:
        return deeper(seen)

    result = play(Says(deeper))
    assert result.outcome is Outcome.AGENT_ERROR
    assert result.error is not None
    assert result.error.type == "RecursionError"
    assert len(result.error.traceback) < MOST_TRACEBACK
