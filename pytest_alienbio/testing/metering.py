"""What an agent that takes a meter must do: ask before each call, settle each call, and stop when it is refused."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Agent, AgentProfile, Case, Cell, CellLimits, Environment, Outcome
from ..play import Catalog, run_cell
from ..play.meter import CellMeter
from .must import must


def check_agent_meter(name: str, build: Callable[[], Agent], pond: Callable[[], Environment], seed: int) -> None:
    """Plays an agent with `attach` under a meter, then under one that allows nothing.

    That a call took more than its worst case is told in the metrics of every play.
    """
    if not callable(getattr(build(), "attach", None)):
        return
    cell, limits = Cell("check", Case("check/pond"), AgentProfile(name, name), seed, "check/pond"), CellLimits(steps=200)
    meter = CellMeter(limits)
    run_cell(cell, Catalog(), limits=limits, agent=build(), environment=pond(), meter=meter)
    must(
        not meter.unknown_calls,
        f"{name}: {meter.unknown_calls} calls were left without call.settle(tokens=, usd=), so nobody knows what they took",
    )
    usage = meter.usage
    if not (usage.tokens or usage.usd):
        return
    nothing = CellLimits(steps=200, usd=0.0, tokens=0)
    refused = run_cell(cell, Catalog(), limits=nothing, agent=build(), environment=pond())
    must(refused.outcome is Outcome.OVER_LIMIT, f"{name}: refused every call, it ended {refused.outcome}: {refused.reason}")
    acted = 0 if refused.trajectory is None else refused.trajectory.steps
    must(not acted, f"{name}: refused a call, it acted all the same; let OverLimitError pass: the cell ends there")
