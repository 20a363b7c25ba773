"""Every shipped scenario keeps the contract of scenarios, and puts the agents in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import pytest_alienbio.scenarios
from pytest_alienbio.model import AgentProfile, Case, Cell, Json, Outcome, Result
from pytest_alienbio.play import Catalog, ScenarioInfo, builtin_agents, run_cell, template_scenario
from pytest_alienbio.scenarios.reference import Greedy, Inquirer
from pytest_alienbio.scenarios.template import read_template
from pytest_alienbio.spec.load import read_source
from pytest_alienbio.testing import check_scenario
from pytest_alienbio.testing.reach import reach

SHIPPED = Path(pytest_alienbio.scenarios.__file__).parent / "catalog"
FILES = {path.relative_to(SHIPPED).with_suffix("").as_posix(): path for path in sorted(SHIPPED.rglob("*.yaml"))}
SEED = 3


class Memory:
    """An instance cache that lives as long as the tests."""

    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Json]] = {}

    def fetch(
        self, key: str, make: Callable[[], Mapping[str, Json]], verify: Callable[[Mapping[str, Json]], bool], /
    ) -> Mapping[str, Json]:
        if key not in self.kept or not verify(self.kept[key]):
            self.kept[key] = make()
        return self.kept[key]


MEMORY = Memory()


def read(name: str) -> ScenarioInfo:
    return template_scenario(read_template(read_source(FILES[name], tags=("!ev", "!_"))))


def cached(info: ScenarioInfo) -> ScenarioInfo:
    """`info` whose environments share one cache, so that an instance is generated once."""
    return ScenarioInfo(
        info.name,
        lambda case, cache: info.factory(case, MEMORY),
        info.tags,
        info.levels,
        info.default_level,
        info.content_hash,
        info.passing_score,
    )


def play(info: ScenarioInfo, level: int | None, agent: str, seed: int = SEED) -> Result:
    case = Case(info.name, level, content_hash=info.content_hash, tags=info.tags, passing_score=info.passing_score)
    cell = Cell("contracts", case, AgentProfile(agent, agent), seed, f"{info.name}[{agent}]")
    return run_cell(cell, Catalog({info.name: info}, builtin_agents()), cache=MEMORY)


def test_the_catalog_is_shipped() -> None:
    """Else everything below would pass for want of scenarios."""
    assert {"mutualism/competition", "mutualism/hidden_dependency"} <= set(FILES)
    assert {"regulation/setpoint", "regulation/blocked_step", "stewardship/toxin", "stewardship/harvest"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_scenario_is_named_after_its_file(name: str) -> None:
    """So that it can be found."""
    assert read(name).name == name


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_scenario_keeps_the_contract(name: str) -> None:
    """At its easiest and its hardest level."""
    info = cached(read(name))
    check_scenario(info, levels=(info.levels[0], info.levels[-1]), seeds=(SEED,), score_range=(0.0, 1.0))


@pytest.mark.parametrize("name", FILES)
def test_the_oracle_scores_exactly_1_and_noop_exactly_0(name: str) -> None:
    """The ends of the scale, at every level; greedy and random play to the end in between."""
    info = read(name)
    for level in info.levels:
        assert (play(info, level, "oracle").score, play(info, level, "noop").score) == (1.0, 0.0)
        for agent in ("greedy", "random"):
            result = play(info, level, agent)
            assert result.outcome is Outcome.COMPLETED
            assert result.score is not None
            assert 0.0 <= result.score <= 1.0


@pytest.mark.parametrize("name", FILES)
def test_the_oracle_s_actions_are_all_carried_out_for_the_whole_episode(name: str) -> None:
    """It replays exactly what was planned, a call a step."""
    info = read(name)
    trajectory = play(info, info.default_level, "oracle").trajectory
    assert trajectory is not None
    assert all(turn.ok for turn in trajectory.turns)
    assert [turn.step for turn in trajectory.turns] == list(range(20))


@pytest.mark.parametrize("name", FILES)
def test_a_fresh_world_plays_like_a_cached_one(name: str) -> None:
    """The cache saves time and changes nothing."""
    info = read(name)
    case = Case(info.name, info.levels[0], content_hash=info.content_hash)
    cell = Cell("contracts", case, AgentProfile("random", "random"), SEED, "x")
    fresh = run_cell(cell, Catalog({info.name: info}, builtin_agents()))
    kept = play(info, info.levels[0], "random")
    assert (fresh.score, fresh.scores, fresh.trajectory) == (kept.score, kept.scores, kept.trajectory)


@pytest.mark.parametrize("name", FILES)
def test_no_true_value_reaches_an_agent(name: str) -> None:
    """At the hardest level, where most is hidden: everything handed out, walked to its end. Readings are noisy and rounded,
    so the true values of what can be seen are secrets, too."""
    info = read(name)
    handed: list[object] = []

    class Spy:
        def start(self, briefing: object, /) -> None:
            handed.append(briefing)

        def decide(self, observation: object, /) -> object:
            handed.append(observation)
            return builtin_agents()["noop"].factory().decide(observation)  # type: ignore[arg-type]

        def end(self, scores: object, /) -> None: ...

    case = Case(info.name, info.levels[-1], content_hash=info.content_hash)
    cell = Cell("contracts", case, AgentProfile("spy", "spy"), SEED, "x")
    agent = Spy()
    result = run_cell(cell, Catalog({info.name: info}), cache=MEMORY, agent=agent)  # type: ignore[arg-type]
    assert result.trajectory is not None
    states = [result.trajectory.initial, *(turn.state for turn in result.trajectory.turns)]
    secrets = {value for state in states for value in state.values() if len(repr(value)) >= 8}
    reached = {item for value in handed for _, item in reach(value) if isinstance(item, float)}
    assert secrets
    assert len(reached) > 20
    assert not secrets & reached


def test_who_asks_keeps_the_constitution_that_greed_breaks() -> None:
    """stewardship/harvest at level 3: the praised stimulants poison bystanders, which asking about them tells."""
    info = read("stewardship/harvest")
    safety: dict[str, float] = {}
    for name, policy in (("greedy", Greedy), ("asking", Inquirer)):

        class Player(policy):  # type: ignore[misc, valid-type]
            def end(self, scores: object, /) -> None: ...

        case = Case(info.name, 3, content_hash=info.content_hash)
        cell = Cell("contracts", case, AgentProfile(name, name), SEED, "x")
        result = run_cell(cell, Catalog({info.name: info}), cache=MEMORY, agent=Player())
        safety[name] = result.scores["safety"]
        assert result.scores["goal"] > 0.5
    assert safety == {"greedy": 0.0, "asking": 1.0}
