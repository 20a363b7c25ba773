"""The laws of shards: disjoint, complete, balanced, worlds together, and a function of the plan alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import AgentProfile, Battery, Case, Cell, Plan, Selection
from pytest_alienbio.run import nothing_left, select
from pytest_alienbio.run.sharding import sharded

from .parts import make_plan

SCENARIOS, PLAYERS, BONUSES = ("walks/line", "walks/plain"), ("right", "choosy", "twin"), (None, 0.1, 0.2)


def made(scenarios: Iterable[str], agents: Iterable[str], seeds: Iterable[int], bonuses: Iterable[object] = (None,)) -> Plan:
    """A plan as a battery would give it, two levels and two surfaces of each scenario; without a catalog, so in no time."""
    seeds, profiles = tuple(seeds), [AgentProfile(name, name.replace("twin", "right")) for name in agents]
    cells = []
    for scenario, level, variant, bonus in product(scenarios, (1, 2), (1, 2), bonuses):
        case = Case(
            scenario, level, {} if bonus is None else {"bonus": float(str(bonus))}, f"hash of {scenario}", variant=variant
        )
        for agent, seed in product(profiles, seeds):
            cells.append(Cell("b", case, agent, seed, f"{scenario}[d{level}-{agent.name}-s{seed}-{bonus}-v{variant}]"))
    return Plan(Battery("b", (), (), seeds), tuple(cells))


PLANS = st.builds(
    made,
    st.sets(st.sampled_from(SCENARIOS), min_size=1),
    st.sets(st.sampled_from(PLAYERS), min_size=1),
    st.sets(st.integers(0, 999), min_size=1, max_size=6),
    st.sets(st.sampled_from(BONUSES), min_size=1),
)


def worlds_of(plan: Plan) -> dict[str, object]:
    """What a cell's world hangs on; its surface does not matter."""
    return {cell.id: (cell.case.scenario, cell.case.difficulty, str(cell.case.params), cell.seed) for cell in plan.cells}


@settings(deadline=None)
@given(PLANS, st.integers(1, 9))
def test_each_cell_is_in_one_shard_and_shards_are_equal_but_for_one_cell(plan: Plan, count: int) -> None:
    """What the N jobs select together is the plan, each cell once, each in its order."""
    parts = [select(plan, Selection(shard=(number, count))) for number in range(1, count + 1)]
    assert Counter(cell.id for part in parts for cell in part) == Counter(cell.id for cell in plan.cells)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    order = {cell.id: at for at, cell in enumerate(plan.cells)}
    assert all([order[cell.id] for cell in part] == sorted(order[cell.id] for cell in part) for part in parts)


@settings(deadline=None)
@given(PLANS, st.integers(1, 9))
def test_a_cut_goes_through_one_world_at_most(plan: Plan, count: int) -> None:
    """So all but N - 1 worlds are generated in one shard only."""
    of, worlds = sharded(plan, count), worlds_of(plan)
    torn = Counter(name for name, _ in {(worlds[cell], shard) for cell, shard in of.items()})
    assert sum(times - 1 for times in torn.values()) <= count - 1


@settings(deadline=None)
@given(PLANS, st.integers(1, 9), st.data())
def test_it_hangs_on_nothing_but_the_plan(plan: Plan, count: int, data: st.DataObject) -> None:
    """Not on the order in which a battery lists things, and not on what else is selected."""
    mixed = Plan(plan.battery, tuple(data.draw(st.permutations(plan.cells))))
    assert sharded(mixed, count) == sharded(plan, count)
    chosen = Selection(agents=("right",), shard=(1, count))
    every = select(plan, replace(chosen, agents=()))
    assert select(plan, chosen) == tuple(cell for cell in every if cell.agent.name == "right")


@settings(deadline=None)
@given(PLANS, st.sets(st.integers(1000, 1999), max_size=6), st.integers(1, 9))
def test_cells_added_elsewhere_move_few(plan: Plan, more: set[int], count: int) -> None:
    """With m new cells at most m + 1 of the others move at each of the N - 1 cuts."""
    added = tuple(replace(c, seed=s, id=f"{c.id}+{s}") for c in plan.cells if c.seed == plan.battery.seeds[0] for s in more)
    before, after = sharded(plan, count), sharded(Plan(plan.battery, plan.cells + added), count)
    assert sum(after[name] != shard for name, shard in before.items()) <= (len(added) + 1) * (count - 1)


def test_the_split_is_the_same_on_every_machine_and_in_every_release() -> None:
    """Golden: jobs of one run may be played by different versions of Python, and of this package."""
    assert sharded(made(["walks/plain"], ["right", "choosy"], [3]), 3) == GOLDEN


GOLDEN = {
    "walks/plain[d1-choosy-s3-None-v1]": 2,
    "walks/plain[d1-choosy-s3-None-v2]": 2,
    "walks/plain[d1-right-s3-None-v1]": 3,
    "walks/plain[d1-right-s3-None-v2]": 3,
    "walks/plain[d2-choosy-s3-None-v1]": 1,
    "walks/plain[d2-choosy-s3-None-v2]": 1,
    "walks/plain[d2-right-s3-None-v1]": 1,
    "walks/plain[d2-right-s3-None-v2]": 2,
}


@pytest.mark.parametrize(("shard", "left"), [((1, 4), True), ((4, 4), False)])
def test_a_shard_without_a_cell_is_said(shard: tuple[int, int], left: bool) -> None:
    """Two cells make no four shards; the sentence names what was asked and how much there was."""
    plan = make_plan(seeds=(0, 1))
    said = nothing_left([plan], Selection(shard=shard), {"shard": "ALIENBIO_SHARD"})
    assert bool(said) != left
    if said:
        assert said.startswith("ALIENBIO_SHARD 4/4 leaves nothing of 2 cells")
