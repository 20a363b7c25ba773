"""How long a cache took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pytest_alienbio.model import Json
from pytest_alienbio.resources import FileCache, TimedCache
from pytest_alienbio.resources.timed import SHORTEST_WAIT_S

KEY = "ab" * 32


class Clock:
    """`time.perf_counter`, put forward by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "perf_counter", made)
    return made


def takes(clock: Clock, seconds: float) -> Callable[[], Mapping[str, Json]]:
    """Something that takes so long to make."""

    def make() -> Mapping[str, Json]:
        clock.now += seconds
        return {"a": 1}

    return make


def yes(value: Mapping[str, Json]) -> bool:
    return True


def test_what_is_made_took_its_time(tmp_path: Path, clock: Clock) -> None:
    cache = TimedCache(FileCache(tmp_path))
    assert cache.fetch(KEY, takes(clock, 2.0), yes) == {"a": 1}
    assert (cache.made_s, cache.waited_s) == (2.0, None)


def test_what_was_there_took_none(tmp_path: Path, clock: Clock) -> None:
    """Checking it is the cell's own work, made or not."""
    FileCache(tmp_path).fetch(KEY, takes(clock, 2.0), yes)
    cache = TimedCache(FileCache(tmp_path))

    def slow(value: Mapping[str, Json]) -> bool:
        clock.now += 3.0
        return True

    cache.fetch(KEY, takes(clock, 2.0), slow)
    assert (cache.made_s, cache.waited_s) == (None, None)


@pytest.mark.parametrize(("waited", "told"), [(SHORTEST_WAIT_S * 0.9, None), (1.5, 1.5)])
def test_waiting_for_another_process_is_told_apart(clock: Clock, waited: float, told: float | None) -> None:
    class Busy:
        """Its value is ready as soon as somebody else has made it."""

        def fetch(self, key: str, make: object, verify: Callable[[Mapping[str, Json]], bool], /) -> Mapping[str, Json]:
            clock.now += waited
            assert verify({"a": 1})
            return {"a": 1}

    cache = TimedCache(Busy())
    cache.fetch(KEY, takes(clock, 2.0), yes)
    assert (cache.made_s, cache.waited_s) == (None, told)


def test_several_values_add_up_and_a_failure_counts(tmp_path: Path, clock: Clock) -> None:
    """A world that was searched for in vain took its time as well."""
    cache = TimedCache(FileCache(tmp_path))
    cache.fetch(KEY, takes(clock, 2.0), yes)

    def fails() -> Mapping[str, Json]:
        clock.now += 3.0
        raise RuntimeError("no instance")

    with pytest.raises(RuntimeError, match="no instance"):
        cache.fetch("cd" * 32, fails, yes)
    assert cache.made_s == 5.0
