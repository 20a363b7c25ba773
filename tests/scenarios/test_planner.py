"""The oracle's search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pytest_alienbio.scenarios.dynamics import affordable, encode, follow
from pytest_alienbio.scenarios.instance import draft
from pytest_alienbio.scenarios.planner import Found, improve, random_plan, search
from pytest_alienbio.scenarios.scoring import window_mean

from .parts import SMALL, changed, small, template_of


def test_targets_lie_between_waiting_and_what_was_reached() -> None:
    """Low at a tenth, high at 92 % of the way, in four digits."""
    of = small()
    target = of.rules.targets[0]
    idle, _ = follow(of.dynamics, (0,) * 10)
    waiting = window_mean(idle, target.variable, target.start)
    step = (target.high - target.low) / 0.82
    assert abs(target.low - (waiting + 0.1 * step)) < 2e-4
    assert (round(target.low, 4), round(target.high, 4)) == (target.low, target.high)
    best, _ = follow(of.dynamics, of.plan)
    assert window_mean(best, target.variable, target.start) > target.low + 0.7 * (target.high - target.low)


def test_stated_targets_are_kept() -> None:
    """A literal bound switches calibration off."""
    template = template_of(changed("from: 0.5", "from: 0.5, low: 3, high: 7"))
    of = draft(template, 3, 0, 0)
    found = search(of.dynamics, of.rules, np.random.default_rng(0))
    assert found is not None
    assert found.rules.targets == of.rules.targets


def test_a_goal_nothing_can_move_is_given_up() -> None:
    """`other` lives on nothing and has no lever."""
    text = changed("visible: false", "visible: true", changed("{var: focal,", "{var: other,"))
    of = draft(template_of(text), 3, 0, 0)
    assert search(of.dynamics, of.rules, np.random.default_rng(0)) is None


def test_a_band_is_searched_with_a_sweep() -> None:
    """The plan keeps `focal` inside a band it would leave by itself."""
    template = template_of(changed("kind: up, from: 0.5", "kind: band, from: 0.5, low: 5, high: 7"))
    of = draft(template, 3, 0, 0)
    found = search(of.dynamics, of.rules, np.random.default_rng(0))
    assert found is not None
    waiting, planned = (of.marks(*follow(of.dynamics, plan)).goal for plan in ((0,) * 10, found.plan))
    assert planned > max(0.95, waiting + 0.05)


def test_the_search_is_a_function_of_its_generator() -> None:
    """Same stream, same plan."""
    of = draft(template_of(SMALL), 3, 5, 0)
    first, second = (search(of.dynamics, of.rules, np.random.default_rng(3)) for _ in range(2))
    assert first is not None
    assert first == second


def test_improving_never_gives_a_worse_plan() -> None:
    """The plan it starts from stays among the candidates; a good hint is taken up."""
    of = small()
    idle = (0,) * of.blueprint.max_steps
    better = improve(of.dynamics, Found(idle, of.rules), [of.plan], np.random.default_rng(0), generations=1)
    assert of.marks(*follow(of.dynamics, better)).utility >= of.top


def test_random_plans_use_every_lever_and_wait_now_and_then() -> None:
    """Levers at half and full dose; nothing beyond the budget."""
    of = small()
    rich = replace(of.dynamics, blueprint=replace(of.blueprint, budget=1e6))
    rng = np.random.default_rng(0)
    codes = [code for _ in range(50) for code in random_plan(rich, rng)]
    assert set(codes) == {0, *(encode(lever, full=full) for lever in (0, 1) for full in (False, True))}
    assert 0.08 < codes.count(0) / len(codes) < 0.25
    poor = random_plan(of.dynamics, rng)
    assert affordable(of.dynamics, poor) == poor
