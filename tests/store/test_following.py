"""Journals that grow: each line is told once, when it is whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_alienbio.store import Journal, codec
from pytest_alienbio.store.following import Appended, Following, Replaced
from pytest_alienbio.store.layout import journal_path

from .samples import a_result


def line(seed: int) -> bytes:
    """A whole line of a journal."""
    return codec.sealed(codec.encode(a_result(seed).with_(run="r1", worker="w"))) + b"\n"


def seeds(appended: list[Appended]) -> list[int]:
    """Of the rows."""
    return [each.row["seed"] for each in appended if each.row]


def test_each_line_is_told_once_and_of_each_journal_its_own(tmp_path: Path) -> None:
    following = Following(tmp_path)
    assert list(following.appended()) == []
    one, other = Journal(tmp_path, "r1", "a"), Journal(tmp_path, "r1", "b")
    one.append(a_result(0))
    assert seeds(list(following.appended())) == [0]
    other.append(a_result(1))
    one.append(a_result(2))
    told = list(following.appended())
    assert (seeds(told), [each.journal for each in told]) == ([2, 1], [0, 1])
    assert list(following.appended()) == []


def test_a_line_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    """However often it is looked at meanwhile, and wherever it is torn."""
    path = journal_path(tmp_path, "r1", "a")
    path.parent.mkdir()
    following = Following(tmp_path)
    half = len(line(1)) // 2
    for torn in (line(0) + line(1)[:half], line(0) + line(1)[:-1]):
        path.write_bytes(torn)
        assert seeds(list(following.appended())) == ([0] if torn.endswith(line(1)[:half]) else [])
    path.write_bytes(line(0) + line(1))
    assert seeds(list(following.appended())) == [1]


def test_what_is_damaged_is_told_by_file_and_line_and_passed(tmp_path: Path) -> None:
    path = journal_path(tmp_path, "r1", "a")
    path.parent.mkdir()
    path.write_bytes(line(0) + b"garbage\n\n" + line(1).replace(b'"score":0.5', b'"score":0.9'))
    told = list(Following(tmp_path).appended())
    assert seeds(told) == [0]
    assert [each.trouble.partition(":")[0] for each in told if each.trouble] == ["cells/r1-a.jsonl"] * 2
    assert ["line 2" in told[1].trouble, "line 4" in told[2].trouble] == [True, True]


@pytest.mark.parametrize("how", ["shorter", "another", "gone"])
def test_a_journal_that_is_another_one_is_no_longer_believed(tmp_path: Path, how: str) -> None:
    path = journal_path(tmp_path, "r1", "a")
    path.parent.mkdir()
    path.write_bytes(line(0) + line(1))
    following = Following(tmp_path)
    assert seeds(list(following.appended())) == [0, 1]
    if how == "shorter":
        path.write_bytes(line(0))
    elif how == "another":
        (tmp_path / "new").write_bytes(line(0) + line(1) + line(2))
        os.replace(tmp_path / "new", path)
    else:
        path.unlink()
    with pytest.raises(Replaced):
        list(following.appended())


def test_a_journal_that_cannot_be_read_is_trouble_at_every_look(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    path = journal_path(tmp_path, "r1", "a")
    path.parent.mkdir()
    path.write_bytes(line(0))
    path.chmod(0)
    following = Following(tmp_path)
    for _ in range(2):
        [told] = following.appended()
        assert "Permission denied" in told.trouble
    path.chmod(0o600)
    assert seeds(list(following.appended())) == [0]
