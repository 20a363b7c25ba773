"""The worlds that were built last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pytest_alienbio.errors import GenerationError
from pytest_alienbio.model import Action, AgentProfile, Case, Cell, Json
from pytest_alienbio.play import Catalog, builtin_agents, run_cell, template_scenario
from pytest_alienbio.scenarios.instance import Instance
from pytest_alienbio.scenarios.recent import Recent

from .parts import SMALL, Memory, small, template_of


class Asked(Memory):
    """A cache that counts how often it is asked."""

    times = 0

    def fetch(
        self, key: str, make: Callable[[], Mapping[str, Json]], verify: Callable[[Mapping[str, Json]], bool], /
    ) -> Mapping[str, Json]:
        self.times += 1
        return super().fetch(key, make, verify)


def test_a_world_that_is_here_is_not_built_again() -> None:
    built = small(1)
    recent = Recent()
    assert recent.get((1, 0, 1), lambda: built) is built
    assert recent.get((1, 0, 1), lambda: pytest.fail("it is here")) is built


@pytest.mark.parametrize("other", [(3, 0, 1), (1, 1, 1), (1, 0, 2)], ids=["difficulty", "seed", "surface"])
def test_another_world_is_another_one(other: tuple[int, int, int]) -> None:
    recent, first, second = Recent(), small(1), small(1, 1)
    recent.get((1, 0, 1), lambda: first)
    assert recent.get(other, lambda: second) is second


def test_the_longest_unused_is_forgotten() -> None:
    """Memory stays flat however many worlds a battery has."""
    recent, built = Recent(most=2), small(1)
    for seed in (0, 1, 0, 2):  # 1 is now the longest unused
        recent.get((1, seed, 1), lambda: built)
    again: list[int] = []

    def build(seed: int) -> Callable[[], Instance]:
        def made() -> Instance:
            again.append(seed)
            return built

        return made

    for seed in (0, 2, 1):
        recent.get((1, seed, 1), build(seed))
    assert again == [1]


def test_what_could_not_be_built_is_not_kept() -> None:
    recent, built = Recent(), small(1)

    def fail() -> Instance:
        raise GenerationError("none")

    with pytest.raises(GenerationError):
        recent.get((1, 0, 1), fail)
    assert recent.get((1, 0, 1), lambda: built) is built


def test_agents_share_a_world_and_cannot_tell() -> None:
    """The cache is asked once for all of them, and each plays as if it had been built for it alone."""
    info, cache = template_scenario(template_of(SMALL)), Asked()
    case = Case(info.name, 1, content_hash=info.content_hash)

    def play(agent: str, kept: Asked | None) -> object:
        cell = Cell("b", case, AgentProfile(agent, agent), 0, agent)
        result = run_cell(cell, Catalog({info.name: info}, builtin_agents()), cache=kept)
        return result.outcome, result.score, result.scores, result.trajectory, result.properties

    agents = ("random", "oracle", "greedy", "random")
    assert [play(agent, cache) for agent in agents] == [play(agent, None) for agent in agents]
    assert cache.times == 1


def test_without_a_cache_a_world_is_made_anew() -> None:
    """Whoever asks for none wants to see it generated."""
    info = template_scenario(template_of(SMALL))
    case = Case(info.name, 1, content_hash=info.content_hash)
    first, second = info.factory(case, None), info.factory(case, None)
    first.reset(0)
    first.step(Action("wait"))
    assert second.reset(0).step == 0
