"""Every noun is a frozen, slotted value that the room's door gives out."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from pathlib import Path

import pytest

from pytest_alienbio import model

HERE = Path(model.__file__).parent
VALUES = [
    value
    for file in sorted(HERE.glob("[a-z]*.py"))
    for value in vars(import_module(f"pytest_alienbio.model.{file.stem}")).values()
    if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__.endswith(f"model.{file.stem}")
]


@pytest.mark.parametrize("noun", VALUES, ids=lambda noun: noun.__name__)
def test_a_noun_is_frozen_slotted_and_documented(noun: type) -> None:
    """A change makes a new value; a mistyped field is an error; everybody can read what it is."""
    assert noun.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(noun)
    assert noun.__doc__
    assert not noun.__doc__.startswith(f"{noun.__name__}(")


def test_the_door_names_what_it_gives() -> None:
    """`__all__` is sorted, complete, and every name is there."""
    assert sorted(model.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)) == model.__all__
    assert all(hasattr(model, name) for name in model.__all__)
    given = {noun.__name__ for noun in VALUES}
    assert given - set(model.__all__) == set()
