"""Hooks that a conftest.py or another plugin may implement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..model import Baseline, Batch, Cell, Result, Rule, Verdict
    from ..play import AgentRegistry, ScenarioRegistry
    from ..play.scorers import ScorerRegistry
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
def pytest_alienbio_register_scorers(registry: ScorerRegistry) -> None:
    """Adds scorers for cells that are stored. pytest itself never asks: `bio rescore` and `Bio.rescore` read the conftests from
    the project's folder down to where they are started::

        def pytest_alienbio_register_scorers(registry):
            registry.add("thrift", lambda trial: Scores(1 - trial.cost / trial.budget), version="1", passing_score=0.5)
    """


@pytest.hookspec
def pytest_alienbio_cell_finish(cell: Cell, result: Result) -> None:
    """Called when a cell has been played and recorded, in the process that played it::

    def pytest_alienbio_cell_finish(cell, result):
        print(cell.id, result.outcome, result.score)
    """


@pytest.hookspec(firstresult=True)
def pytest_alienbio_regression(baseline: Baseline, current: Batch, rule: Rule) -> Verdict | None:
    """Judges a gate by a rule of the project's own: its verdict takes the place of the test's. None leaves the gate to us.

    Asked once for each gate, never in an xdist worker, and only about a run that can be compared: one that is not whole, that
    lacks numbers or was played on other scenarios is INVALID before. Only the conftests of the battery's folder and those
    above it are asked. A rule that bounds how much a mean may fall::

        from statistics import fmean
        from pytest_alienbio.model import Call, Verdict

        def pytest_alienbio_regression(baseline, current, rule):
            if rule.metric != "score":
                return None
            was, now = (fmean(cell.values["score"] for cell in batch.cells) for batch in (baseline.batch, current))
            call = Call.FAIL if now < was - 0.1 else Call.PASS
            return Verdict(call, current.battery, rule, (f"the mean went from {was:.2f} to {now:.2f}",))
    """


@pytest.hookspec
def pytest_alienbio_gate_verdict(verdict: Verdict) -> None:
    """Called once for each gate with what it says, after the run's results are written; never in an xdist worker::

    def pytest_alienbio_gate_verdict(verdict):
        if verdict.fails:
            Path("page-somebody.txt").write_text(f"{verdict.battery}: {verdict.call}: {verdict.why[0]}")
    """


@pytest.hookspec
def pytest_alienbio_summary(document: Document) -> None:
    """Called once for each result folder before the terminal shows its summary, never in an xdist worker::

    def pytest_alienbio_summary(document):
        Path("leader.txt").write_text(document["leaderboard"].rows("standings")[0]["agent"])
    """
