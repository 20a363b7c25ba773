"""From a battery to its cells: order, ids, keys, and every name that does not resolve."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Agent, AgentEntry, Battery, Json, ScenarioEntry
from pytest_alienbio.play import AgentInfo, Catalog, ScenarioRegistry
from pytest_alienbio.run.plan import plan

from .parts import Line, Right, make_battery, make_catalog, make_plan

CATALOG = make_catalog()

ENTRIES = st.one_of(
    st.sampled_from(["walks/plain", "walks/line", "walks/*", "*"]).map(ScenarioEntry),
    st.builds(
        ScenarioEntry,
        st.just("walks/line"),
        difficulty=st.one_of(st.just("all"), st.lists(st.sampled_from([1, 2, 3]), min_size=1, unique=True).map(tuple)),
        params=st.sampled_from([{}, {"bonus": 0.5}]),
    ),
)
AGENTS = st.lists(st.sampled_from(["right", "half", "noop", "random", "greedy"]), min_size=1, max_size=4, unique=True)
SEEDS = st.lists(st.integers(0, 10_000), min_size=1, max_size=4, unique=True)
BATTERIES = st.builds(make_battery, st.lists(ENTRIES, min_size=1, max_size=4), AGENTS, SEEDS)


@settings(deadline=None)
@given(BATTERIES)
def test_a_plan_is_a_function_of_battery_and_catalog(battery: Battery) -> None:
    """The same file and the same catalog, in whatever order that was filled, give the same cells, ids and keys."""
    first = plan(battery, CATALOG)
    backwards = Catalog(dict(reversed([*CATALOG.scenarios.items()])), dict(reversed([*CATALOG.agents.items()])))
    second = plan(battery, backwards)
    assert first == second
    assert [(cell.id, cell.key) for cell in first.cells] == [(cell.id, cell.key) for cell in second.cells]


@settings(deadline=None)
@given(BATTERIES)
def test_ids_and_keys_are_unique(battery: Battery) -> None:
    """No two cells of a plan share an id, and none of these batteries names one thing by two names."""
    cells = plan(battery, CATALOG).cells
    assert len({cell.id for cell in cells}) == len({cell.key for cell in cells}) == len(cells)


@settings(deadline=None)
@given(BATTERIES)
def test_order_is_scenario_then_agent_then_seed(battery: Battery) -> None:
    """Cases as the file lists them (difficulties together), for each its agents in order, for each its seeds in order."""
    cells = plan(battery, CATALOG).cells
    cases = list(dict.fromkeys((cell.case.scenario, cell.case.difficulty, str(cell.case.params)) for cell in cells))
    expected = [(case, agent.name, seed) for case in cases for agent in battery.agents for seed in battery.seeds]
    found = [
        ((c.case.scenario, c.case.difficulty, str(c.case.params)), c.agent.name, c.seed) for c in cells
    ]  # fmt: skip
    assert found == expected


@settings(deadline=None)
@given(BATTERIES, st.data())
def test_a_cells_key_does_not_depend_on_the_others(battery: Battery, data: st.DataObject) -> None:
    """Each cell alone in a battery, of another name and bar, has the key it has among all; so it can be found again."""
    cell = data.draw(st.sampled_from(plan(battery, CATALOG).cells))
    difficulty: tuple[int, ...] | str = "" if cell.case.difficulty is None else (cell.case.difficulty,)
    entry = ScenarioEntry(cell.case.scenario, difficulty=difficulty, params=cell.case.params)
    alone = replace(make_battery([entry], [cell.agent.name], [cell.seed]), name="other", passing_score=0.1)
    assert [one.key for one in plan(alone, CATALOG).cells] == [cell.key]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["scenario", "glob", "set", "agent"]), st.integers(1, 99), st.integers(1, 99)), min_size=1
    )
)
def test_every_unknown_name_is_a_complaint_where_it_stands(wrong: list[tuple[str, int, int]]) -> None:
    """All of them at once, each at the line and column of its entry, in a file that also names known things."""
    scenarios, agents = [ScenarioEntry("walks/plain", line=100, column=1)], [AgentEntry("right", line=100, column=2)]
    for kind, line, column in wrong:
        if kind == "agent":
            agents.append(AgentEntry("nobody", line=line, column=column))
        elif kind == "set":
            scenarios.append(ScenarioEntry(set="nothing", line=line, column=column))
        else:
            scenarios.append(ScenarioEntry("walks/none" if kind == "scenario" else "none/*", line=line, column=column))
    with pytest.raises(SpecError) as caught:
        plan(make_battery(scenarios, agents, source="x.battery.yaml"), CATALOG)
    found = [("agent" in c.what.split("'")[0], c.line, c.column) for c in caught.value.complaints]
    assert sorted(found) == sorted((kind == "agent", line, column) for kind, line, column in wrong)
    assert {c.file for c in caught.value.complaints} == {"x.battery.yaml"}


def test_ids_are_as_documented() -> None:
    """Scenario, `d` and level where there are levels, agent, seed padded to the battery's width, params at the end."""
    entry = ScenarioEntry("walks/line", difficulty=(3,), params={"bonus": 0.5})
    cells = make_plan(["walks/plain", "walks/line", entry], ["right"], [3, 10]).cells
    assert [cell.id for cell in cells] == [
        "walks/plain[right-s03]",
        "walks/plain[right-s10]",
        "walks/line[d2-right-s03]",
        "walks/line[d2-right-s10]",
        "walks/line[d3-right-s03-bonus0.5]",
        "walks/line[d3-right-s10-bonus0.5]",
    ]


def test_two_cells_under_one_id_are_refused_with_the_way_out() -> None:
    """One agent twice with different params needs another label for one of them."""
    agents = [AgentEntry("greedy"), AgentEntry("greedy", params={"threshold": 0.1})]
    with pytest.raises(SpecError, match=r"walks/plain\[greedy-s0\].*another `as:`"):
        make_plan(agents=agents)
    assert len(make_plan(agents=[agents[0], replace(agents[1], label="greedy-x")], seeds=[0])) == 2


def test_ids_hold_only_safe_characters() -> None:
    scenarios = ScenarioRegistry(CATALOG.scenarios)
    scenarios.add("walks/free", lambda **params: Line(), levels=[2])
    battery = make_battery([ScenarioEntry("walks/free", params={"a b": "x[1]:é"})], [AgentEntry("right", label="é:c")], [0])
    cell = plan(battery, replace(CATALOG, scenarios=scenarios.entries)).cells[0]
    assert cell.id == "walks/free[d2---c-s0-a-bx-1---]"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (AgentEntry("greedy", params={"treshold": 0.1}), "greedy has no param 'treshold'; did you mean 'threshold'?"),
        (AgentEntry("mine", kind="greedy", params={"x": 1}), "greedy has no param 'x'; known: cost_offset, "),
        (AgentEntry("right", params={"x": 1}), "right has no param 'x'; it takes none"),
        (AgentEntry("scripted"), "scripted needs the param 'actions'"),
        (AgentEntry("tuned"), "greedy has no param 'tresh'"),
        (AgentEntry("oracle", params={"solution": []}), "oracle has no param 'solution'"),
    ],
)
def test_a_param_that_is_unknown_or_missing_is_refused_where_the_agent_stands(entry: AgentEntry, said: str) -> None:
    """Before anything is played; a profile's params count, and what a privileged agent is handed is not for the file."""
    profiles = {"tuned": AgentEntry("tuned", kind="greedy", params={"tresh": 0.1})}
    with pytest.raises(SpecError) as caught:
        plan(make_battery(agents=["right", replace(entry, line=4, column=7)], source="x.battery.yaml"), CATALOG, profiles)
    (complaint,) = caught.value.complaints
    assert str(complaint).startswith(f"x.battery.yaml:4:7: {said}")


@pytest.mark.parametrize(
    ("params", "axes", "said"),
    [
        ({"output_tokens": 0}, {}, "agent 'simulated-llm': output_tokens cannot be 0; expected a number of at least 1"),
        ({"rate_429": 1}, {"rate_500": (0, 1)}, "agent 'simulated-llm': rate_429, rate_500 and rate_timeout add up to 2"),
        ({}, {"skill": (0.5, 2)}, "agent 'simulated-llm': skill cannot be 2; expected a number from 0 to 1"),
    ],
)
def test_a_value_that_an_agent_of_ours_refuses_is_refused_where_it_stands(
    params: dict[str, Json], axes: dict[str, tuple[Json, ...]], said: str
) -> None:
    """Alone or with others, of an axis too; once, not a cell each, before anything plays."""
    entry = AgentEntry("simulated-llm", label="sim", params=params, line=4, column=7)
    with pytest.raises(SpecError) as caught:
        plan(make_battery(agents=[entry], seeds=[0, 1], params=axes, source="x.battery.yaml"), CATALOG)
    (complaint,) = caught.value.complaints
    assert str(complaint).startswith(f"x.battery.yaml:4:7: {said}")


def test_an_agent_that_is_not_ours_is_not_built_to_plan() -> None:
    """Not even under the name of one: it may cost, or take a while."""

    def costly(**params: object) -> Agent:
        raise AssertionError("built")

    agents = {**CATALOG.agents, "greedy": AgentInfo("greedy", costly), "mine": AgentInfo("mine", costly)}
    battery = make_battery(agents=[AgentEntry(name, params={"x": 1}) for name in ("greedy", "mine")], seeds=[0])
    assert plan(battery, replace(CATALOG, agents=agents)).cells


def test_every_wrong_param_is_a_complaint() -> None:
    with pytest.raises(SpecError) as caught:
        make_plan(agents=[AgentEntry("scripted", params={"action": [], "x": 1}), AgentEntry("noop", params={"y": 1})])
    assert [complaint.what for complaint in caught.value.complaints] == [
        "scripted has no param 'action'",
        "scripted has no param 'x'",
        "scripted needs the param 'actions'",
        "noop has no param 'y'",
    ]


class _Unreadable:
    __signature__ = "none"

    def __call__(self, **params: object) -> Right:
        return Right()


@pytest.mark.parametrize("info", [
    AgentInfo("free", lambda **params: Right()),
    AgentInfo("free", _Unreadable()),
    AgentInfo("free", Right, skip_reason="not here"),
])  # fmt: skip
def test_params_that_cannot_be_checked_pass(info: AgentInfo) -> None:
    """Any keyword taken, no readable signature, or an agent that is skipped anyway."""
    catalog = replace(CATALOG, agents={**CATALOG.agents, "free": info})
    made = plan(make_battery(agents=[AgentEntry("free", params={"x": 1})], seeds=[0]), catalog)
    assert made.cells[0].agent.params == {"x": 1}


def test_seeds_until_decided_come_look_by_look() -> None:
    """Whoever plays in order has all of a look before the next one begins; ids and keys are those of the plain seeds."""
    seeds = (7, 3, 5, 4)
    plain = make_plan(["walks/*"], ["right", "half"], seeds)
    looks = make_plan(["walks/*"], ["right", "half"], seeds, looks=(1, 2, 4))
    assert {cell.id: cell.key for cell in looks.cells} == {cell.id: cell.key for cell in plain.cells}
    assert [cell.seed for cell in looks.cells] == [7] * 4 + [3] * 4 + [5, 4] * 4
    assert [cell.id for cell in looks.cells if cell.seed == 3] == [cell.id for cell in plain.cells if cell.seed == 3]
