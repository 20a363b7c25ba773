"""Whose fault it was."""

from __future__ import annotations

from asyncio import CancelledError
from copy import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import CannotPlayError, LeftCellError, ProviderError
from pytest_alienbio.model import Action, Observation, Outcome
from pytest_alienbio.play.fault import MOST_MESSAGE, MOST_TRACEBACK, keep

from .worlds import Counter, Says, play, raising


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


class Leak(Counter):
    """Raises what is no `Exception` where it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def __getattribute__(self, name: str) -> Any:
        if name in ("reset", "step", "score") and name == object.__getattribute__(self, "where"):
            return raising(CancelledError("leaked"))
        return object.__getattribute__(self, name)


@pytest.mark.parametrize(
    ("where", "outcome"),
    [("reset", Outcome.ENVIRONMENT_ERROR), ("step", Outcome.ENVIRONMENT_ERROR), ("score", Outcome.SCORER_ERROR)],
)
def test_what_is_no_exception_is_the_fault_of_who_raised_it(where: str, outcome: Outcome) -> None:
    """An asynchronous client that lets its cancellation out must not blame the agent, nor lose the steps until then."""
    result = play(environment=Leak(where))
    assert result.outcome is outcome
    assert "asyncio.exceptions.CancelledError: leaked" in result.reason
    assert result.trajectory is not None
    assert result.trajectory.steps == {"reset": 0, "step": 1, "score": 3}[where]


def test_a_cancellation_in_decide_keeps_the_steps_before_it() -> None:
    calls = iter([Action("wait"), Action("wait")])

    def decide(seen: Observation) -> Action:
        for action in calls:
            return action
        raise CancelledError

    result = play(Says(decide), Counter(length=9))
    assert (result.outcome, result.score) == (Outcome.AGENT_ERROR, None)
    assert result.trajectory is not None
    assert result.trajectory.steps == 2


def test_a_cancellation_in_end_changes_no_score() -> None:
    """The cell was scored before its agent was told."""

    class Hasty(Says):
        def end(self, scores: object, /) -> None:
            raise CancelledError("too late")

    result = play(Hasty(lambda seen: Action("wait")))
    assert (result.outcome, result.score) == (Outcome.COMPLETED, 0.7)
    assert "too late" in result.reason


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit])
def test_signals_are_nobodys_fault(error: type[BaseException]) -> None:
    """Ctrl-C ends the run, whoever was at work."""
    with pytest.raises(error):
        play(Says(raising(error())))


def test_an_agent_that_cannot_play_here_is_skipped_with_its_own_words() -> None:
    """Nobody's fault: no error is kept, no score given."""

    class Absent(Says):
        def start(self, briefing: object, /) -> None:
            raise CannotPlayError("the extra 'far' is not installed")

    result = play(Absent(raising(RuntimeError())))
    assert (result.outcome, result.reason) == (Outcome.SKIPPED, "the extra 'far' is not installed")
    assert (result.score, result.error) == (None, None)


def test_an_agent_that_leaves_keeps_what_it_did_and_gets_no_score() -> None:
    """The reason is what it said, not that something failed: there is no exception to look into."""
    calls = iter([Action("wait"), Action("wait")])

    def decide(seen: Observation) -> Action:
        for action in calls:
            return action
        raise LeftCellError("had to go after 2 calls")

    result = play(Says(decide))
    assert (result.outcome, result.reason) == (Outcome.AGENT_ERROR, "had to go after 2 calls")
    assert (result.score, result.error) == (None, None)
    assert result.trajectory is not None
    assert result.trajectory.steps == 2


def test_nobody_declines_once_the_cell_has_begun() -> None:
    """Else an agent, or a scenario, could pick the worlds that are counted."""

    class Closed(Counter):
        def step(self, action: Action, /) -> Any:
            raise CannotPlayError("not here")

    def decide(seen: Observation) -> Action:
        raise CannotPlayError("not this one")

    assert play(environment=Closed()).outcome is Outcome.ENVIRONMENT_ERROR
    assert play(Says(decide)).outcome is Outcome.AGENT_ERROR


def test_a_provider_says_what_failed() -> None:
    """Class of fault, status, and how long to wait; none of them by default, and all survive a copy."""
    error = copy(ProviderError("slow down", kind="rate_limit", status=429, retry_after_s=2.5))
    assert (str(error), error.kind, error.status, error.retry_after_s) == ("slow down", "rate_limit", 429, 2.5)
    bare = ProviderError("bad key")
    assert (bare.kind, bare.status, bare.retry_after_s) == ("", None, None)
    result = play(Says(raising(error)))
    assert (result.outcome, result.reason) == (Outcome.PROVIDER_ERROR, "the provider failed: slow down")
    assert play(Says(raising(ProviderError("")))).reason == "the provider failed"
