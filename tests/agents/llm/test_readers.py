"""Prompt, tools and parsing are enough to play well: who knows only the words plays as who knows the values."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents import InquirerAgent
from pytest_alienbio.model import AgentProfile, Cell, Outcome
from pytest_alienbio.play import run_cell
from pytest_alienbio.run import build_catalog

from .readers import Reader
from .wires import connected

CATALOG = build_catalog()
SHIPPED = sorted(name for name, info in CATALOG.scenarios.items() if info.levels and info.world)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("end", [0, -1], ids=["lowest", "highest"])
def test_a_model_that_reads_plays_as_one_that_is_told(name: str, end: int) -> None:
    """Each shipped scenario, at both ends of its levels: the words have two or four digits, so scores differ a little."""
    info = CATALOG.scenario(name)
    cell = Cell("b", info.case(info.levels[end]), AgentProfile("m", "m"), 0, f"{name}[m]")
    agent, wire = connected(Reader())
    read = run_cell(cell, CATALOG, agent=agent)
    told = run_cell(cell, CATALOG, agent=InquirerAgent())
    assert read.outcome is Outcome.COMPLETED, read.reason
    assert read.score is not None
    assert told.score is not None
    refused = [turn for turn in read.trajectory.turns if not turn.ok] if read.trajectory else []
    assert not refused
    assert read.score > told.score - 0.15, (read.score, told.score)
    assert len(wire.requests) == (read.trajectory.steps if read.trajectory else 0)
