"""Ctrl-C and SIGTERM while cells play: what has begun ends, nothing begins, and the second one is obeyed at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, Thread

import pytest

from pytest_alienbio.engine import Engine, Inline, Threads
from pytest_alienbio.model import Cell, Outcome, Result
from pytest_alienbio.play import result_of
from pytest_alienbio.run.execute import stream
from pytest_alienbio.run.stopping import Stop, said, stoppable

from .parts import make_plan

CELLS = make_plan(agents=["right"], seeds=list(range(20))).cells


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Python's own handlers, also where this suite runs in the background of a shell, which ignores Ctrl-C for all below."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "put back"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    signal.signal(signal.SIGINT, before)


def quiet(**more: object) -> Stop:
    """One that tells nobody."""
    return Stop(tell=lambda playing: "", **more)  # type: ignore[arg-type]


def taken(stop: Stop, engine: Engine, play: Callable[[Cell], Result]) -> list[str]:
    """The cells that a stream gave before it was interrupted."""
    given: list[str] = []

    def counted(cell: Cell) -> Result:
        with stop.cell(cell):
            return play(cell)

    def take() -> None:
        with stoppable(stop):
            for cell, _ in stream(CELLS, counted, engine, stop):
                given.append(cell.id)

    with pytest.raises(KeyboardInterrupt):
        take()
    return given


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("engine", [Inline(), Threads(3)], ids=["inline", "threads"])
def test_once_what_has_begun_is_finished_and_given_and_nothing_begins(engine: Engine, number: signal.Signals) -> None:
    """As many as played when the signal came; those that the engine had been handed already are not among them."""
    stop, begun, all_begun = quiet(), list[str](), Event()

    def play(cell: Cell) -> Result:
        begun.append(cell.id)
        if len(begun) == engine.width:
            all_begun.set()
            os.kill(os.getpid(), number)
        all_begun.wait(30)
        while not stop.asked:
            Event().wait(0.001)
        return result_of(cell, Outcome.COMPLETED)

    assert sorted(taken(stop, engine, play)) == sorted(begun) == [cell.id for cell in CELLS[: engine.width]]
    assert not stop.at_once


def test_twice_nobody_is_waited_for() -> None:
    """The cell that plays on is left to itself; its result is dropped."""
    stop, go_on = quiet(), Event()

    def play(cell: Cell) -> Result:
        if cell is CELLS[0]:
            os.kill(os.getpid(), signal.SIGINT)
            while not stop.asked:
                Event().wait(0.001)
            os.kill(os.getpid(), signal.SIGINT)
        go_on.wait(30)
        return result_of(cell, Outcome.COMPLETED)

    assert taken(stop, Threads(2), play) == []
    assert stop.at_once
    go_on.set()


def test_the_end_of_the_grace_is_like_a_second_ctrl_c() -> None:
    stop, go_on = quiet(grace_s=0.01), Event()

    def play(cell: Cell) -> Result:
        os.kill(os.getpid(), signal.SIGTERM)
        go_on.wait(30)
        raise AssertionError("the main thread is interrupted in its cell")

    assert taken(stop, Inline(), play) == []
    assert stop.at_once


def test_a_ctrl_c_and_the_sigterm_that_tells_of_it_are_one() -> None:
    """Workers hear the terminal and their controller, in either order; two of a kind are two."""
    stop = quiet(waits=True)
    with stoppable(stop):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert stop.asked
        assert not stop.at_once
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert stop.at_once


def test_where_nothing_plays_it_is_a_ctrl_c_as_ever() -> None:
    """So it is for a person at a terminal, who leaves a cell by it."""
    stop = quiet()
    person = replace(CELLS[0], agent=replace(CELLS[0].agent, kind="human"))
    with stoppable(stop), stop.cell(person):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
    assert not stop.asked


def test_handlers_of_others_stay_and_other_threads_have_none() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        with stoppable(quiet()):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]

    def elsewhere() -> None:
        with stoppable(quiet()):
            heard.append(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert heard == [signal.SIGINT, True]


def test_it_is_said_where_people_read_whatever_captures_output(capfd: pytest.CaptureFixture[str]) -> None:
    """On standard error as it was when the loop began, with the number of cells that play."""
    stop = Stop()
    with stoppable(stop), stop.cell(CELLS[0]), stop.cell(CELLS[1]):
        signal.raise_signal(signal.SIGINT)
    assert capfd.readouterr().err == "\nstopping: 2 cells are finishing; Ctrl-C again stops at once\n"
    assert said(1).startswith("stopping: 1 cell is finishing;")
