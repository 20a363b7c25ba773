"""What is missing is counted; what is no number is refused."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_alienbio.stats import leaf_mean
from pytest_alienbio.stats.present import counted, magnitude, present


def test_none_is_left_out_and_nothing_else() -> None:
    assert present([0.5, None, 1, False, np.float64(0.25)]) == [0.5, 1.0, 0.0, 0.25]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), np.float64("nan")])
def test_nan_and_infinity_are_errors_and_no_data(value: float) -> None:
    """With their place, so that whoever handed them in finds them."""
    with pytest.raises(ValueError, match="at position 1"):
        present([0.5, value])


def test_missing_travels_along_by_why() -> None:
    """Reasons that were told, and a None of which none was told; what counts nothing is not named."""
    assert counted({"timed_out": 2, "agent_error": 0}, 1) == {"timed_out": 2, "no score": 1}
    assert leaf_mean([0.5, None, 0.7], missing={"timed_out": 2}).missing == {"timed_out": 2, "no score": 1}


@pytest.mark.parametrize(("values", "unit"), [([], 1.0), ([0.0], 1.0), ([-1.5, 1.0], 1.0), ([1e308, 1.0], 2.0**1023)])
def test_magnitude_is_a_power_of_two(values: list[float], unit: float) -> None:
    assert magnitude(values) == unit
