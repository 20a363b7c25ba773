"""Evidence that may be looked at after every cell: counted out over all outcomes, not drawn."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.stats.sequential import evidence_above, evidence_worse, fewest

SIZES = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(SIZES)
def test_if_nothing_changed_it_is_one_on_average_whatever_the_sizes(sizes: list[float]) -> None:
    """Given how far two runs differ in each cell, either is as often above: every pattern of signs is as likely."""
    found = [
        evidence_worse([sign * size for sign, size in zip(signs, sizes, strict=True)])
        for signs in product((1, -1), repeat=len(sizes))
    ]
    assert sum(found) / len(found) == pytest.approx(1)


@pytest.mark.parametrize("sizes", [[1.0] * 9, [0.5**at for at in range(9)], [1.0, 0.01] * 4], ids=["equal", "falling", "mixed"])
def test_looking_after_every_cell_raises_no_more_false_alarms(sizes: list[float]) -> None:
    """Over all patterns of signs, the share that ever comes to 1/alpha."""
    highest = []
    for signs in product((1, -1), repeat=len(sizes)):
        drops = [sign * size for sign, size in zip(signs, sizes, strict=True)]
        highest.append(max(evidence_worse(drops[: at + 1]) for at in range(len(drops))))
    for alpha in (0.5, 0.3, 0.1, 0.05, 0.01):
        assert sum(one >= 1 / alpha for one in highest) / len(highest) <= alpha
    assert max(highest) > 10


def test_a_drop_in_every_cell_is_shown_by_a_dozen_of_them() -> None:
    """However small it is: the scale is the drops' own. Cells without a difference say nothing."""
    for size in (1e-6, 0.3, 1e5):
        assert evidence_worse([size] * 12) > 400
        assert evidence_worse([0.0, size] * 6) == pytest.approx(evidence_worse([size] * 6))
    assert evidence_worse([]) == evidence_worse([0.0] * 9) == 1
    assert evidence_worse([-1.0] * 2000) < 0.2
    assert evidence_worse([1.0] * 5000) == pytest.approx(1.0142320547350045e304)  # and not infinity


@settings(max_examples=50, deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(0.01, 1.0), st.integers(1, 7))
def test_values_with_just_that_mean_give_one_on_average(at: float, above: float, n: int) -> None:
    """Two values, the floor and one above, with the chances that make their mean `at`."""
    low, high = -1.0, at + above
    chance = (at - low) / (high - low)
    total = sum(
        evidence_above([high if one else low for one in ones], at, floor=low)
        * chance ** sum(ones)
        * (1 - chance) ** (n - sum(ones))
        for ones in product((0, 1), repeat=n)
    )
    assert total == pytest.approx(1)


def test_scenarios_with_other_means_give_no_more_than_one_if_the_mean_over_them_is_at_the_bound() -> None:
    """One half of the cells above, the other below: after whole rounds it is evidence of nothing. Weights count, too."""
    assert evidence_above([0.3, -0.3] * 10, 0.0, floor=-1.0) < 1
    assert evidence_above([0.3, -0.1, -0.1, -0.1] * 5, 0.0, floor=-1.0, weights=[1, 1, 1, 1] * 5) < 1
    assert evidence_above([0.3, -0.3, -0.3] * 10, 0.0, floor=-1.0, weights=[1, 0.5, 0.5] * 10) < 1


def test_a_rare_collapse_cannot_be_ruled_out_by_a_few_cells_that_agree() -> None:
    """A drop of 0.1 may be one cell in ten that falls to 0: ten like ones are met without it in a third of all cases."""
    assert evidence_above([0.0] * 10, -0.1, floor=-1.0) < 3
    needed = fewest(-0.1, floor=-1.0, best=0.0, alpha=0.01)
    assert needed is not None
    assert 0.9**needed < 0.01
    assert evidence_above([0.0] * needed, -0.1, floor=-1.0) >= 100 > evidence_above([0.0] * (needed - 1), -0.1, floor=-1.0)
    assert fewest(0.0, floor=-1.0, best=0.0, alpha=0.05) is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="must lie below"):
        evidence_above([0.0], -1.0, floor=-1.0)
    with pytest.raises(ValueError, match="lies below the floor"):
        evidence_above([-1.1], 0.0, floor=-1.0)
