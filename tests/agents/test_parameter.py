"""Numbers for agents."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents.parameter import number
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
