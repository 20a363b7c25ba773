"""Agents and scenarios from outside."""

from __future__ import annotations

import functools
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pytest_alienbio.agents import NoopAgent, RandomAgent
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentProfile, Case
from pytest_alienbio.play import AgentRegistry, Catalog, ScenarioRegistry, builtin_agents
from pytest_alienbio.testing import Pond

from .worlds import Counter

BAD_NAMES = ["", "a[b", "a]", "a::b", "a b", "a\tb", "a\x00", "a\x1bb", "a*", "a?", 3, None]


def make_pond(depth: float = 1.0, difficulty: int | None = None) -> Pond:
    pond = Pond()
    pond.given = (depth, difficulty)  # type: ignore[attr-defined]
    return pond


def test_an_agent_that_was_added_can_be_built_with_params() -> None:
    """The factory is called with a profile's params."""
    registry = AgentRegistry(builtin_agents())
    registry.add("mine/dice", RandomAgent, tags=("mine",), role="floor", deterministic=True)
    info = registry.entries["mine/dice"]
    assert (info.tags, info.role, info.deterministic, info.privileged) == (("mine",), "floor", True, False)
    built = Catalog({}, registry.entries).make_agent(AgentProfile("x", "mine/dice", {"wait_probability": 0.5}))
    assert isinstance(built, RandomAgent)


def test_a_registry_leaves_what_it_was_given_alone() -> None:
    """It starts from a copy."""
    known = builtin_agents()
    AgentRegistry(known).add("mine", NoopAgent)
    assert "mine" not in known


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_cannot_stand_in_an_id_are_refused(name: Any) -> None:
    """Brackets, `::`, blanks, control characters and wildcards."""
    with pytest.raises(SpecError):
        AgentRegistry().add(name, NoopAgent)
    with pytest.raises(SpecError):
        ScenarioRegistry().add(name, Pond)


def test_a_name_taken_twice_says_who_was_first() -> None:
    """With module and line, so that it can be found."""
    registry = ScenarioRegistry()
    registry.add("pond", Pond)
    with pytest.raises(SpecError, match=r"already registered by pytest_alienbio\.testing\.pond\.Pond \(.*pond\.py"):
        registry.add("pond", Counter)


def test_a_built_in_name_is_taken() -> None:
    """Nobody replaces the oracle by accident."""
    with pytest.raises(SpecError, match="agent 'oracle' is already registered by pytest_alienbio"):
        AgentRegistry(builtin_agents()).add("oracle", NoopAgent)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"role": "canidate"}, "did you mean 'candidate'"),
        ({"tags": ("two words",)}, "bad tag 'two words'"),
        ({"factory": NoopAgent()}, "its factory is a NoopAgent"),
    ],
)
def test_a_bad_agent_entry_is_refused(wrong: dict[str, Any], says: str) -> None:
    """When it is registered, not when it plays."""
    with pytest.raises(SpecError, match=says):
        AgentRegistry().add(**{"name": "mine", "factory": NoopAgent, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"levels": (1, 1)},
        {"levels": (True,)},
        {"levels": ("1",)},
        {"levels": (-1,)},
        {"levels": (1, 2), "default_level": 3},
        {"default_level": 1},
        {"passing_score": float("nan")},
        {"passing_score": "high"},
    ],
)
def test_a_bad_scenario_entry_is_refused(wrong: dict[str, Any]) -> None:
    """Levels are different whole numbers, the default one of them, the bar finite."""
    with pytest.raises(SpecError, match="scenario 'mine'"):
        ScenarioRegistry().add("mine", Pond, **wrong)


def test_a_scenario_with_levels_is_given_its_difficulty() -> None:
    """Without levels there is no such keyword; the lowest level is the default."""
    registry = ScenarioRegistry()
    registry.add("flat", make_pond)
    registry.add("steep", make_pond, levels=(3, 1), passing_score=1)
    registry.add("open", make_pond, passing_score=None)
    assert registry.entries["open"].passing_score is None
    catalog = Catalog(registry.entries)
    flat = catalog.make_environment(Case("flat", None, {"depth": 2.0}))
    steep = catalog.make_environment(Case("steep", 3))
    assert (flat.given, steep.given) == ((2.0, None), (1.0, 3))  # type: ignore[attr-defined]
    assert (registry.entries["steep"].levels, registry.entries["steep"].default_level) == ((1, 3), 1)
    assert registry.entries["flat"].default_level is None


def test_a_factory_cannot_change_the_case() -> None:
    """It is handed a deep copy of the params."""

    def greedy_factory(items: list[int]) -> Pond:
        items.append(1)
        return Pond()

    registry = ScenarioRegistry()
    registry.add("pond", greedy_factory)
    case = Case("pond", params={"items": [0]})
    Catalog(registry.entries).make_environment(case)
    assert case.params == {"items": [0]}


def hash_of(name: str, factory: Any) -> str:
    registry = ScenarioRegistry()
    registry.add(name, factory)
    return registry.entries[name].content_hash


def test_the_content_hash_follows_name_and_source() -> None:
    """The same text gives the same hash; another name, text or bound argument another one."""
    assert hash_of("pond", Pond) == hash_of("pond", Pond)
    shallow, deep = functools.partial(make_pond, depth=1.0), functools.partial(make_pond, depth=2.0)
    hashes = [
        hash_of("pond", Pond),
        hash_of("lake", Pond),
        hash_of("pond", Counter),
        hash_of("pond", shallow),
        hash_of("pond", deep),
    ]
    assert len(set(hashes)) == 5


WORLD = """class World:
    def reset(self, seed): return {bonus}
"""


def test_the_source_of_a_class_is_found_though_another_file_has_its_modules_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two conftest.py in folders without `__init__.py` are both called `conftest`, and the later one is what is imported."""

    def module(folder: str, text: str) -> ModuleType:
        file = tmp_path / folder / "conftest.py"
        file.parent.mkdir()
        file.write_text(text)
        spec = importlib.util.spec_from_file_location("conftest", file)
        assert spec
        assert spec.loader
        made = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "conftest", made)
        spec.loader.exec_module(made)
        return made

    above = module("above", WORLD.format(bonus=1))
    alone = hash_of("world", above.World)
    for folder, text in (("empty", ""), ("alike", WORLD.format(bonus=3))):
        below = module(folder, text)
        assert hash_of("world", above.World) == alone
        assert sys.modules["conftest"] is below
    other = module("other", WORLD.format(bonus=2))
    module("last", "")
    assert hash_of("world", other.World) != alone
    registry = ScenarioRegistry()
    registry.add("world", other.World)
    with pytest.raises(SpecError, match=r"other.conftest\.py:1"):
        registry.add("world", other.World)


def test_a_factory_without_source_is_hashed_by_its_name() -> None:
    """As one typed at a prompt is."""
    scope: dict[str, Any] = {"Pond": Pond}
    exec("def made():\n    return Pond()", scope)  # noqa: S102 - the only way to a function without source
    assert hash_of("pond", scope["made"]) == hash_of("pond", scope["made"])


class Described:
    """What it is about.

    And more.
    """


@dataclass
class Bare:
    """Stands in for a factory."""

    size: int = 1


Bare.__doc__ = "Bare(size: int = 1)"


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (Described, "What it is about."),
        (functools.partial(Described), "What it is about."),
        (Bare, ""),
        (lambda: None, ""),
    ],
)
def test_a_scenario_is_described_by_the_first_line_of_its_docstring(factory: Any, said: str) -> None:
    """Not by the one a dataclass writes for itself."""
    registry = ScenarioRegistry()
    registry.add("x", factory)
    assert registry.entries["x"].description == said


def measured(agent_count: int = 1) -> dict[str, int]:
    """Counts agents.

    And nothing else.
    """
    return {"agents": agent_count}


def test_a_function_becomes_a_task() -> None:
    """Run in this process by default; described by its docstring; no bar, no params of its own."""
    registry = ScenarioRegistry()
    registry.task("count", measured, metrics=["agents"], score="agents", better="lower", tags=["counting"])
    info = registry.entries["count"]
    assert (info.type, info.passing_score, info.tags, info.description) == ("task", None, ("counting",), "Counts agents.")
    assert info.task is not None
    assert (info.task.call, info.task.isolate, info.task.metrics, info.task.score) == (measured, "none", ("agents",), "agents")


def test_a_task_in_a_process_of_its_own_is_found_by_its_file() -> None:
    registry = ScenarioRegistry()
    registry.task("count", measured, isolate="process")
    task = registry.entries["count"].task
    assert task is not None
    assert (task.call, task.file, task.function) == (None, __file__, "measured")


def test_a_tasks_hash_covers_its_source_and_how_it_is_judged() -> None:
    hashes = set()
    for more in ({}, {"metrics": ["agents"]}, {"score": "agents"}, {"score": "agents", "better": "lower"}):
        registry = ScenarioRegistry()
        registry.task("count", measured, **more)
        hashes.add(registry.entries["count"].content_hash)
    assert len(hashes) == 4


@pytest.mark.parametrize(
    ("name", "function", "more", "what"),
    [
        ("a b", measured, {}, "a name must not hold blanks"),
        ("x", 3, {}, "its factory is a int"),
        ("x", measured, {"isolate": "thread"}, "isolate cannot be 'thread'; expected process or none"),
        ("x", measured, {"better": "bigger"}, "better cannot be 'bigger'"),
        ("x", measured, {"score": {"metric": "loss"}}, "score cannot be {'metric': 'loss'}; expected a metric's name"),
        ("x", lambda: measured(), {"isolate": "process"}, "another process cannot import"),
    ],
)
def test_a_task_that_cannot_be(name: str, function: Any, more: dict[str, Any], what: str) -> None:
    with pytest.raises(SpecError, match=what):
        ScenarioRegistry().task(name, function, **more)
