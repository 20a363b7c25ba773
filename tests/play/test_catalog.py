"""What can be named, and how it is built."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents import NoopAgent
from pytest_alienbio.errors import UnknownNameError
from pytest_alienbio.model import AgentProfile, Case
from pytest_alienbio.play import AgentInfo, Catalog, ScenarioInfo
from pytest_alienbio.testing import Pond

from .worlds import in_another_process, make_catalog


def named(*names: str) -> Catalog:
    return Catalog({name: ScenarioInfo(name, lambda case, cache: Pond()) for name in names})


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("*", ("a/b/c", "a/x", "b/x")),
        ("a/*", ("a/b/c", "a/x")),
        ("*/x", ("a/x", "b/x")),
        ("a/x", ("a/x",)),
        ("[ab]/x", ("a/x", "b/x")),
        ("A/*", ()),
        ("a", ()),
    ],
)
def test_a_glob_matches_whole_names_and_crosses_slashes(glob: str, found: tuple[str, ...]) -> None:
    """Sorted, whatever the order of registration; case matters."""
    assert named("b/x", "a/x", "a/b/c").match(glob) == found


def test_an_unknown_name_says_the_nearest_one() -> None:
    """A typo is found before anything runs."""
    with pytest.raises(UnknownNameError, match=r"unknown scenario 'pond/smal'; did you mean 'pond/small'\?"):
        make_catalog().scenario("pond/smal")
    with pytest.raises(UnknownNameError, match=r"unknown agent 'nop'; did you mean 'noop'\?"):
        make_catalog().make_agent(AgentProfile("nop", "nop"))


def test_only_a_privileged_agent_is_given_the_solution() -> None:
    """The others are built from their params alone."""
    given: list[dict[str, object]] = []

    def build(**keywords: object) -> NoopAgent:
        given.append(keywords)
        return NoopAgent()

    catalog = Catalog({}, {"plain": AgentInfo("plain", build), "knows": AgentInfo("knows", build, privileged=True)})
    catalog.make_agent(AgentProfile("plain", "plain", {"p": 1}), ["wait"])
    catalog.make_agent(AgentProfile("knows", "knows", {"p": 1}), ["wait"])
    assert given == [{"p": 1}, {"p": 1, "solution": ["wait"]}]


def test_each_environment_is_a_fresh_one() -> None:
    """One environment plays one cell."""
    catalog, case = make_catalog(), Case("pond/small")
    assert catalog.make_environment(case) is not catalog.make_environment(case)


def test_the_door_imports_nothing_heavy() -> None:
    """numpy stays unloaded until a cell plays."""
    code = (
        "import sys, pytest_alienbio.play as p; p.builtin_agents();"
        "print(*(m for m in ('numpy', 'scipy', 'pydantic', 'pytest', 'yaml') if m in sys.modules))"
    )
    assert in_another_process(code).strip() == ""
