"""One unit of time: accuracy, order of events, and the same bits for one episode and for many."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.world.chemistry import Molecule
from pytest_alienbio.world.integrator import fine_enough, step, step_rows
from pytest_alienbio.world.kernel import build
from pytest_alienbio.world.populations import Species
from pytest_alienbio.world.state import Effect, Pulse, World

from .parts import one_species, rich

RICH = build(rich())
START = list(rich().initial)


def test_decay_follows_the_exponential() -> None:
    """dc/dt = -0.5 c over one unit, against the closed form."""
    kernel = build(World({"m": Molecule(2.0, decay=0.5)}, {}))
    assert step(kernel, [2.0], 0, (), 1.0, 4) == pytest.approx([2.0 * math.exp(-0.5)], rel=2e-6)


def test_crowded_growth_follows_the_logistic() -> None:
    """dn/dt = n (0.4 - 0.02 n), against the closed form."""
    kernel = build(one_species(5.0))
    exact = 20.0 / (1.0 + (20.0 / 5.0 - 1.0) * math.exp(-0.4))
    assert step(kernel, [5.0], 0, (), 1.0, 4) == pytest.approx([exact], rel=1e-7)


def test_halving_the_step_shrinks_the_error_sixteenfold() -> None:
    """The method is of fourth order."""
    ends = [np.array(step(RICH, START, 0, (), 1.0, n)) for n in (2, 4, 64)]
    coarse, fine = (np.abs(end - ends[2]).max() for end in ends[:2])
    assert 8 < coarse / fine < 32


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["wait", "add", "scale", "move"]), min_size=1, max_size=6),
    st.integers(0, 6),
    st.sampled_from([0.5, 1.0]),
    st.sampled_from([4, 8]),
)
def test_a_batch_gives_the_bits_of_single_episodes(kinds: list[str], t: int, dose: float, substeps: int) -> None:
    """Every position of a batch, whatever the others do."""
    effects = {
        "wait": (),
        "add": (Effect("add", 2, 3.0), Effect("add", 0, 1.0)),
        "scale": (Effect("scale", 4, 0.001),),
        "move": (Effect("move", 3, 0.7, source=0),),
    }
    single = np.array([step(RICH, START, t, effects[kind], dose, substeps) for kind in kinds]).T
    rows = np.repeat(np.array(START)[:, None], len(kinds), axis=1)
    events = [
        (np.array([i for i, each in enumerate(kinds) if each == kind]), effects[kind], dose) for kind in sorted(set(kinds))
    ]
    batch = step_rows(RICH, RICH.rows(len(kinds)), rows, t, events, substeps)
    assert batch.tobytes() == single.tobytes()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 60), min_size=len(START), max_size=len(START)))
def test_nothing_becomes_negative(state: list[float]) -> None:
    """From any state, in any coarseness."""
    for _ in range(3):
        state = step(RICH, state, 0, (), 1.0, 4)
    assert min(state) >= 0.0


def test_a_pulse_comes_before_the_action() -> None:
    """At its step only: (1 + 2) * 0.5, without decay."""
    kernel = build(World({"m": Molecule(1.0)}, {}, pulses=(Pulse(2, "m", 2.0),)))
    halve = [Effect("scale", 0, 0.5)]
    assert step(kernel, [1.0], 2, halve, 1.0, 4) == [1.5]
    assert step(kernel, [1.0], 1, halve, 1.0, 4) == [0.5]


def test_a_population_below_the_threshold_is_extinct_for_good() -> None:
    """It does not grow back from what is left; a molecule has no such threshold."""
    kernel = build(
        World({"trace": Molecule(0.01)}, {"few": Species(0.049, growth=0.0, death=0.0), "gone": Species(0.0, 2.0, 0.0)})
    )
    state = step(kernel, [0.01, 0.049, 0.0], 0, (), 1.0, 4)
    assert state == [0.01, 0.0, 0.0]
    assert step(kernel, state, 1, (), 1.0, 4)[1:] == [0.0, 0.0]


def test_the_halving_test_asks_for_smaller_steps_where_they_matter() -> None:
    """A slow decay keeps the coarsest step, faster ones need smaller steps; what still changes at 1/32 is given up."""

    def run(decay: float) -> int | None:
        kernel = build(World({"m": Molecule(1.0, decay=decay)}, {}))
        return fine_enough(lambda n: np.array([step(kernel, [100.0], 0, (), 1.0, n)]))

    assert run(0.3) == 4
    assert run(2.0) == 8
    assert run(6.0) == 16
    assert fine_enough(lambda n: np.array([1.0 / n])) is None


def test_the_halving_test_refuses_what_is_not_finite() -> None:
    """Also where infinity is reached with every step."""
    assert fine_enough(lambda n: np.array([np.inf, float(n)])) is None
