"""Whole cells over both wires: a model that reads only what comes over the wire plays well, also where calls fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_alienbio.agents import InquirerAgent, NoopAgent
from pytest_alienbio.agents.llm import LLMAgent
from pytest_alienbio.agents.llm.asking import Clock
from pytest_alienbio.agents.llm.keys import Secret
from pytest_alienbio.agents.llm.live import wire_of
from pytest_alienbio.model import AgentProfile, Cell, Endpoint, Outcome, WireFormat
from pytest_alienbio.play import run_cell
from pytest_alienbio.run import build_catalog

from .fake import Fake

CATALOG = build_catalog()


@pytest.mark.parametrize("wire_format", ["openai", "anthropic"])
@pytest.mark.parametrize("faults", [{}, {"server": 0.1, "drop_before": 0.1}], ids=["quiet", "20 % faults"])
def test_a_reader_plays_over_the_wire(fake: Callable[..., Fake], wire_format: WireFormat, faults: dict[str, float]) -> None:
    """As who is told the values, whatever breaks on the way; each answer that the provider counted is counted here."""
    here = fake(policy="reader", faults=faults)
    info = CATALOG.scenario("mutualism/competition")
    url = here.anthropic if wire_format == "anthropic" else here.openai
    endpoint = Endpoint(wire_format, "m", base_url=url, provider="p")
    agent = LLMAgent(endpoint, clock=Clock(rest=lambda seconds: None))
    agent.connect(wire_of(endpoint, Secret(here.key)))
    cell = Cell("b", info.case(info.levels[0]), AgentProfile("m", "m"), 0, "c[m]")
    result, told = run_cell(cell, CATALOG, agent=agent), run_cell(cell, CATALOG, agent=InquirerAgent())
    assert result.outcome is Outcome.COMPLETED, result.reason
    assert result.score is not None
    assert told.score is not None
    assert result.score > told.score - 0.15
    counts = here.counts
    assert len(agent.calls) == counts["calls"]
    assert sum(call.tokens.total or 0 for call in agent.calls) == counts["input"] + counts["output"]
    assert (sum(call.attempt > 1 for call in agent.calls) > 0) == bool(faults)


@pytest.mark.parametrize(
    ("scenario", "wire_format"),
    [("population/balance", "anthropic"), ("regulation/setpoint", "openai"), ("stewardship/toxin", "anthropic")],
)
def test_each_family_is_played_over_the_wire(fake: Callable[..., Fake], scenario: str, wire_format: WireFormat) -> None:
    """To its end, and better than by waiting: prompt and tools are enough, and survive both formats."""
    here = fake(policy="reader")
    info = CATALOG.scenario(scenario)
    endpoint = Endpoint(wire_format, "m", base_url=here.anthropic if wire_format == "anthropic" else here.openai, provider="p")
    agent = LLMAgent(endpoint)
    agent.connect(wire_of(endpoint, Secret(here.key)))
    cell = Cell("b", info.case(info.levels[0]), AgentProfile("m", "m"), 0, "c[m]")
    result, waited = run_cell(cell, CATALOG, agent=agent), run_cell(cell, CATALOG, agent=NoopAgent())
    assert result.outcome is Outcome.COMPLETED, result.reason
    assert result.score is not None
    assert waited.score is not None
    assert result.score > waited.score
