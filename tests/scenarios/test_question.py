"""What is wanted and what must not suffer."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.scenarios.question import first_step
from pytest_alienbio.scenarios.scoring import Floor

from .parts import WEB, changed, refusals, web


@given(st.integers(0, 100), st.integers(1, 200))
def test_a_window_begins_at_the_ceiling(percent: int, steps: int) -> None:
    """ceil(start * T), whatever the rounding of the product does."""
    assert first_step(percent / 100, steps) == math.ceil(percent * steps / 100)


def test_a_floor_may_be_soft() -> None:
    """A number, or a mapping that says where safety is nothing."""
    order = web().rules.order
    assert web().rules.floors == (Floor(order["prey"], 0.5, 0.4), Floor(order["hunter"], 0.3))


def test_agents_are_told_the_floor_not_its_softness() -> None:
    names = dict(zip(web().blueprint.world.variables, web().surface.names, strict=True))
    assert Episode(web()).briefing().protected == {names["prey"]: 0.5, names["hunter"]: 0.3}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("soft: 0.4", "soft: 1", "`soft` is 1; expected a number below 1"),
        ("soft: 0.4", "soft: -0.1", "`soft` is -0.1; expected a number from 0 on"),
        ("soft: 0.4", "softness: 0.4", "unknown key 'softness'; did you mean 'soft'?"),
        ("floor: 0.5, ", "", "`floor` is missing"),
        ("floor: 0.5", "floor: 0", "`floor` is 0; expected a number above 0"),
        ("hunter: 0.3}", "forge: 0.3}", "'forge' is no species"),
        ("{var: store,", "{var: forge,", "the goal 'forge' is hidden"),
    ],
)
def test_a_wrong_goal_or_floor_is_complained_about(old: str, new: str, complaint: str) -> None:
    said = refusals(changed(old, new, WEB))
    assert [each for each in said if complaint in each], said
