"""What is too old, never tried or missing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pytest_alienbio.run.doctor.versions import GIVES, TRIED, needed, of_extras, of_packages, of_python

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize(
    ("version", "implementation", "system", "grave"),
    [
        ((3, 11), "cpython", "linux", []),
        ((3, 13), "cpython", "darwin", []),
        ((3, 10), "cpython", "linux", [True]),
        ((3, 99), "cpython", "linux", [False]),
        ((3, 12), "pypy", "linux", [False]),
        ((3, 12), "cpython", "win32", [True]),
    ],
)
def test_pythons_and_systems(version: tuple[int, int], implementation: str, system: str, grave: list[bool]) -> None:
    assert [each.grave for each in of_python(version, implementation, system)] == grave


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"pytest": "8.4.0", "pytest-xdist": "3.8.0"}, []),
        ({"pytest": "9.2.1", "pytest-xdist": "3.8.4"}, []),
        ({"pytest": "8.3.9", "pytest-xdist": "3.6.1"}, ["8.3.9 is too old"]),
        ({"pytest": "10.0", "pytest-xdist": "3.6.1"}, ["10.0 is newer than what was tried (9.2)"]),
        ({"pytest": "9.0.0"}, ["it is not installed"]),
    ],
)
def test_packages(told: dict[str, str], said: list[str]) -> None:
    """A patch release of what was tried was tried."""
    assert [each.what for each in of_packages(told.get)] == said


def test_every_extra_says_what_it_gives_and_only_what_is_missing_is_named() -> None:
    """As the package's own metadata has them: the table lags behind no new one."""
    assert set(GIVES) == set(PROJECT["optional-dependencies"]) - {"test"}
    (missing,) = [each for each in of_extras(lambda name: None if name == "gymnasium" else "1") if "gym" in each.what]
    assert missing.todo.endswith("pip install 'pytest-alienbio[gym]'")
    assert not missing.grave
    assert needed("excel") == ("openpyxl",)
    assert not list(of_extras(lambda name: "1"))


def test_what_is_required_is_what_the_project_requires() -> None:
    """The oldest versions are those of the metadata; nobody tells two stories."""
    asked = {line.partition(">=")[0]: line.partition(">=")[2] for line in PROJECT["dependencies"]}
    assert {name: f"{low[0]}.{low[1]}" for name, (low, _) in TRIED.items()} == {name: asked[name] for name in TRIED}
