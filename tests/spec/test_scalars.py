"""Plain scalars: YAML 1.2, not 1.1."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.spec.scalars import MAX_INTEGER, Scalar, ScalarError, plain_scalar, shorten, tagged_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("nUll", "nUll"),
        ("true", True),
        ("False", False),
        ("tRue", "tRue"),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("off", "off"),
        ("y", "y"),
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        ("0x1f", 31),
        ("0o17", 15),
        ("0b11", "0b11"),
        ("-0x1f", "-0x1f"),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1.5E-2", -0.015),
        ("1.2.3", "1.2.3"),
        ("12:30:00", "12:30:00"),
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        (".", "."),
        ("-", "-"),
        ("e3", "e3"),
        ("inf", "inf"),
        ("\u0663", "\u0663"),
        (str(MAX_INTEGER), MAX_INTEGER),
    ],
)
def test_plain_scalar(text: str, value: Scalar) -> None:
    """The core schema decides, and nothing of YAML 1.1."""
    found = plain_scalar(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "-1e400", str(MAX_INTEGER + 1), "9" * 5000, "0x" + "f" * 17]
)
def test_number_that_json_lacks_is_refused(text: str) -> None:
    """Missing stays missing; infinity is not a value."""
    with pytest.raises(ScalarError):
        plain_scalar(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("str", "10", "10"),
        ("int", "10", 10),
        ("float", "1", 1.0),
        ("float", "1.5", 1.5),
        ("bool", "true", True),
        ("null", "~", None),
    ],
)
def test_tagged_scalar(kind: str, text: str, value: Scalar) -> None:
    """YAML's own tags say what a scalar is."""
    assert tagged_scalar(kind, text) == value


@pytest.mark.parametrize(("kind", "text"), [("int", "1.5"), ("int", "x"), ("bool", "1"), ("float", "true"), ("null", "0")])
def test_tag_that_does_not_fit_is_refused(kind: str, text: str) -> None:
    """A tag converts nothing but a whole number to a float."""
    with pytest.raises(ScalarError, match=f"no !!{kind}"):
        tagged_scalar(kind, text)


@settings(deadline=None)
@given(st.one_of(st.integers(-MAX_INTEGER, MAX_INTEGER), st.floats(allow_nan=False, allow_infinity=False)))
def test_repr_of_a_number_reads_back(number: int | float) -> None:
    """What Python writes for a number is the same number here."""
    assert plain_scalar(repr(number)) == number


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_json_scalar_or_refused(text: str) -> None:
    """Nothing else than a JSON scalar, and never infinity."""
    try:
        value = plain_scalar(text)
    except ScalarError:
        return
    assert value is None or isinstance(value, str | bool | int | float)
    assert not isinstance(value, float) or math.isfinite(value)


def test_shorten_keeps_the_length() -> None:
    """A message never carries a page."""
    assert shorten("x" * 40) == "x" * 40
    assert shorten("x" * 41) == "x" * 37 + "..."
