"""Who may call a provider when: the laws, on a clock of our own, and the same in Redis."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Permit, Rate
from pytest_alienbio.resources import FileLimiter, RedisLimiter, queueing
from pytest_alienbio.resources.queueing import Queue

SECOND = queueing.cost(1, 60)
"""What calls are apart at 60 a minute; a real second and a thousandth of it."""
MINUTE = 60_000_000
LATE = 50_000
"""By how much a sleeper may wake too late without making a minute too full."""


def starts(rate: Rate, asked: list[tuple[int, int]]) -> list[int]:
    """When calls start that are asked for `(microseconds after the one before, tokens)`."""
    queue, now, found = Queue(), 5 * SECOND, []
    for later, tokens in asked:
        now += later
        queue, at = queueing.place(queue, rate, tokens, now)
        assert at >= now
        found.append(at)
    return found


def most(found: list[int], weights: list[int]) -> int:
    """The most that starts in any 60 seconds."""
    return max(
        (sum(w for at, w in zip(found, weights, strict=True) if first <= at < first + MINUTE) for first in found), default=0
    )


LATER = st.sampled_from([0, 0, 0, 1, 10_000, SECOND, 20 * SECOND, 200 * SECOND])
ASKED = st.lists(st.tuples(LATER, st.integers(0, 400)), max_size=60)


@given(ASKED, st.sampled_from([0.5, 1, 7, 13.3, 30, 1000]), st.sampled_from([1, 1, 2, 5]), st.integers(0, LATE))
def test_no_minute_has_more_requests_than_the_rate(
    asked: list[tuple[int, int]], requests: float, burst: int, late: int
) -> None:
    """However they are asked for; and who asks first goes first. (At 13.3 a minute some minute has 14.)"""
    found = starts(Rate(requests, burst=burst), asked)
    assert found == sorted(found)
    woken = sorted(at + late * (number % 2) for number, at in enumerate(found))
    assert most(woken, [1] * len(found)) <= math.ceil(requests) + burst - 1


@given(ASKED, st.sampled_from([1, 100, 997, 10_000]))
def test_no_minute_has_more_tokens_than_the_rate_and_one_call(asked: list[tuple[int, int]], tokens: int) -> None:
    """A call's tokens count when it starts."""
    weights = [each for _, each in asked]
    found = starts(Rate(tokens=tokens), asked)
    assert found == sorted(found)
    assert most(found, weights) <= tokens + max(weights, default=0)


def test_who_comes_to_an_idle_provider_does_not_wait() -> None:
    assert starts(Rate(60), [(0, 0), (SECOND, 0), (500 * SECOND, 0)]) == [5 * SECOND, 6 * SECOND, 506 * SECOND]


def test_the_allowance_is_used_in_full() -> None:
    """Sixty callers at once at 60 a minute: one a second, none later."""
    assert starts(Rate(60), [(0, 0)] * 60) == [(5 + second) * SECOND for second in range(60)]
    assert starts(Rate(tokens=600), [(0, 10)] * 6) == [(5 + second) * SECOND for second in range(6)]


def test_the_scarcer_of_requests_and_tokens_decides() -> None:
    """Large calls wait for tokens, small ones for requests."""
    assert starts(Rate(60, tokens=6000), [(0, 300), (0, 300), (0, 10), (0, 10), (0, 10)]) == [
        5 * SECOND, 8 * SECOND, 11 * SECOND, 12 * SECOND, 13 * SECOND
    ]  # fmt: skip


def test_a_burst_starts_at_once_after_a_pause() -> None:
    assert starts(Rate(60, burst=3), [(0, 0)] * 5) == [5 * SECOND] * 3 + [6 * SECOND, 7 * SECOND]


def test_without_a_rate_nobody_waits() -> None:
    assert starts(Rate(), [(0, 10**6)] * 3) == [5 * SECOND] * 3


def test_a_pause_holds_for_everybody_and_keeps_the_order() -> None:
    """Who waits is put off by as much, at the same distance; who asks later comes after them."""
    queue, rate = Queue(), Rate(60)
    places = []
    for _ in range(3):
        queue, at = queueing.place(queue, rate, 0, SECOND)
        places.append((at, queue.shift))
    queue = queueing.paused(queue, 10 * SECOND, SECOND + 1)
    assert [queueing.due(queue, *place, 2 * SECOND) for place in places[1:]] == [10 * SECOND, 11 * SECOND]
    assert queueing.place(queue, rate, 0, 2 * SECOND)[1] == 14 * SECOND


def test_many_hints_at_once_are_one_pause() -> None:
    """Thirty calls on their way all hear "in 20 s"; nobody waits thirty times as long."""
    queue = Queue()
    for number in range(30):
        queue = queueing.paused(queue, 20 * SECOND, SECOND + number)
    assert queue.paused_until == 21 * SECOND + 29
    assert queueing.paused(queue, 5 * SECOND, 2 * SECOND) == queueing.seen(queue, 2 * SECOND)
    assert queueing.place(queue, Rate(60), 0, 2 * SECOND)[1] == queue.paused_until


def test_a_pause_does_not_end_in_a_burst() -> None:
    queue = queueing.paused(Queue(), 10 * SECOND, 0)
    found = []
    for _ in range(4):
        queue, at = queueing.place(queue, Rate(60), 0, SECOND)
        found.append(at)
    assert found == [10 * SECOND, 11 * SECOND, 12 * SECOND, 13 * SECOND]


@pytest.mark.parametrize("back", [1, 3600 * SECOND, 10**15])
def test_a_clock_that_goes_back_neither_stalls_nor_bursts(back: int) -> None:
    """Places keep their distance from now on, as if no time had passed."""
    queue, rate, now = Queue(), Rate(60), 10**15 + 7
    for _ in range(3):
        queue, at = queueing.place(queue, rate, 0, now)
    place, shift = at, queue.shift
    now -= back
    assert queueing.due(queue, place, shift, now) == 2 * SECOND
    queue, at = queueing.place(queue, rate, 0, now)
    assert at - now == 3 * SECOND
    assert queueing.due(queue, place, shift, now + SECOND) == SECOND


def test_tokens_that_were_not_used_are_given_back() -> None:
    """A call is counted for its worst case. Alone: the next starts as if it had been counted for what it took."""
    queue, rate = Queue(), Rate(tokens=600)
    queue, _ = queueing.place(queue, rate, 100, 0)
    assert queueing.place(queue, rate, 100, SECOND)[1] == 10 * SECOND
    queue = queueing.corrected(queue, rate, 100, 20, SECOND)
    assert queueing.place(queue, rate, 100, SECOND)[1] == 2 * SECOND


def test_among_many_the_rate_is_of_what_was_really_used() -> None:
    """Four callers whose calls take 0.5 s, counted for 100 tokens and using 10: 10 tokens' time apart, not 100."""
    queue, rate, ends, found = Queue(), Rate(tokens=600), [0] * 4, []
    for _ in range(40):
        now = ends.pop(0)
        if now:
            queue = queueing.corrected(queue, rate, 100, 10, now)
        queue, at = queueing.place(queue, rate, 100, now)
        found.append(at)
        ends = sorted([*ends, at + SECOND // 2])
    apart = (found[-1] - found[20]) / 19
    assert apart == pytest.approx(SECOND, rel=0.15)


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100), st.integers(0, 3)), min_size=1, max_size=60))
def test_what_is_given_back_makes_no_burst(calls: list[tuple[int, int, int]]) -> None:
    """Of the tokens really used, no minute has more than the rate and those of two calls."""
    queue, rate, now, found = Queue(), Rate(tokens=600), 0, list[tuple[int, int]]()
    ends: list[tuple[int, int, int]] = []
    for worst, used, others in calls:
        used = min(used, worst)
        while len(ends) > others:
            end, before, took = ends.pop(0)
            now = max(now, end)
            queue = queueing.corrected(queue, rate, before, took, now)
        queue, at = queueing.place(queue, rate, worst, now)
        found.append((at, used))
        ends = sorted([*ends, (at + SECOND, worst, used)])
    assert most([at for at, _ in found], [used for _, used in found]) <= 600 + 2 * max(worst for worst, _, _ in calls)


def test_more_than_expected_delays_the_next() -> None:
    queue, rate = Queue(), Rate(tokens=600)
    queue, _ = queueing.place(queue, rate, 10, 0)
    assert queueing.place(queueing.corrected(queue, rate, 10, 60, 0), rate, 10, 0)[1] == 6 * SECOND


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        ({"requests": 0}, "requests a minute"),
        ({"requests": float("nan")}, "requests a minute"),
        ({"tokens": -5}, "tokens a minute"),
        ({"tokens": float("inf")}, "tokens a minute"),
        ({"burst": 0}, "burst"),
    ],
)
def test_what_is_no_rate_is_refused(rate: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Rate(**rate)  # type: ignore[arg-type]


RATES = {
    f"{requests}-{tokens}-{burst}": Rate(requests, tokens, burst)
    for requests in (None, 0.7, 60, 997)
    for tokens in (None, 10_000, 333_333.3)
    for burst in (1, 3)
}


class Clock:
    """Both limiters' clock."""

    def __init__(self) -> None:
        self.now = 10**15

    def __call__(self) -> int:
        return self.now


Pair = tuple[Clock, list[FileLimiter | RedisLimiter]]


@pytest.fixture
def pair(tmp_path: Path, redis_url: str) -> Iterator[Pair]:
    """A limiter of each kind with one clock."""
    clock = Clock()
    file = FileLimiter(tmp_path / "limits", RATES, create=True, clock=clock)
    with closing(file), closing(RedisLimiter(redis_url, RATES, clock=clock)) as redis:
        yield clock, [file, redis]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.integers(0, 5000)),
        st.tuples(st.just("place"), st.integers(0, 5000)),
        st.tuples(st.just("pause"), st.integers(0, 30)),
        st.tuples(st.just("correct"), st.integers(0, 5000)),
        st.tuples(st.just("clock"), st.integers(-(10**9), 10**8)),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.sampled_from(list(RATES)))
def test_redis_does_the_same_to_the_microsecond(pair: Pair, steps: list[tuple[str, int]], provider: str) -> None:
    """The script on the server and the rules here are one, whatever is asked, paused, corrected, or the clock does."""
    clock, limiters = pair
    places: list[list[Permit]] = []
    for what, amount in steps:
        if what == "clock":
            clock.now += amount
        elif what == "place":
            places.append([limiter.place(provider, tokens=amount) for limiter in limiters])
        for limiter in limiters:
            if what == "pause":
                limiter.slow_down(provider, amount)
            elif what == "correct":
                limiter.correct(provider, expected=2500, used=amount)
        for one, other in places:
            assert one == other
            assert limiters[0]._left(one) == limiters[1]._left(other)
