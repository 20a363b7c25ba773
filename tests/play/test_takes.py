"""What a factory takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_alienbio.play import AgentInfo, ScenarioRegistry, builtin_agents
from pytest_alienbio.play.takes import ANYTHING, NOTHING, takes_of
from pytest_alienbio.testing import Pond


class _Unreadable:
    __signature__ = "none"

    def __call__(self, **params: object) -> None:
        pass


def _mixed(place: object, /, needed: int, *rest: object, chosen: int = 1, **others: object) -> None:
    pass


@pytest.mark.parametrize(
    ("factory", "handed", "named", "others"),
    [
        (lambda: None, (), {}, False),
        (lambda a, b=1, *, c, d=2: None, (), {"a": True, "b": False, "c": True, "d": False}, False),
        (lambda a, b=1: None, ("a",), {"b": False}, False),
        (_mixed, (), {"needed": True, "chosen": False}, True),
        (_Unreadable(), ("x",), {}, True),
    ],
)
def test_a_signature_tells_names_and_needs(
    factory: Callable[..., object], handed: tuple[str, ...], named: dict[str, bool], others: bool
) -> None:
    """Keywords only: what is given by position, or handed over anyway, is for no file to give."""
    takes = takes_of(factory, handed)
    assert (takes.named, takes.others) == (named, others)
    assert all(name in takes for name in named)
    assert not any(name in takes for name in handed)
    assert ("whatever" in takes) == others


def test_wrong_params_are_told_with_the_nearest_name() -> None:
    takes = takes_of(lambda needed, threshold=1: None)
    assert list(takes.wrong("greedy", ["treshold", "x"])) == [
        ("greedy has no param 'treshold'", "did you mean 'threshold'?"),
        ("greedy has no param 'x'", "known: needed, threshold"),
        ("greedy needs the param 'needed'", ""),
    ]
    assert list(NOTHING.wrong("noop", ["x"])) == [("noop has no param 'x'", "it takes none")]
    assert list(ANYTHING.wrong("free", ["x"])) == []
    assert list(takes_of(_mixed).wrong("mixed", ["x"])) == [("mixed needs the param 'needed'", "")]


def test_solution_and_difficulty_are_handed_over() -> None:
    """A privileged agent's solution, and the level of a scenario with levels; without levels it is a param like others."""
    assert "solution" not in builtin_agents()["oracle"].params
    assert "solution" in AgentInfo("x", lambda solution: None).params  # type: ignore[arg-type, return-value]
    scenarios = ScenarioRegistry()
    scenarios.add("with", lambda difficulty, size=1: Pond(), levels=[1, 2])
    scenarios.add("without", lambda difficulty=1: Pond())
    assert dict(scenarios.entries["with"].params.named) == {"size": False}
    assert "difficulty" in scenarios.entries["without"].params
