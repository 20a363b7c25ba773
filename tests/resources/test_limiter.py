"""How fast providers are asked: the same for a file and for a Redis."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Lock, Timer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Limiter, Permit, Rate
from pytest_alienbio.model.rate import pause_s
from pytest_alienbio.resources import FileLimiter, RedisLimiter, ledger_at, limiter_at, queueing
from pytest_alienbio.resources.limiter import LOOK_EVERY
from pytest_alienbio.resources.sharing import is_address

SECOND = 1_000_000
APART = queueing.cost(1, 60) / SECOND
"""What calls are apart at 60 a minute, seconds."""
RATES = {"openai": Rate(60, tokens=60_000), "fast": Rate(60_000), "burst": Rate(60, burst=3)}


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 10**9, list[float]()
        self._guard = Lock()

    def clock(self) -> int:
        return self.now

    def sleep(self, seconds: float, cancel: Event | None) -> None:
        if cancel is not None and cancel.is_set():
            raise CancelledError
        with self._guard:
            self.slept.append(seconds)
            self.now += round(seconds * SECOND)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def limiter(where: str, time: Time) -> Iterator[FileLimiter | RedisLimiter]:
    made: FileLimiter | RedisLimiter
    if is_address(where):
        made = RedisLimiter(where, RATES, clock=time.clock, sleep=time.sleep)
    else:
        made = FileLimiter(Path(where), RATES, create=True, clock=time.clock, sleep=time.sleep)
    with closing(made):
        yield made


def test_calls_are_spaced_as_the_rate_says(limiter: Limiter, time: Time) -> None:
    """And the seconds waited are given."""
    assert [limiter.acquire("openai") for _ in range(4)] == [0.0, APART, APART, APART]
    assert time.now == 10**9 + 3 * APART * SECOND


def test_tokens_count_too(limiter: Limiter) -> None:
    assert [limiter.acquire("openai", tokens=5000) for _ in range(3)] == pytest.approx([0.0, 5 * APART, 5 * APART])
    limiter.correct("openai", expected=5000, used=1000)
    assert limiter.acquire("openai") == APART


def test_each_provider_has_its_own_queue(limiter: Limiter) -> None:
    """One without a rate never waits, but for a pause."""
    assert [limiter.acquire(name) for name in ("openai", "other", "other", "fast", "openai")] == [0.0, 0.0, 0.0, 0.0, APART]
    limiter.slow_down("other", 7)
    assert limiter.acquire("other") == 7.0
    assert limiter.acquire("other") == 0.0


def test_a_pause_reaches_who_already_sleeps(limiter: FileLimiter | RedisLimiter, time: Time) -> None:
    """Their call would be refused: they sleep on, and keep their place."""
    limiter.acquire("openai")
    second, third = limiter.place("openai"), limiter.place("openai")
    limiter.slow_down("openai", 30)
    assert limiter.wait(second) == 30 + APART
    assert limiter.wait(third) == APART
    assert limiter.acquire("openai") == APART


def test_a_pause_during_the_sleep_is_seen_after_it(limiter: FileLimiter | RedisLimiter, time: Time) -> None:
    limiter.acquire("openai")
    permit = limiter.place("openai")
    asleep, sleep = list[float](), time.sleep

    def paused_meanwhile(seconds: float, cancel: Event | None) -> None:
        sleep(seconds, cancel)
        if not asleep:
            limiter.slow_down("openai", 5)
        asleep.append(seconds)

    limiter._sleep = paused_meanwhile
    assert limiter.wait(permit) == APART + 5
    assert asleep == [APART, 5.0]


def test_a_wait_can_be_cancelled(limiter: Limiter, time: Time) -> None:
    cancel = Event()
    limiter.acquire("openai", cancel=cancel)
    cancel.set()
    with pytest.raises(CancelledError):
        limiter.acquire("openai", cancel=cancel)
    assert time.slept == []


def test_who_gave_up_leaves_no_gap_at_the_end(tmp_path: Path, time: Time) -> None:
    """Twenty waits that are cancelled are twenty seconds that nobody else waits for; the place before them stays."""
    with closing(FileLimiter(tmp_path / "limits", RATES, create=True, clock=time.clock, sleep=time.sleep)) as limiter:
        limiter.acquire("openai")
        kept, cancel = limiter.place("openai"), Event()
        cancel.set()
        for _ in range(20):
            with pytest.raises(CancelledError):
                limiter.acquire("openai", cancel=cancel)
        time.now += LOOK_EVERY
        assert [limiter.place("openai").wait_s for _ in range(12)] == pytest.approx([APART * number for number in range(12)])
        assert limiter.wait(kept) == 0.0
        time.now += LOOK_EVERY
        assert limiter.place("openai").wait_s == pytest.approx(12 * APART - LOOK_EVERY / SECOND)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([1, 3]),
    st.lists(st.tuples(st.sampled_from(["place", "place", "give up"]), st.integers(0, 12)), max_size=40),
)
def test_places_that_are_given_again_crowd_nobody(tmp_path: Path, burst: int, steps: list[tuple[str, int]]) -> None:
    """Whoever gives up, and whenever: those who stay are as far apart as ever, in the order in which they asked."""
    time, kept = Time(), list[Permit]()
    limiter = FileLimiter(tmp_path / f"{os.urandom(8).hex()}", RATES, create=True, clock=time.clock, sleep=time.sleep)
    with closing(limiter):
        for what, number in steps:
            waiting = [each for each in kept if each.at > time.now]
            if what == "place":
                kept.append(limiter.place("openai" if burst == 1 else "burst"))
            elif waiting:
                kept.remove(gone := waiting[number % len(waiting)])
                limiter._give_up(gone)
            time.now += number * SECOND // 2
    starts = [each.at for each in kept]
    assert starts == sorted(starts)
    assert all(later - sooner >= APART * SECOND for sooner, later in zip(starts, starts[burst:], strict=False))


_QUEUE = """
import sys
from pathlib import Path
from pytest_alienbio.model import Rate
from pytest_alienbio.resources import FileLimiter
limiter = FileLimiter(Path(sys.argv[1]), {"openai": Rate(60)})
print(*[round(limiter.place("openai").wait_s) for _ in range(100)], flush=True)
sys.stdin.readline()
"""


def test_a_killed_session_leaves_no_queue_behind(tmp_path: Path) -> None:
    """A hundred places at one a second, and all who wait for them are killed: the next session does not wait for them."""
    path = tmp_path / "limits"
    limiter_at(str(path), {}, create=True).close()
    command = [sys.executable, "-c", _QUEUE, str(path)]
    killed = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    assert killed.stdout.readline().split()[-1] == "99"
    killed.kill()
    killed.communicate()
    with closing(FileLimiter(path, {"openai": Rate(60)})) as limiter:
        assert limiter.place("openai").wait_s <= 2 * APART


def test_a_real_wait_is_cancelled_at_once(where: str) -> None:
    """A minute's sleep ends when the event is set, in another thread."""
    with closing(limiter_at(where, {"slow": Rate(1)}, create=True)) as limiter:
        limiter.acquire("slow")
        cancel = Event()
        timer = Timer(0.05, cancel.set)
        timer.start()
        with pytest.raises(CancelledError):
            limiter.acquire("slow", cancel=cancel)
        timer.join()


_WORKER = """
import sys, threading, time
from pytest_alienbio.model import Rate
from pytest_alienbio.resources import limiter_at
limiter = limiter_at(sys.argv[1], {"p": Rate(6000)})
times, guard = [], threading.Lock()
def work():
    for _ in range(10):
        limiter.acquire("p")
        with guard:
            times.append(time.monotonic())
print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=work) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
limiter.close()
print(*times)
"""


def test_processes_and_threads_share_one_rate(where: str) -> None:
    """Two processes of two threads, forty calls at 100 a second: they take the 0.39 s that one caller would, and share them."""
    limiter_at(where, {}, create=True).close()
    command = [sys.executable, "-c", _WORKER, where]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    each = [[float(word) for word in worker.communicate(timeout=60)[0].split()] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    both = sorted(at for times in each for at in times)
    assert len(both) == 40
    assert both[-1] - both[0] >= 0.38


def test_threads_of_one_process_share_one_rate(where: str) -> None:
    with closing(limiter_at(where, {"p": Rate(60_000)}, create=True)) as limiter, ThreadPoolExecutor(4) as pool:
        assert sum(1 for _ in pool.map(lambda _: limiter.acquire("p"), range(40))) == 40


def test_ledger_and_limiter_may_be_in_one_place(where: str) -> None:
    with closing(ledger_at(where, create=True)) as ledger, closing(limiter_at(where, RATES)) as limiter:
        limiter.acquire("openai")
        ledger.reserve(["openai"], tokens=1)
        assert ledger.spent("openai").reserved_tokens == 1


@pytest.mark.parametrize(
    ("heard", "seconds"),
    [
        ({}, 0.0),
        ({"retry_after_s": 2.5}, 2.5),
        ({"retry_after_s": -1.0}, 0.0),
        ({"remaining": 3, "reset_s": 40.0}, 0.0),
        ({"remaining": 0, "reset_s": 40.0}, 40.0),
        ({"remaining": 0}, 0.0),
        ({"retry_after_s": 60.0, "remaining": 0, "reset_s": 40.0}, 60.0),
    ],
)
def test_what_headers_mean(heard: dict[str, float], seconds: float) -> None:
    """Only a provider that has nothing left, or says so, is left alone."""
    assert pause_s(**heard) == seconds  # type: ignore[arg-type]
