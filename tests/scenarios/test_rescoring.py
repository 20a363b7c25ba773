"""A stored episode, scored again: bit for bit the same by the same file, refused for another world."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_alienbio.errors import OtherWorldError
from pytest_alienbio.model import AgentProfile, Cell, Result, Retold, Trajectory
from pytest_alienbio.play import Catalog, run_cell
from pytest_alienbio.resources import FileCache
from pytest_alienbio.run import build_catalog

CATALOG = build_catalog()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> FileCache:
    """Each world is generated once."""
    return FileCache(tmp_path_factory.mktemp("worlds"))


def played(catalog: Catalog, scenario: str, agent: str, cache: FileCache, level: int = 2, seed: int = 1) -> Result:
    """A cell, played."""
    case = catalog.scenario(scenario).case(level)
    return run_cell(Cell("b", case, AgentProfile(agent, agent), seed, "x"), catalog, cache=cache)


def again(catalog: Catalog, result: Result, cache: FileCache, trajectory: Trajectory | None = None, **more: object) -> object:
    """Its score, made again."""
    info = catalog.scenario(result.scenario)
    assert info.rescore is not None
    assert result.trajectory is not None
    attempts = result.properties["attempts"]
    assert isinstance(attempts, int)
    return info.rescore(info.case(result.difficulty), trajectory or result.trajectory, result.seed, attempts, cache)


def told(result: Result, cache: FileCache, trajectory: Trajectory | None) -> Retold:
    """What its world says of it."""
    info, attempts = CATALOG.scenario(result.scenario), result.properties["attempts"]
    assert info.retell
    assert trajectory
    assert isinstance(attempts, int)
    return info.retell(info.case(result.difficulty), trajectory, result.seed, attempts, cache)


SHIPPED = [name for name in sorted(CATALOG.scenarios) if CATALOG.scenario(name).rescore is not None]


@pytest.mark.parametrize("scenario", SHIPPED)
def test_every_shipped_scenario_scores_its_traces_bit_for_bit(scenario: str, cache: FileCache) -> None:
    """Actions, refusals, measurements, long waits and an early end: score and every part are those that were recorded."""
    for agent in ("oracle", "inquirer", "random", "noop"):
        result = played(CATALOG, scenario, agent, cache)
        found = again(CATALOG, result, cache)
        assert getattr(found, "score") == result.score  # noqa: B009 - a protocol's value
        assert dict(getattr(found, "parts")) == dict(result.scores)  # noqa: B009
        beside = told(result, cache, result.trajectory)
        assert beside.so_far[-1] == result.score
        if agent == "oracle":
            assert result.trajectory
            assert beside.reference
            assert [turn.state for turn in beside.reference.turns] == [turn.state for turn in result.trajectory.turns]


def test_the_score_so_far_is_that_of_an_episode_that_ends_there(cache: FileCache) -> None:
    """Of one that is cut off after some calls, measurements among them, it is what it was in the whole one."""
    result = played(CATALOG, "mutualism/hidden_dependency", "inquirer", cache)
    assert result.trajectory
    whole = told(result, cache, result.trajectory).so_far
    assert len(whole) == len(result.trajectory.turns)
    assert len(set(whole)) > 3
    for calls in (1, 2, 7, len(whole)):
        cut = replace(result.trajectory, turns=result.trajectory.turns[:calls])
        assert told(result, cache, cut).so_far == whole[:calls]
        assert getattr(again(CATALOG, result, cache, cut), "score") == whole[calls - 1]  # noqa: B009


def test_nothing_is_told_beside_another_world(cache: FileCache) -> None:
    """A trace that this world does not give is refused as for scoring."""
    result = played(CATALOG, "mutualism/hidden_dependency", "noop", cache)
    assert result.trajectory
    first = replace(result.trajectory.turns[0], state=dict.fromkeys(result.trajectory.turns[0].state, 1.0))
    with pytest.raises(OtherWorldError, match="after call 1"):
        told(result, cache, replace(result.trajectory, turns=(first, *result.trajectory.turns[1:])))


def test_there_are_eight_and_none_is_left_out() -> None:
    """What is shipped as YAML can be scored again."""
    assert len(SHIPPED) >= 8


def test_a_state_that_the_world_does_not_reach_is_refused(cache: FileCache) -> None:
    """The first call after which they part is named, and what differs."""
    result = played(CATALOG, "regulation/setpoint", "oracle", cache)
    assert result.trajectory is not None
    turns = list(result.trajectory.turns)
    name = sorted(turns[3].state)[0]
    turns[3] = replace(turns[3], state={**turns[3].state, name: turns[3].state[name] + 0.01})
    with pytest.raises(OtherWorldError, match=rf"after call 4 \(\w+\): {name} was"):
        again(CATALOG, result, cache, replace(result.trajectory, turns=tuple(turns)))


def test_another_start_is_refused(cache: FileCache) -> None:
    """A trace of another seed does not begin where this world does."""
    result = played(CATALOG, "regulation/setpoint", "noop", cache)
    assert result.trajectory is not None
    with pytest.raises(OtherWorldError, match="at the start"):
        again(CATALOG, result, cache, replace(result.trajectory, initial={"Krill": 1.0}))


def test_a_trace_without_states_is_refused(cache: FileCache) -> None:
    """Nothing says then that it is this world's."""
    result = played(CATALOG, "regulation/setpoint", "noop", cache)
    assert result.trajectory is not None
    turns = tuple(replace(turn, state={}) for turn in result.trajectory.turns)
    with pytest.raises(OtherWorldError, match="no true state"):
        again(CATALOG, result, cache, replace(result.trajectory, turns=turns))


def test_the_world_hash_is_of_the_world_alone() -> None:
    """Goals, scoring and texts are no part of it; a rate is."""
    from pytest_alienbio.scenarios.template import read_template
    from pytest_alienbio.spec import read_source
    from pytest_alienbio.spec.reader import read

    path = CATALOG.scenario("regulation/setpoint").source
    with open(path, encoding="utf-8") as file:
        text = file.read()
    was = read_template(read_source(path, tags=("!ev", "!_")))
    other = read_template(read(text + "\nscoring:\n  utility: !_ goal\n", path, tags=("!ev", "!_")))
    assert other.world_hash == was.world_hash
    assert other.scoring_hash != was.scoring_hash
    assert other.content_hash != was.content_hash
    changed = read_template(read(text.replace("max_steps: 20", "max_steps: 19"), path, tags=("!ev", "!_")))
    assert changed.world_hash != was.world_hash
