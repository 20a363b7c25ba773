"""One step-down over all nodes."""

from __future__ import annotations

import numpy as np

from pytest_alienbio.gate.stepdown import step_down, strongest_first


def test_each_node_is_held_against_all_that_are_not_stronger() -> None:
    """Written out for four relabellings."""
    rows = [np.array([3.0, 1.0, 0.0, 2.0]), np.array([2.0, 2.5, 0.0, 1.0]), np.array([0.0, 9.0, 0.0, -1.0])]
    order, p = step_down(rows)
    assert order == [0, 1, 2]
    # Largest of all: 3, 9, 0, 2 against 3. Of the last two: 2, 9, 0, 1 against 2. Of the last: 0, 9, 0, -1 against 0.
    assert p == [0.5, 0.5, 0.75]


def test_p_never_falls_from_one_node_to_the_next() -> None:
    order, p = step_down([np.array([2.0, 3.0, 3.0, 0.0]), np.array([1.0, 0.0, 0.0, 0.0])])
    assert (order, p) == ([0, 1], [0.75, 0.75])


def test_ties_but_for_rounding_are_counted_and_the_earlier_node_is_the_stronger() -> None:
    assert strongest_first([1.0, 1.0 + 1e-12, 2.0, 1.0 - 1e-12]) == [2, 0, 1, 3]
    assert step_down([np.array([1.0, 1.0 - 1e-12])])[1] == [1.0]


def test_a_node_without_evidence_has_p_one() -> None:
    order, p = step_down([np.array([-np.inf, -np.inf]), np.array([1.0, 0.0])])
    assert (order, p) == ([1, 0], [0.5, 1.0])
