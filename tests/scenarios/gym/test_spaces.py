"""Gymnasium's spaces in our words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.scenarios.gym.spaces import BadActionError, as_json, menu, numbers, shape_of, to_action, told, width

from .gyms import Arm

SPACES: dict[str, Any] = {
    "discrete": spaces.Discrete(3, start=-1),
    "box": spaces.Box(-1.5, 2.0, (2, 3), np.float32),
    "bytes": spaces.Box(0, 255, (4,), np.uint8),
    "number": spaces.Box(0.0, 1.0, (), np.float64),
    "bits": spaces.MultiBinary([2, 2]),
    "several": spaces.MultiDiscrete([2, 5, 3], start=[0, 1, -3]),
    "text": spaces.Text(4),
    "dict": spaces.Dict({"b": spaces.Discrete(2), "a": spaces.Box(0, 1, (1,))}),
    "tuple": spaces.Tuple([spaces.Discrete(2), spaces.Dict({"x": spaces.MultiBinary(2)})]),
    "arm": Arm().action_space,
}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(SPACES)), st.integers(0, 2**31))
def test_what_a_space_draws_can_be_written_down_and_read_back(name: str, seed: int) -> None:
    """Through JSON and back it is the same action of the space."""
    space = SPACES[name]
    space.seed(seed)
    drawn = space.sample()
    again = to_action(space, json.loads(json.dumps(as_json(drawn))))
    assert space.contains(again)
    assert as_json(again) == as_json(drawn)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("discrete", 2, "a whole number from -1 to 1, not 2"),
        ("discrete", True, "not True"),
        ("discrete", 1.0, "not 1.0"),
        ("discrete", "1e3", "not '1e3'"),
        ("discrete", 10**30, "a whole number"),
        ("box", [[0, 0, 0], [0, 0]], r"nested lists of the shape \[2, 3\] of numbers from -1.5 to 2"),
        ("box", [[0, 0, 0], [0, 0, 9]], "from -1.5 to 2"),
        ("box", [[0, 0, 0], [0, 0, "x"]], "not "),
        ("bytes", [0, 0, 0, 256], "whole numbers from 0 to 255"),
        ("bytes", [0, 0, 0, 0.5], "whole numbers"),
        ("bytes", [-1, 0, 0, 0], "whole numbers"),
        ("number", [0.1, 0.2], "a number from 0 to 1"),
        ("bits", [[0, 1], [1, 2]], "of 0 and 1"),
        ("several", [0, 1], r"from \[0, 1, -3\] to \[1, 5, -1\]"),
        ("several", [0, 6, -1], "a list of 3"),
        ("text", "too long", "a text of 1 to 4"),
        ("dict", {"a": [0.5]}, "a mapping: "),
        ("tuple", [1], "a list: "),
        ("tuple", {"0": 1}, "a list: "),
        ("box", None, "not None"),
    ],
)
def test_what_is_no_action_is_refused_with_what_would_be_one(name: str, value: Any, said: str) -> None:
    with pytest.raises(BadActionError, match=said):
        to_action(SPACES[name], value)


def test_nan_is_no_action() -> None:
    """Should one get so far."""
    with pytest.raises(BadActionError):
        to_action(SPACES["number"], float("nan"))


def test_a_space_that_cannot_be_written_down_says_so() -> None:
    graph = spaces.Graph(spaces.Discrete(2), None)
    assert "`sample` draws one" in shape_of(graph)
    with pytest.raises(BadActionError, match="Graph"):
        to_action(graph, [1])


def test_a_small_discrete_space_is_listed_and_anything_else_is_drawn() -> None:
    """So that whoever draws uniformly among the listed ones acts uniformly over the space."""
    assert [dict(spec.params) for spec in menu(SPACES["discrete"])] == [{"action": "-1"}, {"action": "0"}, {"action": "1"}]
    assert [to_action(SPACES["discrete"], spec.params["action"]) for spec in menu(SPACES["discrete"])] == [-1, 0, 1]
    assert [spec.name for spec in menu(SPACES["box"])] == [spec.name for spec in menu(spaces.Discrete(1000))] == ["sample"]


def test_numbers_are_named_by_where_they_stand() -> None:
    space = spaces.Dict({"arm": spaces.Dict({"angle": spaces.Box(0, 9, (1, 2))}), "two": spaces.Tuple([spaces.Discrete(5)])})
    value = {"arm": {"angle": np.array([[1.0, 2.0]])}, "two": (np.int64(4),)}
    assert dict(numbers(space, value)) == {"arm.angle[0,0]": 1.0, "arm.angle[0,1]": 2.0, "two[0]": 4.0}
    assert dict(numbers(spaces.Discrete(5), 3)) == {"obs": 3.0}
    assert dict(numbers(spaces.Box(0, 9, (2,)), [1, 2])) == {"obs[0]": 1.0, "obs[1]": 2.0}


@pytest.mark.parametrize("name", sorted(set(SPACES) - {"text", "arm"}))
def test_a_space_is_as_wide_as_what_is_seen_of_it(name: str) -> None:
    seen = dict(numbers(SPACES[name], SPACES[name].sample()))
    assert len(seen) == width(SPACES[name])
    assert width(spaces.Tuple([SPACES[name], SPACES["text"]])) is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("box", np.zeros(2), r"has the shape \(2,\), its space \(2, 3\)"),
        ("number", "much", "no number"),
        ("dict", {"a": [0.0]}, "mapping"),
        ("tuple", [1], "tuple"),
    ],
)
def test_an_observation_that_is_not_what_its_space_says_is_an_error(name: str, value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        dict(numbers(SPACES[name], value))


def test_what_json_cannot_hold_is_left_out_of_what_is_told() -> None:
    told_so = told({"a": np.int64(1), "b": object(), "c": {"d": float("nan")}, "e": (1, np.arange(2)), 3: "x"})
    assert told_so == {"a": 1, "e": [1, [0, 1]], "3": "x"}
    assert told(None) == {}
