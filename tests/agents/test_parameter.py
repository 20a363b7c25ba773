"""Numbers for agents."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents.parameter import number, whole
from pytest_alienbio.errors import SpecError


def test_an_integer_becomes_a_float() -> None:
    """YAML writes 1 where 1.0 is meant."""
    value = number("greedy", "threshold", 1)
    assert value == 1.0
    assert isinstance(value, float)


@pytest.mark.parametrize("value", [True, "0.1", None, -0.1, 1.5, float("nan"), float("inf"), [0.1]])
def test_anything_else_is_refused_by_agent_name_and_range(value: object) -> None:
    """The complaint says whose parameter it is and what it may be."""
    with pytest.raises(SpecError, match=r"agent 'random': wait_probability cannot be .*a number from 0 to 1"):
        number("random", "wait_probability", value, high=1.0)


def test_an_open_range_names_its_lower_end_only() -> None:
    """Without an upper bound there is none to tell."""
    with pytest.raises(SpecError, match=r"a number of at least 0$"):
        number("greedy", "threshold", -1)


@pytest.mark.parametrize("value", [0, 3, 3.0, 2**62])
def test_a_whole_number_may_be_written_with_a_point(value: float) -> None:
    """YAML keeps 3.0 as a float."""
    found = whole("a", "n", value, high=2**63)
    assert (found, type(found)) == (value, int)


@pytest.mark.parametrize("value", [True, "3", None, -1, 11, 0.5, 1e300, float("nan"), float("inf")])
def test_no_other_is_a_whole_number(value: object) -> None:
    """And that is seen at once, however wide the range."""
    high = 2**63 if value in (0.5, 1e300) else 10
    with pytest.raises(SpecError, match=f"agent 'a': n cannot be .*a whole number from 0 to {high}"):
        whole("a", "n", value, high=high)
