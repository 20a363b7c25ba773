"""Hooks that a conftest.py or another plugin may implement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..model import Cell, Result
    from ..play import AgentRegistry, ScenarioRegistry
    from ..report import Document


@pytest.hookspec
def pytest_alienbio_register_agents(registry: AgentRegistry) -> None:
    """Adds agents that batteries can then name.

    Called before any name is resolved, for each folder with batteries; only the conftests of that folder and those
    above it are asked. The factory is called once a cell, with the `params` of the battery's line::

        def pytest_alienbio_register_agents(registry):
            registry.add("careful", CarefulAgent, tags=["mine"], role="candidate")
    """


@pytest.hookspec
def pytest_alienbio_register_scenarios(registry: ScenarioRegistry) -> None:
    """Adds scenarios made in Python. The factory gives an `Environment` (`reset`, `step`, `score`); a task is a function that
    takes params and gives metrics::

    def pytest_alienbio_register_scenarios(registry):
        registry.add("walks/line", LineWalk, levels=(1, 2, 3), default_level=1, passing_score=0.5)
        registry.task("text/count_words", count_words, metrics=["words"], score="words")
    """


@pytest.hookspec
def pytest_alienbio_cell_finish(cell: Cell, result: Result) -> None:
    """Called when a cell has been played and recorded, in the process that played it::

    def pytest_alienbio_cell_finish(cell, result):
        print(cell.id, result.outcome, result.score)
    """


@pytest.hookspec
def pytest_alienbio_summary(document: Document) -> None:
    """Called once for each result folder before the terminal shows its summary, never in an xdist worker::

    def pytest_alienbio_summary(document):
        Path("leader.txt").write_text(document["leaderboard"].rows("standings")[0]["agent"])
    """
