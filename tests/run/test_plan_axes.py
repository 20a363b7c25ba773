"""A battery's `params:` in its cells, and what keeps a battery from being played."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry, Json, ScenarioEntry, Selection, canonical
from pytest_alienbio.play import AgentInfo
from pytest_alienbio.play.takes import ANYTHING
from pytest_alienbio.run.plan import plan

from .parts import Right, make_battery, make_catalog, make_plan

CATALOG = make_catalog()

AXES = st.fixed_dictionaries(
    {},
    optional={
        "bonus": st.sampled_from([(0.1, 0.2), (0.5,)]),
        "threshold": st.sampled_from([(0.05, 0.2), (0.1,)]),
        "extra": st.sampled_from([("a", None, True), ([1, 2], 3)]),
    },
)
FREE = replace(
    CATALOG,
    scenarios={
        **CATALOG.scenarios,
        "walks/free": replace(CATALOG.scenario("walks/plain"), name="walks/free", params=ANYTHING, has_variants=True),
    },
    agents={**CATALOG.agents, "free": AgentInfo("free", lambda **params: Right())},
)


def _takes(kind: str, name: str) -> bool:
    return kind in ("free", "walks/free") or (kind, name) in {
        ("walks/line", "bonus"),
        ("walks/plain", "bonus"),
        ("greedy", "threshold"),
    }


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            ScenarioEntry,
            st.sampled_from(["walks/line", "walks/plain", "walks/free"]),
            params=st.sampled_from([{}, {"bonus": 0.75}]),
        ),
        min_size=1,
        max_size=3,
    ),
    st.lists(
        st.sampled_from([
            AgentEntry("right"),
            AgentEntry("greedy"),
            AgentEntry("greedy", label="set", params={"threshold": 0.3}),
            AgentEntry("free"),
        ]),
        min_size=1,
        max_size=3,
        unique_by=lambda entry: entry.label or entry.name,
    ),
    AXES,
)  # fmt: skip
def test_an_axis_goes_to_whoever_takes_it_and_does_not_give_it_itself(
    scenarios: list[ScenarioEntry], agents: list[AgentEntry], axes: dict[str, tuple[Json, ...]]
) -> None:
    """A scenario x agent is played over the product of the axes that one of the two takes and none of the two sets."""
    scenarios = list({(entry.name, str(entry.params)): entry for entry in scenarios}.values())
    battery = make_battery(scenarios, agents, [7], params=axes)
    try:
        cells = plan(battery, FREE).cells
    except SpecError as error:
        assume(not all("params:" in complaint.what for complaint in error.complaints))
        raise
    expected = []
    for entry in scenarios:
        for agent in agents:
            own = {**entry.params, **agent.params}
            over = [name for name in axes if name not in own and (_takes(entry.name, name) or _takes(agent.name, name))]
            for values in product(*(axes[name] for name in over)):
                chosen = dict(zip(over, values, strict=True))
                of_case = {**entry.params, **{name: value for name, value in chosen.items() if _takes(entry.name, name)}}
                of_agent = {**agent.params, **{name: value for name, value in chosen.items() if _takes(agent.name, name)}}
                expected.append((entry.name, agent.label or agent.name, chosen, of_case, of_agent))
    assert [(c.case.scenario, c.agent.name, c.axes, c.case.params, c.agent.params) for c in cells] == expected
    assert len({cell.id for cell in cells}) == len({cell.key for cell in cells}) == len(cells)
    assert len({id(cell.case) for cell in cells}) == len({canonical([c.case.scenario, c.case.params]) for c in cells})


def test_params_and_surface_end_the_id() -> None:
    """The line's own params, the axes in the file's order, then the surface."""
    entry = ScenarioEntry("walks/free", variants=2, params={"own": 1})
    axes = {"threshold": (0.1,), "bonus": (0.5, True)}
    cells = plan(make_battery([entry], ["greedy", "right"], [3, 10], params=axes), FREE).cells
    assert [cell.id for cell in cells if cell.seed == 3] == [
        "walks/free[greedy-s03-own1-threshold0.1-bonus0.5]",
        "walks/free[greedy-s03-own1-threshold0.1-bonusTrue]",
        "walks/free[right-s03-own1-threshold0.1-bonus0.5]",
        "walks/free[right-s03-own1-threshold0.1-bonusTrue]",
        "walks/free[greedy-s03-own1-threshold0.1-bonus0.5-v2]",
        "walks/free[greedy-s03-own1-threshold0.1-bonusTrue-v2]",
        "walks/free[right-s03-own1-threshold0.1-bonus0.5-v2]",
        "walks/free[right-s03-own1-threshold0.1-bonusTrue-v2]",
    ]


def test_an_axis_does_not_touch_cells_that_do_not_take_it() -> None:
    """Their ids and keys are those of the battery without it; so their results are found again."""
    plain = {cell.id: cell.key for cell in make_plan(["walks/line"], ["right", "greedy"]).cells}
    swept = {
        cell.id: cell.key for cell in make_plan(["walks/line"], ["right", "greedy"], params={"threshold": (0.1, 0.2)}).cells
    }
    assert {name for name in swept if "greedy" not in name} == {name for name in plain if "greedy" not in name}
    assert all(swept[name] == key for name, key in plain.items() if name in swept)
    assert len(set(swept) - set(plain)) == 4


def test_samples_are_drawn_over_all_axes_and_more_keep_the_earlier() -> None:
    axes = {"threshold": tuple(range(10)), "bonus": tuple(range(10))}

    def ids(samples: int) -> list[str]:
        made = make_plan(agents=["greedy"], seeds=[0], params=axes, mode="sample", samples=samples)
        return [cell.id for cell in made.cells]

    one, seven, twenty, every = (ids(count) for count in (1, 7, 20, 100))
    assert [len(names) for names in (one, seven, twenty, every)] == [1, 7, 20, 100]
    assert set(one) < set(seven) < set(twenty) < set(every)
    assert every == [cell.id for cell in make_plan(agents=["greedy"], seeds=[0], params=axes).cells]
    assert twenty == [name for name in every if name in set(twenty)]


PLACES = {"params": (2, 3), "params.bonus": (3, 5), "select": (8, 3)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"params": {"bonsu": (1,)}},
            "b.yaml:2:3: params: no scenario and no agent of this battery takes 'bonsu'; did you mean 'bonus'?",
        ),
        ({"seeds": ()}, "b.yaml:1: b: no seed is given; give `seeds:` in the battery or in bio.yaml, or `--bio-seeds`"),
        ({"agents": ()}, "b.yaml:1: b: no agent is named; give `agents:` in the battery, or `default_agents:` in bio.yaml"),
        (
            {"select": Selection(levels=((4, 5),))},
            "b.yaml:8:3: b: select.difficulty 4-5 leaves nothing; nothing there has levels",
        ),
        (
            {"select": Selection(names=("walks/plan",))},
            "b.yaml:8:3: b: select.name walks/plan leaves nothing; did you mean 'walks/plain'?",
        ),
        (
            {"scenarios": [ScenarioEntry("walks/plain", params={"bonus": 1})], "params": {"bonus": (2,)}},
            "b.yaml:3:5: params: nothing is left to play 'bonus' over: each line that takes it gives its own value",
        ),
        (
            {"scenarios": [ScenarioEntry("walks/plain", variants=2, line=5, column=9)]},
            "b.yaml:5:9: walks/plain has no surface variants; leave `variants` out",
        ),
        (
            {"scenarios": [ScenarioEntry("walks/plain", params={"bonsu": 2}, line=5, column=9)]},
            "b.yaml:5:9: walks/plain has no param 'bonsu'; did you mean 'bonus'?",
        ),
        (
            {"agents": ["scripted", AgentEntry("free", params={"actions": []}, line=5, column=9)]},
            "scripted needs the param 'actions'",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_refused_where_it_stands(more: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        plan(make_battery(**{"source": "b.yaml", "line": 1, "places": PLACES, **more}), FREE)
    (complaint,) = caught.value.complaints
    assert str(complaint).removeprefix("b.yaml: ").startswith(said)


def test_an_axis_gives_a_param_that_is_needed() -> None:
    """Unless a line of the other side gives its own value, and so the cell is not played over the axis."""
    axes: dict[str, tuple[Json, ...]] = {"actions": ([], ["wait"])}
    assert len(make_plan(agents=["scripted"], seeds=[0], params=axes)) == 2
    scenarios = [ScenarioEntry("walks/free", params={"actions": 1}, line=5, column=9)]
    with pytest.raises(
        SpecError, match="scripted needs the param 'actions', and here walks/free has a value of its own"
    ) as caught:
        plan(make_battery([*scenarios, "walks/plain"], ["scripted"], params=axes), FREE)
    assert (caught.value.complaints[0].line, caught.value.complaints[0].column) == (5, 9)


def test_complaints_are_the_same_every_time() -> None:
    """Whatever order the interpreter's sets are in."""
    entry = ScenarioEntry("walks/plain", params=dict.fromkeys("qwertz", 1))
    with pytest.raises(SpecError) as caught:
        make_plan([entry], params=dict.fromkeys("asdfg", (1,)))
    assert [complaint.what[-3:] for complaint in caught.value.complaints] == [f"'{name}'" for name in "qwertzasdfg"]


def test_two_params_that_look_alike_are_told_apart_from_two_agents() -> None:
    entries = [ScenarioEntry("walks/free", params={"x": word}) for word in ("a b", "a-b")]
    with pytest.raises(SpecError, match="two of the params look the same in ids"):
        plan(make_battery(entries), FREE)


def test_all_that_can_be_told_is_told_at_once() -> None:
    """An agent's wrong params also where no scenario is left; not who takes an axis, which is not known then."""
    with pytest.raises(SpecError) as caught:
        make_plan(["walks/nowhere"], [AgentEntry("noop", params={"x": 1})], seeds=[], params={"y": (1,)})
    assert [complaint.what.partition(";")[0] for complaint in caught.value.complaints] == [
        "unknown scenario 'walks/nowhere'",
        "b: no seed is given",
        "noop has no param 'x'",
    ]
