"""Tags and notes of runs and cells, from the log and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Annotated, Annotations
from pytest_alienbio.store import annotated, annotated_by, find_dats, log, tags_below
from pytest_alienbio.store.annotations import note as note_of
from pytest_alienbio.store.annotations import tag

from .samples import a_dat

CELL = "mutualism/x[d2-oracle-s00]"


def test_tags_hold_until_they_are_taken_off(tmp_path: Path) -> None:
    """Nothing is ever taken out of the log: removing is a line, too."""
    dat = a_dat(tmp_path).path
    assert tag(dat, ["b", "a", "b"], author="kim") == ("b", "a")
    assert tag(dat, ["a", "c"], cell=CELL) == ("a", "c")
    assert tag(dat, ["a"]) == ()
    assert tag(dat, ["b"], remove=True, reason="a mistake") == ("b",)
    found = annotated(dat)
    assert found == Annotated(Annotations(("a",)), {CELL: Annotations(("a", "c"))})
    assert found.of(CELL).tags == ("a", "c")
    assert found.of("another").tags == ("a",)
    assert [(entry["event"], entry.get("reason")) for entry in log.read(dat)[1:]] == [
        ("tagged", None),
        ("tagged", None),
        ("untagged", "a mistake"),
    ]


def test_a_tag_that_is_not_there_cannot_be_removed(tmp_path: Path) -> None:
    """What is there is said; of several nothing is removed."""
    dat = a_dat(tmp_path).path
    tag(dat, ["release-3"])
    with pytest.raises(SpecError, match="has no tag 'release-2'; it has release-3"):
        tag(dat, ["release-3", "release-2"], remove=True)
    assert annotated(dat).run.tags == ("release-3",)


@pytest.mark.parametrize("word", ["", "two words", "-x", "x\n", "x" * 65, "a,b", "\x1b[31m"])
def test_what_is_no_tag_is_refused(tmp_path: Path, word: str) -> None:
    dat = a_dat(tmp_path).path
    with pytest.raises(SpecError, match="is no tag"):
        tag(dat, ["fine", word])
    assert len(log.read(dat)) == 1


def test_notes_keep_who_and_when_and_no_keys(tmp_path: Path) -> None:
    dat = a_dat(tmp_path).path
    note_of(dat, "  looks odd\nat step 3 ", cell=CELL, author="Kim <kim@example.org>")
    assert note_of(dat, "ran with sk-abcdefghijklmnop") == "ran with ***"
    found = annotated(dat)
    (note,) = found.cells[CELL].notes
    assert (note.text, note.author) == ("looks odd\nat step 3", "Kim <kim@example.org>")
    assert note.at > 0
    assert [each.text for each in found.of(CELL).notes] == ["ran with ***", note.text]
    for text, what in ((" ", "empty"), ("x" * 4001, "4001 characters")):
        with pytest.raises(SpecError, match=what):
            note_of(dat, text)


def test_a_log_from_anywhere_does_no_harm() -> None:
    """Of a log that was made by hand only what can be an annotation is one."""
    found = annotated_by(
        [
            {"event": "tagged", "tags": "abc"},
            {"event": "tagged", "tags": [1, None, "", "ok"], "cell": ["x"]},
            {"event": "tagged", "tags": [1, None, "", "ok"]},
            {"event": "untagged", "tags": ["never there"], "cell": "c"},
            {"event": "noted", "text": 3},
            {"event": "noted", "text": "said", "at": "some day", "author": 7},
            {"event": "created", "labels": ["x"], "note": None},
        ]
    )
    assert found.run.tags == ("ok",)
    assert [(note.text, note.author, note.at) for note in found.run.notes] == [("said", "", 0.0)]
    assert found.cells == {}


def test_labels_and_note_of_a_run_are_annotations() -> None:
    found = annotated_by([{"event": "created", "user": "kim", "labels": {"gpu": "a100", "n": 3}, "note": "a try"}])
    assert found.run.tags == ("gpu=a100", "n=3")
    assert [(note.text, note.author) for note in found.run.notes] == [("a try", "kim")]


def test_a_tag_names_the_newest_run_that_has_it(tmp_path: Path) -> None:
    """In every pattern; a cell's tag names no run."""
    old, new, other = (a_dat(tmp_path, run_id=f"r{n}").path for n in range(3))
    for path in (old, new):
        tag(path, ["release-3"])
    tag(other, ["release-3"], cell=CELL)
    tag(old, ["first"])
    assert find_dats(tmp_path, "tag:release-3") == [new]
    assert find_dats(tmp_path, "tag:release") == []
    assert tags_below(tmp_path) == {"release-3": new, "first": old}
    tag(new, ["release-3"], remove=True)
    assert find_dats(tmp_path, "tag:release-3") == [old]


_TAGGER = """
import sys
from pathlib import Path
from pytest_alienbio.store.annotations import note, tag
for n in range(15):
    tag(Path(sys.argv[1]), [f"{sys.argv[2]}-{n}"])
    note(Path(sys.argv[1]), "x" * 3000)
"""


def test_two_processes_annotate_one_run(tmp_path: Path) -> None:
    """No line is lost or mixed with another."""
    dat = a_dat(tmp_path).path
    writers = [subprocess.Popen([sys.executable, "-c", _TAGGER, str(dat), name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = annotated(dat).run
    assert set(found.tags) == {f"{name}-{n}" for name in "ab" for n in range(15)}
    assert [note.text for note in found.notes] == ["x" * 3000] * 30
