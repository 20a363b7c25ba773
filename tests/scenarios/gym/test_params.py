"""What a battery may say of a Gymnasium environment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.scenarios.gym.params import GymParams, Scale, read_params

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def test_all_that_can_be_said_is_read() -> None:
    params = read_params("gym:X-v0", {"kwargs": {"a": 1}, "max_steps": 20, "score": {"low": -1, "high": 3}})
    assert params == GymParams({"a": 1}, 20, Scale(-1.0, 3.0))
    assert read_params("gym:X-v0", {}) == GymParams()


@given(FINITE, FINITE, FINITE)
def test_a_scale_is_linear_between_its_ends_and_cut_beyond(low: float, high: float, value: float) -> None:
    if not low < high:
        return
    scale = Scale(low, high)
    assert (scale.raw(low), scale.score(high)) == (0.0, 1.0)
    assert 0.0 <= scale.score(value) <= 1.0
    if low <= value <= high:
        assert scale.score(value) == pytest.approx(scale.raw(value), abs=1e-12)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"kwarg": {}}, "no param 'kwarg'; did you mean 'kwargs'?"),
        ({"kwargs": [1]}, r"`kwargs` cannot be \[1\]; expected a mapping"),
        ({"kwargs": {"max_episode_steps": 3}}, "cannot hold 'max_episode_steps'; use `max_steps`"),
        ({"kwargs": {"render_mode": "human"}}, "would open a window"),
        ({"max_steps": 0}, "`max_steps` cannot be 0; expected a whole number from 1"),
        ({"max_steps": True}, "`max_steps` cannot be True"),
        ({"max_steps": None}, "`max_steps` cannot be None"),
        ({"max_steps": 2.5}, "`max_steps` cannot be 2.5"),
        ({"score": 3}, "`score` cannot be 3; expected {low"),
        ({"score": {"low": 0}}, "no number as `high`"),
        ({"score": {"low": 0, "hihg": 1}}, "unknown key 'hihg' .did you mean 'high'"),
        ({"score": {"low": 1, "high": 1}}, "low end 1 not below its high end 1"),
        ({"score": {"low": 0, "high": float("inf")}}, "no number as `high`"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(params: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        read_params("gym:X-v0", params)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        read_params("gym:X-v0", {"kwargs": 1, "max_steps": -1, "score": [], "steps": 3})
    assert len(caught.value.complaints) == 4
