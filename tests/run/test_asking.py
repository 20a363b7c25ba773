"""What a coming run asks of models: from recorded cells, else from the size of the prompt."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.agents.llm import LLMAgent
from pytest_alienbio.model import FREE, Access, AgentProfile, Caps, Cell, Endpoint, Forecast, Outcome, Plan, Price, Rate
from pytest_alienbio.play import AgentInfo, Catalog
from pytest_alienbio.report import render_forecast
from pytest_alienbio.run import build_catalog
from pytest_alienbio.run.asking import Asking
from pytest_alienbio.run.forecast import forecast
from pytest_alienbio.run.history import History
from pytest_alienbio.run.plan import plan
from pytest_alienbio.run.profiles import UNPAID
from pytest_alienbio.store import CellCost

from .parts import make_battery

COMPETITION = "mutualism/competition"
PRICE = Price(3, 15, cached=0.3, source="tests")


def a_model(*, model: str = "m", access: Access = Access(), max_tokens: int = 1000) -> LLMAgent:  # noqa: B008 - frozen
    """As an agent of a kind that is a language model."""
    return LLMAgent(Endpoint("openai-compatible", model, provider="maker", price=access.price))


def catalog() -> Catalog:
    """The shipped one, with a model."""
    found = build_catalog(())
    return replace(found, agents={**found.agents, "model": AgentInfo("model", a_model, is_model=True)})


def planned(price: Price | None = PRICE, seeds: int = 4, skip: str = "", **battery: Any) -> Plan:
    """A plan whose second agent is a language model of this price."""
    made = plan(make_battery([COMPETITION], ["noop", "greedy"], range(seeds), **battery), catalog())
    profile = AgentProfile("gpt", "model", {"model": "m"}, skip_reason=skip, access=Access(price=price))
    cells = tuple(replace(cell, agent=profile) if cell.agent.name == "greedy" else cell for cell in made.cells)
    return replace(made, cells=cells)


def foreseen(root: Path, made: Plan, **more: Any) -> Forecast:
    return forecast(made, made.cells, catalog(), data_root=root / "data", **more)


def models(made: Plan) -> list[Cell]:
    return [cell for cell in made.cells if cell.agent.kind == "model"]


def test_without_a_record_the_prompt_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls, tokens, money and time with an interval; it says what was taken for true; no client is imported."""
    for name in ("openai", "anthropic"):
        monkeypatch.setitem(sys.modules, name, None)
    found = foreseen(tmp_path, planned())
    for each in (found.calls, found.tokens, found.usd, found.seconds):
        assert each.value is not None
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.value < each.high
        assert each.known == 4
    assert found.calls.cells == 4
    text = render_forecast(found, 200)
    assert "calls, tokens and money of 4 cells: from the size of the prompt" in text
    assert "comes from the provider's cache" in text
    assert "money: about $" in text
    assert all(len(line) <= 80 for line in render_forecast(found, 80).splitlines()[:-2])


def test_recorded_cells_of_the_same_scenario_and_agent_come_first() -> None:
    """And it says so."""
    history = History()
    for tokens in (100, 200, 300):
        cost = CellCost(COMPETITION, 2, "gpt", Outcome.COMPLETED, 2.0, None, 100, None, False, True, 0.5, tokens, 10)
        history.add(cost, 0, "all")
    asking = Asking(models(planned()), history, catalog())
    assert [asking.quantity(name).value for name in ("requests", "tokens", "usd")] == [40, 800, 2.0]
    assert list(asking.notes()) == ["calls, tokens and money: from recorded cells of the same scenarios and agents"]
    assert asking.untimed().value is None


def test_both_ways_together_say_how_many_cells_each() -> None:
    made = planned()
    other = AgentProfile("other", "model", {"model": "m"}, access=Access(price=PRICE))
    cells = [*models(made), *(replace(cell, agent=other) for cell in models(made))]
    history = History()
    for usd in (0.4, 0.6):
        history.add(
            CellCost(COMPETITION, 2, "gpt", Outcome.COMPLETED, 2.0, None, 100, None, False, True, usd, 100, 10), 0, "all"
        )
    asking = Asking(cells, history, catalog())
    alone = Asking(cells[4:], History(), catalog()).quantity("usd").value
    assert alone is not None
    found = asking.quantity("usd")
    assert found.value == pytest.approx(4 * 0.5 + alone)
    assert (found.known, found.cells) == (8, 8)
    first, second, *_ = asking.notes()
    assert first.startswith("calls, tokens and money of 4 cells: from recorded cells")
    assert second.startswith("calls, tokens and money of 4 cells: from the size of the prompt")


def test_a_price_that_nobody_knows_is_no_zero(tmp_path: Path) -> None:
    """Calls and tokens are told, money is not, and what to write is."""
    found = foreseen(tmp_path, planned(price=None))
    assert found.calls.value
    assert (found.usd.value, found.usd.known, found.usd.cells) == (None, 0, 4)
    assert any("nobody knows what 'm' costs" in note for note in found.notes)


def test_a_free_model_costs_nothing(tmp_path: Path) -> None:
    found = foreseen(tmp_path, planned(price=FREE))
    assert (found.usd.value, found.usd.low, found.usd.high) == (0.0, 0.0, 0.0)
    assert "money: about $0" in render_forecast(found, 80)


def test_what_is_skipped_for_want_of_leave_is_priced_all_the_same(tmp_path: Path) -> None:
    """One sees the price before one says yes."""
    found = foreseen(tmp_path, planned(skip=UNPAID))
    assert found.usd.value
    assert any("without it 4 cells will be skipped" in note for note in found.notes)
    assert foreseen(tmp_path, planned(skip="not here")).usd.value is None


def test_more_cells_at_once_take_less_time_and_cost_the_same(tmp_path: Path) -> None:
    """The engine's width is in the wall time, and is named."""
    one, many = foreseen(tmp_path, planned()), foreseen(tmp_path, planned(engine="threads:4"))
    assert one.seconds.value is not None
    assert many.seconds.value == pytest.approx(one.seconds.value / 4)
    assert many.usd == one.usd
    shown = render_forecast(many, 200)
    assert " with threads:4" in shown
    assert shown.count("(assumed: ") == 4, "calls, tokens, money, time: no interval of anything recorded"


def test_a_providers_rate_bounds_the_time() -> None:
    """Of the providers that are asked; the tightest of calls and tokens decides."""
    asking = Asking(models(planned()), History(), catalog())
    calls, tokens = asking.quantity("requests").value, asking.quantity("tokens").value
    assert calls is not None
    assert tokens is not None
    assert asking.paced({"other": (1, None)})[3] == ""
    low, likely, high, provider = asking.paced({"maker": (6, None)})
    assert (low, likely, high) == pytest.approx((10 * _end(asking, "low"), 10 * calls, 10 * _end(asking, "high")))
    assert provider == "maker"
    assert asking.paced({"maker": (10**9, 60)})[1] == pytest.approx(tokens)
    assert Rate(6).requests == 6


def _end(asking: Asking, end: str) -> float:
    return float(getattr(asking.quantity("requests"), end))


def test_caps_are_held_against_it(tmp_path: Path) -> None:
    """Though nothing like it was ever recorded."""
    made = planned(seeds=20, caps=Caps(usd=0.0001))
    assert any(note.startswith("stops after about") for note in foreseen(tmp_path, made).notes)
