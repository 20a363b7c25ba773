"""What can be done and asked: levers, measurements, facts."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.blueprint import Fact
from pytest_alienbio.scenarios.episode import Episode

from .parts import SMALL, WEB, changed, refusals, template_of, web


def test_facts_about_one_quantity_are_put_together() -> None:
    """One role or a list; `when` drops one."""
    web_file = template_of(WEB)
    facts = web_file.blueprint(3, np.random.default_rng(0)).facts
    assert facts == {"store": Fact(("forge", "metal"), ("rust",)), "prey": Fact((), ("hunter",))}
    assert web_file.blueprint(1, np.random.default_rng(0)).facts["store"] == Fact(("forge", "metal"), ())


def test_what_a_fact_is_about_can_be_investigated() -> None:
    """A molecule has causes only; a population its needs as well. Names are alien and sorted; the answer is a copy."""
    names, episode = dict(zip(web().blueprint.world.variables, web().surface.names, strict=True)), Episode(web())
    offered = [spec.params["subject"] for spec in episode.briefing().actions if spec.name == "investigate"]
    assert offered == sorted(names[role] for role in ("store", "prey", "hunter"))
    reading = episode.act(Action("investigate", {"subject": names["store"]})).result.reading
    causes = sorted((names["forge"], names["metal"]))
    assert reading == {"subject": names["store"], "promoted_by": causes, "reduced_by": [names["rust"]]}
    promoted = reading["promoted_by"]
    assert isinstance(promoted, list)
    promoted.clear()
    last = episode.observation().last
    assert last is not None
    assert last.reading["promoted_by"] == causes
    reading = episode.act(Action("investigate", {"subject": names["prey"]})).result.reading
    assert (reading["needs"], reading["reduced_by"]) == ({names["ore"]: 1.0}, [names["hunter"]])


def test_asking_does_not_depend_on_assays_being_offered() -> None:
    """Each measurement is left out by itself."""
    text = changed("  budget: 10\n", "  budget: 10\n  measurements: {assay: false}\n")
    blueprint = template_of(text).blueprint(3, np.random.default_rng(0))
    assert (blueprint.assay_cost, blueprint.investigate_cost) == (None, 1.5)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("{about: prey,", "{about: pray,", "33:13: unknown role 'pray'; did you mean 'prey'?"),
        ("{about: prey,", "{about: forge,", "33:13: 'forge' is hidden: nobody could ask about it"),
        ("{about: prey, ", "{", "`about` is missing"),
        ("reduced_by: hunter", "reduced_by: huntr", "unknown role 'huntr'"),
        ("reduced_by: hunter", "reduced_by: rust", "'rust' does not exist at every difficulty this entry does"),
        ("reduced_by: hunter", "lowered_by: hunter", "unknown key 'lowered_by'"),
        ("promoted_by: [forge, metal]", "promoted_by: [forge, 3]", "not a role"),
    ],
)
def test_a_wrong_fact_is_complained_about_where_it_stands(old: str, new: str, complaint: str) -> None:
    said = refusals(changed(old, new, WEB))
    assert [each for each in said if complaint in each], said


@pytest.mark.parametrize(
    ("effect", "complaint"),
    [
        ("[move, food, focal, 0.5]", "20:58: a move from 'food' to 'focal'; expected two molecules, or two populations"),
        ("[move, focal, food, 0.5]", "20:58: a move from 'focal' to 'food'; expected two molecules, or two populations"),
        ("[move, food, food, 0.5]", "20:58: a move from a quantity to itself; expected two molecules"),
        ("[move, food, focl, 0.5]", "20:71: unknown role 'focl'; did you mean 'focal'?"),
        ("[move, 3, focal, 0.5]", "20:65: not a role"),
    ],
)
def test_a_lever_moves_between_quantities_of_one_kind(effect: str, complaint: str) -> None:
    """As a flow does: what is a concentration is no density."""
    [said] = refusals(changed("[add, food, 3]", effect))
    assert said.startswith(complaint)
    assert refusals(changed("[add, food, 3]", "[move, other, focal, 0.5]")) == []


def test_a_scenario_without_levers_is_refused() -> None:
    """There would be nothing to decide."""
    text = SMALL[: SMALL.index("  levers:")] + "  levers: []\n" + SMALL[SMALL.index("goals:") :]
    assert "no levers; expected at least one" in refusals(text)[0]
