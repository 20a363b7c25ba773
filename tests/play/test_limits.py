"""The wall clock of a cell."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pytest_alienbio.model import Action, Observation, Outcome, Result, Scores
from pytest_alienbio.play import limits as room
from pytest_alienbio.play.limits import CellClock, CellTimeout, play_within

from .worlds import Counter, Says, in_another_process, play

LIMIT_S = 0.05
WAIT = Action("wait")


def spin(seen: Observation) -> Action:
    """Computes for ever."""
    while True:
        sum(range(100))


def block(seen: Observation) -> Action:
    """Waits for something that does not come."""
    threading.Event().wait(60)
    return WAIT


def in_thread(work: Callable[[], Result]) -> Result:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=30)


def assert_timed_out(result: Result) -> None:
    assert (result.outcome, result.score, result.passed, result.error) == (Outcome.TIMED_OUT, None, None, None)
    assert result.reason == "cell ran longer than 0.05 s"
    assert result.trajectory is not None


@pytest.mark.parametrize("where", ["main", "other"])
def test_an_agent_that_computes_for_ever_is_stopped(where: str) -> None:
    """In the main thread and in any other; what happened before is kept."""
    answers = iter([WAIT, WAIT])

    def play_it() -> Result:
        return play(Says(lambda seen: next(answers, None) or spin(seen)), wall_clock_s=LIMIT_S)

    result = play_it() if where == "main" else in_thread(play_it)
    assert_timed_out(result)
    assert result.trajectory is not None
    assert [turn.action for turn in result.trajectory.turns] == ["wait", "wait"]


def test_a_blocking_call_in_the_main_thread_is_woken() -> None:
    """By SIGURG: an asynchronous exception alone would wait for the call to return."""
    assert_timed_out(play(Says(block), wall_clock_s=LIMIT_S))


class Blocks(Counter):
    def reset(self, seed: int, /) -> Observation:
        return spin(Observation(0, {}))  # type: ignore[return-value]


def test_the_clock_covers_the_environment_too() -> None:
    """Building and resetting are part of the cell."""
    assert_timed_out(play(environment=Blocks(), wall_clock_s=LIMIT_S))


@pytest.mark.parametrize("where", ["main", "other"])
def test_an_agent_that_swallows_the_timeout_is_asked_again(where: str) -> None:
    """`except BaseException: pass` in a loop that ends some day: the cell is timed out all the same."""
    swallowed: list[str] = []

    def stubborn(seen: Observation) -> Action:
        while len(swallowed) < 3:
            try:
                spin(seen)
            except BaseException as error:  # noqa: BLE001 - the case under test
                swallowed.append(type(error).__name__)
        return WAIT

    def play_it() -> Result:
        return play(Says(stubborn), wall_clock_s=LIMIT_S)

    result = play_it() if where == "main" else in_thread(play_it)
    assert_timed_out(result)
    assert swallowed == ["CellTimeout"] * 3


def test_an_error_made_of_the_timeout_is_a_timeout() -> None:
    """A library may wrap whatever it catches."""

    def wrap(seen: Observation) -> Action:
        try:
            return spin(seen)
        except BaseException as error:
            raise ValueError("interrupted") from error

    assert_timed_out(play(Says(wrap), wall_clock_s=LIMIT_S))


def test_a_cell_that_cannot_be_stopped_is_told_to_its_caller() -> None:
    """From another thread, once, with its timed-out result; here the caller frees the agent instead of ending the process."""
    free = threading.Event()
    told: list[tuple[Result, bool]] = []

    def stuck(result: Result) -> None:
        told.append((result, threading.current_thread() is threading.main_thread()))
        free.set()

    def block_for_good(seen: Observation) -> Action:
        free.wait(60)
        return WAIT

    result = in_thread(lambda: play(Says(block_for_good), wall_clock_s=LIMIT_S, grace_s=0.01, on_stuck=stuck))
    assert_timed_out(result)
    assert [(r.outcome, r.reason, main) for r, main in told] == [
        (Outcome.TIMED_OUT, "cell ran longer than 0.05 s, and could not be stopped", False)
    ]
    assert told[0][0].trajectory is not None


def test_a_score_that_was_given_in_time_stands() -> None:
    """Only the agent's `end` was too slow."""

    class SlowEnd(Says):
        def end(self, scores: Scores, /) -> None:
            spin(Observation(0, {}))

    result = play(SlowEnd(lambda seen: WAIT), wall_clock_s=LIMIT_S)
    assert (result.outcome, result.score) == (Outcome.COMPLETED, 0.7)
    assert result.metrics == {"agent_end_error": "cell ran longer than 0.05 s"}


def test_a_cell_in_time_is_scored_as_without_a_clock() -> None:
    """And leaves nothing armed behind."""
    assert play(wall_clock_s=60).score == play().score == 0.7
    assert all(clock.closing for clock in room._watch._clocks.values())


@pytest.mark.skipif(not hasattr(signal, "SIGURG"), reason="no SIGURG here")
def test_the_signal_handler_is_put_back() -> None:
    """Whether the cell was in time or not; somebody else's signals reach their handler meanwhile."""
    heard: list[int] = []

    def theirs(number: int, frame: object) -> None:
        heard.append(number)

    def ring(seen: Observation) -> Action:
        signal.raise_signal(signal.SIGURG)
        return WAIT

    before = signal.signal(signal.SIGURG, theirs)
    try:
        assert play(Says(ring), Counter(length=1), wall_clock_s=60).outcome is Outcome.COMPLETED
        assert signal.getsignal(signal.SIGURG) is theirs
        assert_timed_out(play(Says(spin), wall_clock_s=LIMIT_S))
        assert signal.getsignal(signal.SIGURG) is theirs
        assert heard == [signal.SIGURG]
    finally:
        signal.signal(signal.SIGURG, before)


def test_what_the_cell_raises_passes_on_and_stops_the_clock() -> None:
    """Ctrl-C for one."""

    def interrupt(seen: Observation) -> Action:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(Says(interrupt), wall_clock_s=60)
    assert all(clock.closing for clock in room._watch._clocks.values())


def race(count: int) -> tuple[int, int]:
    """Plays `count` pieces of work that end about when their time is up; how many were late, how many escaped."""
    late = escaped = 0
    # A tracer written in Python takes locks of its own, which an exception at the wrong moment leaves locked
    tracer = sys.gettrace()
    sys.settrace(None)
    for index in range(count):
        clock = CellClock(0.0005 + 0.0001 * (index % 10))
        rounds = 2_000 * (index % 20) if index % 20 else 10**12

        def work(rounds: int = rounds) -> None:
            for _ in range(rounds):
                pass

        try:
            play_within(clock, work)
            for _ in range(2_000):  # a straggler would be seen here
                pass
        except CellTimeout:
            escaped += 1
        late += clock.fired
    sys.settrace(tracer)
    return late, escaped


@pytest.mark.parametrize("where", ["main", "other"])
def test_no_timeout_ever_escapes_its_cell(where: str) -> None:
    """Cells that end just when their time is up, and some that never would: none raises after its end."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        if where == "main":
            late, escaped = race(300)
        else:
            with ThreadPoolExecutor(3) as pool:
                counts = list(pool.map(race, [100] * 3))
            late, escaped = (sum(column) for column in zip(*counts, strict=True))
    finally:
        sys.setswitchinterval(interval)
    assert escaped == 0
    assert 15 <= late <= 300


def test_a_cell_within_a_cell_leaves_the_outer_timeout_to_the_outer_cell() -> None:
    """An agent may play cells itself."""
    inner: list[Any] = []

    def nest(seen: Observation) -> Action:
        inner.append(play(Says(spin), wall_clock_s=60))
        return WAIT

    assert_timed_out(play(Says(nest), wall_clock_s=LIMIT_S))
    assert inner == []


def test_a_forked_process_has_a_clock_of_its_own() -> None:
    """The watching thread does not survive a fork."""
    code = (
        "import os, warnings; warnings.simplefilter('ignore')\n"
        "from tests.play.test_limits import *\n"
        "play(wall_clock_s=60)\n"
        "child = os.fork()\n"
        "if not child: os._exit(play(Says(spin), wall_clock_s=0.05).outcome is Outcome.TIMED_OUT)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert in_another_process(code).strip() == "1"
