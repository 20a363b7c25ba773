"""Environments of Gymnasium in a battery."""

from __future__ import annotations

import re
from pathlib import Path

import gymnasium  # noqa: F401 - pytester forgets what an in-process run imported; here it stays
import pytest

from pytest_alienbio.model import Outcome

from .conftest import MODES, Lab

BATTERY = """
    experiment.outside:
      scenarios:
        - gym:FrozenLake-v1
        - {name: "gym:CartPole-v1", params: {kwargs: {sutton_barto_reward: false}, max_steps: 30, score: {low: 0, high: 500}}}
        - walks/plain
      agents: [random, noop]
      seeds: 2
      cells: record
"""

HABITS = '''
from typing import Any
import gymnasium
from gymnasium.envs.registration import register, registry
from gymnasium import spaces


class Rude(gymnasium.Env):
    """Does what `how` says."""

    def __init__(self, how="raise", render_mode=None):
        self.how = how
        self.action_space = self.observation_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        if self.how == "raise":
            raise RuntimeError("no more of this")
        while self.how == "hang":
            time.sleep(0.01)
        return 0, float("nan") if self.how == "nan" else 1.0, False, False, {}


if "rude/Rude-v0" not in registry:
    register("rude/Rude-v0", entry_point=Rude)
'''

WITHOUT = """
import sys


class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "gymnasium":
            raise ModuleNotFoundError("No module named 'gymnasium'", name="gymnasium")


sys.meta_path.insert(0, Nothing())
"""


def test_environments_play_beside_our_own_worlds(lab: Lab, mode: str) -> None:
    lab.battery(BATTERY)
    run = lab.run(mode, "a.battery.yaml")
    assert run.ret == 0, run.stdout.str()
    results = lab.results()
    assert set(results) == {
        f"{scenario}[{agent}-s{seed}{params}]"
        for scenario, params in (
            ("gym-FrozenLake-v1", ""),
            ("gym-CartPole-v1", "-sutton_barto_rewardFalse-max_steps30-low0-high500"),
            ("walks/plain", ""),
        )
        for agent in ("random", "noop")
        for seed in (0, 1)
    }
    pole = results["gym-CartPole-v1[random-s1-sutton_barto_rewardFalse-max_steps30-low0-high500]"]
    assert (pole.passing_score, pole.passed, pole.scores["return"] / 500) == (0.95, False, pole.score)
    assert pole.properties["max_steps"] == 30
    lake = results["gym-FrozenLake-v1[random-s0]"]
    assert (lake.outcome, lake.passing_score) == (Outcome.COMPLETED, 0.7)


def test_they_are_chosen_by_their_names(lab: Lab) -> None:
    lab.battery(BATTERY)
    run = lab.run("plain", "a.battery.yaml", "--bio-scenario", "gym:*", "--bio-agent", "random")
    assert run.ret == 0
    assert len(lab.results()) == 4
    assert lab.run("plain", "a.battery.yaml::outside::gym-FrozenLake-v1[noop-s1]").ret == 0
    assert set(lab.results()) == {"gym-FrozenLake-v1[noop-s1]"}


def test_a_battery_selects_among_them(lab: Lab) -> None:
    """They are in no list, and yet named and tagged."""
    lab.battery(BATTERY + "      select: {tags: [gymnasium, walking], name: 'gym:F*'}\n")
    assert lab.run("plain", "a.battery.yaml").ret == 0
    assert {result.scenario for result in lab.results().values()} == {"gym:FrozenLake-v1"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("gym:FrozenLak-v1", "did you mean 'gym:FrozenLake-v1'"),
        ("gym:*", "environments of Gymnasium are named one by one"),
        ("{name: 'gym:FrozenLake-v1', params: {kwargs: {is_slipery: true}}}", "did you mean 'is_slippery'"),
        ("{name: 'gym:FrozenLake-v1', params: {max_step: 3}}", "no param 'max_step'; did you mean 'max_steps'"),
        ("{name: 'gym:FrozenLake-v1', params: {score: {low: 3, high: 1}}}", "low end 3 not below its high end 1"),
        ("{name: 'gym:FrozenLake-v1', difficulty: 2}", "it has no levels"),
        ("gym:no_such_module:X-v0", "module 'no_such_module' cannot be imported"),
    ],
)
def test_what_cannot_be_found_or_built_is_said_before_anything_plays(lab: Lab, entry: str, said: str) -> None:
    lab.battery(f"experiment.x:\n  agents: [noop]\n  seeds: 1\n  scenarios:\n    - walks/plain\n    - {entry}\n")
    run = lab.run("plain", workers=False)
    text = run.stderr.str() + run.stdout.str()
    assert run.ret == 2
    assert said in text
    assert "a.battery.yaml:6:" in text
    assert lab.dats() == []


def test_an_axis_with_a_value_that_is_none_is_said_beforehand(lab: Lab) -> None:
    lab.battery(
        """
        experiment.x:
          scenarios: ["gym:FrozenLake-v1"]
          agents: [noop]
          seeds: 1
          params: {max_steps: [3, -5]}
        """
    )
    run = lab.run("plain", workers=False)
    assert run.ret == 2
    assert "a.battery.yaml:6:" in run.stderr.str()
    assert "`max_steps` cannot be -5" in run.stderr.str()


def test_an_axis_of_steps_is_played(lab: Lab) -> None:
    lab.battery(
        """
        experiment.x:
          scenarios: ["gym:Pendulum-v1"]
          agents: [noop]
          seeds: 1
          params: {max_steps: [3, 5]}
        """
    )
    run = lab.run("plain")
    assert run.ret == 0, run.stdout.str()
    assert [result.scores["steps"] for _, result in sorted(lab.results().items())] == [3.0, 5.0]
    assert {result.passed for result in lab.results().values()} == {None}


def test_a_bad_environment_fails_its_own_cells_only(lab: Lab) -> None:
    """One that raises, gives NaN, hangs or never ends: each with its reason, and the battery goes on."""
    lab.conftest(HABITS)
    lab.battery(
        """
        experiment.rude:
          scenarios:
            - {name: "gym:rude/Rude-v0", params: {kwargs: {how: raise}}}
            - {name: "gym:rude/Rude-v0", params: {kwargs: {how: nan}}}
            - {name: "gym:rude/Rude-v0", params: {kwargs: {how: hang}}}
            - {name: "gym:rude/Rude-v0", params: {kwargs: {how: go on}, max_steps: 7}}
            - {name: "gym:rude/Rude-v0", params: {kwargs: {how: go on}, max_steps: 8, score: {low: 0, high: 4}}}
          agents: [random]
          seeds: 1
          cells: record
          limits: {per_cell: {wall_clock_s: 0.5}}
        """
    )
    run = lab.run("plain")
    assert run.ret == 1
    told = {result.params["kwargs"]["how"]: result for result in lab.results().values()}  # type: ignore[index,call-overload]
    assert told["raise"].outcome is Outcome.ENVIRONMENT_ERROR
    assert "no more of this" in told["raise"].reason
    assert (told["nan"].outcome, told["nan"].score) == (Outcome.ENVIRONMENT_ERROR, None)
    assert "the reward nan at step 1" in told["nan"].reason
    assert told["hang"].outcome is Outcome.TIMED_OUT
    ends = {result.params["max_steps"]: result for result in lab.results().values() if "max_steps" in result.params}
    assert [(ends[n].outcome, ends[n].score, ends[n].passed) for n in (7, 8)] == [
        (Outcome.TRUNCATED, 7.0, None),
        (Outcome.TRUNCATED, 1.0, True),
    ]


@pytest.mark.parametrize("mode", ["plain", "n2"])
def test_without_gymnasium_the_cells_are_skipped_and_the_rest_plays(lab: Lab, mode: str) -> None:
    """Its absence is no error of the battery, and the run says how to get it. In a process that never saw it."""
    if mode != "plain":
        pytest.importorskip("xdist")
    lab.conftest(WITHOUT)
    lab.battery(BATTERY)
    run = lab.pytester.runpytest_subprocess(*MODES[mode], "-rs")
    assert run.ret == 0, run.stdout.str()
    run.assert_outcomes(xfailed=4, skipped=8)
    assert 'Gymnasium is not installed: pip install "pytest-alienbio[gym]"' in run.stdout.str()
    assert {result.outcome for id, result in lab.results().items() if id.startswith("gym")} == {Outcome.SKIPPED}


def test_random_returns_say_nothing_about_the_scenario(lab: Lab) -> None:
    """A return is on no scale from 0 to 1: the bounds of broken scenarios are not for it."""
    lab.battery('experiment.x: {scenarios: ["gym:CartPole-v1"], agents: [random, noop], seeds: 6, cells: record}')
    run = lab.run("plain")
    assert run.ret == 0, run.stdout.str()
    assert "sanity" not in run.stdout.str()


def test_the_documents_battery_plays_as_it_is_printed(lab: Lab) -> None:
    page = (Path(__file__).parents[2] / "docs" / "gymnasium.md").read_text("utf-8")
    lab.battery(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0].replace("seeds: 20", "seeds: 1"))
    assert lab.run("plain").ret == 0
    assert len(lab.results()) == 4
