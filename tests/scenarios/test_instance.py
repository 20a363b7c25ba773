"""Instances: small on disk, rebuilt and verified by replay; words apart from structure."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pytest_alienbio.model import Json, canonical, digest
from pytest_alienbio.scenarios.instance import draft, from_json

from .parts import COMPETITION, HIDDEN, SMALL, instance, small, template, template_of


@pytest.mark.parametrize("which", [(HIDDEN, 1, 0), (COMPETITION, 2, 0)])
def test_an_instance_is_rebuilt_from_a_few_hundred_bytes(which: tuple[str, int, int]) -> None:
    """Through real JSON text; everything the same, to the bit."""
    of = instance(*which)
    text = canonical(of.to_json())
    assert len(text) < 600
    again = from_json(template(which[0]), which[1], which[2], json.loads(text))
    assert again == of


BROKEN: list[tuple[str, Json]] = [
    ("attempt", 1),
    ("attempt", True),
    ("attempt", "0"),
    ("substeps", 8),
    ("substeps", 0),
    ("plan", []),
    ("plan", [0] * 10),
    ("plan", [99] * 10),
    ("plan", [2] * 10),
    ("bounds", []),
    ("bounds", [["0x1p0", "0x1p0"]]),
    ("floor", "0x1.8p-1"),
    ("top", "0x1.0p0"),
    ("top", None),
    ("rejected", {"trivial": 1}),
    ("rejected", None),
    ("check", "0"),
]


@pytest.mark.parametrize(("key", "value"), BROKEN)
def test_a_damaged_value_is_found_out(key: str, value: Json) -> None:
    """Also when its checksum was made to fit: the replay has to come out at the same bits."""
    of = small()
    stored = {**of.to_json(), key: value}
    assert from_json(of.template, 3, 0, stored) is None
    if key != "check":
        rest = {name: each for name, each in stored.items() if name != "check"}
        assert from_json(of.template, 3, 0, {**rest, "check": digest(rest)}) is None


def test_a_missing_part_is_found_out() -> None:
    """No key is optional."""
    stored = small().to_json()
    for key in stored:
        assert from_json(small().template, 3, 0, {name: each for name, each in stored.items() if name != key}) is None


def test_another_seed_does_not_accept_the_value() -> None:
    """The world it stands for is another one."""
    assert from_json(small().template, 3, 1, small().to_json()) is None


def test_words_do_not_depend_on_the_attempt_nor_structure_on_words() -> None:
    """Separate streams: a second attempt has another world under the same names."""
    first, second = (draft(template_of(SMALL), 3, 0, attempt) for attempt in (0, 1))
    assert first.surface == second.surface
    assert first.blueprint.world != second.blueprint.world


def test_seeds_share_no_name() -> None:
    """Nothing can be memorised from one seed for another."""
    seen = [set(draft(template(COMPETITION), 5, seed, 0).surface.names) for seed in range(6)]
    assert len(set().union(*seen)) == sum(map(len, seen))


def test_a_group_is_listed_by_name() -> None:
    """`A, B and C` in alphabetical order, so the order of the file gives nothing away."""
    of = instance(COMPETITION, 2, 0)
    names = dict(zip(of.blueprint.world.variables, of.surface.names, strict=True))
    a, b, c = sorted(names[role] for role in ("rival1", "rival2", "ally"))
    assert of.text("{neighbours}") == f"{a}, {b} and {c}"


def test_the_scale_of_scores_has_waiting_at_0_and_the_plan_at_1() -> None:
    """By construction, in exact arithmetic."""
    of = small()
    assert of.normalised(of.floor) == 0.0
    assert of.normalised(of.top) == 1.0
    assert replace(of, floor=0.0, top=0.5).normalised(1.0) == 2.0


def test_a_stored_value_is_replayed_once_a_process() -> None:
    """However often it is read, by a template read again too; another surface, or another file, is another instance."""
    of = small()
    stored = of.to_json()
    first = from_json(of.template, 3, 0, stored)
    assert first is not None
    assert from_json(template_of(SMALL), 3, 0, dict(stored)) is first
    other = from_json(of.template, 3, 0, stored, 2)
    assert other is not None
    assert other.surface != first.surface
    changed = template_of(SMALL.replace("growth: 0.9", "growth: 0.91"))
    assert from_json(changed, 3, 0, stored) is None
