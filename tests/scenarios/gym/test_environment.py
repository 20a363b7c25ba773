"""A Gymnasium environment as a scenario."""

from __future__ import annotations

import json
from typing import Any

import gymnasium
import numpy as np
import pytest

from pytest_alienbio.errors import AlienBioError, MissingExtraError
from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.gym.environment import CALLS_PER_STEP, STEPS, GymEnvironment
from pytest_alienbio.scenarios.gym.params import read_params
from pytest_alienbio.testing import check_scenario

from . import gyms

gyms.register()


def make(name: str, **params: Any) -> GymEnvironment:
    return GymEnvironment(f"gym:{name}", read_params(name, params))


def act(value: Any) -> Action:
    return Action("act", {"action": value})


def test_an_episode_to_its_end() -> None:
    """State, reward and ends are those of the environment; the score is the return."""
    world = make("test/Walk-v0")
    seen = world.reset(3)
    assert set(seen.state) == {"at", "wind[0]", "wind[1]"}
    assert seen.info == {"observation": {"at": 0, "wind": seen.info["observation"]["wind"]}, "info": {"note": "start"}}  # type: ignore[index,call-overload]
    steps = [world.step(act(2)) for _ in range(4)]
    assert [step.observation.state["at"] for step in steps] == [1, 2, 3, 4]
    assert [step.terminated for step in steps] == [False, False, False, True]
    assert steps[-1].result.reading == {"reward": 1.0}
    assert steps[-1].observation.info["return"] == 4.0
    scores = world.score()
    assert (scores.score, scores.better, dict(scores.parts)) == (
        4.0,
        "higher",
        {"return": 4.0, "steps": 4.0, "unplayed": 0.0},
    )
    assert world.step(act(2)).result.reason == "the episode is over"


@pytest.mark.parametrize("name", ["FrozenLake-v1", "CartPole-v1", "Pendulum-v1", "test/Walk-v0"])
def test_it_keeps_the_contract_of_scenarios(name: str) -> None:
    """Refusals, copies, the same episode for the same seed, after another reset and after `close` too."""
    check_scenario(lambda: make(name, max_steps=15), most_calls=200)


def test_the_seed_goes_to_the_environment() -> None:
    """The very episode that Gymnasium's own loop gives."""
    world, env = make("CartPole-v1"), gymnasium.make("CartPole-v1")
    for seed in (0, 7):
        ours, (theirs, _) = world.reset(seed), env.reset(seed=seed)
        assert list(ours.state.values()) == theirs.tolist()
        total = 0.0
        for turn in range(500):
            step = world.step(act(turn % 2))
            theirs, reward, terminated, truncated, _ = env.step(turn % 2)
            total += float(reward)
            assert list(step.observation.state.values()) == theirs.tolist()
            assert (step.terminated, step.truncated) == (terminated, truncated)
            if terminated or truncated:
                break
        assert world.score().parts["return"] == total


def test_the_dice_of_sample_are_not_those_of_the_environment() -> None:
    """Seeded alike, both would throw the same numbers, and the actions would follow the world's own chance."""
    world = make("test/Walk-v0")
    world.reset(5)
    inner = world._env
    assert inner is not None
    ours = inner.action_space.np_random.random(3)
    assert not np.allclose(ours, np.random.default_rng(5).random(3))


def test_a_sampled_action_is_told_and_wait_is_one() -> None:
    world = make("Pendulum-v1", max_steps=5)
    world.reset(0)
    first, second = world.step(Action("sample")), world.step(Action("wait"))
    for step in (first, second):
        assert step.result.ok
        drawn = step.result.reading["action"]
        assert isinstance(drawn, list)
        assert -2.0 <= drawn[0] <= 2.0
    assert first.observation.step == 1


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (act(3), "`action` is a whole number from 1 to 2, not 3"),
        (act([1]), r"not \[1\]"),
        (Action("act", {}), "act takes `action` and nothing else"),
        (Action("act", {"action": 1, "dose": 1.0}), "act takes `action` and nothing else"),
        (Action("sample", {"n": 1}), "sample takes no parameters"),
        (Action("wait", {"steps": 3}), "wait takes no parameters"),
        (Action("smaple"), "unknown action 'smaple'; did you mean 'sample'?"),
    ],
)
def test_what_makes_no_sense_is_refused_and_lets_no_time_pass(action: Action, said: str) -> None:
    world = make("test/Walk-v0")
    before = world.reset(0)
    step = world.step(action)
    assert not step.result.ok
    assert step.observation.step == 0
    assert step.observation.state == before.state
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(step.result.reason)


def test_an_agent_that_is_only_refused_is_cut_short() -> None:
    world = make("test/Walk-v0", max_steps=6)
    world.reset(0)
    calls = 0
    while not world.step(act("no")).truncated:
        calls += 1
    assert calls + 1 == CALLS_PER_STEP * 6


def test_nobody_gains_by_not_acting() -> None:
    """Where every step costs, whoever stops at once has the steps left played by the dice."""
    world = make("test/Endless-v0", max_steps=20)
    world.reset(0)
    world.step(act(1))
    assert world.step(Action("done")).terminated
    scores = world.score()
    assert (scores.score, scores.parts["steps"], scores.parts["unplayed"]) == (-20.0, 20.0, 19.0)
    assert world.score() == scores


def test_a_limit_of_ours_truncates_and_one_that_never_ends_gets_one() -> None:
    world = make("test/Endless-v0", max_steps=2)
    assert world.reset(0).max_steps == 2
    assert not world.step(act(1)).truncated
    last = world.step(act(1))
    assert (last.terminated, last.truncated) == (False, True)
    assert make("test/Endless-v0").reset(0).max_steps == STEPS
    assert make("CartPole-v1").reset(0).max_steps == 500


def test_a_return_is_scored_on_the_scale_that_is_given() -> None:
    world = make("test/Walk-v0", score={"low": 0, "high": 8})
    world.reset(0)
    for _ in range(4):
        world.step(act(2))
    scores = world.score()
    assert (scores.score, scores.parts["raw_score"], scores.parts["return"]) == (0.5, 0.5, 4.0)
    beyond = make("test/Walk-v0", score={"low": 0, "high": 2})
    beyond.reset(0)
    for _ in range(4):
        beyond.step(act(2))
    assert (beyond.score().score, beyond.score().parts["raw_score"]) == (1.0, 2.0)


def test_kwargs_reach_the_constructor() -> None:
    world = make("test/Walk-v0", kwargs={"goal": 1, "reward": 7.0})
    world.reset(0)
    assert world.step(act(2)).terminated
    assert world.score().score == 7.0


def test_actions_made_of_everything() -> None:
    world = make("test/Arm-v0")
    seen = world.reset(0)
    assert seen.state == {"obs[0][0,0]": 0.0, "obs[0][0,1]": 1.0, "obs[0][1,0]": 2.0, "obs[0][1,1]": 3.0, "obs[1]": 1.0}
    whole = {"force": [1.5, 0], "grip": [0, 1], "mode": [1, 2], "pair": [1, "abc"]}
    assert world.step(act({**whole, "grip": [0, 2]})).result.reason.startswith("`action` is a list of 2 of 0 and 1")
    assert world.step(act(whole)).result.reading == {"reward": 1.5}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Raises", "the floor gave way"),
        ("NanReward", "the reward nan at step 1"),
    ],
)
def test_a_step_that_goes_wrong_raises(name: str, said: str) -> None:
    world = make(f"test/{name}-v0")
    world.reset(0)
    with pytest.raises((RuntimeError, ValueError), match=said):
        world.step(act(2))


def test_a_reward_may_be_an_array_of_one_number_and_nothing_else() -> None:
    world = make("test/Walk-v0", kwargs={"reward": [2.5]})
    world.reset(0)
    assert world.step(act(2)).result.reading == {"reward": 2.5}
    bad = make("test/Walk-v0", kwargs={"reward": "much"})
    bad.reset(0)
    with pytest.raises(TypeError, match="gave a ndarray as the reward of step 1, not a number"):
        bad.step(act(2))


def test_an_observation_that_is_not_what_its_space_says_raises() -> None:
    with pytest.raises(ValueError, match=r"'wind' has the shape \(3,\)"):
        make("test/Misshapen-v0").reset(0)


def test_a_closed_environment_can_be_reset_again() -> None:
    world = make("test/Walk-v0")
    first = world.reset(4)
    before = gyms.Walk.closed
    world.close()
    world.close()
    assert gyms.Walk.closed == before + 1
    with pytest.raises(AlienBioError, match="has not been started"):
        world.score()
    assert world.reset(4).state == first.state


def test_the_briefing_says_what_there_is_to_do() -> None:
    world = make("FrozenLake-v1", score={"low": 0, "high": 1})
    world.reset(0)
    briefing = world.briefing()
    assert "a whole number from 0 to 3" in briefing.text
    assert "cut after 100 steps" in briefing.text
    assert "where 0 counts 0 and 1 counts 1" in briefing.text
    assert "Frozen lake involves crossing" in briefing.text
    assert [spec.params["action"] for spec in briefing.actions] == ["0", "1", "2", "3"]
    properties = world.properties()
    assert (properties["environment"], properties["max_steps"], properties["observed"]) == ("FrozenLake-v1", 100, 1)
    json.dumps(properties)


def test_a_package_the_environment_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object, **kwargs: object) -> None:
        raise gymnasium.error.DependencyNotInstalled("Box2D is not installed, run `pip install gymnasium[box2d]`")

    monkeypatch.setattr(gymnasium, "make", missing)
    with pytest.raises(MissingExtraError, match=r"LunarLander-v3: Box2D is not installed, run .pip install gymnasium.box2d"):
        make("LunarLander-v3")
