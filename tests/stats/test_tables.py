"""The textbooks' tests of pass and fail agree with statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as theirs
from statsmodels.stats.proportion import confint_proportions_2indep

from pytest_alienbio.stats import mcnemar, newcombe, wilcoxon


@pytest.mark.parametrize(("only_a", "only_b"), [(7, 1), (0, 5), (4, 4), (30, 14), (1, 0), (0, 0)])
def test_mcnemar_is_the_binomial_test(only_a: int, only_b: int) -> None:
    """statsmodels' exact one and scipy's `binomtest`; the floor is what all on one side gives."""
    found = mcnemar(only_a, only_b)
    assert found.value == pytest.approx(theirs([[3, only_a], [only_b, 2]], exact=True).pvalue, abs=1e-12)
    if only_a + only_b:
        assert found.value == pytest.approx(stats.binomtest(only_a, only_a + only_b).pvalue, abs=1e-12)
        assert found.floor == mcnemar(only_a + only_b, 0).value
    with pytest.raises(ValueError, match="not negative"):
        mcnemar(-1, 2)


@pytest.mark.parametrize(("a", "b"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((10, 10), (0, 20)), ((0, 5), (0, 7))])
def test_newcombe_is_statsmodels(a: tuple[int, int], b: tuple[int, int]) -> None:
    """The first pair is Newcombe's own example (1998, table II): 0.0524 to 0.3339."""
    found = newcombe(*a, *b)
    low, high = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=1e-9)
    if a == (56, 70):
        assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (0.0524, 0.3339)
    turned = newcombe(*b, *a)
    assert turned.value == pytest.approx(-(found.value or 0), abs=1e-12)


def test_a_rate_of_nothing_is_missing() -> None:
    found = newcombe(0, 0, 3, 4)
    assert (found.value, found.interval, found.why) == (None, None, "one side has nothing that was judged")


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_wilcoxon_is_scipys_without_the_zeros(alternative: str) -> None:
    differences = np.round(np.random.default_rng(0).normal(0.1, 0.3, 25), 1)
    found = wilcoxon(differences.tolist(), alternative)  # type: ignore[arg-type]
    moved = differences[differences != 0]
    assert found.value == pytest.approx(stats.wilcoxon(moved, alternative=alternative).pvalue, abs=1e-12)
    assert found.n == len(moved) < 25


def test_wilcoxon_says_when_it_cannot_tell() -> None:
    assert wilcoxon([]).why == "no pairs"
    assert wilcoxon([0.0, 0.0]).why == "all differences are zero"
    with pytest.raises(ValueError, match="finite number"):
        wilcoxon([float("nan")])


def test_what_is_no_count_is_refused() -> None:
    for counts in ((-1, 3), (2.5, 1)):
        with pytest.raises(ValueError, match="whole and not negative"):
            mcnemar(*counts)
