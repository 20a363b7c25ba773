"""An environment is closed when its cell is over, and one that needs what is not installed is skipped."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from pytest_alienbio.errors import MissingExtraError
from pytest_alienbio.model import Action, Environment, Observation, Outcome, Result, Step
from pytest_alienbio.play import look

from .worlds import Counter, Says, make_catalog, make_cell, play, raising


class Door(Counter):
    """Counts how often it was closed."""

    def __init__(self, shut: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.shut, self.closed = shut, 0

    def close(self) -> None:
        self.closed += 1
        self.shut()


class Broken(Door):
    def step(self, action: Action, /) -> Step:
        raise RuntimeError("broken")


@pytest.mark.parametrize(
    ("kind", "agent", "outcome"),
    [
        (Door, None, Outcome.COMPLETED),
        (Broken, None, Outcome.ENVIRONMENT_ERROR),
        (Door, Says(raising(ValueError("no"))), Outcome.AGENT_ERROR),
    ],
)
def test_it_is_closed_once_however_the_cell_ended(kind: type[Door], agent: Says | None, outcome: Outcome) -> None:
    door = kind()
    result = play(agent, door)
    assert (result.outcome, door.closed) == (outcome, 1)
    assert "environment_close_error" not in result.metrics


def test_it_is_closed_after_a_timeout_and_after_ctrl_c() -> None:
    door = Door()

    def sleeps(seen: Observation) -> Action:
        time.sleep(5)
        return Action("wait")

    assert play(Says(sleeps), door, wall_clock_s=0.1).outcome is Outcome.TIMED_OUT
    assert door.closed == 1
    with pytest.raises(KeyboardInterrupt):
        play(Says(raising(KeyboardInterrupt())), door)
    assert door.closed == 2


def test_a_close_that_fails_takes_no_score() -> None:
    door = Door(raising(OSError("stuck\nfast")))
    result = play(None, door)
    assert (result.outcome, result.score) == (Outcome.COMPLETED, 0.7)
    assert result.metrics["environment_close_error"] == "OSError: stuck"


def test_a_close_that_does_not_end_is_given_up() -> None:
    """It had the grace that a cell has at its end; the score stands."""

    def forever() -> None:
        while True:
            time.sleep(0.01)

    result = play(None, Door(forever), grace_s=0.2)
    assert (result.outcome, result.score) == (Outcome.COMPLETED, 0.7)
    assert result.metrics["environment_close_error"] == "it took longer than 0.2 s"


def test_a_close_that_cannot_be_stopped_is_told() -> None:
    told: list[Result] = []

    def deaf() -> None:
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            with suppress(BaseException):
                time.sleep(0.01)

    play(None, Door(deaf), grace_s=0.1, on_stuck=told.append)
    assert [(result.outcome, result.reason) for result in told] == [
        (Outcome.TIMED_OUT, "the scenario's close() does not end, and could not be stopped")
    ]


def test_what_is_looked_at_is_closed_too() -> None:
    made: list[Door] = []

    def build() -> Environment:
        made.append(Door())
        return made[-1]

    look(make_cell().case, make_catalog(build), 0)
    assert made[0].closed == 1


def test_a_scenario_that_needs_what_is_not_installed_is_skipped_with_its_reason() -> None:
    result = play(catalog=make_catalog(raising(MissingExtraError("pip install something"))))
    assert (result.outcome, result.reason, result.error) == (Outcome.SKIPPED, "pip install something", None)
