"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.results.when import when

NOW = datetime(2026, 3, 10, 15, 30, 45, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86400.0


def at(*parts: int) -> float:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-01-31", at(2026, 1, 31), at(2026, 2, 1)),
        (" 2024-02-29 ", at(2024, 2, 29), at(2024, 3, 1)),
        ("today", at(2026, 3, 10), at(2026, 3, 11)),
        ("yesterday", at(2026, 3, 9), at(2026, 3, 10)),
        ("2026-01-31T10:30", at(2026, 1, 31, 10, 30), at(2026, 1, 31, 10, 31)),
        ("2026-01-31 10:30:15", at(2026, 1, 31, 10, 30, 15), at(2026, 1, 31, 10, 30, 16)),
        ("2026-01-31T10:30:15.25Z", at(2026, 1, 31, 10, 30, 15) + 0.25, at(2026, 1, 31, 10, 30, 15) + 0.25),
        ("2026-01-31T10:30+01:00", at(2026, 1, 31, 9, 30), at(2026, 1, 31, 9, 31)),
        ("90m", NOW - 1.5 * HOUR, NOW - 1.5 * HOUR),
        ("12h", NOW - 12 * HOUR, NOW - 12 * HOUR),
        ("7d", NOW - 7 * DAY, NOW - 7 * DAY),
        ("2w", NOW - 14 * DAY, NOW - 14 * DAY),
        ("0d", NOW, NOW),
    ],
)
def test_a_text_names_a_stretch_of_time(text: str, start: float, end: float) -> None:
    """A day, a minute, a second, or a moment: as much as is said."""
    assert when(text, NOW, UTC) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "7", "d", "7y", "-7d", "1.5d", "9999999d", "2026", "2026-13-01", "2026-02-30", "2026-1-1", "20260131"),
        *("31.1.2026", "2026-01-31T25:00", "2026-01-31T10", "2026-01-31Z", "2026-01-31T10:30:15.1234567", "\uff19d"),
        *("9999-12-31", "\x1b[2J", "x" * 9999),
    ],
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(SpecError, match=r"is no time: .*; expected 2026-01-31") as caught:
        when(text, NOW, UTC)
    assert len(str(caught.value)) < 300


def test_days_are_those_of_the_zone() -> None:
    """Also where one has 23 hours: clocks go forward in New York on 2026-03-08."""
    zone = ZoneInfo("America/New_York")
    assert when("2026-03-08", NOW, zone) == (at(2026, 3, 8, 5), at(2026, 3, 9, 4))
    late = datetime(2026, 3, 9, 2, tzinfo=UTC).timestamp()
    assert when("today", late, zone) == (at(2026, 3, 8, 5), at(2026, 3, 9, 4))
    assert when("2026-03-08T12:00Z", NOW, zone)[0] == at(2026, 3, 8, 12)


def test_without_a_zone_it_is_this_machines() -> None:
    assert when("2026-01-31", NOW)[0] == datetime(2026, 1, 31).timestamp()


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)))
def test_a_moment_lies_in_its_day_its_minute_and_its_second(moment: datetime) -> None:
    stamp = moment.replace(tzinfo=UTC).timestamp()
    for text in (f"{moment:%Y-%m-%d}", f"{moment:%Y-%m-%dT%H:%M}", f"{moment:%Y-%m-%d %H:%M:%S}"):
        start, end = when(text, 0.0, UTC)
        assert start <= stamp < end
    day, next_day = when(f"{moment:%Y-%m-%d}", 0.0, UTC), when(f"{moment + timedelta(days=1):%Y-%m-%d}", 0.0, UTC)
    assert day[1] == next_day[0]


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        start, end = when(text, NOW, UTC)
    except SpecError:
        return
    assert start <= end
