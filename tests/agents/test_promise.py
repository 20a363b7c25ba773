"""What agents that weigh levers have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.promise import direction, levers_of, need, needs_of, pull, strikes, within_pace
from pytest_alienbio.model import Action, ActionSpec, Briefing, Goal, Observation

numbers = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("kind", "level", "expected"),
    [
        ("up", 0.0, 1.0),
        ("up", 5.0, 0.5),
        ("up", 10.0, 0.0),
        ("up", 12.0, 0.0),
        ("up", -5.0, 1.0),
        ("down", 10.0, -1.0),
        ("down", 2.5, -0.25),
        ("down", -1.0, 0.0),
        ("band", 5.0, 0.0),
        ("band", 10.0, 0.0),
        ("band", -2.5, 0.5),
        ("band", 12.5, -0.5),
        ("band", 99.0, -1.0),
    ],
)
def test_the_need_of_a_goal(kind: str, level: float, expected: float) -> None:
    """Positive wants more, negative less, 0 is reached; its size is what the goal still loses."""
    assert need(Goal("x", kind, 0.0, 10.0), level) == expected


@given(st.sampled_from(["up", "down", "band"]), numbers, numbers, numbers)
def test_a_need_is_never_more_than_one(kind: str, low: float, high: float, level: float) -> None:
    """Whatever the bounds are, equal ones too."""
    assert -1.0 <= need(Goal("x", kind, low, high), level) <= 1.0


def test_needs_are_weighted_added_up_and_missing_where_nothing_is_read() -> None:
    """Two goals on one quantity pull together; a goal that cannot be seen asks for nothing."""
    goals = [Goal("fish", "up", 0, 10), Goal("fish", "band", 0, 10, weight=2), Goal("silt", "down", 0, 10)]
    assert needs_of(goals, {"fish": -5.0}) == {"fish": 1.0 + 2 * 1.0}


def test_levers_are_what_lets_time_pass_and_is_no_waiting() -> None:
    """Measurements, `wait` and `done` are none, whoever lists them."""
    feed = ActionSpec("feed")
    others = (ActionSpec("assay", takes_step=False), ActionSpec("wait"), ActionSpec("done"))
    assert levers_of(Briefing("", actions=(*others, feed))) == (feed,)


def test_a_dose_is_said_only_where_it_is_taken() -> None:
    """Params are copied, so that nobody changes the briefing."""
    spec = ActionSpec("feed", {"to": "K"}, takes_dose=True)
    assert pull(spec, 0.5) == Action("feed", {"to": "K", "dose": 0.5})
    assert pull(ActionSpec("open", {"gate": "L"})) == Action("open", {"gate": "L"})
    assert pull(spec).params is not spec.params
    assert dict(spec.params) == {"to": "K"}


@pytest.mark.parametrize(
    ("spent", "cost", "apart", "expected"),
    [(3.0, 1.0, 0.0, True), (3.0, 1.5, 0.0, False), (4.5, 1.0, 2.0, True), (4.5, 1.2, 2.0, False)],
)
def test_the_pace_leaves_out_what_was_spent_apart(spent: float, cost: float, apart: float, expected: bool) -> None:
    """Budget 20 over 20 steps, 4 ahead: 4 at step 0; with 2 spent apart, 18 x 4 / 20 = 3.6 of the rest."""
    observation = Observation(0, {}, 20, 20.0, spent)
    assert within_pace(Briefing("", max_steps=20, budget=20.0), observation, cost, 4.0, apart) is expected


def test_an_endless_episode_has_no_pace() -> None:
    """0 steps: the environment does not say."""
    assert within_pace(Briefing("", budget=1.0), Observation(0, {}, 0, 1.0, 1.0), 5.0, 4.0)


def test_a_cull_strikes_whom_it_names_whatever_is_said_of_it() -> None:
    """And anything strikes what it is said to harm."""
    assert strikes(ActionSpec("cull_some", {"species": "crab"}), {"fish": 0.9}) == {"crab"}
    assert strikes(ActionSpec("feed", {"species": "crab"}), {"fish": -0.1, "crab": 0.5}) == {"fish"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add_feedstock", 1),
        ("Release", 1),
        ("stimulate", 1),
        ("nourish", 1),
        ("cull", -1),
        ("bind", -1),
        ("flush", -1),
        ("neutralise", -1),
        ("transfer", 0),
        ("", 0),
        ("add_or_remove", 0),
    ],
)
def test_the_direction_that_a_name_tells(name: str, expected: int) -> None:
    """1 adds, -1 takes away, 0 says neither, or both."""
    assert direction(name) == expected
