"""A table of groups, as text."""

from __future__ import annotations

from pytest_alienbio.model import Estimate, Interval
from pytest_alienbio.results.table import figure_texts


def test_numbers_of_different_measures_have_digits_of_their_own() -> None:
    """The scores of one group are not rounded away beside the milliseconds of another."""
    mixed = [Estimate(508.2), Estimate(0.469), Estimate(0.0), Estimate(None)]
    assert figure_texts(mixed) == ["508", "0.469", "0", "-"]
    assert figure_texts([Estimate(0.469), Estimate(0.9)]) == ["0.469", "0.900"]
    sure = [Estimate(506.919, Interval(502.3, 511.6)), Estimate(0.4, Interval(0.304, 0.496))]
    assert figure_texts(sure) == ["506.9 [502.3, 511.6]", "0.400 [0.304, 0.496]"]
