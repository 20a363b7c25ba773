"""What changed on the disk, and nothing else, is taken over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Outcome, Query, Result
from pytest_alienbio.store import Dat, encode, scan
from pytest_alienbio.store.index import Index, take
from tests.store.index.parts import a_run, add, ids, stored
from tests.store.samples import a_result


@pytest.fixture
def read_from(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every journal that is read, and from which byte on."""
    seen: list[tuple[str, int]] = []

    def read(path: Path, offset: int = 0, number: int = 0) -> Iterator[scan.Line]:
        seen.append((path.name, offset))
        return scan.read(path, offset, number)

    monkeypatch.setattr(take, "read", read)
    return seen


def test_what_did_not_change_is_not_read_again(tmp_path: Path, read_from: list[tuple[str, int]]) -> None:
    """A new index reads all; the next one nothing; then what grew, from where reading stopped."""
    one, two = a_run(tmp_path, [a_result(0)], run="r1"), a_run(tmp_path, [a_result(0)], run="r2", battery="c")
    assert len(stored(tmp_path)) == 2
    assert sorted(read_from) == [("r1-main.jsonl", 0), ("r2-main.jsonl", 0)]
    read_from.clear()
    assert len(stored(tmp_path)) == 2
    assert read_from == []
    size = add(two, run="r2").stat().st_size
    add(two, a_result(1), run="r2")
    add(one, a_result(1), worker="gw0")
    assert len(stored(tmp_path)) == 4
    assert sorted(read_from) == [("r1-gw0.jsonl", 0), ("r2-main.jsonl", size)]


def test_finished_cells_of_a_run_that_goes_on_appear(tmp_path: Path) -> None:
    dat = a_run(tmp_path)
    with Index.open(tmp_path) as index:
        for seed in range(3):
            index.refresh()
            assert index.count() == seed
            add(dat, a_result(seed))
        index.refresh()
        assert ids(index) == [a_result(seed).id for seed in range(3)]


def test_a_line_being_written_is_waited_for(tmp_path: Path) -> None:
    """Half a line is noted; once it is whole it is taken, and the note is gone."""
    dat = a_run(tmp_path, [a_result(0)])
    line = encode(a_result(1))
    with Index.open(tmp_path) as index:
        with add(dat).open("a", encoding="utf-8") as journal:
            journal.write(line[:100])
        index.refresh()
        assert index.notes() == [f"{dat.path}: cells/r1-main.jsonl: last line is cut off, 1 line skipped"]
        assert ids(index) == [a_result(0).id]
        with add(dat).open("a", encoding="utf-8") as journal:
            journal.write(f"{line[100:]}\n")
        index.refresh()
        assert index.notes() == []
        assert ids(index) == [a_result(0).id, a_result(1).id]


def test_a_last_line_without_its_newline_counts_until_it_turns_out_to_be_another(tmp_path: Path) -> None:
    dat = a_run(tmp_path, [a_result(0)])
    with Index.open(tmp_path) as index:
        with add(dat).open("a", encoding="utf-8") as journal:
            journal.write(encode(a_result(1)))
        index.refresh()
        assert index.count() == 2
        with add(dat).open("a", encoding="utf-8") as journal:
            journal.write("and more\n")
        index.refresh()
        assert ids(index) == [a_result(0).id]
        assert "line 2" in index.notes()[0]


def test_damaged_lines_are_named_and_the_others_taken(tmp_path: Path) -> None:
    """By folder, file and line, the same as a look into the folder says; remembered by the next index."""
    dat = a_run(tmp_path, [a_result(0)])
    with add(dat).open("ab") as journal:
        journal.write(b"\xff\xfe\n\n{}\n[1, 2]\n" + encode(a_result(1)).replace(": 1,", ": 99,").encode() + b"\n")
        journal.write(encode(a_result(2)).replace('"v":1', '"v":99').encode() + b"\n")
    for _ in range(2):
        with Index.open(tmp_path) as index:
            index.refresh()
            assert index.notes() == [f"{dat.path}: {text}" for text in dat.notes]
            assert len(index.notes()) == 4
            assert ids(index) == [result.id for result in dat.results()]


def test_a_folder_of_a_newer_version_is_named_and_skipped(tmp_path: Path) -> None:
    """And taken over once it can be read."""
    dat, other = a_run(tmp_path, [a_result(0)], run="r1"), a_run(tmp_path, [a_result(1)], run="r2", battery="c")
    spec = dat.path / "_spec_.yaml"
    text = spec.read_text("utf-8")
    spec.write_text(text.replace("v: 1", "v: 99"), "utf-8")
    with Index.open(tmp_path) as index:
        index.refresh()
        assert "_spec_.yaml: format version 99 is newer than 1" in index.notes()[0]
        assert index.dats() == [str(other.path)]
        assert ids(index) == [a_result(1).id]
        spec.write_text("v: [", "utf-8")
        index.refresh()
        assert "not readable as YAML" in index.notes()[0]
        spec.write_text(text, "utf-8")
        index.refresh()
        assert index.notes() == []
        assert index.count() == 2


def test_folders_that_vanish_are_forgotten_with_their_names(tmp_path: Path) -> None:
    dat = a_run(tmp_path, [a_result(0, agent="gone")], run="r1")
    a_run(tmp_path, [a_result(1)], run="r2", battery="c")
    with Index.open(tmp_path) as index:
        index.refresh()
        shutil.rmtree(dat.path)
        assert index.refresh([dat.path]) == (f"{dat.path} is no result folder, or no longer there",)
        assert ids(index) == [a_result(1).id]
        assert index.names("agent") == ["oracle"]
        assert index.count(Query(agents=("gone",))) == 0


def test_a_folder_deleted_and_made_anew_under_its_name_is_read_anew(tmp_path: Path) -> None:
    dat = a_run(tmp_path, [a_result(0)])
    with Index.open(tmp_path) as index:
        index.refresh()
        shutil.rmtree(dat.path)
        again = a_run(tmp_path, [a_result(5), a_result(6)], run="r9")
        assert again.path == dat.path
        index.refresh()
        assert ids(index) == [a_result(5).id, a_result(6).id]


@pytest.mark.parametrize("change", ["shrunk", "replaced by a longer one", "same size", "same size and time", "gone"])
def test_a_journal_that_did_not_just_grow_is_read_anew(tmp_path: Path, change: str) -> None:
    dat = a_run(tmp_path, [a_result(0), a_result(1)])
    path = add(dat)
    with Index.open(tmp_path) as index:
        index.refresh()
        lines = path.read_text("utf-8").splitlines(keepends=True)
        if change == "shrunk":
            path.write_text(lines[1], "utf-8")
        elif change.startswith("same size"):
            before = path.stat().st_mtime_ns
            path.write_text(lines[0].replace("s00", "s07").replace("oracle-0", "oracle-7") + lines[1], "utf-8")
            time = before if change.endswith("time") else 1
            os.utime(path, ns=(time, time))
        elif change == "gone":
            path.unlink()
        else:
            other = path.with_name("other")
            other.write_text("".join([encode(a_result(seed)) + "\n" for seed in (4, 5, 6)]), "utf-8")
            os.replace(other, path)
        index.refresh()
        assert ids(index) == [result.id for result in dat.results()]
        assert ids(index) != [a_result(0).id, a_result(1).id]


def test_links_are_not_followed_and_hidden_folders_not_searched(tmp_path: Path) -> None:
    """A journal that is a link, a folder that is one, and the inside of a folder: what `find_dats` does not see either."""
    root, elsewhere = tmp_path / "data", tmp_path / "other"
    dat, foreign = a_run(root, [a_result(0)]), a_run(elsewhere, [a_result(1)])
    (dat.path / "cells" / "link.jsonl").symlink_to(add(foreign))
    (root / "linked").symlink_to(foreign.path)
    shutil.copytree(foreign.path, root / ".hidden" / "dat")
    shutil.copytree(foreign.path, dat.path / "inside")
    assert stored(root) == [a_result(0).id]


def test_names_that_are_no_text_are_indexed_too(tmp_path: Path) -> None:
    """A folder and a journal with bytes in their names that are no UTF-8."""
    dat = a_run(tmp_path, [a_result(0)])
    journal = add(dat)
    journal.rename(journal.with_name(os.fsdecode(b"\xff.jsonl")))
    moved = dat.path.with_name(os.fsdecode(b"\xfe"))
    dat.path.rename(moved)
    for _ in range(2):
        with Index.open(tmp_path) as index:
            index.refresh()
            assert [result.dat_path for result in index.results()] == [str(moved)]


lines = st.lists(
    st.tuples(
        st.integers(0, 2),  # which journal
        st.integers(0, 2),  # which cell
        st.integers(1, 2),  # attempt
        st.sampled_from([Outcome.COMPLETED, Outcome.PROVIDER_ERROR]),
        st.sampled_from([0.0, 1.0, 2.0]),
        st.booleans(),  # whether the index is refreshed after it
    ),
    max_size=12,
)


def _result(place: int, cell: int, attempt: int, outcome: Outcome, ended: float) -> Result:
    score = place / 16 if outcome.scored else None
    return a_result(cell, outcome=outcome).with_(attempt=attempt, ended_at=ended, score=score, reason=f"line {place}")


@given(lines)
@settings(deadline=None, max_examples=40)
def test_of_a_cell_the_line_counts_that_a_look_into_the_folder_takes(
    written: list[tuple[int, int, int, Outcome, float, bool]],
) -> None:
    """Whatever is written in which order, and however often the index was refreshed between: reruns, amended attempts, ties."""
    with TemporaryDirectory() as name:
        root = Path(name)
        dat = a_run(root)
        with Index.open(root) as index:
            for place, (journal, cell, attempt, outcome, ended, refreshed) in enumerate(written):
                add(dat, _result(place, cell, attempt, outcome, ended), worker=f"gw{2 - journal}")
                if refreshed:
                    index.refresh()
                    assert index.count() == len(list(dat.results()))
            index.refresh()
            assert list(index.results()) == list(dat.results())
        assert [reason for (reason,) in _rows(root)] == [result.reason for result in Dat(dat.path).results()]


def _rows(root: Path) -> list[tuple[str]]:
    """From an index made now."""
    (root / ".bio-index.sqlite").unlink()
    with Index.open(root) as index:
        index.refresh()
        return list(index.rows(Query(), ["reason"]))
