"""`bio manifest`."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from pytest_alienbio.cli import manifest as command
from pytest_alienbio.spec import read_manifest

from .conftest import Desk

A, B = (
    "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7",
    "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f",
)


@pytest.fixture
def data(desk: Desk) -> Path:
    """A folder with two files."""
    folder = desk.path / "texts"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("a\n")
    (folder / "sub" / "b.txt").write_text("b\n")
    return folder


def text(desk: Desk) -> str:
    return (desk.path / "data-manifest.yaml").read_text("utf-8")


def test_write_then_check(desk: Desk, data: Path) -> None:
    """What it writes are the document's keys, and each file's checksum."""
    said = desk.bio("manifest", "write", "texts", "--description", "two texts")
    assert said.code == 0
    (line,) = said.lines
    assert line.startswith("data-manifest.yaml: texts (2 files), new: sha256:")
    created = read_manifest(desk.path / "data-manifest.yaml").sources[0].created
    assert date.fromisoformat(created)
    assert text(desk) == (
        "data_sources:\n"
        "- path: texts/\n"
        f"  checksum: {line.rpartition(' ')[2]}\n"
        f"  created: '{created}'\n"
        "  description: two texts\n"
        "  files:\n"
        f"    a.txt: sha256:{A}\n"
        f"    sub/b.txt: sha256:{B}\n"
    )
    assert desk.bio("manifest", "check").lines == ["data-manifest.yaml: ok: texts (2 files)"]
    assert desk.bio("validate", "data-manifest.yaml").lines == [
        "data-manifest.yaml: ok: 1 data source; `bio manifest check` compares the data with it"
    ]


def test_what_differs_is_1_with_its_place(desk: Desk, data: Path) -> None:
    desk.bio("manifest", "write", "texts")
    (data / "a.txt").write_text("c\n")
    (data / "new.txt").touch()
    said = desk.bio("manifest", "check")
    assert (said.code, said.err) == (1, "")
    assert said.lines == [
        "data-manifest.yaml:2:9: texts: 1 file was changed: a.txt; put the data back, or accept them with "
        "`bio manifest write --manifest data-manifest.yaml`",
        "data-manifest.yaml:2:9: texts: 1 file is not in the manifest: new.txt",
    ]
    found = json.loads(desk.bio("manifest", "check", "--json").out)
    assert (found["ok"], found["manifest"], len(found["digest"])) == (False, "data-manifest.yaml", 64)
    (source,) = found["sources"]
    assert (source["path"], source["files"]) == ("texts", 2)
    assert [(each["kind"], each["files"]) for each in source["mismatches"]] == [("changed", ["a.txt"]), ("extra", ["new.txt"])]
    assert source["mismatches"][1]["what"] == said.lines[1]


def test_a_hostile_name_cannot_steer_the_terminal(desk: Desk, data: Path) -> None:
    desk.bio("manifest", "write", "texts")
    (data / "x\x1b[31m.txt").touch()
    said = desk.bio("manifest", "check")
    assert (said.code, "\x1b" in said.out) == (1, False)
    assert "cannot stand in a manifest" in said.out


def test_write_without_names_accepts_what_is_there(desk: Desk, data: Path) -> None:
    """Words and the date stay with data that stayed; a second time nothing is written at all."""
    (desk.path / "one.csv").write_text("1")
    desk.bio("manifest", "write", "texts", "one.csv", "--description", "mine")
    path = desk.path / "data-manifest.yaml"
    dated = re.sub(r"created: '[\d-]+'", "created: '2026-01-21'", text(desk))
    path.write_text("# Where they come from.\n\n" + dated, "utf-8")
    (data / "a.txt").write_text("c\n")
    said = desk.bio("manifest", "write", "--json")
    found = json.loads(said.out)
    assert [(each["path"], each["status"], each["files"]) for each in found["sources"]] == [
        ("texts", "updated", 2),
        ("one.csv", "unchanged", None),
    ]
    assert text(desk).startswith("# Where they come from.\n\ndata_sources:\n- path: texts/\n")
    manifest = read_manifest(path)
    assert [each.created == "2026-01-21" for each in manifest.sources] == [False, True]
    assert [each.description for each in manifest.sources] == ["mine", "mine"]
    assert found["digest"] == manifest.digest
    before = path.stat()
    assert all(", unchanged: sha256:" in line for line in desk.bio("manifest", "write").lines)
    assert path.stat().st_ino == before.st_ino
    assert desk.bio("manifest", "check").code == 0


def test_a_draft_is_completed(desk: Desk, data: Path) -> None:
    """As the first specification writes one, with a checksum still to come; a date that was given stays."""
    (desk.path / "data-manifest.yaml").write_text(
        'data_sources:\n  - path: "texts/"\n    checksum: "sha256:abc123..."\n    created: "2026-01-21"\n', "utf-8"
    )
    assert desk.bio("manifest", "check").code == 2
    assert desk.bio("manifest", "write").code == 0
    assert desk.bio("manifest", "check").code == 0
    assert "created: '2026-01-21'" in text(desk)


def test_data_of_the_project_from_an_experiments_folder(desk: Desk, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named as they lie from here, written as they lie in the project; checked from anywhere below it."""
    folder = desk.path / "experiments" / "exp-001"
    (folder / "own").mkdir(parents=True)
    (folder / "own" / "x").touch()
    monkeypatch.chdir(folder)
    assert desk.bio("manifest", "write", "../../texts", "own").code == 0
    assert [each.path for each in read_manifest(folder / "data-manifest.yaml").sources] == ["texts", "own"]
    monkeypatch.chdir(desk.path)
    said = desk.bio("manifest", "check", "experiments/exp-001/data-manifest.yaml")
    assert said.lines == ["experiments/exp-001/data-manifest.yaml: ok: texts (2 files), own (1 file)"]
    monkeypatch.chdir("/")
    assert desk.bio("manifest", "check", str(folder / "data-manifest.yaml")).code == 0


def test_a_name_that_means_other_data_is_refused(desk: Desk, data: Path) -> None:
    """The manifest's folder is looked in first."""
    (desk.path / "exp" / "texts").mkdir(parents=True)
    said = desk.refused("manifest", "write", "texts", "--manifest", "exp/data-manifest.yaml")
    assert "texts cannot stand in exp/data-manifest.yaml: its path texts means " in said


def test_where_nothing_marks_a_project_it_is_the_working_directory(
    desk: Desk, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bio.yaml", "pytest.ini"):
        (desk.path / name).unlink()
    (desk.path / "exp").mkdir()
    assert desk.bio("manifest", "write", "texts", "--manifest", "exp/data-manifest.yaml").code == 0
    assert desk.bio("manifest", "check", "exp/data-manifest.yaml").code == 0


def test_many_files_are_not_listed_one_by_one(desk: Desk, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MOST_FILES", 1)
    assert desk.bio("manifest", "write", "texts").code == 0
    assert "files:" not in text(desk)
    assert desk.bio("manifest", "check").lines == ["data-manifest.yaml: ok: texts"]
    (data / "a.txt").unlink()
    assert "texts: the folder was changed: with its 1 file it has the checksum" in desk.bio("manifest", "check").out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["write"], "there is no data-manifest.yaml yet: name the data, like `bio manifest write data/texts`"),
        (["write", "none"], "none: there are no such data; looked in "),
        (["write", "."], ". cannot stand in data-manifest.yaml: expected a file or folder below "),
        (["write", "/etc"], "/etc cannot stand in data-manifest.yaml: expected a file or folder below "),
        (["write", "empty"], "empty: the folder holds no files; hidden ones do not count"),
        (["write", "e", "--manifest", "e/data-manifest.yaml"], "e: the manifest itself lies in it; keep the data in a folder"),
        (["write", "lfs"], "lfs: x: this is a Git LFS pointer; fetch the data with `git lfs pull`"),
        (["write", "link"], "link: this leads out of "),
        (["check"], "data-manifest.yaml: there is no such file"),
        (["write", "--description", "x"], "there is no data-manifest.yaml yet"),
    ],
)
def test_what_cannot_be_done_is_2_and_writes_nothing(desk: Desk, argv: list[str], words: str) -> None:
    for folder in ("empty", "e", "lfs"):
        (desk.path / folder).mkdir()
    (desk.path / "e" / "x").touch()
    (desk.path / "lfs" / "x").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    (desk.path / "link").symlink_to("/etc")
    before = sorted(desk.path.rglob("*"))
    assert words in desk.refused("manifest", *argv)
    assert sorted(desk.path.rglob("*")) == before


def test_a_manifest_that_cannot_be_read_is_not_overwritten(desk: Desk, data: Path) -> None:
    (desk.path / "data-manifest.yaml").write_text("data_sources: [{path: texts, sum: 1}]\n")
    assert "unknown key 'sum'" in desk.refused("manifest", "write", "texts")
    assert text(desk) == "data_sources: [{path: texts, sum: 1}]\n"


def test_an_entry_without_a_checksum_is_not_left_behind(desk: Desk, data: Path) -> None:
    (desk.path / "data-manifest.yaml").write_text("data_sources: [{path: one.csv}]\n")
    said = desk.refused("manifest", "write", "texts")
    assert "one.csv has no checksum yet; `bio manifest write` without a name computes all" in said
