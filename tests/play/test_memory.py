"""The memory a cell takes."""

from __future__ import annotations

import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Event, Semaphore
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, CellLimits, Observation, Outcome, Result, Scores
from pytest_alienbio.play import limits as room
from pytest_alienbio.play import memory, run_cell
from pytest_alienbio.play.memory import MB, Growth, resident

from .worlds import Counter, Says, make_catalog, make_cell

WAIT = Action("wait")
A_LITTLE = 8


def hoarder(seen: Observation) -> Action:
    """Takes more and more, and touches it."""
    hoard = []
    while True:
        hoard.append(b"x" * (A_LITTLE * MB))
        Event().wait(0.01)


def play(agent: Any, memory_mb: int | None = 40, **more: Any) -> Result:
    limits = CellLimits(memory_mb=memory_mb, wall_clock_s=more.pop("wall_clock_s", None))
    return run_cell(make_cell(), make_catalog(Counter), limits=limits, agent=agent, **more)


def in_thread(work: Callable[[], Result]) -> Result:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=60)


@pytest.mark.parametrize("where", [lambda work: work(), in_thread], ids=["main", "other"])
def test_a_cell_that_takes_too_much_is_ended_and_gives_it_back(where: Callable[[Callable[[], Result]], Result]) -> None:
    """In the main thread and in any other, also without a limit of time; it is a cap that was hit, not a bug that was met."""
    before = resident()
    result = where(lambda: play(Says(hoarder)))
    assert (result.outcome, result.score, result.error) == (Outcome.OVER_LIMIT, None, None)
    assert result.reason.startswith("its process grew by ")
    assert result.reason.endswith(" MB, and a cell may take 40 MB (limits.per_cell.memory_mb)")
    gc.collect()  # what the cut-off call held may be in a cycle with its traceback
    assert resident() - before < 40 * MB


def test_what_earlier_cells_have_left_is_not_a_later_ones() -> None:
    """An agent that leaks in each of its cells is no reason to end the fourth."""
    left: list[bytes] = []

    def leaks(seen: Observation) -> Action:
        if not seen.step:
            left.append(b"x" * (16 * MB))
        Event().wait(0.02)
        return WAIT

    assert [play(Says(leaks)).outcome for _ in range(5)] == [Outcome.COMPLETED] * 5
    assert len(left) * 16 > 40


def test_a_cell_that_stays_below_is_let_be() -> None:
    kept: list[bytes] = []

    def modest(seen: Observation) -> Action:
        kept.append(b"x" * MB)
        Event().wait(0.03)
        return WAIT

    assert play(Says(modest)).outcome is Outcome.COMPLETED


def test_time_is_still_up_when_it_is_up() -> None:
    def block(seen: Observation) -> Action:
        Event().wait(60)
        return WAIT

    result = play(Says(block), wall_clock_s=0.1)
    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "cell ran longer than 0.1 s")


@pytest.fixture
def grows(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A process whose size in megabytes is as a test says."""
    size = [100]
    for module in (room, memory):
        monkeypatch.setattr(module, "resident", lambda: size[0] * MB)
    return lambda mb: size.__setitem__(0, mb)


def test_of_several_at_once_those_that_were_there_before_it_grew_are_ended(grows: Callable[[int], None]) -> None:
    """What each took cannot be told: the room is that of all together, and who came later is not to blame."""
    begun, go_on = Semaphore(0), Event()

    def waits(seen: Observation) -> Action:
        begun.release()
        while not go_on.wait(0.01):
            pass
        return WAIT

    with ThreadPoolExecutor(3) as pool:
        early = [pool.submit(play, Says(waits)) for _ in range(2)]
        assert begun.acquire(timeout=60)
        assert begun.acquire(timeout=60)
        grows(100 + 70)
        late = pool.submit(play, Says(waits))
        assert begun.acquire(timeout=60)
        grows(100 + 125)  # more than three may take since the first began, and not since the last
        ended = [future.result(60) for future in early]
        go_on.set()
        assert late.result(60).outcome is Outcome.COMPLETED
    assert {result.outcome for result in ended} == {Outcome.OVER_LIMIT}
    assert {result.reason for result in ended} == {
        "its process grew by 125 MB since it began, with 3 cells in it that may take 40 MB each "
        "(limits.per_cell.memory_mb); which of them took it cannot be told"
    }


def test_room_is_that_of_all_that_play() -> None:
    growth = Growth(50)
    growth.base = 100 * MB
    assert not growth.exceeds(200 * MB, room_mb=100, among=2)
    assert growth.exceeds(201 * MB, room_mb=100, among=2)
    assert (growth.grown, growth.among) == (101 * MB, 2)


def test_one_that_cannot_be_stopped_is_given_up(grows: Callable[[int], None]) -> None:
    told: list[Result] = []
    free = Event()

    def deaf(seen: Observation) -> Action:
        grows(500)
        while not free.is_set():
            try:
                free.wait(30)
            except BaseException:  # noqa: BLE001, S112 - that is what it is for
                continue
        return WAIT

    def stuck(result: Result) -> None:
        told.append(result)
        free.set()

    play(Says(deaf), on_stuck=stuck, grace_s=0.05)
    assert [result.outcome for result in told] == [Outcome.OVER_LIMIT]
    assert told[0].reason.endswith("(limits.per_cell.memory_mb), and could not be stopped")


def test_a_score_stands_though_the_agents_end_takes_too_much(grows: Callable[[int], None]) -> None:
    class Late(Says):
        def end(self, scores: Scores, /) -> None:
            grows(500)
            Event().wait(60)

    result = play(Late(lambda seen: WAIT))
    assert (result.outcome, result.score) == (Outcome.COMPLETED, 0.7)
    assert "its process grew by 400 MB" in str(result.metrics["agent_end_error"])


def test_where_memory_cannot_be_watched_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("pytest_alienbio.play.run_cell"), "can_be_watched", lambda: False)
    with pytest.raises(SpecError, match="does not tell how much memory"):
        play(Says(lambda seen: WAIT))


def test_what_is_resident_is_what_was_touched() -> None:
    before = resident()
    held = b"x" * (64 * MB)
    assert 48 * MB < resident() - before < 96 * MB
    del held
