"""pass@k and pass^k, counted out."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.stats import pass_all_k, pass_at_k, population_mean

PASSES = st.integers(1, 8).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None)
@given(PASSES, st.integers(1, 8))
def test_they_are_the_shares_of_all_choices_of_k_runs(case: tuple[int, int], k: int) -> None:
    """Of every way to choose k of the n runs: how many have a pass, how many have only passes."""
    c, n = case
    some, every = pass_at_k([case], k), pass_all_k([case], k)
    if k > n:
        assert (some.value, every.value) == (None, None)
        assert some.missing == {f"fewer than {k} judged runs": 1}
        return
    choices = list(combinations([True] * c + [False] * (n - c), k))
    assert some.value == pytest.approx(np.mean([any(runs) for runs in choices]), abs=1e-12)
    assert every.value == pytest.approx(np.mean([all(runs) for runs in choices]), abs=1e-12)


@settings(deadline=None)
@given(st.lists(PASSES, min_size=1, max_size=6))
def test_one_try_is_the_pass_rate_and_more_tries_only_help_or_hurt(passes: list[tuple[int, int]]) -> None:
    """k = 1 is both; pass@k never falls with k, pass^k never rises, over the scenarios that can tell."""
    rate = np.mean([c / n for c, n in passes])
    assert pass_at_k(passes, 1).value == pytest.approx(rate)
    assert pass_all_k(passes, 1).value == pytest.approx(rate)
    fewest = min(n for _, n in passes)
    at = [pass_at_k(passes, k).value or 0 for k in range(1, fewest + 1)]
    both = [pass_all_k(passes, k).value or 0 for k in range(1, fewest + 1)]
    assert all(low <= high + 1e-12 for low, high in pairwise(at))
    assert all(high >= low - 1e-12 for high, low in pairwise(both))


def test_they_agree_with_human_evals_own_product() -> None:
    """`1 - prod_{i=n-c+1}^{n} (1 - k/i)`, as the paper's code computes it."""
    for c, n, k in ((3, 10, 5), (1, 200, 100), (0, 5, 2), (5, 5, 2), (37, 100, 10)):
        theirs = 1.0 if n - c < k else 1.0 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1))
        assert pass_at_k([(c, n)], k).value == pytest.approx(theirs, abs=1e-9)


def test_the_interval_takes_scenarios_as_the_sample() -> None:
    """And a scenario with too few runs is missing, never 0."""
    passes = [(2, 4), (4, 4), (1, 4), (0, 1)]
    found = pass_at_k(passes, 2, missing={"no cell": 1})
    assert found.missing == {"no cell": 1, "fewer than 2 judged runs": 1}
    assert found.interval == population_mean([5 / 6, 1.0, 1 / 2], bounds=(0, 1)).interval
    assert (found.n, found.method) == (3, "pass@2; t over scenarios")
    assert pass_all_k(passes, 5).why == "no scenario has 5 judged runs"
    assert pass_at_k([(1, 2)], 2).why == "one scenario alone has no spread"


@pytest.mark.parametrize(
    ("passes", "k", "match"), [([(3, 2)], 1, "between 0 and n"), ([(1, 2)], 0, "from 1"), ([(nan, 2)], 1, "n")]
)
def test_nonsense_is_refused(passes: list[tuple[int, int]], k: int, match: str) -> None:
    for make in (pass_at_k, pass_all_k):
        with pytest.raises(ValueError, match=match):
            make(passes, k)


def test_it_is_unbiased() -> None:
    """Over the binomial distribution of c, the mean of pass@k is 1 - (1-p)^k, and of pass^k it is p^k: exactly."""
    from scipy.stats import binom  # type: ignore[import-untyped, unused-ignore]

    n, p, k = 7, 0.3, 3
    chances = binom.pmf(np.arange(n + 1), n, p)
    at = sum(chance * (pass_at_k([(c, n)], k).value or 0) for c, chance in enumerate(chances))
    every = sum(chance * (pass_all_k([(c, n)], k).value or 0) for c, chance in enumerate(chances))
    assert at == pytest.approx(1 - (1 - p) ** k, abs=1e-12)
    assert every == pytest.approx(p**k, abs=1e-12)
