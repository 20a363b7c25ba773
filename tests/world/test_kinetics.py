"""The equations as text: what they say and what never gets into them."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from pytest_alienbio.world.chemistry import Flow, Molecule, Reaction
from pytest_alienbio.world.kernel import build
from pytest_alienbio.world.kinetics import equations, rate
from pytest_alienbio.world.populations import Need, Species
from pytest_alienbio.world.state import World

from .parts import rich


@pytest.mark.parametrize("number", [math.nan, math.inf, -1e-9])
def test_a_rate_that_is_no_rate_is_refused(number: float) -> None:
    """Only finite numbers from 0 on get into the text."""
    with pytest.raises(ValueError, match="finite and not negative"):
        rate(number)


def test_numpy_floats_are_written_as_plain_ones() -> None:
    """`repr` of a numpy float is no literal; the text holds plain floats whatever came in."""
    source = build(World({"m": Molecule(1.0, inflow=np.float64(0.5), decay=np.float64(0.25))}, {})).source
    assert "0.5 - 0.25*s0" in source


def test_the_text_holds_only_arithmetic_on_numbers_and_indices() -> None:
    """No name a user chose appears in what is compiled."""
    lines, derivatives = equations(rich())
    for text in (*lines, *derivatives):
        assert not re.search(r"food|waste|poison|grazer|hunter|catalyst", text)
        assert re.fullmatch(r"(?:[suvhbqwpf]\d+(?:_\d+)?|[-+*/()= ]|\d+\.?\d*(?:e-?\d+)?)+", text), text


def test_the_derivatives_are_the_documented_ones() -> None:
    """dn/dt = n (g - d - gamma n - 1/2 c^2/((2k)^2 + c^2)); dm/dt = I - decay c + n (e - q g)."""
    food, poison, n = 3.0, 1.2, 7.0
    world = World(
        {"food": Molecule(food, inflow=1.1, decay=0.2), "poison": Molecule(poison, decay=0.3)},
        {
            "p": Species(
                n,
                0.9,
                0.25,
                crowding=0.012,
                needs={"food": Need(1.5, 0.06)},
                poisons={"poison": 2.0},
                excretes={"poison": 0.01},
            )
        },
    )
    g = 0.9 * food / (1.5 + food) * 2.0 / (2.0 + poison)
    expected = [
        1.1 - 0.2 * food - n * 0.06 * g,
        -0.3 * poison + n * 0.01,
        n * (g - 0.25 - 0.012 * n - 0.5 * poison**2 / (4.0**2 + poison**2)),
    ]
    assert build(world).derive(food, poison, n) == pytest.approx(expected, rel=1e-14)


def test_predation_reactions_flows_and_controls_follow_their_formulas() -> None:
    """Holling II, Michaelis-Menten with catalyst and inhibitor, mass action, exchange and relaxation."""
    world = rich()
    state = dict(zip(world.variables, (4.0, 0.5, 0.8, 0.3, 5.0, 1.5, 0.6, 0.7), strict=True))
    got = dict(zip(world.variables, build(world).derive(*state.values()), strict=True))
    eaten = 0.2 * 1.5 * 5.0 * 0.7 / (1 + 0.2 * 0.45 * 5.0)
    made = 2.5 * 0.5 / (1.0 + 0.5) * 0.6 * 30.0 / (30.0 + 0.3)
    passed = 0.03 * 0.7 * (4.0 - 0.3)
    growth = 0.9 * 4.0 / (1.5 + 4.0) * 2.0 / (2.0 + 0.8)
    assert got["hunter"] == pytest.approx(1.5 * (-0.2 - 0.005 * 1.5) + 0.4 * eaten)
    assert got["grazer"] == pytest.approx(5.0 * (growth - 0.1 - 0.02 * 5.0 - 0.5 * 0.64 / (16.0 + 0.64)) - eaten)
    assert got["product"] == pytest.approx(-0.05 * 0.3 + 0.9 * made + passed)
    assert got["waste"] == pytest.approx(-0.3 * 0.5 + 0.02 * 5.0 - made + 0.05 * 0.8)
    assert got["poison"] == pytest.approx(-0.05 * 0.8)
    assert got["food"] == pytest.approx(2.0 - 0.1 * 4.0 - 5.0 * 0.08 * growth - passed)
    assert got["catalyst"] == pytest.approx(0.2 * (1.0 - 0.6))


def test_a_one_way_flow_drains_whatever_is_on_the_other_side() -> None:
    """rate * source, also uphill."""
    world = World({"a": Molecule(1.0), "b": Molecule(9.0)}, {}, flows=(Flow("a", "b", 0.4, one_way=True),))
    assert build(world).derive(1.0, 9.0) == (-0.4, 0.4)


def test_an_input_of_no_units_drives_a_reaction_and_is_not_used_up() -> None:
    """As a stimulant does."""
    world = World({"s": Molecule(), "a": Molecule()}, {}, reactions=(Reaction({"s": 0.0}, {"a": 2.0}, 0.5, {"s": 1.5}),))
    assert build(world).derive(1.5, 0.0) == (0.0, 0.5)
