"""The agent that throws dice."""

from __future__ import annotations

from collections import Counter

import numpy as np  # noqa: F401 - here, or the first example of a property pays for it
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents import RandomAgent
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, ActionSpec, Briefing, Observation

LEVERS = (
    ActionSpec("feed", {"species": "K"}, cost=1.0, takes_dose=True),
    ActionSpec("open", {"gate": "L"}),
    ActionSpec("assay", {"quantity": "K"}, takes_step=False),
    ActionSpec("wait"),
    ActionSpec("done"),
)


def acts(seed: int, count: int, *, levers: tuple[ActionSpec, ...] = LEVERS, wait: float = 0.15) -> list[Action]:
    agent = RandomAgent(wait_probability=wait)
    agent.start(Briefing("", actions=levers, seed=seed))
    return [agent.decide(Observation(step, {})) for step in range(count)]


@given(st.integers(0, 2**63 - 1))
def test_the_same_seed_throws_the_same_dice(seed: int) -> None:
    """Its only randomness is the briefing's seed."""
    assert acts(seed, 8) == acts(seed, 8)


def test_another_seed_throws_other_dice() -> None:
    """Else every cell would be the same experiment."""
    assert acts(1, 20) != acts(2, 20)


def test_it_pulls_only_levers_that_let_time_pass_and_waits_now_and_then() -> None:
    """Wait with p = 0.15, else uniform over two levers; 3,000 throws are within 5 standard deviations of that."""
    counts = Counter(action.name for action in acts(7, 3000))
    assert set(counts) == {"wait", "feed", "open"}
    assert abs(counts["wait"] - 450) < 100
    assert abs(counts["feed"] - 1275) < 140


def test_a_dose_is_half_or_full_and_given_only_where_it_is_taken() -> None:
    """Doses are 0.5 or 1."""
    actions = acts(3, 300)
    assert {action.params.get("dose") for action in actions if action.name == "feed"} == {0.5, 1.0}
    assert all("dose" not in action.params for action in actions if action.name != "feed")


def test_the_probability_to_wait_can_be_set() -> None:
    """1 waits always, 0 never."""
    assert {action.name for action in acts(0, 50, wait=1)} == {"wait"}
    assert "wait" not in {action.name for action in acts(0, 50, wait=0)}


def test_without_levers_it_waits() -> None:
    """An environment may tell nothing."""
    assert acts(0, 3, levers=()) == [Action("wait")] * 3


def test_levers_do_not_shift_the_dice_of_later_steps() -> None:
    """Three draws a decision, whatever comes of them: it waits at the same steps with any levers."""
    idle = [action.name == "wait" for action in acts(5, 60)]
    assert idle == [action.name == "wait" for action in acts(5, 60, levers=LEVERS[:1])]


def test_a_probability_out_of_range_is_refused() -> None:
    """Checked when the agent is built, not when it plays."""
    with pytest.raises(SpecError, match="wait_probability cannot be 2"):
        RandomAgent(wait_probability=2)


def test_deciding_before_the_start_is_an_error() -> None:
    """There is no seed yet, and it takes none from elsewhere."""
    with pytest.raises(RuntimeError, match="before start"):
        RandomAgent().decide(Observation(0, {}))
