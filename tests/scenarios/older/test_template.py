"""Scenario files of the older format: read whole, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model.source import Tagged
from pytest_alienbio.scenarios.older.template import Older, is_older, read_older
from pytest_alienbio.scenarios.older.text import TAGS, Formula
from pytest_alienbio.spec.reader import read

POOL = """\
name: pools/first
description: Two pools
  and a pipe.
briefing: Feed the pool.
constitution: Waste nothing.
interface:
  actions:
    add_feedstock:
      description: Add molecules to substrate
      params: {molecule: str, amount: float, region: str}
      cost: !_ "1 + 0.1 * amount"
    remove_waste: {params: {molecule: str, amount: float, region: str}, cost: 2}
    adjust_substrate: {params: {molecule: str, amount: float, region: str}}
    adjust_temp: {params: {temp: float}, cost: 0.5}
  measurements:
    sample_substrate: {params: {region: str}}
    deep_analysis: {params: {}, cost: 2.0}
  feedstock: {food: 8}
  budget: 20
sim: {max_agent_steps: 6, steps_per_action: 5, time_step: 0.2}
chemistry:
  molecules:
    food: {name: Food, bdepth: 0}
    waste:
  reactions:
    rot: {reactants: [food], products: {waste: 0.5}, rate: 0.1}
    heat: {reactants: {waste: 2}, products: [food], rate: !_ "0.001 * temp * waste"}
containers:
  regions:
    Lora: {substrate: {food: 10.0, waste: !ev "uniform(1, 2)"}, temp: 20}
    Lesh: {substrate: {food: 1}, temp: 10}
flows:
  - {from: Lora, to: Lesh, molecule: food, rate: 0.05}
scoring:
  score: !_ "0.5 * rich + 0.5 * clip(1 - cost / budget)"
  rich: !_ ramp(final('Lesh.food'), 0, 10)
passing_score: 0.6
"""


def parse(text: str) -> Older:
    return read_older(read(text, "old.yaml", tags=TAGS))


def wrong(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        parse(text)
    return [str(complaint) for complaint in caught.value.complaints]


def test_everything_with_a_plain_meaning_is_read() -> None:
    older = parse(POOL)
    assert (older.name, older.description) == ("pools/first", "Two pools and a pipe.")
    assert (older.steps, older.chemistry.span, older.budget, older.passing_score) == (6, 1.0, 20.0, 0.6)
    assert older.chemistry.variables == ("Lora.food", "Lora.waste", "Lesh.food", "Lesh.waste")
    assert older.initial["Lora.food"] == 10.0
    assert isinstance(older.initial["Lora.waste"], Formula)
    assert older.quantities == {"Lora.temp": 20.0, "Lesh.temp": 10.0}
    assert [(tool.name, tool.does, tool.takes_step) for tool in older.tools] == [
        ("add_feedstock", "add", True),
        ("remove_waste", "remove", True),
        ("adjust_substrate", "set", True),
        ("adjust_temp", "set", True),
        ("sample_substrate", "read", False),
        ("deep_analysis", "read", False),
    ]
    assert [tool.cost for tool in older.tools][1:] == [2.0, 1.0, 0.5, 0.0, 2.0]
    assert older.feedstock == {"food": 8.0}
    assert list(older.scoring) == ["rich", "score"]
    assert [(dict(each.inputs), dict(each.outputs)) for each in older.chemistry.reactions] == [
        ({"food": 1.0}, {"waste": 0.5}),
        ({"waste": 2.0}, {"food": 1.0}),
    ]


def test_a_head_gives_the_name() -> None:
    body = "".join(f"  {line}\n" for line in POOL.splitlines()[1:])
    older = parse("scenario.pools.second:\n" + body)
    assert older.name == "pools.second"
    assert older.steps == 6
    assert parse(POOL).content_hash != parse(POOL.replace("max_agent_steps: 6", "max_agent_steps: 7")).content_hash


SMALL = "briefing: b\ninitial_state: {A: 10}\nscoring: {score: !_ final('A')}\n"


def test_what_is_left_out_has_its_default() -> None:
    older = parse("name: small\ninterface: {actions: [add_feedstock, adjust_pH], measurements: [sample_substrate]}\n" + SMALL)
    assert (older.steps, older.chemistry.span, older.budget, older.passing_score) == (100, 1.0, None, 0.5)
    assert (older.chemistry.regions, older.chemistry.variables) == (("",), ("A",))
    assert [(tool.name, dict(tool.params), tool.cost) for tool in older.tools] == [
        ("add_feedstock", {"molecule": "text", "amount": "number"}, 1.0),
        ("adjust_pH", {"pH": "number"}, 1.0),
        ("sample_substrate", {}, 0.0),
    ]
    assert parse("scenario.x:\n  sim: {steps: 7}\n" + "".join(f"  {line}\n" for line in SMALL.splitlines())).steps == 7


@pytest.mark.parametrize(
    ("value", "older"),
    [
        ({"scenario.x": {}}, True),
        ({"scenarios.x.y": {}}, True),
        ({"name": "x", "interface": {}}, True),
        ({"scenario": "a/b", "interface": {}}, False),
        ({"experiment.x": {}, "interface": {}}, False),
        ({"name": "x", "interface": {"levers": []}}, False),
        ({"name": "x"}, False),
        ([], False),
        (None, False),
    ],
)
def test_the_format_is_told_by_its_keys(value: Any, older: bool) -> None:
    assert is_older(value) is older


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scoring:\n", "scoring: {}\nscorin:\n", ":1: no `score` is defined under `scoring`; for example: `score: !_ clip("),
        ("  score: ", "  scores: ", "no `score` is defined under `scoring`; is it 'scores'?"),
        ('scoring:\n  score: !_ "0.5 * rich + 0.5 * clip(1 - cost / budget)"', "notes: x\nscoring:", "no `score`"),
        ("rate: 0.1}", 'rate: !ev "lambda state: 0.1"}', "old.yaml:26:60: `lambda state: 0.1` is Python code"),
        ("rate: 0.1}", "rate: \"0.1 * state['A']\"}", "expected a number; write a formula, `!_ 0.1 * A`; for what no"),
        ("rate: 0.1}", 'rate: !py "0.1"}', "`!py` is Python code in a scenario file, which is never run"),
        ("rate: 0.1}", 'rate: !_ "food.real"}', "`food.real` is Python code, which is never run: attribute access"),
        ("rate: 0.1}", "rate: !_ \"__import__('os')\"}", "is Python code, which is never run"),
        ("rate: 0.1}", 'rate: !_ "fod * 2"}', "unknown name 'fod'; did you mean 'food'?"),
        ("rate: 0.1}", "rate: -1}", "`rate` is -1; expected a number from 0 on"),
        ("rate: 0.1}", "rate: 0.1, code: x}", "`code` is Python code in a scenario file"),
        ("[food], products", "[fod], products", "unknown molecule 'fod'; did you mean 'food'?"),
        ("final('Lesh.food')", "final('Lesh.fod')", "nothing is called 'Lesh.fod'; did you mean 'Lesh.food'?"),
        ("final('Lesh.food')", "final('food')", "nothing is called 'food'"),
        ("!_ ramp", "!ev ramp", "`!ev` draws a number when a world is made, and cannot stand here; write `!_`"),
        ('score: !_ "0.5', 'score: "0.5', "expected a formula: `!_ ...`"),
        ("constitution: Waste nothing.", "constitution: !include safety.md", "`!include` of the older format cannot be"),
        ("budget: 20", "timing: {default_wait: true}", "'timing' of the older format cannot be honoured here"),
        ("time_step: 0.2", "terminate: x", "'terminate' of the older format cannot be honoured here"),
        ("time_step: 0.2", "time_step: 0", "`time_step` is 0; expected a number above 0"),
        ("max_agent_steps: 6", "max_agent_steps: 1.5", "expected a whole number from 1 on"),
        ("max_agent_steps: 6", "max_agent_steps: 100000", "at most 1000"),
        ("temp: 20}", "temp: null}", "`temp` is nothing; expected a number"),
        ("temp: 20}", "temp: true}", "`temp` is true; expected a number"),
        ("budget: 20", "budget: much", "`budget` is 'much'; expected a number"),
        ("str, amount: float, region: str}, cost: 2}", "str, amount: float}, cost: 2}", "does not say in which of 2 regions"),
        ("remove_waste:", "isolate_region:", "what the action 'isolate_region' does cannot be played here"),
        ("remove_waste:", "done:", "'done' is there anyway"),
        ("params: {temp: float}", "params: {temp: kelvin}", "the parameter 'temp' is 'kelvin'; expected one of str"),
        ("deep_analysis: {params: {}", "deep_analysis: {params: {reaction: str}", "does with 'reaction' is not known here"),
        ("deep_analysis:", "add_feedstock:", "'add_feedstock' is an action too"),
        ("cost: 2.0}", "cost: 2.0, cost_formula: 'base * 2'}", "`cost_formula` is Python code"),
        ("feedstock: {food: 8}", "feedstock: {foood: 8}", "'foood' of the older format"),
        ("to: Lesh", "to: Lush", "`to` is 'Lush', which is none of the regions; did you mean 'Lesh'?"),
        ("temp: 20}", "volume: 20}", "'volume' of the older format cannot be honoured here"),
        ("  waste:\n", "  min:\n", "'min' cannot be a molecule"),
        ("name: pools/first", 'name: "a b"', "'a b' cannot be a scenario's name"),
        ("name: pools/first\n", "", "it has no name"),
        ("briefing: Feed the pool.\n", "", "`briefing` is missing"),
        ("passing_score: 0.6", "verify: []\npassing_score: 0.6", "`verify` is Python code"),
        ("  waste:\n", "  temp:\n", "'temp' cannot be a molecule"),
        ("    Lesh: {sub", '    "Le.sh": {sub', "'Le.sh' cannot be a region"),
        ("  rich: !_", "  cost: !_ 1\n  rich: !_", "'cost' means something else in formulas"),
        ("passing_score: 0.6", "extends: base", "'extends' of the older format cannot be honoured here"),
        ("passing_score: 0.6", "tags: [[1]]", "`tags` is a list; expected a list of words"),
    ],
)
def test_what_cannot_be_honoured_is_refused_where_it_stands(old: str, new: str, said: str) -> None:
    assert POOL.count(old) == 1, old
    found = wrong(POOL.replace(old, new))
    assert any(said in complaint for complaint in found), found
    assert all(complaint.startswith("old.yaml:") for complaint in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "ramp(final('Lesh.food'), 0, 10)",
            "ramp(1)",
            "36:9: scoring.rich: `ramp(1)`: ramp(...): call it as ramp(value, low, high)",
        ),
        (
            "ramp(final('Lesh.food'), 0, 10)",
            "final(3)",
            "36:9: scoring.rich: `final(3)`: final(...): what it is about comes first",
        ),
        (
            "ramp(final('Lesh.food'), 0, 10)",
            "least()",
            "36:9: scoring.rich: `least()`: least(...): call it as least(value, ...)",
        ),
        ("budget: 20", "budget: 0", "35:10: scoring.score: `0.5 * rich + 0.5 * clip(1 - cost / budget)`: division by zero"),
        ("clip(1 - cost / budget)", "clip(cost / (budget - budget))", "35:10: scoring.score: `0.5 * rich"),
        ("ramp(final('Lesh.food'), 0, 10)", "1 / final('Lora.none')", "36:9: `1 / final('Lora.none')`: nothing is called"),
        ("ramp(final('Lesh.food'), 0, 10)", '"[cost]"', "36:9: scoring.rich: `[cost]`: gave [0.0], not a number"),
        ("0.001 * temp * waste", "1 / (food - food)", "27:59: chemistry.reactions.heat.rate: `1 / (food - food)`: division"),
        ("0.001 * temp * waste", "1 / (temp - 10)", "27:59: chemistry.reactions.heat.rate: `1 / (temp - 10)`: division"),
        ("rate: 0.1}", 'rate: !_ "-1000000 * food"}', "26:60: chemistry.reactions.rot.rate: `-1000000 * food`: a result on"),
        ("1 + 0.1 * amount", "amount / (amount - 1)", "11:13: interface.actions.add_feedstock.cost: `amount / (amount"),
        (
            "uniform(1, 2)",
            "uniform(2, 1)",
            "30:43: containers.regions.Lora.substrate.waste: `uniform(2, 1)`: uniform(low, high)",
        ),
    ],
)
def test_a_formula_that_cannot_work_is_refused_where_it_stands(old: str, new: str, said: str) -> None:
    """When the file is read, not when the first episode ends; it says which key."""
    [found] = wrong(POOL.replace(old, new))
    assert found.startswith(f"old.yaml:{said}")


@pytest.mark.parametrize(
    "start", ["initial_state: {food: 9, waste: 0}", "containers: {regions: {R: {substrate: {food: 9, waste: 0}}}}"]
)
def test_what_a_reaction_names_is_there_at_the_start_where_no_list_says_what_there_is(start: str) -> None:
    """A slip would be another molecule, of which nobody ever hears."""
    text = f"name: x\nbriefing: b\ninterface: {{}}\n{start}\nscoring: {{score: !_ final('waste')}}\nreactions:\n"
    assert parse(text + "  rot: {reactants: {food: 1}, products: [waste]}\n").chemistry.molecules == ("food", "waste")
    assert wrong(text + "  rot: {reactants: {fod: 1}, products: [waste, wast, slime]}\n") == [
        "old.yaml:7:21: unknown molecule 'fod'; did you mean 'food'?",
        "old.yaml:7:48: unknown molecule 'wast'; did you mean 'waste'?",
        "old.yaml:7:54: unknown molecule 'slime'; list it under `molecules`, or give it 0 at the start",
    ]


def test_a_formula_that_works_once_the_world_moves_is_no_complaint() -> None:
    """At the start there is no waste in Lesh."""
    assert parse(POOL.replace("ramp(final('Lesh.food'), 0, 10)", "1 / final('Lesh.waste')")).steps == 6


def test_a_head_is_no_part_of_a_formulas_key() -> None:
    body = "".join(f"  {line}\n" for line in POOL.replace("budget: 20", "budget: 0").splitlines()[1:])
    assert "old.yaml:35:12: scoring.score: " in wrong("scenario.pools.second:\n" + body)[0]


def test_all_complaints_come_at_once_in_the_files_order() -> None:
    found = wrong(POOL.replace("rate: 0.1}", "rate: x}").replace("budget: 20", "budget: x").replace("rate: 0.05", "rate: x"))
    assert len(found) == 3
    assert found == sorted(found, key=lambda text: int(text.split(":")[1]))


def test_a_second_scenario_in_a_file_is_refused() -> None:
    body = "  briefing: b\n  initial_state: {A: 10}\n  scoring: {score: !_ final('A')}\n"
    [first, second] = wrong(f"scenario.a:\n{body}scenario.b:\n{body}shared: 3\n")
    assert "a second scenario in one file" in first
    assert "'shared' beside a scenario's head" in second


def test_more_substrates_than_can_be_played_are_refused() -> None:
    many = ", ".join(f"M{i}: 1" for i in range(201))
    [said] = wrong(f"scenario.big:\n  briefing: b\n  initial_state: {{{many}}}\n  scoring: {{score: !_ final('M1')}}\n")
    assert "201 substrates are more than can be played; expected at most 200, over all regions" in said


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a tree."""
    yield path
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(each, (*path, key))


def put(value: Any, path: tuple[Any, ...], junk: object) -> Any:
    """A copy of a tree with `junk` at one place."""
    if not path:
        return junk
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], junk)
    return copy


TREE = read(POOL, "old.yaml", tags=TAGS)
JUNK = st.sampled_from(
    [None, True, -1, 0, 1e300, "", "lambda x: x", [], [None], {}, {"a": 1}, {7: 7}, [[1]], "food", {"params": [1]}]
    + [Tagged(tag, text) for tag in ("!ev", "!_", "!py", "!ref") for text in ("", "1", "uniform(1, 2)", "x.y", "food * 1e9")]
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(places(TREE.value), key=str)), JUNK)
def test_whatever_stands_anywhere_a_file_is_read_or_refused(path: tuple[Any, ...], junk: object) -> None:
    """Never anything but complaints, each with a place."""
    source = replace(TREE, value=put(TREE.value, path, junk))
    if not is_older(source.value):
        return
    try:
        found: Older | SpecError = read_older(source)
    except SpecError as error:
        found = error
    assert isinstance(found, Older) or all(complaint.line for complaint in found.complaints)
