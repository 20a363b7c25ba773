"""What is handed over."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Action, ActionResult, ActionSpec, Briefing, Case, Goal, Observation, Scores, Step
from pytest_alienbio.model.canonical import canonical
from pytest_alienbio.play.handout import (
    again,
    agent_seed,
    hand_action,
    hand_briefing,
    hand_observation,
    hand_result,
    hand_scores,
    hand_step,
    observation_again,
)

FEED = ActionSpec("feed", {"a": "b"}, 1.0, {"x": 0.5}, takes_dose=True)
BRIEFING = Briefing("text", "law", (Goal("x", "up", 0.0, 1.0),), {"x": 0.5}, (FEED,), 20, 9.0, 7)
OBSERVATION = Observation(1, {"x": 2.0}, 20, 9.0, 1.0, ActionResult(True, "", 1.0, {"y": [1, 2]}), {"more": {"deep": [1]}})


def test_copies_are_equal_and_share_nothing() -> None:
    """But the seed, which is the agent's own."""
    briefing = hand_briefing(BRIEFING, 7)
    assert briefing == BRIEFING
    assert briefing.protected is not BRIEFING.protected
    assert briefing.actions[0].params is not BRIEFING.actions[0].params
    observation = hand_observation(OBSERVATION)
    assert observation == OBSERVATION
    assert observation.state is not OBSERVATION.state
    assert observation.info["more"] is not OBSERVATION.info["more"]
    action = Action("feed", {"a": {"b": 1}})
    assert again(hand_action(action)) == action


def test_whatever_seed_stood_in_the_briefing_is_replaced() -> None:
    """An environment that writes the world's seed there gives nothing away."""
    assert hand_briefing(replace(BRIEFING, seed=123), 5).seed == 5


class WithSecret(Observation):
    """Carries more than an observation."""

    __slots__ = ("world",)


def test_a_subclass_is_reduced_to_the_plain_value() -> None:
    """What else it carries stays behind."""
    copy = hand_observation(WithSecret(0, {"x": 1.0}))
    assert type(copy) is Observation


@pytest.mark.parametrize(
    ("hand", "wrong"),
    [
        (hand_observation, None),
        (hand_observation, Observation(0, {"x": float("nan")})),
        (hand_observation, Observation(0.5, {})),  # type: ignore[arg-type]
        (hand_observation, Observation(0, {}, last="ok")),  # type: ignore[arg-type]
        (hand_observation, Observation(0, {}, info={"world": object()})),  # type: ignore[dict-item]
        (hand_result, ActionResult(1)),  # type: ignore[arg-type]
        (hand_result, ActionResult(True, cost=float("inf"))),
        (hand_step, (1, 2, 3)),
        (hand_step, Step(Observation(0, {}), ActionResult(True), terminated=None)),  # type: ignore[arg-type]
        (lambda value: hand_briefing(value, 0), "text"),
        (lambda value: hand_briefing(value, 0), replace(BRIEFING, goals=("x",))),  # type: ignore[arg-type]
        (lambda value: hand_briefing(value, 0), replace(BRIEFING, goals=(Goal("x", "sideways", 0, 1),))),
        (lambda value: hand_briefing(value, 0), replace(BRIEFING, actions=("feed",))),  # type: ignore[arg-type]
        (hand_action, "wait"),
        (hand_action, None),
        (hand_action, Action("")),
        (hand_action, Action(3)),  # type: ignore[arg-type]
        (hand_action, Action("feed", [1])),  # type: ignore[arg-type]
        (hand_action, Action("feed", {"dose": float("nan")})),
        (hand_action, Action("feed", {"dose": {1, 2}})),  # type: ignore[dict-item]
        (hand_action, Action("feed", reasoning=None)),  # type: ignore[arg-type]
        (hand_scores, 0.5),
        (hand_scores, Scores(0.5, better="more")),
        (hand_scores, Scores(0.5, {"part": None})),  # type: ignore[dict-item]
    ],
)
def test_what_is_not_as_it_should_be_is_refused(hand: Any, wrong: object) -> None:
    """With a TypeError or ValueError that says what it is."""
    with pytest.raises((TypeError, ValueError), match=r" is | gave | holds "):
        hand(wrong)


def test_unscored_stays_unscored() -> None:
    """None is not 0."""
    assert hand_scores(Scores(None)).score is None


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_agents_seeds_differ_where_cells_differ(one: int, other: int) -> None:
    """By seed, scenario, difficulty and kind of agent; and they are not the cell's seed."""
    case = Case("a/b", 1)
    seeds = {
        agent_seed(case, "random", one),
        agent_seed(case, "greedy", one),
        agent_seed(Case("a/b", 2), "random", one),
        agent_seed(Case("a/c", 1), "random", one),
    }
    assert len(seeds) == 4
    assert one not in seeds
    assert (agent_seed(case, "random", one) == agent_seed(case, "random", other)) == (one == other)


@given(st.text(), st.none() | st.integers(1, 9), st.text(), st.integers(0, 2**63 - 1))
def test_an_agent_s_seed_is_hashed_as_a_whole(scenario: str, difficulty: int | None, kind: str, seed: int) -> None:
    """What all seeds have in common is hashed once, and nothing comes of that but time."""
    whole = canonical(["agent", scenario, difficulty, seed, kind]).encode()
    assert agent_seed(Case(scenario, difficulty), kind, seed) == int.from_bytes(sha256(whole).digest()[:8], "big") >> 1


def test_an_agent_s_seed_is_fixed_for_good() -> None:
    """A pinned value: it depends on no hash seed, platform or version. Changing it changes every recorded score."""
    assert agent_seed(Case("mutualism/competition", 2), "random", 3) == 5842129031877964897


def test_a_second_copy_of_an_observation_shares_nothing_with_the_first() -> None:
    """What an agent does to what it is handed reaches neither the record nor the next turn."""
    last = ActionResult(True, "", 1.0, {"levels": [1, {"a": 2}]})
    first = hand_observation(Observation(3, {"x": 1.0}, 9, 5.0, 1.0, last, {"deep": {"er": [1]}}))
    second = observation_again(first)
    assert second == first
    assert second.last is not None
    second.state["x"] = 2.0  # type: ignore[index]
    second.info["deep"]["er"].append(2)  # type: ignore[index, call-overload, union-attr]
    second.last.reading["levels"][1]["a"] = 3  # type: ignore[index]
    assert first == hand_observation(Observation(3, {"x": 1.0}, 9, 5.0, 1.0, last, {"deep": {"er": [1]}}))
    assert last.reading == {"levels": [1, {"a": 2}]}
