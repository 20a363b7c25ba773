"""Engines: handed any function, they call it as often as they are told to."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Barrier, Event, get_ident

import pytest

from pytest_alienbio.engine import Engine, Inline, Threads, open_engine
from pytest_alienbio.model import EngineChoice, engine_choice


@pytest.mark.parametrize("engine", [Inline(), Threads(3)], ids=["inline", "threads"])
def test_what_was_submitted_is_called_once(engine: Engine) -> None:
    futures = [engine.submit(len, "x" * n) for n in range(20)]
    assert [future.result() for future in futures] == list(range(20))
    engine.shutdown()


@pytest.mark.parametrize("engine", [Inline(), Threads(1)], ids=["inline", "threads"])
def test_what_is_raised_is_met_by_whoever_takes_the_result(engine: Engine) -> None:
    with pytest.raises(ValueError, match="three"):
        engine.submit(int, "three").result()


def test_threads_call_as_many_at_once_as_they_are_wide() -> None:
    """All four must be in the call at the same time, or the barrier never opens."""
    barrier = Barrier(4)
    with Threads(4) as engine:
        idents = {future.result() for future in [engine.submit(lambda: (barrier.wait(30), get_ident())[1]) for _ in range(4)]}
    assert len(idents) == 4


def test_what_has_not_begun_can_be_dropped() -> None:
    begun, go_on = Event(), Event()
    engine = Threads(1)

    def hold() -> bool:
        begun.set()
        return go_on.wait(30)

    first = engine.submit(hold)
    begun.wait(30)
    second = engine.submit(len, "never")
    engine.shutdown(wait=False, cancel_futures=True)
    go_on.set()
    assert first.result(30)
    assert second.cancelled()
    with pytest.raises(RuntimeError, match="shut down"):
        engine.submit(len, "late")


def test_ctrl_c_in_a_call_made_here_and_now_passes_through() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Inline().submit(interrupted)


@pytest.mark.parametrize(
    ("text", "concurrency", "choice"),
    [
        ("inline", 7, EngineChoice("inline", 1)),
        ("threads", None, EngineChoice("threads", 8)),
        ("threads", 3, EngineChoice("threads", 3)),
        ("threads:5", 3, EngineChoice("threads", 5)),
        ("dask:tcp://h:1", 3, EngineChoice("dask", 3, "tcp://h:1")),
    ],
)
def test_an_engine_as_people_ask_for_it(text: str, concurrency: int | None, choice: EngineChoice) -> None:
    assert engine_choice(text, concurrency) == choice


@pytest.mark.parametrize(
    "text", ["", "thread", "threads:", "threads:0", "threads:x", "threads:9999", "inline:2", "threads:\u0663"]
)
def test_what_is_no_engine_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"engine|takes|stands"):
        engine_choice(text)


def test_the_engine_that_is_meant() -> None:
    assert isinstance(open_engine(EngineChoice("inline", 1)), Inline)
    assert open_engine(EngineChoice("threads", 5)).width == 5


def test_a_thread_that_is_stuck_is_left_behind_and_its_place_taken() -> None:
    """Its call is over with what is said in its place; what it gives later, a failure too, is nobody's."""
    engine, idents, go_on = Threads(1), SimpleQueue[int](), Event()

    def hold() -> str:
        idents.put(get_ident())
        go_on.wait(30)
        raise ValueError("too late")

    first, second = engine.submit(hold), engine.submit(len, "next")
    stuck = idents.get(timeout=30)
    assert engine.replace(stuck, "given up")
    assert (first.result(30), second.result(30)) == ("given up", 4)
    assert not engine.replace(stuck, "again"), "it has no place any more"
    engine.shutdown()  # does not wait for it
    go_on.set()
    assert first.result() == "given up"


def test_calls_that_wait_are_made_though_an_engine_is_shut_down_and_its_only_thread_stuck() -> None:
    engine, idents, go_on = Threads(1), SimpleQueue[int](), Event()

    def hold() -> None:
        idents.put(get_ident())
        go_on.wait(30)

    engine.submit(hold)
    second = engine.submit(len, "next")
    stuck = idents.get(timeout=30)
    engine.shutdown(wait=False)
    assert engine.replace(stuck, None)
    assert second.result(30) == 4
    go_on.set()


def test_one_that_calls_here_and_now_can_leave_nothing_behind() -> None:
    assert not Inline().replace(get_ident(), None)
