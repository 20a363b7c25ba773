"""An estimate as people see it: the number, how sure it is, and what it stands on."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Estimate, Interval


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.43, Interval(0.39, 0.47), 120, unit="worlds"), "0.430 [0.390, 0.470] (n = 120 worlds)"),
        (
            Estimate(0.43, Interval(0.39, 0.47), 120, {"timed_out": 2, "agent_error": 1}, unit="worlds"),
            "0.430 [0.390, 0.470] (n = 120 worlds, 3 missing: 2 timed_out, 1 agent_error)",
        ),
        (Estimate(15234.6, Interval(14100.0, 16300.0), 9), "15235 [14100, 16300] (n = 9)"),
        (Estimate(0.5, None, 1, why="one world", unit="worlds"), "0.5 (n = 1 worlds; one world)"),
        (Estimate(0.5, None, 3, mark="degenerate", why="no spread seen"), "0.5 (n = 3; degenerate; no spread seen)"),
        (Estimate(1.0, Interval(1.0, 1.0), 3, mark="exact"), "1.000 [1.000, 1.000] (n = 3; exact)"),
        (
            Estimate(None, missing={"lost": 2}, why="no cell has a score"),
            "missing (n = 0, 2 missing: 2 lost; no cell has a score)",
        ),
        (
            Estimate(0.1, Interval(0.0, 0.2), 4, notes=("C = 4 families only",)),
            "0.10 [0.00, 0.20] (n = 4; C = 4 families only)",
        ),
    ],
)
def test_as_text_it_says_what_it_stands_on(estimate: Estimate, text: str) -> None:
    """Digits as many as the interval warrants; what is missing is counted by why, and never a number."""
    assert str(estimate) == f"{estimate}" == text


def test_it_is_a_number_where_it_has_a_value() -> None:
    assert float(Estimate(0.43)) == 0.43
    assert f"{Estimate(0.4321):.2f}" == "0.43"


def test_a_missing_value_is_no_number() -> None:
    """Neither 0 nor NaN: who asks for one is told why there is none."""
    with pytest.raises(ValueError, match="no value: no cell has a score"):
        float(Estimate(None, why="no cell has a score"))
    assert f"{Estimate(None):.2f}" == "missing"
