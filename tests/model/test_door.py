"""A room's exports, looked up when they are used."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from pytest_alienbio import stats

ALIKE = ("bradley_terry", "curve", "iqm", "ladder", "logistic", "rasch", "required_seeds", "summarize", "units")
"""Exports of `stats` that are named as the modules they are in."""


@pytest.mark.parametrize("name", ALIKE)
def test_an_export_named_as_its_module_is_the_export_whoever_imported_the_module(name: str) -> None:
    module = import_module(f"pytest_alienbio.stats.{name}")
    assert getattr(stats, name) is getattr(module, name)
    assert callable(getattr(stats, name))
    assert sys.modules[f"pytest_alienbio.stats.{name}"] is module


def test_a_module_first_hides_nothing() -> None:
    """In a process of its own, where nobody has looked anything up before."""
    code = "import pytest_alienbio.stats.units, pytest_alienbio.stats as s; assert callable(s.units), s.units"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_modules_are_bound_as_everywhere() -> None:
    assert import_module("pytest_alienbio.stats.moments") is stats.moments


def test_all_that_is_exported_is_there_and_nothing_else() -> None:
    assert all(hasattr(stats, name) for name in stats.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        stats.nothing  # noqa: B018
