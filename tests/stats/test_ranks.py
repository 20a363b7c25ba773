"""Rank statistics agree with published numbers, and say when they cannot tell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Lead, Trend
from pytest_alienbio.stats.ranks import rank_trend, signed_ranks

NUMBERS = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=3, max_size=30)


def test_spearman_of_a_published_example() -> None:
    """Ten pairs of hours of television and IQ: rho = -29/165, p = 0.627188."""
    iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    found = rank_trend(iq, hours)
    assert found.n == 10
    assert found.rho == pytest.approx(-29 / 165, abs=1e-12)
    assert found.p == pytest.approx(0.627188, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(NUMBERS)
def test_spearman_goes_by_order_alone(pairs: list[tuple[int, int]]) -> None:
    """Stretching one side changes nothing; turning it round turns the sign; both ways about the same p."""
    x, y = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    found, stretched, turned = rank_trend(x, y), rank_trend([v**3 for v in x], y), rank_trend([-v for v in x], y)
    assert found == stretched
    if found.rho is None:
        assert turned.rho is None
        assert found.why
    else:
        assert turned.rho == pytest.approx(-found.rho, abs=1e-12)
        assert -1 - 1e-12 <= found.rho <= 1 + 1e-12
        assert turned.p == pytest.approx(found.p, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        ([], [], "0 of at least 3 pairs"),
        ([1.0, 2.0], [1.0, 2.0], "2 of at least 3 pairs"),
        ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], "one level only"),
        ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0], "all scores are equal"),
    ],
)
def test_a_correlation_that_cannot_be_told(x: list[float], y: list[float], why: str) -> None:
    """Missing, with the reason; never 0 or NaN."""
    assert rank_trend(x, y) == Trend(len(x), why=why)


def test_sides_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="two sides of one length, got 1 and 2"):
        rank_trend([1.0], [1.0, 2.0])


def test_wilcoxon_of_a_published_example() -> None:
    """Wilcoxon's maize (Snedecor and Cochran; scipy's own example): W = 24 of 28 for d < 0, exact two-sided p 0.041259766."""
    differences = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
    found = signed_ranks("cross", "self", [(d / 8, 0.0) for d in differences])
    assert (found.better, found.worse, found.n) == ("cross", "self", 15)
    assert found.difference == pytest.approx(sum(differences) / 8 / 15, abs=1e-12)
    assert found.p == pytest.approx(0.041259765625 / 2, abs=1e-12)


FEW, MANY = (st.lists(st.integers(-40, 40), min_size=low, max_size=high) for low, high in ((1, 8), (14, 40)))
"""Worlds' differences, with the exact distribution, also of equal ones, and without. In between scipy tries all signs out."""


@settings(deadline=None, max_examples=25)
@given(FEW | MANY)
def test_wilcoxon_asks_in_one_direction(differences: list[int]) -> None:
    """Both directions cannot be likely, equal worlds count for the mean alone, and the larger mean rank wins."""
    pairs = [(float(d), 0.0) for d in differences]
    one, other = signed_ranks("a", "b", pairs), signed_ranks("b", "a", [(b, a) for a, b in pairs])
    padded = signed_ranks("a", "b", [*pairs, (0.5, 0.5)])
    assert one.p == padded.p
    assert padded.n == one.n + 1
    assert one.difference is not None
    assert other.difference == pytest.approx(-one.difference, abs=1e-12)
    if one.p is None or other.p is None:
        assert not any(differences)
    else:
        assert one.p + other.p >= 1 - 1e-9


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], Lead("a", "b", 0, why="no world that both were scored on")),
        ([(0.3, 0.3), (0.0, 0.0)], Lead("a", "b", 2, 0.0, why="they score the same on every world")),
    ],
)
def test_a_comparison_that_cannot_be_told(pairs: list[tuple[float, float]], expected: Lead) -> None:
    assert signed_ranks("a", "b", pairs) == expected
