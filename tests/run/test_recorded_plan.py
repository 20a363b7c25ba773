"""What a folder's spec says of its plan is all of it: cells, ids, keys, order."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import AgentEntry, Plan, ScenarioEntry
from pytest_alienbio.run.recorded_plan import recorded_plan
from pytest_alienbio.store.layout import SPEC

from .parts import Lab, make_plan

LINE = ScenarioEntry("walks/line", difficulty="all")
LAME = AgentEntry("half", label="lame", role="floor")
PLANS = {
    "plain": make_plan(),
    "levels, roles, names": make_plan([LINE, "walks/plain"], ["right", LAME], [7, 100]),
    "params of a scenario": make_plan([ScenarioEntry("walks/plain", params={"bonus": 0.5})], ["right", "half"]),
    "an axis of scenarios": make_plan([LINE, "walks/plain"], ["right", "noop"], params={"bonus": (0.1, 0.2)}),
    "an axis of some agents": make_plan(["walks/plain"], ["prober", "right"], params={"ridge": (0.1, 1.0), "bonus": (0.1,)}),
    "looks": make_plan(["walks/plain"], ["right", "half"], [0, 1, 2, 3], looks=(2, 4)),
}


def told(plan: Plan) -> list[tuple[object, ...]]:
    return [
        (c.id, c.key, c.agent.hash, c.agent.name, c.agent.role, c.case.scenario, c.case.difficulty, c.seed, dict(c.params))
        for c in plan.cells
    ]


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_plan_comes_back_as_it_was(tmp_path: Path, plan: Plan) -> None:
    again = recorded_plan(Lab(tmp_path, plan).dat_path)
    assert told(again) == told(plan)
    assert again.battery.name == plan.battery.name
    assert again.battery.gates == plan.battery.gates


def test_a_spec_that_was_edited_is_refused(tmp_path: Path) -> None:
    """The cells must be those whose keys were hashed before the first of them was played."""
    lab = Lab(tmp_path, PLANS["plain"])
    spec = lab.dat_path / SPEC
    spec.write_text(spec.read_text("utf-8").replace("walks/plain", "walks/line"), "utf-8")
    with pytest.raises(StoreError, match="it was edited"):
        recorded_plan(lab.dat_path)
