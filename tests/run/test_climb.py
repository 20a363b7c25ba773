"""Worlds of a check: played once each, the same in one process and in two, and whatever goes wrong is in the results."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.model import AgentProfile, Climb, Observation, Outcome
from pytest_alienbio.model.ladder import CPU
from pytest_alienbio.play import Catalog
from pytest_alienbio.run import Workshop, build_catalog, questions
from pytest_alienbio.run.catalog import with_scenario_file
from pytest_alienbio.run.climb import climb
from pytest_alienbio.testing import Pond

from ..scenarios.parts import SMALL, changed

AGENTS = [AgentProfile(name, name) for name in ("oracle", "greedy", "noop")]


def small(folder: Path, text: str = SMALL) -> tuple[Catalog, Workshop]:
    """A catalog that knows `tests/small`, and what other processes need to know it."""
    path = folder / "small.yaml"
    path.write_text(text, "utf-8")
    return with_scenario_file(build_catalog(), path)[0], Workshop((path,), folder / "data")


def told(climbs: list[Climb]) -> list[object]:
    """Everything but times."""
    return [
        (each.scenario, each.difficulty, each.seed, each.attempts, [(r.id, r.score, dict(r.scores)) for r in each.results])
        for each in climbs
    ]


def test_two_processes_see_what_one_sees(tmp_path: Path) -> None:
    """In the order that was asked for. The second time every world comes out of the cache."""
    catalog, workshop = small(tmp_path)
    asked = questions(catalog.scenario("tests/small"), (1, 3), (0, 1))
    first = list(climb(asked, AGENTS, catalog, workshop, jobs=2))
    second = list(climb(asked, AGENTS, catalog, workshop))
    assert told(first) == told(second)
    assert [(each.difficulty, each.seed) for each in first] == [(1, 0), (1, 1), (3, 0), (3, 1)]
    assert all(each.generation_s and each.generation_s > 0 for each in first)
    assert all(each.generation_s is None for each in second)
    assert all(each.attempts == 1 + sum(each.rejected.values()) for each in first)
    for each in first:
        assert [result.agent for result in each.results] == ["oracle", "greedy", "noop"]
        assert (each.results[0].score, each.results[2].score) == (1.0, 0.0)
        assert all(isinstance(seconds := result.metrics[CPU], float) and seconds > 0 for result in each.results)
        assert all(result.trajectory is None for result in each.results)


def test_a_world_that_cannot_be_found_is_in_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reasons, and no attempts that led anywhere."""
    monkeypatch.setattr("pytest_alienbio.scenarios.generate.MOST_ATTEMPTS", 2)
    catalog, workshop = small(tmp_path, changed("effects: [[add, food, 3]]", "effects: [[add, food, 0]]"))
    [one] = climb(questions(catalog.scenario("tests/small"), (3,), (7,)), AGENTS, catalog, workshop)
    assert (one.attempts, one.rejected) == (None, {"unsolvable": 2})
    assert [result.outcome for result in one.results] == [Outcome.ENVIRONMENT_ERROR] * 3


def test_a_scenario_in_python_needs_none_of_it(tmp_path: Path) -> None:
    """No levels, no cache, no attempts to tell of."""
    catalog = build_catalog(register=lambda _agents, scenarios: scenarios.add("tests/pond", Pond))
    asked = questions(catalog.scenario("tests/pond"), (None,), (0,))
    [one] = climb(asked, AGENTS, catalog, Workshop((), tmp_path / "data"))
    assert (one.difficulty, one.attempts, one.generation_s) == (None, None, None)
    assert [result.score for result in one.results[::2]] == [1.0, 0.0]
    assert not (tmp_path / "data").exists()


def test_an_environment_that_breaks_is_an_outcome(tmp_path: Path) -> None:
    class Broken(Pond):
        def reset(self, seed: int, /) -> Observation:
            raise OSError("no water")

    catalog = build_catalog(register=lambda _agents, scenarios: scenarios.add("tests/pond", Broken))
    [one] = climb(questions(catalog.scenario("tests/pond"), (None,), (0,)), AGENTS, catalog, Workshop((), tmp_path))
    assert all("no water" in result.reason for result in one.results)
