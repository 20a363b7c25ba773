"""What has a level: molecules and controls."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_alienbio.model import Action
from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.world.chemistry import Control

from .parts import WEB, changed, refusals, template_of, web


def test_controls_come_after_populations_and_are_hidden_unless_visible() -> None:
    """They begin at their rest unless the file says otherwise."""
    blueprint = template_of(WEB).blueprint(1, np.random.default_rng(0))
    assert blueprint.world.variables[-4:] == ("prey", "hunter", "forge", "cover")
    assert blueprint.world.controls == {"forge": Control(0.05, 0.02, 0.2), "cover": Control(1.0, 1.0, 0.25)}
    assert blueprint.hidden == {"forge"}
    assert (blueprint.prefixes["forge"], blueprint.prefixes["cover"]) == ("MC", "MG")


def test_a_control_is_read_and_assayed_like_any_quantity() -> None:
    """Hidden ones by whoever is told their name, as the lever tells it here."""
    names, episode = dict(zip(web().blueprint.world.variables, web().surface.names, strict=True)), Episode(web())
    assert names["cover"] in episode.observation().state
    assert names["forge"] not in episode.observation().state
    assert episode.act(Action("assay", {"quantity": names["forge"]})).result.reading["value"] == 0.05


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("rest: 0.02, ", "", "18:3: `rest` is missing"),
        ("rest: 0.02, relax: 0.2", "rest: 0.02", "`relax` is missing"),
        ("relax: 0.2}", "relax: -0.2}", "`relax` is -0.2; expected a number from 0 on"),
        ("init: 0.05", "inti: 0.05", "18:11: unknown key 'inti'; did you mean 'init'?"),
        ("  forge: {init", "  ore: {init", "18:3: 'ore' is a molecule already"),
        ("  forge: {init", "  prey: {init", "18:3: 'prey' is a species already"),
    ],
)
def test_a_wrong_control_is_complained_about_where_it_stands(old: str, new: str, complaint: str) -> None:
    said = refusals(changed(old, new, WEB))
    assert [each for each in said if complaint in each], said
