"""How numbers are spelt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Interval, figures


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.834, "0.83"),
        (None, "-"),
        (0.0, "0.00"),
        (-0.0, "0.00"),
        (0.0049, "0.005"),
        (0.0036, "0.004"),
        (-0.001, "-0.001"),
        (0.00049, "0.0005"),
        (0.0002, "0.0002"),
        (0.00003, "3.0e-05"),
        (-1e-12, "-1.0e-12"),
        (0.007, "0.007"),
        (0.012, "0.01"),
        (12345.6, "12345.60"),
        (1e300, "1.0e+300"),
    ],
)
def test_scores(value: float | None, text: str) -> None:
    """Two decimals where they say something, more where they do not; missing is a dash, zero is not."""
    assert figures.score(value) == text


@settings(deadline=None)
@given(st.floats(-1e300, 1e300))
def test_a_score_never_looks_like_another_one(value: float) -> None:
    """Only zero is spelt 0.00, a sign is kept, and nothing is wider than ten characters."""
    text = figures.score(value)
    assert (float(text) == 0) == (value == 0)
    assert text.startswith("-") == (value < 0)
    assert len(text) <= 10
    assert float(text) == pytest.approx(value, rel=0.5, abs=0)


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [
        (0.83, 0.12, "0.83 ± 0.12"),
        (0.83, None, "0.83"),
        (0.83, 0.0, "0.83 ± 0"),
        (0.83, 0.004, "0.83 ± <0.01"),
        (None, None, "-"),
    ],
)
def test_spreads(mean: float | None, std: float | None, text: str) -> None:
    """One score has no spread; equal scores have exactly none; a small one is not rounded away."""
    assert figures.spread(mean, std) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(None, "-"), (0.0, "0%"), (0.001, "<1%"), (0.8, "80%"), (0.999, ">99%"), (1.0, "100%")]
)
def test_percentages(rate: float | None, text: str) -> None:
    """All and none are said only of all and none."""
    assert figures.percent(rate) == text


def test_intervals() -> None:
    """In percent for rates, in score units for means."""
    assert figures.percent_interval(Interval(0.49, 0.943)) == "[49, 94]"
    assert figures.score_interval(Interval(-0.1, 0.943)) == "[-0.10, 0.94]"


@pytest.mark.parametrize(
    ("score", "bar", "text"),
    [
        (0.31, 0.6, "score 0.31, bar 0.60"),
        (0.5996, 0.6, "score 0.5996, bar 0.6000"),
        (0.6, 0.6, "score 0.60, bar 0.60"),
        (0.31, None, "score 0.31"),
        (None, 0.6, "score -"),
        (1e300, 0.6, "score 1.0e+300, bar 0.60"),
    ],
)
def test_a_score_and_its_bar_are_told_apart(score: float | None, bar: float | None, text: str) -> None:
    """`score 0.60, bar 0.60` must not be printed for a miss."""
    assert figures.against(score, bar) == text


def test_plurals() -> None:
    """One cell, two cells."""
    assert (figures.many(1, "cell"), figures.many(1200, "cell")) == ("1 cell", "1,200 cells")


def test_narrow_intervals_warrant_a_third_decimal_in_their_whole_column() -> None:
    """Two agents 0.009 apart, each known within 0.008, are not the same."""
    assert figures.decimals([Interval(0.6, 0.7), None]) == 2
    assert figures.decimals([Interval(0.6, 0.7), Interval(0.567, 0.582)]) == 3
    assert figures.decimals([Interval(0.5, 0.5)]) == 2
    assert figures.score_interval(Interval(0.567, 0.582), 3) == "[0.567, 0.582]"
