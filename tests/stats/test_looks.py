"""More looks than one at a run."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.stats.looks import conditional_power, shares


@pytest.mark.parametrize(("looks", "spent"), [(1, [1.0]), (2, [0.4, 0.6]), (3, [0.2, 0.3, 0.5]), (4, [0.1, 0.2, 0.3, 0.4])])
def test_the_usual_shares(looks: int, spent: list[float]) -> None:
    assert shares(looks) == pytest.approx(spent)


@given(st.integers(1, 50))
def test_shares_rise_and_spend_all_there_is(looks: int) -> None:
    """More at the end, where there is most to see; together no more than alpha."""
    found = shares(looks)
    assert sum(found) == pytest.approx(1.0)
    assert list(found) == sorted(found)
    assert min(found) > 0


def test_no_look_is_refused() -> None:
    with pytest.raises(ValueError, match="at once at least, got 0"):
        shares(0)


@pytest.mark.parametrize(
    ("z", "seen", "trend"), [(1.0, 0.5, 1.0), (1.5, 0.3, 0.5), (-0.5, 0.5, 1.0), (0.0, 0.3, 0.0), (2.0, 0.8, 0.0)]
)
def test_conditional_power_is_the_share_of_ends_beyond_the_bound(z: float, seen: float, trend: float) -> None:
    """Against 40,000 walks that go on from the look."""
    rng = np.random.default_rng(5)
    drift = trend * z / sqrt(seen)
    ends = z * sqrt(seen) + drift * (1 - seen) + sqrt(1 - seen) * rng.standard_normal(40_000)
    share = float((ends > 1.6448536).mean())
    assert conditional_power(z, seen, 0.05, trend=trend) == pytest.approx(share, abs=4 * sqrt(0.25 / 40_000))


@given(st.floats(-5, 5), st.floats(0, 3), st.floats(0.05, 0.95), st.floats(0.001, 0.4))
def test_a_worse_look_is_never_less_hopeful(z: float, more: float, seen: float, alpha: float) -> None:
    """Nor is a looser bound."""
    chance = conditional_power(z, seen, alpha)
    assert 0.0 <= chance <= 1.0
    assert conditional_power(z + more, seen, alpha) >= chance - 1e-12
    assert conditional_power(z, seen, min(0.9, alpha * 2)) >= chance - 1e-12


def test_what_has_no_noise_is_certain() -> None:
    assert conditional_power(inf, 0.5, 0.01) == 1.0
    assert conditional_power(-inf, 0.5, 0.01) == 0.0


@pytest.mark.parametrize(("seen", "alpha"), [(0.0, 0.05), (1.0, 0.05), (0.5, 0.0), (0.5, 1.0)])
def test_ends_are_refused(seen: float, alpha: float) -> None:
    """At the end there is nothing left to foretell."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        conditional_power(1.0, seen, alpha)
