"""Scenarios by name, read when they are looked up."""

from __future__ import annotations

from typing import NoReturn

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Case, Environment, InstanceCache
from pytest_alienbio.play import ScenarioInfo, ScenarioRegistry, Shelf


def build(case: Case, cache: InstanceCache | None = None) -> Environment:
    """Of scenarios that nobody plays here."""
    raise AssertionError


ONE, TWO = ScenarioInfo("one", build), ScenarioInfo("two", build)


def never() -> NoReturn:
    """Of a scenario that nobody may look at."""
    raise AssertionError


def test_names_read_nothing() -> None:
    """Neither asking for a name, nor listing, copying and adding."""
    shelf = Shelf({"one": ONE}, unread={"far": never})
    registry = ScenarioRegistry(Shelf(shelf, {"two": TWO}))
    registry.add("three", object)  # type: ignore[arg-type]
    assert [*registry.entries] == ["one", "far", "two", "three"]
    assert "far" in shelf
    assert len(shelf) == 2
    assert shelf["one"] is ONE


def test_a_name_that_is_unread_is_taken() -> None:
    with pytest.raises(SpecError, match="already registered"):
        ScenarioRegistry(Shelf(unread={"far": never})).add("far", object)  # type: ignore[arg-type]


def test_a_scenario_is_read_once_and_then_there() -> None:
    read: list[str] = []

    def reader() -> ScenarioInfo:
        read.append("two")
        return TWO

    shelf = Shelf(unread={"two": reader})
    assert (shelf["two"], shelf.get("two"), dict(shelf)) == (TWO, TWO, {"two": TWO})
    assert read == ["two"]
    assert shelf == {"two": TWO}


def test_what_cannot_be_read_says_so_each_time() -> None:
    def broken() -> NoReturn:
        raise SpecError("no scenario")

    shelf = Shelf(unread={"far": broken})
    for _ in range(2):
        with pytest.raises(SpecError, match="no scenario"):
            shelf["far"]


def test_a_copy_is_its_own() -> None:
    """What is added to a copy, taken from it or put in a place there is not so in the first."""
    first = Shelf({"one": ONE})
    second = Shelf(first, {"one": TWO})
    second["two"] = TWO
    assert dict(first) == {"one": ONE}
    del second["two"]
    assert dict(second) == {"one": TWO}
    with pytest.raises(KeyError):
        first["two"]
