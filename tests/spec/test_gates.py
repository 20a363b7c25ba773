"""`gates:` and seeds until they are decided, as a battery and a project say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Battery, Rule
from pytest_alienbio.spec import read
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.gate_schema import MAX_LOOKS
from pytest_alienbio.spec.looks import looks_between
from pytest_alienbio.spec.project import project_config


def head(keys: str) -> Battery:
    """A battery with `keys` besides the needed ones."""
    (battery,) = batteries(read(f"experiment.x:\n  scenarios: [a]\n  agents: [b]\n{keys}", "f.yaml"))
    return battery


def test_a_line_says_what_it_says_and_the_rest_is_the_nouns_default() -> None:
    """A bare word is a metric; the name is the metric unless `as:` says another."""
    found = head(
        "  seeds: 1\n  gates:\n    - score\n    - {metric: usd, as: cost, against: 'tag:v1', better: lower, tol: 1,\n"
        "       alpha: 0.01, max_missing: 2, margin: 0.5, confirm: 7}\n"
    ).gates
    every = ("metric", "as", "against", "better", "tol", "alpha", "max_missing", "margin", "confirm")
    assert found == (
        Rule(line=6, column=7, said=("metric",)),
        Rule("cost", "usd", "lower", "tag:v1", 1.0, 0.01, 2, 0.5, 7, line=7, column=7, said=every),
    )


def test_a_low_score_is_a_result_where_a_gate_judges() -> None:
    """Unless the file says otherwise."""
    assert head("  {seeds: 1, gates: [score]}".replace("{", "").replace("}", "").replace(", ", "\n  ") + "\n").cells == "record"
    assert head("  seeds: 1\n  gates: [score]\n  cells: assert\n").cells == "assert"
    assert head("  seeds: 1\n").cells == "assert"


@pytest.mark.parametrize(
    ("seeds", "played", "looks"),
    [
        ("{min: 3, max: 10, until: decided}", range(10), (3, 5, 10)),
        ("{min: 1, max: 2, until: decided}", range(2), (1, 2)),
        ("{start: 100, min: 5, max: 20, until: decided}", range(100, 120), (5, 10, 20)),
        ("{looks: [2, 4, 8, 16], until: decided}", range(16), (2, 4, 8, 16)),
        ("{min: 2, max: 8, looks: [2, 8], until: decided}", range(8), (2, 8)),
        ("10", range(10), ()),
    ],
)
def test_seeds_until_decided_are_all_there_may_be_and_their_looks(seeds: str, played: range, looks: tuple[int, ...]) -> None:
    """Ids have the digits of the largest seed from the start, however early it stops."""
    battery = head(f"  seeds: {seeds}\n  gates: [score]\n")
    assert (battery.seeds, battery.looks) == (tuple(played), looks)
    assert battery.seed_digits == len(str(played[-1]))


@given(st.integers(1, 1000), st.integers(1, 100_000))
def test_looks_rise_from_the_least_to_the_most(least: int, more: int) -> None:
    """Two or three, the one between in the middle of the ratio."""
    looks = looks_between(least, least + more)
    assert looks[0] == least
    assert looks[-1] == least + more
    assert len(looks) in (2, 3)
    assert sorted(set(looks)) == list(looks)
    assert MAX_LOOKS >= 3


def test_a_project_has_gates_for_all_its_batteries() -> None:
    """With the file they stand in; no text of it is shown in a complaint."""
    config = project_config(read("gates: [{tol: 0.1}]\nalpha: 0.01\n", "bio.yaml"))
    assert config.gates == (Rule(tol=0.1, line=1, column=9, file="bio.yaml", said=("tol",)),)
    assert config.settings == {"alpha": (0.01, "bio.yaml:2:1")}
    with pytest.raises(SpecError) as caught:
        project_config(
            read("gates: [{as: SECRET}, {as: SECRET}, {against: 'SECRET '}, {metric: SECRET, better: SECRET}]\n", "b")
        )
    said = str(caught.value)
    assert "two gates have one name; first given at line 1, column 14" in said
    assert len(caught.value.complaints) == 4
    assert "SECRET" not in said


def test_seeds_until_decided_are_no_projects() -> None:
    """They stand beside the gates that decide."""
    with pytest.raises(SpecError, match="give it in a battery's `seeds`, beside its gates"):
        project_config(read("seeds: {min: 3, max: 10, until: decided}", "bio.yaml"))
