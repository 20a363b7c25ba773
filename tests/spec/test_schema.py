"""The schema agrees with the nouns."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

from pytest_alienbio.model import ROLES, Battery, Sanity
from pytest_alienbio.spec.fields import Role
from pytest_alienbio.spec.schema import Head, SanityBounds


def test_roles_are_the_models() -> None:
    """One list of roles, spelled twice."""
    assert get_args(Role) == ROLES


def test_every_field_of_a_battery_can_be_written() -> None:
    """All but what the file itself or a run's record gives, agents handed over in Python, and what an experiment adds."""
    written = set(Head.model_fields) - {"run"} | {
        "traces",
        "trace_files",
        "engine",
        "concurrency",
        "retries",
        "checkpoint",
        "caps",
    }
    given = {
        "name",
        "source",
        "line",
        "places",
        "said",
        "players",
        "tasks",
        "experiment",
        "crowded",
        "origin",
        "seed_digits",
        "looks",
        "live",
        "engine_by_default",
    }
    assert written == {field.name for field in fields(Battery)} - given
    assert set(SanityBounds.model_fields) == {field.name for field in fields(Sanity)}
