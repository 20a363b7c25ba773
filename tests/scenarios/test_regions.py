"""Regions: quantities that are spread over them, their sums, and what agents are told of both."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.blueprint import Blueprint
from pytest_alienbio.scenarios.dynamics import affordable, follow, follow_rows
from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.scenarios.instance import from_json
from pytest_alienbio.world.chemistry import Flow, Molecule
from pytest_alienbio.world.populations import Need, Prey
from pytest_alienbio.world.state import Effect

from .parts import SPREAD, changed, play, refusals, solution, spread, template_of


def blueprint(difficulty: int = 3, text: str = SPREAD) -> Blueprint:
    """What a text says."""
    return template_of(text).blueprint(difficulty, np.random.default_rng(0))


def test_a_spread_quantity_is_one_variable_a_region_and_its_sum() -> None:
    """Sums come last; a region that is dropped takes its variables along."""
    world = blueprint().world
    assert world.elements == (
        *("food@home", "food@far1", "food@far2", "fume@home", "fume@far2", "salt"),
        *("focal@home", "focal@far1", "focal@far2", "beast@far2"),
    )
    assert world.variables == (*world.elements, "food", "fume", "focal", "beast")
    assert world.totals["focal"] == ("focal@home", "focal@far1", "focal@far2")
    start = dict(zip(world.variables, world.initial, strict=True))
    assert (start["food"], start["focal"], start["focal@home"]) == (8.0, 6.0, 6.0)
    assert blueprint(1).world.elements == ("food@home", "food@far1", "fume@home", "salt", "focal@home", "focal@far1")


def test_values_may_differ_from_region_to_region() -> None:
    """`at` wins over what is said of all."""
    food = blueprint().world.molecules
    assert (food["food@home"], food["food@far1"]) == (Molecule(4.0, 0.1, 0.2), Molecule(2.0, 0.6, 0.2))


def test_in_a_region_a_population_lives_on_what_is_there() -> None:
    """What is spread is that of the region, a poison or prey that is not there is left out, what is no region's is shared."""
    species = blueprint().world.species
    assert species["focal@far1"].needs == {"food@far1": Need(1.0, 0.1), "salt": Need(0.1)}
    assert [dict(species[f"focal@{region}"].poisons) for region in ("home", "far1", "far2")] == [
        {"fume@home": 3.0},
        {},
        {"fume@far2": 1.5},
    ]
    assert species["beast@far2"].eats == {"focal@far2": Prey(0.2, 0.3, 0.2)}


def test_effects_and_flows_go_between_regions() -> None:
    """By name and region."""
    spread_file = blueprint()
    order = spread_file.world.variables.index
    moved = Effect("move", order("focal@far2"), 0.3, source=order("focal@home"))
    assert spread_file.levers[1].effects == (moved,)
    assert spread_file.levers[1].params == {"species": "focal", "to": "far2"}
    assert spread_file.world.flows == (Flow("fume@home", "fume@far2", 0.05),)
    assert (spread_file.targets[0].variable, spread_file.floors[0].variable) == (order("focal"), order("focal"))


def test_a_sum_is_hidden_with_any_of_its_parts() -> None:
    """Else it would give away what is not shown."""
    assert blueprint(1).hidden == set()
    assert blueprint(3).hidden == {"fume@home", "fume@far2", "fume", "beast@far2", "beast"}
    one = blueprint(1, changed("at: {home: {init: 4", "at: {home: {visible: false, init: 4", SPREAD))
    assert one.hidden == {"food@home", "food"}


CODES = st.lists(st.lists(st.integers(0, 8), min_size=10, max_size=10), min_size=1, max_size=4)


@settings(max_examples=10, deadline=None)
@given(CODES)
def test_sums_are_the_same_bits_in_a_batch_and_always_those_of_their_parts(plans: list[list[int]]) -> None:
    """After every step, transfers included."""
    dynamics = spread().dynamics
    legal = [affordable(dynamics, plan) for plan in plans]
    paths, _spent = follow_rows(dynamics, legal)
    names = dynamics.blueprint.world.variables
    parts = [names.index(f"focal@{region}") for region in ("home", "far1", "far2")]
    for i, plan in enumerate(legal):
        path, _ = follow(dynamics, plan)
        assert np.array(path).tobytes() == paths[:, :, i].tobytes()
        for state in path:
            assert state[names.index("focal")] == state[parts[0]] + state[parts[1]] + state[parts[2]]


def test_agents_see_alien_names_of_quantities_and_regions() -> None:
    """`name@region` for a reading, the bare name for the sum; goals, floors, params and texts the same."""
    of = spread()
    words, episode = of.words, Episode(of)
    assert words["focal@far1"] == f"{words['focal']}@{words['far1']}"
    assert {words[region][0] for region in ("home", "far1", "far2")} == {"L"}
    told, seen = episode.briefing(), episode.observation().state
    assert {words[role] for role in ("focal", "focal@home", "focal@far1", "food@far2", "salt")} <= set(seen)
    assert not {words["fume@home"], words["fume"], words["beast@far2"], words["beast"]}.intersection(seen)
    assert (told.goals[0].quantity, told.protected) == (words["focal"], {words["focal"]: 0.3})
    params = [dict(spec.params) for spec in told.actions if spec.name in ("transfer", "add")]
    assert {"species": words["focal"], "to": words["far2"]} in params
    assert {"molecule": words["food"], "region": words["home"]} in params
    others = " and ".join(sorted((words["far1"], words["far2"])))
    assert told.text.startswith(f"{words['home']} is failing {words['focal']}. There are {others}.")
    assert told.text.endswith(f"{words['focal@home']} is what is left.")


def test_what_a_lever_names_in_a_region_can_be_assayed_there() -> None:
    """Not the sum of what is hidden."""
    of = spread()
    offered = [spec.params["quantity"] for spec in Episode(of).briefing().actions if spec.name == "assay"]
    assert of.words["fume@home"] in offered
    assert not {of.words["fume"], of.words["fume@far2"]}.intersection(offered)


def test_a_population_is_asked_about_as_a_whole() -> None:
    """One number where it lives alike, one a region where it does not; what is hidden cannot be asked about."""
    of = spread()
    words, episode = of.words, Episode(of)
    offered = [spec.params["subject"] for spec in episode.briefing().actions if spec.name == "investigate"]
    assert offered == [words["focal"]]
    reading = episode.act(Action("investigate", {"subject": words["focal"]})).result.reading
    assert reading["needs"] == {words["food"]: 1.0, words["salt"]: 0.1}
    assert reading["poisons"] == {words["fume@home"]: 3.0, words["fume@far2"]: 1.5}
    beast = episode.act(Action("investigate", {"subject": words["beast"]})).result.reading
    assert beast["preys_on"] == {words["focal"]: 0.2}
    refused = episode.act(Action("investigate", {"subject": words["focal@home"]})).result
    assert not refused.ok


def test_the_oracle_solves_a_spread_world_and_it_can_be_rebuilt() -> None:
    of = spread()
    assert play(of, solution(of)).score == 1.0
    assert play(of, [Action("done")]).score == 0.0
    assert from_json(of.template, 3, 0, of.to_json()) == of


WRONG = [
    ("  home: {}\n", "  home: {place: 1}\n", "4:10: unknown key 'place'"),
    ("  home: {}\n", "  home: {prefix: l}\n", "`prefix` is 'l'; expected one to three capitals"),
    ("  home: {}\n", "  ho-me: {}\n", "'ho-me' cannot be a role"),
    ("  home: {}\n", "  home: {}\n  salt: {}\n", "'salt' is a region already"),
    ("regions: all, at: {home: {init: 4", "regions: some, at: {home: {init: 4", "`regions` is neither `all` nor a list"),
    ("regions: [home, far2]", "regions: [home, far3]", "8:47: unknown role 'far3'; did you mean 'far2'?"),
    ("regions: [home, far2]", "regions: [home, home]", "8:40: 'home' twice"),
    ("regions: [home, far2]", "regions: [home, salt]", "'salt' is no region"),
    ("regions: [home, far2]", "region: [home, far2]", "unknown key 'region'; did you mean 'regions'?"),
    ("salt: {prefix: MS,", "salt: {prefix: MS, at: {home: {init: 2}},", "`at` without `regions`; expected regions: all"),
    ("at: {home: {init: 4", "at: {hom: {init: 4", "unknown role 'hom'; did you mean 'home'?"),
    ("at: {home: {init: 4", "at: {home: {int: 4", "7:82: unknown key 'int'; did you mean 'init'?"),
    ("at: {home: {init: 4", "at: {home: {prefix: MX, init: 4", "`prefix` cannot differ from region to region"),
    ("at: {home: {init: 4", "at: {home: {init: -4", "`init` is -4; expected a number from 0 on"),
    ("[home, far2], visible", "[home, far2], at: {far1: {init: 1}}, visible", "'fume' is not in 'far1'"),
    ("needs: {food: {half: 1, uptake: 0.1},", "needs: {fume: {half: 1},", "18:13: 'fume' is not in 'far1'"),
    ("[[add, food@home, 4]]", "[[add, food, 4]]", "'food' is spread over regions; name one, like food@home"),
    ("[[add, food@home, 4]]", "[[add, food@hom, 4]]", "unknown role 'food@hom'; did you mean 'food@home'"),
    ("[[add, food@home, 4]]", "[[add, home, 4]]", "'home' is no molecule, species or control"),
    ("[[scale, fume@home, 0.5]]", "[[scale, beast@far2, 0.5]]", "'beast@far2' does not exist at every difficulty"),
    ("{var: focal,", "{var: home,", "'home' is no molecule, species or control"),
    ("protect: {focal: 0.3}", "protect: {food: 0.3}", "'food' is spread over regions"),
    ("protect: {focal: 0.3}", "protect: {salt: 0.3}", "'salt' is no species"),
    ("protect: {focal: 0.3}", "protect: {focal@far1: 0.3}", "'focal@far1' starts at 0"),
    ("from: fume@home, to: fume@far2", "from: fume, to: fume@far2", "'fume' is spread over regions; name one, like fume@home"),
    ("{home} is failing", "{hme} is failing", "`{hme}` stands for nothing at difficulty 1; did you mean 'home'?"),
    ("  home: {}\n", '  home: {}\n  "x{i}": {repeat: 24, each: {}}\n', "26 regions; expected at most 24"),
]


@pytest.mark.parametrize(("old", "new", "complaint"), WRONG)
def test_a_wrong_region_is_complained_about_where_it_stands(old: str, new: str, complaint: str) -> None:
    said = refusals(changed(old, new, SPREAD))
    assert [each for each in said if complaint in each], said


def test_all_regions_of_a_file_without_any_is_a_complaint() -> None:
    text = SPREAD[: SPREAD.index("regions:")] + SPREAD[SPREAD.index("molecules:") :]
    assert "4:65: there are no regions; give the file a `regions:` block" in "".join(refusals(text))


def test_what_is_spread_too_wide_is_refused_at_once() -> None:
    """Before it is laid out."""
    text = changed("  salt: {", '  "m{i}": {repeat: 64, each: {regions: all}}\n  salt: {', SPREAD)
    assert ["202 quantities; expected at most 200" in each for each in refusals(text)] == [True]
