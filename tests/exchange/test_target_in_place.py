"""A folder that is filled where it stays: whole or not at all, as one that is moved there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange.target import new_folder


def _half_write(folder: Path) -> None:
    (folder / "new").touch()
    raise ZeroDivisionError


def test_it_is_the_folder_itself_from_the_start(tmp_path: Path) -> None:
    with new_folder(tmp_path / "x", in_place=True) as folder:
        assert folder == tmp_path / "x"
        (folder / "a").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["x", "a"]


@pytest.mark.parametrize("before", [True, False])
def test_a_failure_leaves_what_was_there_before(tmp_path: Path, before: bool) -> None:
    if before:
        (tmp_path / "x").mkdir()
        (tmp_path / "x" / "old").touch()
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "x", force=True, in_place=True) as folder:
        _half_write(folder)
    assert [path.name for path in tmp_path.rglob("*")] == (["x", "old"] if before else [])


def test_what_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "old").touch()
    with pytest.raises(SpecError, match="exists already"), new_folder(tmp_path / "x", in_place=True):
        pass
    with new_folder(tmp_path / "x", force=True, in_place=True) as folder:
        (folder / "new").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["x", "new"]
