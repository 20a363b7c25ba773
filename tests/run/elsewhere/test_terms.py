"""What a controller and its workers must have in common."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import pytest_alienbio
from pytest_alienbio.agents import NoopAgent
from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import CellLimits
from pytest_alienbio.play import AgentRegistry, ScenarioRegistry
from pytest_alienbio.run import adhoc_cell, build_catalog
from pytest_alienbio.run.elsewhere.terms import PACKAGE, Terms, differences, fingerprints, unlike, versions
from pytest_alienbio.run.plan import plan
from pytest_alienbio.run.run import Keeping

TERMS = Terms(
    "/project",
    "/data",
    "/data/results/x",
    "run",
    ".probe said",
    "here",
    files=("/a.yaml",),
    kept=Keeping("failed", True, ("a/b",), 5),
    limits=CellLimits(steps=3, memory_mb=100),
    same={"python": "3.11"},
)


class Mine(NoopAgent):
    """Waits."""


class Yours(NoopAgent):
    """Waits in another way."""


def test_terms_come_back_equal() -> None:
    assert Terms.of(json.loads(TERMS.text)) == TERMS
    with pytest.raises(StoreError, match="not the terms of a run"):
        Terms.of({"files": []})


def test_this_side_differs_from_itself_in_nothing() -> None:
    prints = fingerprints(build_catalog(), ["mutualism/competition"], ["greedy", "oracle"])
    assert list(prints) == ["scenario mutualism/competition", "agent greedy", "agent oracle"]
    assert Path(pytest_alienbio.__file__).parent == PACKAGE
    assert set(versions()) == {"pytest-alienbio", "code", "python", "numpy", "world"}
    assert differences(versions(), versions(), prints, prints) == []


def test_each_difference_is_a_sentence() -> None:
    """A scenario's content, an agent's source text, a version, and what the other side does not know."""

    def catalog(agent: type[NoopAgent]) -> dict[str, str]:
        def register(agents: AgentRegistry, scenarios: ScenarioRegistry) -> None:
            agents.add("mine", agent)

        return fingerprints(build_catalog(register=register), ["mutualism/competition"], ["mine"])

    ours, theirs = catalog(Mine), catalog(Yours)
    assert differences({}, {}, ours, theirs) == ["agent mine is another one there"]
    assert differences({}, {}, ours, {**ours, "scenario mutualism/competition": "x"}) == [
        "scenario mutualism/competition is another one there"
    ]
    [unknown] = differences({}, {}, ours, {"scenario mutualism/competition": ours["scenario mutualism/competition"]})
    assert unknown.startswith("agent mine is not known there (one given as a class, or by a conftest, is known in this process")
    assert differences({"python": "3.11"}, {"python": "3.12"}, {}, {}) == ["Python is 3.12 there and 3.11 here"]


def test_a_cell_is_held_against_the_catalog_before_it_is_played() -> None:
    """Workers may join at any time."""
    catalog = build_catalog()
    [cell] = plan(adhoc_cell("mutualism/competition", "greedy", 3), catalog).cells
    assert unlike(cell, catalog) == ""
    assert "is another one there" in unlike(replace(cell, case=replace(cell.case, content_hash="x")), catalog)
    assert "unknown scenario 'no/where'" in unlike(replace(cell, case=replace(cell.case, scenario="no/where")), catalog)
    assert "agent nobody is not known there" in unlike(replace(cell, agent=replace(cell.agent, kind="nobody")), catalog)
