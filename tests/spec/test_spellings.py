"""Keys at a wrong place."""

from __future__ import annotations

import pytest

from pytest_alienbio.spec.names import SETTINGS
from pytest_alienbio.spec.spellings import spelling_of


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("traces", "it is spelled `run.traces`: write `run: {traces: ...}`"),
        ("run.traces", "it is spelled `run.traces`: write `run: {traces: ...}`"),
        ("timeout", "it is spelled `limits.per_cell.wall_clock_s`: write `limits: {per_cell: {wall_clock_s: ...}}`"),
        ("wall_clock_s", "it is spelled `limits.per_cell.wall_clock_s`: write `limits: {per_cell: {wall_clock_s: ...}}`"),
        ("max_usd", "it is spelled `limits.usd`: write `limits: {usd: ...}`"),
        ("tokens", "it is spelled `limits.tokens`: write `limits: {tokens: ...}`"),
        ("steps", "it is spelled `limits.per_cell.steps`: write `limits: {per_cell: {steps: ...}}`"),
        ("out", "it is spelled `output_path`"),
        ("cells", "`cells` stands at the top of the file"),
        ("anything", ""),
        ("", ""),
    ],
)
def test_how_it_is_spelled(key: str, hint: str) -> None:
    """With the sections written out."""
    assert spelling_of(key, is_project=True) == hint


def test_a_battery_has_other_words() -> None:
    """Its own agents, no data root, and a selection."""
    assert spelling_of("default_agents", is_project=False) == "it is spelled `agents`"
    assert spelling_of("type", is_project=False) == "it is spelled `select.type`: write `select: {type: ...}`"
    assert spelling_of("data", is_project=False) == "give it in bio.yaml, or with --bio-data"
    assert spelling_of("variants", is_project=False) == "give it in a line of `scenarios`"


def test_what_only_the_command_line_says() -> None:
    """Selecting options are no settings."""
    assert spelling_of("tags", is_project=True) == "it is no setting; choose cells with --bio-tag"


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_name_of_a_setting_leads_to_its_key(name: str) -> None:
    """Whoever knows the option, the variable or the ini key finds the spelling of the file."""
    last = SETTINGS[name].key.rpartition(".")[2]
    assert last in spelling_of(name, is_project=True)
