"""Where results lie, for who only reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.run.project import _KEYS
from pytest_alienbio.run.where import data_root_here
from pytest_alienbio.spec.project_schema import Project


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose `bio.yaml` says where; the working directory lies below it."""
    monkeypatch.delenv("ALIENBIO_DATA", raising=False)
    (tmp_path / "bio.yaml").write_text("data: elsewhere\n", "utf-8")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    return tmp_path


def test_the_strongest_word_wins(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument before the variable before the file; without any it is `data` of the project. Paths are from here."""
    assert data_root_here(None, "{}=") == here / "elsewhere"
    monkeypatch.setenv("ALIENBIO_DATA", "mine")
    assert data_root_here(None, "{}=") == here / "sub" / "mine"
    assert data_root_here("other", "{}=") == here / "sub" / "other"
    assert data_root_here(str(here / "abs"), "{}=") == here / "abs"
    monkeypatch.delenv("ALIENBIO_DATA")
    (here / "bio.yaml").write_text("", "utf-8")
    assert data_root_here(None, "{}=") == here / "data"


def test_a_file_that_is_not_asked_is_not_read(here: Path) -> None:
    """Whatever is wrong with it; where it is asked, that is said."""
    (here / "bio.yaml").write_text("dta: typo\ndata: elsewhere\n", "utf-8")
    assert data_root_here("other", "{}=") == here / "sub" / "other"
    with pytest.raises(SpecError, match="dta"):
        data_root_here(None, "{}=")


def test_an_empty_word_is_refused(here: Path) -> None:
    """It is an unset variable of a shell."""
    with pytest.raises(SpecError, match="--data"):
        data_root_here("", "--{}")


def test_a_file_that_says_nothing_of_data_is_not_read(here: Path) -> None:
    """Results can be asked whatever else is wrong in it: checking it costs more than the question."""
    (here / "bio.yaml").write_text("agents: {x: {kinds: greedy}}\n", "utf-8")
    assert data_root_here(None, "{}=") == here / "data"


def test_a_key_that_is_none_is_still_found(here: Path) -> None:
    """`dato` may have been meant to say where the data is."""
    (here / "bio.yaml").write_text("dato: elsewhere\n", "utf-8")
    with pytest.raises(SpecError, match="did you mean 'data'"):
        data_root_here(None, "{}=")


def test_every_key_of_the_file_is_known_without_its_schema() -> None:
    assert set(Project.model_fields) == _KEYS
