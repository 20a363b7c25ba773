"""The table of what is refused for now."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.spec import read
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.project_schema import SECTIONS as PROJECT_SECTIONS
from pytest_alienbio.spec.schema import SECTIONS
from pytest_alienbio.spec.unbuilt import BATTERY, PROJECT

FRAMES = {
    "": "KEY: 1",
    "head": "experiment.x: {scenarios: [a], agents: [b], seeds: 1, KEY: 1}",
    "scenarios": "experiment.x: {scenarios: [{name: a, KEY: 1}], agents: [b], seeds: 1}",
    "agents": "experiment.x: {scenarios: [a], agents: [{name: b, KEY: {env: X}}], seeds: 1}",
    "seeds": "experiment.x: {scenarios: [a], agents: [b], seeds: {count: 1, KEY: 1}}",
    "limits": "experiment.x: {scenarios: [a], agents: [b], seeds: 1, limits: {KEY: 1}}",
    "per_cell": "experiment.x: {scenarios: [a], agents: [b], seeds: 1, limits: {per_cell: {KEY: 1}}}",
    "run": "experiment.x: {scenarios: [a], agents: [b], seeds: 1, run: {KEY: 1}}",
}


@pytest.mark.parametrize(("section", "key"), sorted((section, key) for section, keys in BATTERY.items() for key in keys))
def test_known_but_not_built(section: str, key: str) -> None:
    """Refused at load time, at the key, and never taken for a typing error."""
    text = FRAMES[section].replace("KEY", key)
    with pytest.raises(SpecError) as caught:
        batteries(read(text, "f.yaml"))
    [complaint] = caught.value.complaints
    assert complaint.what.startswith(f"`{key}` ")
    assert complaint.what.endswith("is not built yet in this version")
    assert (complaint.line, complaint.column) == (1, FRAMES[section].index("KEY") + 1)


def test_nothing_is_both_built_and_not() -> None:
    """Whoever builds a key deletes its line."""
    for table, sections in ((BATTERY, SECTIONS), (PROJECT, PROJECT_SECTIONS)):
        for section, keys in table.items():
            if section in sections:
                assert not keys & {field.alias or name for name, field in sections[section].model_fields.items()}


@pytest.mark.parametrize("key", ["metrics", "success_criteria", "task", "trials", "variations"])
def test_keys_of_an_experiments_file_are_not_a_batterys(key: str) -> None:
    """They are built, and stand elsewhere."""
    text = f"experiment.a:\n  scenarios: [s]\n  agents: [g]\n  seeds: 1\n  {key}: [x]\n"
    with pytest.raises(SpecError) as caught:
        batteries(read(text, "f.yaml"))
    (complaint,) = caught.value.complaints
    assert complaint.what == f"unknown key {key!r}"
    assert complaint.hint.startswith("it is a key of an experiment's file")
