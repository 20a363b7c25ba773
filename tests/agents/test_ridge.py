"""Regression with a small penalty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.ridge import Ridge

NAMES = ("a", "b", "c", "d")
entries = st.sampled_from([0.0, 1.0, -0.5, 0.25, 2.0])
rows = st.lists(st.tuples(*[entries] * 4, st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=12)


@given(rows, st.sampled_from([0.05, 0.15, 1.0]))
def test_it_is_the_solution_of_the_normal_equations(observations: list[tuple[float, ...]], penalty: float) -> None:
    """(X'X + penalty I) w = X'y, solved at once by numpy, for two responses, whatever order the features appear in."""
    ridge = Ridge(penalty)
    for *row, one, two in observations:
        ridge.learn(dict(zip(NAMES, row, strict=True)), {"one": one, "two": two})
    x = np.array([row[:4] for row in observations])
    y = np.array([row[4:] for row in observations])
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(4), x.T @ y)
    for i, response in enumerate(("one", "two")):
        for j, name in enumerate(NAMES):
            assert ridge.predict(response, {name: 1.0}) == pytest.approx(weights[j, i], abs=1e-8)


def test_what_was_never_met_is_predicted_zero() -> None:
    """No response, no feature."""
    ridge = Ridge(0.1)
    assert ridge.predict("fish", {"a": 1.0}) == 0.0
    ridge.learn({"a": 1.0}, {"fish": 1.0})
    assert ridge.predict("fish", {"b": 3.0}) == 0.0
    assert ridge.predict("crab", {"a": 1.0}) == 0.0


def test_a_missing_response_changes_no_prediction_of_it() -> None:
    """The row counts as what was predicted; the others go on learning."""
    ridge = Ridge(0.1)
    ridge.learn({"a": 1.0}, {"fish": 1.0, "crab": 1.0})
    before = ridge.predict("fish", {"a": 1.0})
    ridge.learn({"a": 1.0}, {"crab": 3.0})
    assert ridge.predict("fish", {"a": 1.0}) == before
    assert ridge.predict("crab", {"a": 1.0}) > before
