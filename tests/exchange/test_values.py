"""Cells of tables as values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.exchange import values
from pytest_alienbio.model import Outcome


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_comes_back(number: float) -> None:
    """To the last bit, however it is spelled."""
    assert values.number(repr(number)) == values.number(number) == number


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_every_whole_number_of_64_bits_comes_back(number: int) -> None:
    assert values.whole(str(number)) == values.whole(number) == values.whole(f"{number}.0") == number


@given(st.integers(1, 4_000_000_000_000_000))
def test_times_keep_the_microsecond(microseconds: int) -> None:
    when = datetime.fromtimestamp(0, UTC).timestamp() + microseconds / 1_000_000
    moment = datetime.fromtimestamp(when, UTC)
    assert values.time(moment.isoformat()) == values.time(moment) == pytest.approx(when, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2026-01-01", 1767225600.0), ("2026-01-01T01:00:00+01:00", 1767225600.0), (" 2026-01-01 00:00:00Z ", 1767225600.0)],
)
def test_times_without_an_offset_are_utc(text: str, seconds: float) -> None:
    assert values.time(text) == seconds


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (values.number, True),
        (values.number, None),
        (values.number, 10**400),
        (values.number, "1_000"),
        (values.whole, 2**63),
        (values.whole, 1.5),
        (values.whole, False),
        (values.truth, "maybe"),
        (values.truth, 2),
        (values.time, "yesterday"),
        (values.time, 1767225600),
        (values.mapping, "[1]"),
        (values.mapping, '{"a": NaN}'),
        (values.mapping, "{" * 100_000),
        (values.mapping, {1: 2}),
        (values.words, 3),
        (values.text, [1]),
    ],
)
def test_what_is_none_says_so(reader: Callable[[object], object], value: object) -> None:
    """In one short sentence."""
    with pytest.raises(ValueError, match=r"^.{5,200}$"):
        reader(value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1", 1), ("1.0", 1.0), ("true", True), ("True", "True"), ("01x", "01x"), ("", ""), ([1], [1]), ("-5", -5)],
)
def test_a_param_is_what_it_is_spelled_like(cell: object, value: object) -> None:
    found = values.any_value(cell)
    assert (found, type(found)) == (value, type(value))


def test_outcomes_are_ours_or_translated() -> None:
    read = values.outcome_of({"ok": "completed"})
    assert (read("ok"), read(" lost ")) == (Outcome.COMPLETED, Outcome.LOST)
    with pytest.raises(ValueError, match=r"'okay' is no outcome; .*say what it means: --outcome okay=completed"):
        read("okay")
