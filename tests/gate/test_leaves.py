"""What the gate's test is handed."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_alienbio.gate.leaves import Leaf, in_order, scaled


@pytest.mark.parametrize(
    ("base", "new", "paired", "said"),
    [
        ([], [], True, "at least one"),
        ([0.5], [], False, "at least one"),
        ([0.5, 0.6], [0.5], True, "2 and 1 numbers make no pairs"),
        ([0.5], [float("nan")], True, "must be a finite number, got nan"),
        ([float("inf")], [0.5], True, "must be a finite number, got inf"),
        ([[0.5]], [[0.5]], True, "one row of numbers"),
    ],
)
def test_what_makes_no_leaf_is_refused_with_its_name(base: list[float], new: list[float], paired: bool, said: str) -> None:
    with pytest.raises(ValueError, match=f"a on x: .*{said}"):
        Leaf.of("a", "x", base, new, paired=paired)


def test_scaling_is_exact_and_adds_the_tolerance_to_new_numbers() -> None:
    (found,), scale = scaled([Leaf.of("a", "x", [3e6, 5e6], [1e6, 2e6])], 1e5)
    assert scale == 2.0**22
    assert (found.levels[0].base * scale).tolist() == [3e6, 5e6]
    assert found.levels[0].new * scale == pytest.approx([1.1e6, 2.1e6])
    assert scaled([Leaf.of("a", "x", [0.0], [0.0])], 0.0)[1] == 1.0
    assert np.isfinite(scaled([Leaf.of("a", "x", [1.7e308], [-1.7e308])], 0.0)[0][0].levels[0].base).all()


def test_leaves_are_ordered_by_name() -> None:
    names = [("b", "x"), ("a", "y"), ("a", "x")]
    assert [leaf.name for leaf in in_order([Leaf.of(*name, [0.5], [0.5]) for name in names])] == sorted(names)
