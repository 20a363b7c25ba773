"""What a file says at one difficulty: a world, its levers, goals and floors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.generate import generate
from pytest_alienbio.scenarios.scoring import Floor
from pytest_alienbio.scenarios.template import read_template
from pytest_alienbio.spec.load import read_source
from pytest_alienbio.world.populations import Need
from pytest_alienbio.world.state import Effect

from .parts import BALANCE, COMPETITION, HIDDEN, REFUGE, SMALL, TAGS, changed, play, solution, template, template_of


def test_a_blueprint_says_what_the_file_says() -> None:
    """Roles in the order of the file; effects by index."""
    small = template_of(SMALL).blueprint(3, np.random.default_rng(0))
    assert small.world.variables == ("food", "spice", "focal", "other")
    assert small.prefixes == {"food": "ME", "spice": "MX", "focal": "K", "other": "K"}
    assert small.hidden == {"other"}
    assert small.world.species["focal"].needs == {"food": Need(1.0, 0.05)}
    assert [lever.effects for lever in small.levers] == [(Effect("add", 0, 3.0),), (Effect("scale", 2, 0.5),)]
    assert [lever.key for lever in small.levers] == [True, False]
    assert small.floors == (Floor(2, 0.2),)
    assert (small.max_steps, small.budget, small.noise) == (10, 10.0, 0.1)
    assert (small.assay_cost, small.investigate_cost) == (1.0, 1.5)
    (target,) = small.targets
    assert (target.variable, target.kind, target.start, target.stated) == (2, "up", 5, False)


def test_measurements_can_be_priced_or_left_out() -> None:
    """`assay: false` is not offered."""
    text = changed("  budget: 10\n", "  budget: 10\n  measurements: {assay: false, investigate: {cost: 0.5}}\n")
    small = template_of(text).blueprint(3, np.random.default_rng(0))
    assert (small.assay_cost, small.investigate_cost) == (None, 0.5)


def test_a_move_takes_from_one_and_gives_to_another() -> None:
    """[move, from, to, fraction]."""
    text = changed("[[scale, focal, 0.5]]", "[[move, focal, other, 0.3]]")
    assert template_of(text).blueprint(1, np.random.default_rng(0)).levers[1].effects == (Effect("move", 2, 0.3, source=1),)


@pytest.mark.parametrize(
    ("difficulty", "wastes", "links", "venoms"), [(1, 1, 0, 0), (2, 1, 0, 1), (3, 2, 1, 2), (4, 2, 1, 3), (5, 3, 2, 4)]
)
def test_the_hidden_chain_grows_with_difficulty(difficulty: int, wastes: int, links: int, venoms: int) -> None:
    """focal -> waste1 -> link1 -> waste2 -> ... -> partner -> buffer -> focal closes at every level."""
    world = template(HIDDEN).blueprint(difficulty, np.random.default_rng(0)).world
    assert [name for name in world.molecules if name.startswith("waste")] == [f"waste{i + 1}" for i in range(wastes)]
    assert [name for name in world.species if name.startswith("link")] == [f"link{i + 1}" for i in range(links)]
    assert list(world.species["focal"].poisons) == [f"venom{i + 1}" for i in range(venoms)]
    at, hops = "focal", 0
    while hops == 0 or at != "focal":
        (left,) = world.species[at].excretes
        (at,) = [name for name, species in world.species.items() if left in species.needs]
        hops += 1
    assert hops == 2 + links


@pytest.mark.parametrize(("difficulty", "rivals"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4)])
def test_only_the_ally_makes_the_vitamin(difficulty: int, rivals: int) -> None:
    """And it stands among the rivals in the briefing's list."""
    blueprint = template(COMPETITION).blueprint(difficulty, np.random.default_rng(0))
    makers = [name for name, species in blueprint.world.species.items() if "vitamin" in species.excretes]
    assert makers == ["ally"]
    assert set(blueprint.groups["neighbours"]) == {"ally", *(f"rival{i + 1}" for i in range(rivals))}
    assert len(blueprint.levers) == rivals + 4 + difficulty - 1


@pytest.mark.parametrize(("difficulty", "regions"), [(1, 4), (2, 4), (3, 5), (4, 5), (5, 6)])
def test_one_region_of_the_refuge_is_safe_and_poorer(difficulty: int, regions: int) -> None:
    """Every other one has toxin or a hunter, and from level 2 on more food; what is wrong there is not seen."""
    blueprint = template(REFUGE).blueprint(difficulty, np.random.default_rng(0))
    world = blueprint.world
    assert len(blueprint.regions) == regions
    harmless = {
        region
        for region in blueprint.regions
        if f"toxin@{region}" not in world.molecules and f"hunter@{region}" not in world.species
    }
    assert harmless == {"safe"}
    if difficulty > 1:
        inflows = {region: world.molecules[f"food@{region}"].inflow for region in blueprint.regions}
        assert all(inflows["safe"] < inflow for region, inflow in inflows.items() if region not in ("home", "safe"))
        elsewhere = {f"toxin@{region}" for region in blueprint.regions if region != "home"}
        assert elsewhere.intersection(world.molecules) <= blueprint.hidden
    assert set(blueprint.groups["others"]) == set(blueprint.regions) - {"home"}


@pytest.mark.parametrize("difficulty", [1, 2, 3, 4, 5])
def test_no_region_of_the_refuge_stands_out_among_the_levers(difficulty: int) -> None:
    """Each but home can be gone to, fed and left in the same ways: a list of what can be done is no answer."""
    blueprint = template(REFUGE).blueprint(difficulty, np.random.default_rng(0))

    def ways(region: str) -> list[tuple[str, str, float]]:
        return sorted(
            (lever.action, key, lever.cost)
            for lever in blueprint.levers
            for key, value in lever.params.items()
            if value == region
        )

    assert len({tuple(ways(region)) for region in blueprint.groups["others"]}) == 1


@pytest.mark.parametrize(("difficulty", "living"), [(1, 2), (2, 2), (3, 3), (4, 4), (5, 4)])
def test_the_balance_is_shaken_once_a_level_above_the_first(difficulty: int, living: int) -> None:
    """In turn of prey and hunter; more live there than the briefing says."""
    world = template(BALANCE).blueprint(difficulty, np.random.default_rng(0)).world
    assert len(world.species) == living
    assert sorted(pulse.variable for pulse in world.pulses) == sorted(("prey", "hunter", "prey", "hunter")[: difficulty - 1])
    assert all(4 <= pulse.step <= 17 for pulse in world.pulses)


@pytest.mark.parametrize("difficulty", [1, 2, 3, 5])
def test_a_file_with_its_own_scoring_and_stated_goals_makes_solvable_instances(difficulty: int) -> None:
    """A user's scenario: literal targets, four formulas, a role that `when` drops."""
    twin = read_template(read_source(Path(__file__).with_name("twin.yaml"), tags=TAGS))
    of = generate(twin, difficulty, 1)
    assert [(target.low, target.high) for target in of.rules.targets] == [(0.0, 12.0), (0.0, 8.0)]
    assert play(of, solution(of)).score == 1.0
    idle = play(of, [Action("done")])
    assert idle.score == 0.0
    assert idle.parts["efficiency"] == 1.0
