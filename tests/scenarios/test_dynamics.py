"""Plans, and the one way they are carried out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.scenarios.dynamics import affordable, decode, encode, follow, follow_rows
from pytest_alienbio.scenarios.scoring import grade_rows

from .parts import COMPETITION, HIDDEN, instance

CODES = st.lists(st.integers(0, 2**16), min_size=20, max_size=20)


@given(st.integers(0, 500), st.booleans())
def test_codes_name_lever_and_dose(lever: int, full: bool) -> None:
    """Encoding then decoding gives both back; 0 is nobody's code."""
    assert decode(encode(lever, full=full)) == (lever, 1.0 if full else 0.5)
    assert encode(lever, full=full) > 0


@settings(max_examples=8, deadline=None)
@given(st.lists(CODES, min_size=1, max_size=4), st.sampled_from([(HIDDEN, 1, 0), (COMPETITION, 2, 0)]))
def test_a_batch_of_plans_gives_the_bits_of_single_ones(plans: list[list[int]], which: tuple[str, int, int]) -> None:
    """Paths, costs and grades, at any place of any batch."""
    of = instance(*which)
    dynamics, levers = of.dynamics, len(of.blueprint.levers)
    legal = [affordable(dynamics, [code % (2 * levers + 1) for code in plan]) for plan in plans]
    paths, spent = follow_rows(dynamics, legal)
    utilities = grade_rows(of.rules, paths, spent).utility
    for i, plan in enumerate(legal):
        path, cost = follow(dynamics, plan)
        assert np.array(path).tobytes() == paths[:, :, i].tobytes()
        assert cost == spent[i]
        assert of.marks(path, cost).utility == utilities[i]


@given(CODES)
def test_an_affordable_plan_stays_within_the_budget_and_is_kept(codes: list[int]) -> None:
    """What cannot be paid becomes a wait, and nothing else changes."""
    dynamics = instance(COMPETITION, 2, 0).dynamics
    plan = [code % (2 * len(dynamics.blueprint.levers) + 1) for code in codes]
    legal = affordable(dynamics, plan)
    assert all(new in (0, old) for new, old in zip(legal, plan, strict=True))
    assert sum(dynamics.cost(*decode(code)) for code in legal) <= dynamics.blueprint.budget + 1e-9
    assert affordable(dynamics, legal) == legal


def test_the_chosen_step_is_fine_enough() -> None:
    """Against a step half as long, on the oracle's plan and on waiting: below one part in a thousand."""
    for which in ((HIDDEN, 1, 0), (COMPETITION, 2, 0)):
        of = instance(*which)
        plans = [of.plan, (0,) * of.blueprint.max_steps]
        coarse, fine = (follow_rows(of.dynamics, plans, n)[0] for n in (of.dynamics.substeps, 4 * of.dynamics.substeps))
        assert np.abs(coarse - fine).max() / fine.max() == pytest.approx(0.0, abs=2e-3)
