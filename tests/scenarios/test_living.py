"""Populations of a scenario file: whom they eat, and behind which shelter."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.world.populations import Prey

from .parts import WEB, changed, refusals, template_of, web


def test_predation_says_what_the_file_says() -> None:
    """A shelter is optional."""
    hunter = template_of(WEB).blueprint(1, np.random.default_rng(0)).world.species["hunter"]
    assert hunter.eats == {"prey": Prey(0.05, 0.45, 0.4, "cover")}
    open_field = template_of(changed(", shelter: cover", "", WEB)).blueprint(1, np.random.default_rng(0))
    assert open_field.world.species["hunter"].eats == {"prey": Prey(0.05, 0.45, 0.4)}


def test_who_is_asked_about_a_hunter_tells_its_prey() -> None:
    """With the rate of its attack."""
    names = dict(zip(web().blueprint.world.variables, web().surface.names, strict=True))
    result = Episode(web()).act(Action("investigate", {"subject": names["hunter"]})).result
    assert result.reading["preys_on"] == {names["prey"]: 0.05}
    assert "promoted_by" not in result.reading


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("shelter: cover", "shelter: ore", "16:69: 'ore' is no control"),
        ("shelter: cover", "shelter: kover", "unknown role 'kover'; did you mean 'cover'?"),
        ("eats: {prey:", "eats: {ore:", "16:12: 'ore' is no species"),
        ("eats: {prey:", "eats: {pray:", "unknown role 'pray'; did you mean 'prey'?"),
        ("attack: 0.05", "attack: -0.2", "`attack` is -0.2; expected a number from 0 on"),
        ("gain: 0.4, ", "", "`gain` is missing"),
        ("gain: 0.4", "yield: 0.4", "unknown key 'yield'"),
    ],
)
def test_wrong_prey_is_complained_about_where_it_stands(old: str, new: str, complaint: str) -> None:
    said = refusals(changed(old, new, WEB))
    assert [each for each in said if complaint in each], said
