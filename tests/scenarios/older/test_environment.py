"""Playing a scenario of the older format."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import AlienBioError, GenerationError, SpecError
from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.older.environment import OlderEnvironment
from pytest_alienbio.scenarios.older.template import read_older
from pytest_alienbio.scenarios.older.text import TAGS
from pytest_alienbio.spec.reader import read
from pytest_alienbio.testing import check_scenario

from .test_template import POOL


def world(text: str = POOL) -> OlderEnvironment:
    return OlderEnvironment(read_older(read(text, "old.yaml", tags=TAGS)))


def act(name: str, **params: Any) -> Action:
    return Action(name, params)


def still(
    *, sim: str = "{max_agent_steps: 4}", reactions: str = "{}", state: str = "{A: 8, B: 2, C: 0}", score: str = "final('A')"
) -> str:
    """A small file: one region, whatever is to be tried in it."""
    return (
        f"name: still\nbriefing: b\nsim: {sim}\ninitial_state: {state}\nreactions: {reactions}\n"
        f'scoring: {{score: !_ "{score}"}}\n'
        "interface: {actions: [add_feedstock], measurements: [sample_substrate]}\n"
    )


def test_it_keeps_the_contract_of_scenarios() -> None:
    check_scenario(world)


def test_actions_change_substrates_and_measurements_read_them() -> None:
    pool = world()
    start = pool.reset(1).state
    assert 1.0 <= start["Lora.waste"] <= 2.0
    read_ = pool.step(act("sample_substrate", region="Lesh"))
    assert (read_.result.reading, read_.observation.step, read_.result.cost) == (
        {"Lesh.food": 1.0, "Lesh.temp": 10.0, "Lesh.waste": 0.0},
        0,
        0.0,
    )
    whole = pool.step(act("deep_analysis"))
    assert whole.result.reading == start
    assert whole.observation.spent == 2.0
    other = world()
    other.reset(1)
    waited = other.step(act("wait")).observation.state
    fed = pool.step(act("add_feedstock", molecule="food", amount=5, region="Lesh"))
    assert fed.result.cost == 1.5
    assert fed.observation.step == 1
    assert fed.observation.state["Lesh.food"] - waited["Lesh.food"] == pytest.approx(5 * 0.9048, rel=1e-2)
    gone = pool.step(act("remove_waste", molecule="food", amount=100, region="Lora"))
    assert gone.observation.state["Lora.food"] < 0.1
    pool.step(act("adjust_substrate", molecule="waste", amount="7", region="Lesh"))
    assert pool.step(act("adjust_temp", temp=-5)).observation.state["Lora.temp"] == -5.0


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (act("add_feedstock", molecule="food", amount=9, region="Lora"), "too little food in stock: 8 is left"),
        (act("add_feedstock", molecule="waste", amount=1, region="Lora"), "too little waste in stock: 0 is left"),
        (act("add_feedstock", molecule="fod", amount=1, region="Lora"), "molecule is one of food, waste, not 'fod'"),
        (act("add_feedstock", molecule="food", amount=-1, region="Lora"), "amount is a number from 0 on, not -1"),
        (act("add_feedstock", molecule="food", amount=True, region="Lora"), "amount is a number up to 1e9, not true"),
        (act("add_feedstock", molecule="food", amount="nan", region="Lora"), "amount is a number up to 1e9"),
        (act("add_feedstock", molecule="food", amount=1), "add_feedstock takes molecule and amount and region"),
        (act("remove_waste", molecule="food", amount=1, region=["Lora"]), "region is one of Lora, Lesh"),
        (act("ad_feedstock"), "unknown action 'ad_feedstock'; did you mean 'add_feedstock'?"),
        (act("wait", steps=9), "a whole number 1..5"),
        (act("done", now=1), "done takes no parameters"),
    ],
)
def test_what_cannot_be_done_is_refused_at_no_cost(action: Action, said: str) -> None:
    pool = world()
    before = pool.reset(0)
    step = pool.step(action)
    assert not step.result.ok
    assert said in step.result.reason
    assert step.observation.spent == before.spent == 0.0


def test_a_done_that_is_refused_lets_no_time_pass() -> None:
    """Unlike an action, after which the world has gone on."""
    pool = world()
    pool.reset(0)
    assert pool.step(act("done", now=1)).observation.step == 0
    assert pool.step(act("wait", steps=9)).observation.step == 1


def test_a_budget_is_kept_and_a_file_without_one_sets_none() -> None:
    pool = world(POOL.replace("budget: 20", "budget: 3"))
    pool.reset(0)
    assert pool.step(act("deep_analysis")).result.ok
    assert "too little budget: it costs 2, 1 is left" in pool.step(act("deep_analysis")).result.reason
    free = world(POOL.replace("  budget: 20\n", ""))
    free.reset(0)
    assert all(free.step(act("deep_analysis")).result.ok for _ in range(20))
    assert free.briefing().budget > 40


def test_an_agent_that_only_measures_is_cut_short_and_one_that_is_refused_ends() -> None:
    pool = world()
    pool.reset(0)
    steps = [pool.step(act("sample_substrate", region="Lora")) for _ in range(24)]
    assert [step.truncated for step in steps] == [False] * 23 + [True]
    pool.reset(0)
    refused = [pool.step(act("nonsense")) for _ in range(6)]
    assert [step.terminated for step in refused] == [False] * 5 + [True]
    assert pool.step(act("wait")).result.reason == "the episode is over"


@settings(max_examples=15, deadline=None)
@example(0.703125, 1.0, 11.5)
@given(st.floats(0.0, 2.0), st.floats(0.5, 20.0), st.floats(0.5, 20.0))
def test_a_constant_is_mass_action_as_its_formula_says(rate: float, a: float, b: float) -> None:
    """The kernel's own reaction and one whose rate our interpreter gives, from the same start."""
    finals = []
    for written in (f"{rate!r}", f'!_ "{rate!r} * A * B"'):
        if "e" in written:
            return
        pool = world(
            still(
                reactions=f"{{r: {{reactants: [A, B], products: [C], rate: {written}}}}}", state=f"{{A: {a!r}, B: {b!r}, C: 0}}"
            )
        )
        pool.reset(0)
        finals.append([pool.step(act("wait")).observation.state for _ in range(4)][-1])
    for name, value in finals[0].items():
        assert finals[1][name] == pytest.approx(value, abs=1e-3)
    held = finals[0]["A"] == 0.0  # what a step would take below nothing is made up for, within the integrator's tolerance
    assert finals[0]["A"] + finals[0]["C"] == pytest.approx(a, abs=2e-3 * max(1.0, a, b) if held else 1e-6)


def test_a_coefficient_is_a_power_and_a_step_is_its_units_of_time() -> None:
    """dA/dt = -2 k A^2 has a known solution; five steps of 0.2 are one unit."""
    twice = "{r: {reactants: {A: 2}, products: [C], rate: 0.1}}"
    pool = world(still(sim="{max_agent_steps: 4, steps_per_action: 5, time_step: 0.2}", reactions=twice))
    pool.reset(0)
    assert pool.step(act("wait")).observation.state["A"] == pytest.approx(8 / (1 + 2 * 0.1 * 8), rel=1e-3)
    slower = world(still(sim="{max_agent_steps: 4, time_step: 0.5}", reactions=twice))
    slower.reset(0)
    assert slower.step(act("wait")).observation.state["A"] == pytest.approx(8 / (1 + 0.1 * 8), rel=1e-3)


def test_a_flow_carries_and_loses_nothing() -> None:
    text = """\
name: two
briefing: b
interface: {}
containers: {regions: {Lora: {substrate: {A: 9}}, Lesh: {substrate: {A: 1}}}}
flows: [{from: Lora, to: Lesh, molecule: A, rate: 0.5}]
scoring: {score: !_ "final('Lesh.A')"}
sim: {max_agent_steps: 3}
"""
    pool = world(text)
    pool.reset(0)
    state = [pool.step(act("wait")).observation.state for _ in range(3)][-1]
    assert state["Lora.A"] == pytest.approx(9 * 2.718281828**-1.5, rel=1e-3)
    assert state["Lora.A"] + state["Lesh.A"] == pytest.approx(10.0)
    assert pool.score().score == state["Lesh.A"]


def test_nothing_is_made_of_nothing() -> None:
    """A formula that goes on when its reactant is gone."""
    pool = world(still(reactions="{r: {reactants: [A], products: [C], rate: !_ 5.0}}", sim="{max_agent_steps: 10}"))
    pool.reset(0)
    state = [pool.step(act("wait")).observation.state for _ in range(10)][-1]
    assert state["A"] == 0.0
    assert state["C"] == pytest.approx(8.0, abs=0.5)


def test_a_rate_may_follow_a_quantity_that_an_action_sets() -> None:
    pool = world()
    pool.reset(0)
    cold = world()
    cold.reset(0)
    pool.step(act("adjust_temp", temp=400))
    cold.step(act("adjust_temp", temp=0))
    assert pool.step(act("wait")).observation.state["Lora.waste"] < cold.step(act("wait")).observation.state["Lora.waste"]


def test_unplayed_steps_count_as_waiting() -> None:
    pool, other = world(), world()
    pool.reset(3)
    other.reset(3)
    assert pool.step(act("done")).terminated
    for _ in range(6):
        other.step(act("wait"))
    assert pool.score() == other.score()
    scores = pool.score()
    assert set(scores.parts) == {"rich"}
    assert scores.score == pytest.approx(0.5 * scores.parts["rich"] + 0.5)


def test_the_seed_draws_what_the_file_draws_and_nothing_else() -> None:
    pool = world()
    first, again, other = pool.reset(1), world().reset(1), world().reset(2)
    assert first == again
    assert first.state["Lora.waste"] != other.state["Lora.waste"]
    assert first.state["Lora.food"] == other.state["Lora.food"] == 10.0


def test_a_world_that_cannot_be_followed_is_no_world() -> None:
    pool = world(still(reactions="{r: {reactants: [A], products: {A: 3}, rate: 60}}", sim="{max_agent_steps: 50}"))
    with pytest.raises(GenerationError, match="grow without bounds"):
        pool.reset(0)


def test_a_score_that_cannot_be_told_raises_and_so_does_one_too_early() -> None:
    """The file is sound until somebody pays exactly 1: whoever reads the failure learns which formula, and where."""
    pool = world(still(score="1 / (1 - cost)"))
    with pytest.raises(AlienBioError, match="has not been started"):
        pool.score()
    pool.reset(0)
    assert pool.score().score == 1.0
    pool.step(act("add_feedstock", molecule="A", amount=1))
    with pytest.raises(SpecError, match=r"^old\.yaml:6:18: scoring\.score: `1 / \(1 - cost\)`: division by zero$"):
        pool.score()


def test_a_rate_that_fails_on_the_way_says_which_and_where() -> None:
    """An agent sets a quantity to what the rate cannot take."""
    pool = world(POOL.replace("0.001 * temp * waste", "0.001 * waste / (temp + 5)"))
    pool.reset(0)
    with pytest.raises(SpecError, match=r"^old\.yaml:27:59: chemistry\.reactions\.heat\.rate: .*: division by zero$"):
        pool.step(act("adjust_temp", temp=-5))


def test_a_price_that_cannot_be_told_is_a_refusal_which_names_no_file() -> None:
    pool = world(POOL.replace("1 + 0.1 * amount", "1 / (amount - 3)"))
    pool.reset(0)
    said = pool.step(act("add_feedstock", molecule="food", amount=3, region="Lora")).result.reason
    assert said == ("what it costs cannot be told: interface.actions.add_feedstock.cost: `1 / (amount - 3)`: division by zero")


def test_the_briefing_lists_what_can_be_called() -> None:
    pool = world()
    pool.reset(0)
    briefing = pool.briefing()
    assert briefing.constitution == "Waste nothing."
    assert briefing.text.splitlines()[2] == (
        "add_feedstock(molecule: text, amount: number, region: text), cost 1 + 0.1 * amount: Add molecules to substrate"
    )
    adding = [spec for spec in briefing.actions if spec.name == "add_feedstock"]
    assert len(adding) == 2 * 2 * 2
    assert (dict(adding[0].params), adding[0].cost) == ({"molecule": "food", "amount": "1", "region": "Lora"}, 1.1)
    assert [spec.takes_step for spec in briefing.actions if spec.name == "sample_substrate"] == [False, False]
    assert pool.properties()["regions"] == 2
    assert pool.snapshot() == pool.reset(0).state


def test_it_goes_on_from_a_checkpoint_with_the_same_physics() -> None:
    """A temperature that was set is read by the rates of the world that goes on, and the stock knows what was given."""
    deeds = [act("adjust_temp", temp=90.0), act("add_feedstock", molecule="food", amount=7.5, region="Lesh"), act("wait")]
    pool, other = world(), world()
    for each in (pool, other):
        each.reset(2)
    for deed in deeds:
        pool.step(deed)
    other.restore(json.loads(json.dumps(pool.checkpoint())))
    rest = [act("add_feedstock", molecule="food", amount=1, region="Lesh"), act("wait"), act("done")]
    assert [pool.step(deed) for deed in rest] == [other.step(deed) for deed in rest]
    assert (other.score(), other.snapshot()) == (pool.score(), pool.snapshot())


@pytest.mark.parametrize("state", [None, {}, {"path": [{"a": "b"}]}, {"path": []}], ids=repr)
def test_what_is_no_place_in_it_is_refused(state: Any) -> None:
    pool = world()
    pool.reset(2)
    if state == {"path": []}:
        state = {**pool.checkpoint(), **state}  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="no place in an episode"):
        pool.restore(state)
