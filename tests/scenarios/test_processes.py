"""Reactions, flows and pulses of a scenario file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.blueprint import Blueprint
from pytest_alienbio.scenarios.dynamics import affordable, follow, follow_rows
from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.scenarios.scoring import grade_rows
from pytest_alienbio.world.chemistry import Flow, Reaction
from pytest_alienbio.world.state import Pulse

from .parts import WEB, changed, refusals, template_of, web


def blueprint(difficulty: int = 3, text: str = WEB) -> Blueprint:
    """What a text says."""
    return template_of(text).blueprint(difficulty, np.random.default_rng(0))


def test_reactions_say_what_the_file_says() -> None:
    """Michaelis-Menten with one half for all inputs or one each, and mass action; `when` and dropped roles count."""
    first, second, third = blueprint().world.reactions
    assert first == Reaction({"ore": 1.0}, {"half": 0.9}, 2.5, {"ore": 1.0}, {"metal": 30.0, "rust": 5.0}, "forge")
    assert second.halves == {"half": 1.0, "spark": 0.5}
    assert third == Reaction({"metal": 1.0}, {"rust": 1.0}, 0.02)
    first, second = blueprint(1).world.reactions
    assert (dict(first.inhibitors), dict(second.outputs)) == ({"metal": 30.0}, {"metal": 1.0})


def test_one_half_serves_every_input() -> None:
    """`km` as a number."""
    text = changed("km: {half: 1.0, spark: 0.5}", "km: 0.7", WEB)
    assert blueprint(3, text).world.reactions[1].halves == {"half": 0.7, "spark": 0.7}


def test_an_input_of_no_units_is_wanted_but_not_used_up() -> None:
    """Without the spark the second reaction stands still; it takes none of it."""
    assert blueprint(1).world.reactions[1].inputs == {"half": 1.0, "spark": 0.0}


def test_flows_go_both_ways_unless_they_drain() -> None:
    """A gate opens and closes them."""
    assert blueprint().world.flows == (
        Flow("metal", "store", 0.1, one_way=True),
        Flow("ore", "spark", 0.01, gate="cover"),
    )


def test_pulses_come_at_their_step_and_nobody_is_told() -> None:
    """`repeat` counts in `i`; a step at which one falls differs by it alone."""
    drawn = blueprint().world.pulses
    assert drawn[0] in [Pulse(step, "prey", 1.5) for step in (2, 3, 4)]
    assert drawn[1:] == (Pulse(6, "ore", 0.5), Pulse(7, "ore", 0.5))
    assert len(blueprint(1).world.pulses) == 1
    of = web()
    kernel = of.dynamics.kernel
    at = {step for step, _variable, _amount in kernel.pulses}
    state = of.dynamics.start
    for t in range(of.blueprint.max_steps):
        with_pulse, without = of.dynamics.after(state, t), of.dynamics.after(state, max(at) + 1)
        assert (with_pulse != without) is (t in at)
    told = str(Episode(of).briefing()) + str(Episode(of).act(Action("wait")))
    assert "pulse" not in told


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=10, max_size=10), min_size=1, max_size=4))
def test_a_batch_of_plans_gives_the_bits_of_single_ones(plans: list[list[int]]) -> None:
    """With reactions, flows, controls, pulses and predation in it."""
    of = web()
    legal = [affordable(of.dynamics, plan) for plan in plans]
    paths, spent = follow_rows(of.dynamics, legal)
    utilities = grade_rows(of.rules, paths, spent).utility
    for i, plan in enumerate(legal):
        path, cost = follow(of.dynamics, plan)
        assert np.array(path).tobytes() == paths[:, :, i].tobytes()
        assert of.marks(path, cost).utility == utilities[i]


WRONG = [
    ("{in: {ore: 1}, out", "{in: {oar: 1}, out", "21:11: unknown role 'oar'; did you mean 'ore'?"),
    ("{in: {ore: 1}, out", "{in: {rust: 1}, out", "'rust' does not exist at every difficulty this entry does"),
    ("{in: {ore: 1}, out", "{in: {}, out", "21:10: a reaction of nothing; expected at least one molecule"),
    ("{in: {ore: 1}, out", "{out", "`in` is missing"),
    ("{in: {ore: 1}, out", "{in: {prey: 1}, out", "'prey' is no molecule"),
    ("{in: {ore: 1}, out", "{in: {ore: -1}, out", "units is -1; expected a number from 0 on"),
    ("out: {half: 0.9}", "out: {half: lots}", "units: 'lots' is not a finite number"),
    ("out: {half: 0.9}", "outt: {half: 0.9}", "21:20: unknown key 'outt'; did you mean 'out'?"),
    ("catalyst: forge", "catalyst: forje", "unknown role 'forje'; did you mean 'forge'?"),
    ("catalyst: forge", "catalyst: rust", "'rust' does not exist at every difficulty this entry does"),
    ("catalyst: forge", "catalyst: [forge]", "not a role; expected the name of a molecule, a species or a control"),
    ("vmax: 2.5", "vmax: -2.5", "`vmax` is -2.5; expected a number from 0 on"),
    ("vmax: 2.5, ", "", "`vmax` is missing"),
    ("vmax: 2.5", "k: 1, vmax: 2.5", "`k` beside `vmax` and `km`; expected k (mass action), or vmax and km"),
    ("k: 0.02", "catalyst: forge", "a reaction without a rate; expected k (mass action), or vmax and km"),
    ("k: 0.02", "k: -0.02", "`k` is -0.02; expected a number from 0 on"),
    ("vmax: 2.5, km: 1.0", "vmax: 2.5", "`km` is missing"),
    ("vmax: 2.5, km: 1.0", "vmax: 2.5, km: 0", "`km` is 0; expected a number above 0"),
    ("spark: 0.5}}", "rust: 0.5}}", "'rust' is no input of this reaction"),
    ("half: 1.0, spark: 0.5}}", "half: 1.0}}", "`km` says nothing of 'spark'; expected a number for every input"),
    ("{metal: 30,", "{metal: 0,", "a half-inhibition is 0; expected a number above 0"),
    ("{metal: 30,", "{mettle: 30,", "unknown role 'mettle'; did you mean 'metal'?"),
    ("{from: metal, to: store,", "{from: metal, to: metal,", "25:5: a flow from a quantity to itself"),
    ("{from: metal, to: store,", "{from: prey, to: store,", "a flow from 'prey' to 'store'; expected two molecules, or two"),
    ("{from: metal, to: store,", "{from: forge, to: store,", "'forge' is no molecule or species"),
    ("{from: metal, to: store,", "{from: metal,", "`to` is missing"),
    ("rate: 0.1,", "rate: -0.1,", "`rate` is -0.1; expected a number from 0 on"),
    ("kind: drain", "kind: leak", "`kind` is 'leak'; expected exchange or drain"),
    ("gate: cover", "gate: prey", "'prey' is no control"),
    ("var: ore, add: 0.5", "var: oar, add: 0.5", "unknown role 'oar'"),
    ("var: ore, add: 0.5", "var: ore, add: -0.5", "`add` is -0.5; expected a number from 0 on"),
    ("var: ore, add: 0.5", "var: ore, amount: 0.5", "unknown key 'amount'"),
    ("var: ore, add: 0.5", "var: ore", "`add` is missing"),
    ('"5 + i"', '"9 + i"', "`step` is 10; expected a number up to 9"),
    ('"5 + i"', '"5 + i / 2"', "`step` is 5.5; expected a whole number"),
    ('"5 + i"', '"i - 2"', "`step` is -1; expected a number from 0 on"),
]


@pytest.mark.parametrize(("old", "new", "complaint"), WRONG)
def test_a_wrong_process_is_complained_about_where_it_stands(old: str, new: str, complaint: str) -> None:
    said = refusals(changed(old, new, WEB))
    assert [each for each in said if complaint in each], said


@pytest.mark.parametrize(
    ("block", "entry"),
    [
        ("reactions", "{in: {ore: 1}, k: 0.1}"),
        ("flows", "{from: ore, to: half, rate: 0.1}"),
        ("pulses", "{step: 1, var: ore, add: 1}"),
        ("facts", "{about: ore}"),
    ],
)
def test_every_list_has_a_limit(block: str, entry: str) -> None:
    """Before anybody waits for it to be simulated."""
    many = f"{block}:\n" + "".join(f"  - {{repeat: 64, each: {entry}}}\n" for _ in range(4))
    said = refusals(changed(f"{block}:\n", many, WEB))
    assert [each for each in said if f"{block}; expected at most 200" in each], said
