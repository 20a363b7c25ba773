"""The ini values pytest would see: the law is pytest itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np  # noqa: F401 - pytester forgets what was imported in a test, and numpy cannot be imported twice
import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.run import bio_keys, read_ini
from pytest_alienbio.run.ini import rootdir

INI = "[pytest]\nbio_traces = {}\n"
TOML = "[tool.pytest.ini_options]\nbio_traces = '{}'\n"

LAYOUTS: dict[str, dict[str, str]] = {
    "nothing": {},
    "pytest.ini": {"pytest.ini": INI},
    "pytest.ini without a section": {"pytest.ini": "", "tox.ini": INI},
    "hidden": {".pytest.ini": INI, "pyproject.toml": TOML},
    "pyproject": {"pyproject.toml": TOML, "tox.ini": INI, "setup.cfg": INI.replace("pytest", "tool:pytest")},
    "tox": {"pyproject.toml": "[project]\n", "tox.ini": INI},
    "setup.cfg": {"setup.cfg": INI.replace("pytest", "tool:pytest")},
    "plain pyproject": {"pyproject.toml": "[project]\n"},
    "other tools only": {"tox.ini": "[tox]\n", "setup.cfg": "[flake8]\n"},
    "setup.py": {"setup.py": ""},
    "upward past a plain pyproject": {"../pytest.ini": INI, "pyproject.toml": "[project]\n"},
    "plain pyproject here and above": {"../pyproject.toml": "[project]\n", "pyproject.toml": "[project]\n"},
    "upward past other tools": {"../pyproject.toml": TOML, "tox.ini": "[tox]\n"},
    "two that configure": {"../pytest.ini": INI, "pyproject.toml": TOML},
    "setup.py above": {"../setup.py": ""},
    "setup.py below a pyproject": {"../pyproject.toml": "[project]\n", "setup.py": ""},
}


@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS)
def test_rootdir_file_and_value_are_those_of_pytest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]
) -> None:
    """Whatever lies around, pytest started there without arguments has the same."""
    here = pytester.path / "above" / "here"
    here.mkdir(parents=True)
    for name, text in files.items():
        (here / name).write_text(text.format(Path(name).name.replace(".", "")), "utf-8")
    monkeypatch.chdir(here)
    config = pytester.parseconfig()
    found, file = read_ini(here)
    assert rootdir(here).resolve() == config.rootpath
    assert (file and file.resolve()) == config.inipath
    assert found.get("bio_traces") == config.getini("bio_traces")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.toml", "[pytest]\n{}"),
        (".pytest.toml", "[pytest]\n{}"),
        ("pyproject.toml", "[tool.pytest]\n{}"),
        ("pyproject.toml", "[tool.pytest.ini_options]\n{}"),
    ],
)
def test_toml_values_become_what_is_typed_elsewhere(tmp_path: Path, name: str, text: str) -> None:
    """Lists as comma lists, truth values in small letters. Other keys are pytest's."""
    values = "bio_steps = 3\nbio_smoke = true\nbio_tag = ['a', 'b']\nbio_timeout = 1.5\naddopts = '-q'\n"
    (tmp_path / name).write_text(text.format(values), "utf-8")
    found, file = read_ini(tmp_path)
    assert found == {"bio_steps": "3", "bio_smoke": "true", "bio_tag": "a,b", "bio_timeout": "1.5"}
    assert file == tmp_path / name


def test_values_that_pytest_has_read() -> None:
    assert bio_keys({"bio_tag": ["a", 1], "addopts": "-q", "bio_data": "x"}) == {"bio_tag": "a,1", "bio_data": "x"}


def test_nothing_there(tmp_path: Path) -> None:
    assert read_ini(tmp_path) == ({}, None)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pytest.ini", b"bio_traces = all\n", "pytest.ini:1: not readable as an ini file"),
        ("tox.ini", b"[pytest]\nx=1\nx=2\n", "tox.ini:3: not readable as an ini file"),
        ("pyproject.toml", b"[tool.pytest\n", "pyproject.toml: not readable as TOML"),
        ("setup.cfg", b"[tool:pytest]\nx=\xff\n", "setup.cfg: this file cannot be read: it is not UTF-8"),
        ("pytest.toml", b"\xff", "pytest.toml: this file cannot be read: it is not UTF-8"),
    ],
)
def test_a_file_pytest_would_refuse_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """Going on without its values would play something else."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SpecError) as caught:
        read_ini(tmp_path)
    assert said in str(caught.value)
