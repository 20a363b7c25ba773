"""Elementary effects: what they change, what they keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.world.state import Effect, apply, touched

from .parts import rich

AMOUNTS = st.floats(0, 100)


def test_the_state_is_ordered_molecules_species_controls() -> None:
    """The order indices rely on."""
    world = rich()
    assert world.variables == ("food", "waste", "poison", "product", "grazer", "hunter", "catalyst", "shelter")
    assert world.initial == (5.0, 0.2, 1.0, 0.0, 6.0, 2.0, 0.5, 1.0)


@given(AMOUNTS, AMOUNTS, st.floats(0, 1), st.floats(0.01, 1))
def test_a_move_conserves_what_it_moves(a: float, b: float, fraction: float, dose: float) -> None:
    """What leaves one place arrives at the other."""
    state = [a, b]
    apply([Effect("move", 1, fraction, source=0)], state, dose)
    assert sum(state) == pytest.approx(a + b)
    assert state[0] == pytest.approx(a * (1 - fraction * dose))


@pytest.mark.parametrize(("dose", "expected"), [(1.0, 3.5), (0.5, 6.75)])
def test_a_half_dose_scales_half_as_far(dose: float, expected: float) -> None:
    """y * (1 + (factor - 1) * dose)."""
    state = [10.0]
    apply([Effect("scale", 0, 0.35)], state, dose)
    assert state == pytest.approx([expected])


def test_effects_are_carried_out_in_their_order() -> None:
    """Adding before scaling is not scaling before adding."""
    state = [1.0]
    apply([Effect("add", 0, 1.0), Effect("scale", 0, 0.5)], state, 1.0)
    assert state == [1.0]


def test_an_unknown_effect_is_refused() -> None:
    """Never skipped."""
    with pytest.raises(ValueError, match="no such effect: 'explode'"):
        apply([Effect("explode", 0, 1.0)], [1.0], 1.0)


def test_touched_names_sources_and_targets_once() -> None:
    """What a batch has to copy for an action."""
    assert touched([Effect("move", 3, 0.5, source=1), Effect("add", 3, 1.0)]) == (1, 3)
