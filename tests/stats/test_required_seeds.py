"""How many seeds: the figures of the statistics page, scipy's and statsmodels' numbers, and the laws between them."""

from __future__ import annotations

import subprocess
import sys
from math import comb, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestPower

from pytest_alienbio.stats import detectable_drop, required_seeds
from pytest_alienbio.stats.required_seeds import chance, fewest_seeds, upper_sd, z_sum


@pytest.mark.parametrize(("tests", "paired", "same", "thirty"), [(1, 5, 3, 1), (12, 8, 5, 2), (100, 11, 7, 3)])
def test_the_fewest_seeds_that_can_reject(tests: int, paired: int, same: int, thirty: int) -> None:
    """Sign flips, two samples of one size, and a baseline of 30 runs: 2^-n and 1/C(N, n), counted."""
    level = 0.05 / tests
    assert fewest_seeds(level) == paired == next(n for n in range(1, 99) if 2.0**-n <= level)
    assert fewest_seeds(level, paired=False) == same == next(n for n in range(1, 99) if 1 / comb(2 * n, n) <= level)
    assert fewest_seeds(level, paired=False, n_base=30) == thirty
    assert thirty == next(n for n in range(1, 99) if 1 / comb(30 + n, n) <= level)


@pytest.mark.parametrize(("drop", "leaf", "twenty"), [(0.05, 224, 12), (0.1, 58, 3), (0.2, 16, 1)])
def test_the_scale_of_things(drop: float, leaf: int, twenty: int) -> None:
    """One leaf needs hundreds of seeds for what twenty scenarios together show with twelve."""
    assert required_seeds(drop, 0.3).n == leaf
    found = required_seeds(drop, 0.3, scenarios=20)
    assert (found.n, found.total_cells) == (twenty, 20 * twenty)


@pytest.mark.parametrize("drop", [0.05, 0.1, 0.2, 0.35])
def test_one_leaf_is_the_least_n_that_statsmodels_finds_strong_enough(drop: float) -> None:
    found = required_seeds(drop, 0.3)
    power = TTestPower().power(drop / 0.3, found.n, 0.05, alternative="larger")
    assert found.n is not None
    assert found.power_at_n == pytest.approx(power, abs=1e-9)
    assert power >= 0.8 > TTestPower().power(drop / 0.3, found.n - 1, 0.05, alternative="larger") or found.n == found.floor


def test_two_samples_are_the_noncentral_t_of_both_sizes() -> None:
    n, base, sigma = 12, 30, 0.2
    shift = 0.15 / (sigma * sqrt(1 / n + 1 / base))
    power = 1 - stats.nct.cdf(stats.t.ppf(0.95, n + base - 2), n + base - 2, shift)
    assert chance(0.15, sigma * sqrt(2), n, 0.05, paired=False, n_base=base) == pytest.approx(power, abs=1e-9)


@pytest.mark.parametrize(("n", "level"), [(2, 0.05), (2, 0.0005), (3, 0.001), (12, 1e-5)])
def test_the_chance_goes_on_where_the_noncentral_t_underflows(n: int, level: float) -> None:
    """A drop of many standard errors: from one side of the seam to the other nothing jumps."""
    below, above = (chance(size / sqrt(n), 1.0, n, level) for size in (35.9999, 36.0001))
    assert above == pytest.approx(below, abs=1e-4)
    assert chance(1e6, 1.0, n, level) == pytest.approx(1.0, abs=1e-6)


def test_a_small_pilot_counts_for_what_it_is_worth() -> None:
    """Its spread is taken at its 80 % upper limit; which fades as the pilot grows."""
    differences = [0.1, -0.2, 0.3, 0.0, 0.25]
    sd, df = stats.tstd(differences), 4
    limit = sd * sqrt(df / stats.chi2.ppf(0.2, df))
    assert upper_sd(sd, df) == pytest.approx(limit, abs=1e-12)
    found = required_seeds(0.1, pilot=differences)
    assert required_seeds(0.1, sd, pilot=5).n == found.n
    assert found.sd_diff == pytest.approx(limit, abs=1e-12)
    assert found.n == required_seeds(0.1, limit).n
    assert upper_sd(sd, 1e6) == pytest.approx(sd, rel=1e-2)


def test_nothing_known_is_the_worst_that_scores_from_0_to_1_can_be() -> None:
    assert required_seeds(0.1).sd_diff == pytest.approx(sqrt(0.5))
    assert required_seeds(0.1, mean=0.9).sd_diff == pytest.approx(sqrt(2 * 0.09))


def test_a_baseline_that_is_too_small_is_said_and_not_searched() -> None:
    """Its own error alone is larger than the drop allows."""
    found = required_seeds(0.05, 0.3, paired=False, n_base=20)
    assert (found.n, found.total_cells, found.power_at_n) == (None, None, None)
    assert "the baseline is too small" in found.note
    large = required_seeds(0.05, 0.3, paired=False, n_base=400)
    assert large.n is not None
    by_hand = 1 / (0.05**2 / (z_sum(0.05, 0.8) ** 2 * 0.3**2 / 2) - 1 / 400)
    assert large.n in (int(by_hand) + 1, int(by_hand) + 2)


def test_the_least_baseline_that_is_told_of_is_where_it_starts_to_work() -> None:
    """`at best one above X`: just above it some number of seeds does it, below it none."""
    best = float(required_seeds(0.05, 0.3, paired=False, n_base=20).note.partition("above ")[2].partition(")")[0])
    assert required_seeds(best * 1.01, 0.3, paired=False, n_base=20).n is not None
    assert required_seeds(best * 0.99, 0.3, paired=False, n_base=20).n is None


def test_on_new_scenarios_more_seeds_may_not_help() -> None:
    """What scenarios differ among themselves stays, however many seeds each has."""
    found = required_seeds(0.05, 0.3, population=True, between=0.1, scenarios=20)
    assert found.n is None
    assert found.note.startswith("more seeds cannot help: add scenarios, at least 25 in all")
    assert found.scenarios_needed == 25
    assert required_seeds(0.05, 0.3, population=True, between=0.1, scenarios=24).n is None
    enough = required_seeds(0.05, 0.3, population=True, between=0.1, scenarios=25)
    assert enough.n is not None
    assert enough.power_at_n is not None
    assert enough.power_at_n >= 0.8
    few = required_seeds(0.5, 0.3, population=True, between=0.0, scenarios=4)
    assert (few.n, few.scenarios_needed) == (None, 5)
    assert "relabelled" in few.note


def test_no_spread_leaves_the_floor_and_says_so() -> None:
    found = required_seeds(0.1, 0.0, tests=12)
    assert (found.n, found.floor) == (8, 8)
    assert "the spread is 0" in found.note
    assert "fewer than 8 can never reject" in found.note


cases = st.fixed_dictionaries(
    {
        "drop": st.floats(0.01, 0.6),
        "sd_diff": st.floats(0.01, 1.0),
        "scenarios": st.integers(1, 50),
        "tests": st.integers(1, 50),
        "paired": st.booleans(),
        "n_base": st.none() | st.integers(1, 60),
    }
)


@given(cases)
def test_the_plan_does_what_it_says(case: dict[str, Any]) -> None:
    """With n the chance is at least the one asked for, with one less it is not (or n is the floor); the inverse agrees."""
    found = required_seeds(**case)
    if found.n is None:
        assert not case["paired"]
        return
    assert found.power_at_n is not None
    assert found.power_at_n >= 0.8 - 1e-9
    terms = {name: case[name] for name in ("scenarios", "paired", "n_base")}
    if found.n > max(found.floor or 1, 2 if case["scenarios"] == 1 else 1):
        assert chance(case["drop"], case["sd_diff"], found.n - 1, 0.05 / case["tests"], **terms) < 0.8
    size = detectable_drop(found.n, case["sd_diff"], tests=case["tests"], **terms)
    assert size == found.detectable_at
    assert size is not None
    assert size <= case["drop"] * (1 + 1e-9)


@given(cases, st.floats(1.0, 3.0))
def test_more_spread_or_less_drop_takes_no_fewer_seeds(case: dict[str, Any], factor: float) -> None:
    """And only their ratio counts: a metric in other units needs the same."""
    found = required_seeds(**case).n
    harder = required_seeds(**{**case, "sd_diff": case["sd_diff"] * factor}).n
    assert harder is None or (found is not None and harder >= found)
    scaled = required_seeds(**{**case, "sd_diff": case["sd_diff"] * 1024, "drop": case["drop"] * 1024}).n
    assert scaled == found


@pytest.mark.parametrize("terms", [{}, {"n_base": 30, "paired": False}, {"population": True, "between": 0.1}])
@pytest.mark.parametrize(("drop", "sd_diff"), [(1e-300, 0.3), (0.1, 1e300), (1e-9, 0.3), (1e300, 1e-300), (1e300, 1e300)])
def test_no_size_is_too_odd(drop: float, sd_diff: float, terms: dict[str, Any]) -> None:
    """What would take more seeds than there can be has none, and says so."""
    found = required_seeds(drop, sd_diff, scenarios=6, **terms)
    assert (found.n is None) == (sd_diff / drop > 1e6)
    assert bool(found.note) or found.n is not None


def test_a_tolerance_is_what_a_drop_must_exceed() -> None:
    assert required_seeds(0.15, 0.3, tol=0.05).n == required_seeds(0.1, 0.3).n
    assert detectable_drop(58, 0.3, tol=0.05) == pytest.approx(0.05 + (detectable_drop(58, 0.3) or 0))


@pytest.mark.parametrize(
    "wrong",
    [
        {"drop": 0.0},
        {"drop": float("nan")},
        {"tol": 0.1},
        {"tol": -0.1},
        {"alpha": 0.0},
        {"alpha": 2.0},
        {"power": 0.01},
        {"power": 1.0},
        {"scenarios": 0},
        {"tests": 0},
        {"n_base": 0},
        {"sd_diff": -1.0},
        {"sd_diff": float("inf")},
        {"pilot": [0.1]},
        {"pilot": 3, "sd_diff": None},
        {"pilot": 1},
        {"pilot": [0.1, 0.2], "sd_diff": 0.1},
        {"mean": 1.5, "sd_diff": None},
        {"population": True},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"got|says nothing|not both"):
        required_seeds(**{"drop": 0.1, "sd_diff": 0.3, **wrong})


def test_few_seeds_detect_nothing_rather_than_a_number() -> None:
    assert detectable_drop(4, 0.3) is None
    assert detectable_drop(5, 0.3) == pytest.approx(z_sum(0.05, 0.8) * 0.3 / sqrt(5))


def test_the_closed_forms_take_neither_numpy_nor_scipy() -> None:
    """A gate asks for them after every run."""
    code = (
        "import sys; from pytest_alienbio.stats.required_seeds import detectable_drop, required_seeds;"
        "detectable_drop(5, 0.3); required_seeds(0.1, 0.3, scenarios=20);"
        "print([name for name in ('numpy', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
