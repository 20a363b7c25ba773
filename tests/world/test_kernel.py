"""One text, two ways to run it: bit for bit the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.world.chemistry import Molecule, Reaction
from pytest_alienbio.world.kernel import build
from pytest_alienbio.world.populations import Species
from pytest_alienbio.world.state import World

from .parts import rich

WORLD = rich()
KERNEL = build(WORLD)


@given(st.lists(st.lists(st.floats(0, 50), min_size=KERNEL.size, max_size=KERNEL.size), min_size=1, max_size=5))
def test_rows_and_floats_give_the_same_bits(states: list[list[float]]) -> None:
    """Whatever the batch's width and the position in it."""
    rows = np.array(states).T
    batch = np.array(KERNEL.rows(rows.shape[1])(*rows))
    single = np.array([KERNEL.derive(*state) for state in states]).T
    assert batch.tobytes() == single.tobytes()


def test_every_derivative_has_the_batch_shape() -> None:
    """Also that of a molecule nothing happens to."""
    kernel = build(World({"inert": Molecule(1.0)}, {}))
    assert [row.shape for row in kernel.rows(3)(np.ones(3))] == [(3,)]


def test_a_kernel_sees_no_builtins() -> None:
    """The generated function has nothing to call."""
    assert KERNEL.derive.__globals__["__builtins__"] == {}


def test_a_negative_rate_is_refused() -> None:
    """Before any text is made of it."""
    with pytest.raises(ValueError, match="not negative"):
        build(World({}, {"p": Species(1.0, growth=-1.0, death=0.1)}))


def test_an_unknown_variable_is_refused() -> None:
    """A reaction between molecules that are not there."""
    with pytest.raises(KeyError):
        build(World({"a": Molecule()}, {}, reactions=(Reaction({"b": 1.0}, {"a": 1.0}, 0.1),)))
