"""Data on disk against their manifest."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import DataManifest, DataSource
from pytest_alienbio.scenarios.manifest import MOST_NAMED, POINTER, DataError, examine, locate, verify

PARTS = st.text("abZ_ é-", min_size=1, max_size=4).filter(lambda text: text.strip() == text)
FOLDERS = st.dictionaries(
    st.lists(PARTS, min_size=1, max_size=3).map("/".join), st.binary(max_size=20), min_size=1, max_size=6
).filter(lambda files: not any(f"{other}/".startswith(f"{name}/") for name in files for other in files if other != name))


def fill(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """A folder with these files, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def written(project: Path, *names: str, files: bool = True) -> DataManifest:
    """A manifest, in the project's folder `exp`, of what lies there now; without the folder's single files if so wished."""
    sources = []
    for name in names:
        found = examine(project / name, project)
        sources.append(DataSource(name, found.checksum, files=found.files if files else None, line=2, column=3))
    return DataManifest(tuple(sources), str(project / "exp" / "data-manifest.yaml"))


def said(manifest: DataManifest, project: Path) -> list[str]:
    """What differs, without places and hints."""
    return [mismatch.complaint.what for mismatch in verify(manifest, project)]


def pointer(data: bytes) -> str:
    return f"{POINTER.decode()}oid sha256:{hashlib.sha256(data).hexdigest()}\nsize {len(data)}\n"


@given(files=FOLDERS)
@settings(max_examples=40, deadline=None)
def test_what_was_written_down_just_now_is_as_written(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    project = tmp_path_factory.mktemp("p")
    fill(project / "d", files)
    for kept in (True, False):
        assert verify(written(project, "d", files=kept), project) == ()


@given(files=FOLDERS, data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_to_one_file_is_found(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], data: st.DataObject
) -> None:
    """A byte changed, a file removed, added or renamed: each is told by name where files are kept, and found where not."""
    project = tmp_path_factory.mktemp("p")
    fill(project / "d", files)
    named, unnamed = written(project, "d"), written(project, "d", files=False)
    name = data.draw(st.sampled_from(sorted(files)))
    how = data.draw(st.sampled_from(["change", "remove", "add", "rename"]))
    other = name + "~new"
    after = dict(files)
    if how == "change":
        at = data.draw(st.integers(0, len(files[name])))
        after[name] = files[name][:at] + b"!" + files[name][at:]
    elif how in ("remove", "rename"):
        content = after.pop(name)
    if how in ("add", "rename"):
        after[other] = content if how == "rename" else b""
    fill(project / "d", after).mkdir(exist_ok=True)
    expected = {
        "change": {("changed", (name,))},
        "remove": {("missing", (name,))},
        "add": {("extra", (other,))},
        "rename": {("missing", (name,)), ("extra", (other,))},
    }
    assert {(mismatch.kind, mismatch.files) for mismatch in verify(named, project)} == expected[how]
    assert [(mismatch.kind, mismatch.files) for mismatch in verify(unnamed, project)] == [("changed", ())]


def test_the_shell_computes_the_same_checksum(tmp_path: Path) -> None:
    """As the documents say, so that nobody needs this program to check one."""
    data = fill(tmp_path / "d", {"Z": "1", "a b/c": "2", "a/b": "3", "é": "4", ".hidden": "5", "a/__pycache__/x": "6"})
    command = (
        r"find . -type f -not -path '*/.*' -not -path '*/__pycache__/*' -printf '%P\0'"
        " | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    )
    if not shutil.which("sha256sum"):
        pytest.skip("needs GNU coreutils")
    done = subprocess.run(command, shell=True, cwd=data, capture_output=True, text=True, check=True)  # noqa: S602
    assert examine(data, tmp_path).checksum == f"sha256:{done.stdout.split()[0]}"


def test_what_systems_leave_behind_changes_nothing(tmp_path: Path) -> None:
    data = fill(tmp_path / "d", {"a": "1"})
    manifest = written(tmp_path, "d")
    for name in (".DS_Store", ".git/HEAD", "__pycache__/a.pyc"):
        (data / name).parent.mkdir(exist_ok=True)
        (data / name).write_text("x")
    assert verify(manifest, tmp_path) == ()


def test_the_manifests_folder_is_looked_in_before_the_project(tmp_path: Path) -> None:
    fill(tmp_path / "d", {"a": "project"})
    manifest = written(tmp_path, "d")
    assert verify(manifest, tmp_path) == ()
    fill(tmp_path / "exp" / "d", {"a": "experiment"})
    assert said(manifest, tmp_path) == ["d: 1 file was changed: a"]
    assert locate("d", (tmp_path / "exp", tmp_path)) == (tmp_path / "exp", tmp_path / "exp" / "d")


def test_names_are_told_in_order_and_not_without_end(tmp_path: Path) -> None:
    """One complaint a kind; how to go on is said once a source."""
    fill(tmp_path / "d", {f"{n:03}": "old" for n in range(300)})
    manifest = written(tmp_path, "d")
    fill(tmp_path / "d", {f"{n:03}": "new" for n in range(150, 301)})
    changed, missing, extra = verify(manifest, tmp_path)
    assert changed.complaint.what == "d: 150 files were changed: 150, 151, 152, 153, 154 and 145 more"
    assert missing.complaint.what == "d: 150 files are missing: 000, 001, 002, 003, 004 and 145 more"
    assert extra.complaint.what == "d: 1 file is not in the manifest: 300"
    assert (len(changed.files), MOST_NAMED) == (150, 5)
    assert "accept them with `bio manifest write --manifest" in changed.complaint.hint
    assert missing.complaint.hint == extra.complaint.hint == ""
    assert (changed.complaint.line, changed.complaint.column) == (2, 3)
    assert changed.complaint.file == manifest.file


def test_without_files_it_is_only_said_that_the_folder_was_changed(tmp_path: Path) -> None:
    """Nothing is guessed."""
    fill(tmp_path / "d", {"a": "1", "b": "2"})
    manifest = written(tmp_path, "d", files=False)
    fill(tmp_path / "d", {"a": "1"})
    (mismatch,) = verify(manifest, tmp_path)
    assert mismatch.complaint.what.startswith("d: the folder was changed: with its 1 file it has the checksum sha256:")
    assert mismatch.complaint.hint.endswith("a manifest with `files`, as that writes it, lets say which file it was")


def test_a_single_file(tmp_path: Path) -> None:
    fill(tmp_path, {"a.csv": "1"})
    manifest = written(tmp_path, "a.csv")
    assert manifest.sources[0].checksum == f"sha256:{hashlib.sha256(b'1').hexdigest()}"
    assert verify(manifest, tmp_path) == ()
    (tmp_path / "a.csv").write_text("2")
    assert said(manifest, tmp_path)[0].startswith("a.csv: the file was changed: its checksum is sha256:d4735e3a")
    (tmp_path / "a.csv").unlink()
    (mismatch,) = verify(manifest, tmp_path)
    assert (mismatch.kind, mismatch.complaint.what) == ("missing", "a.csv: there are no such data")
    assert mismatch.complaint.hint == f"looked in {tmp_path / 'exp'} and {tmp_path}"


@pytest.mark.parametrize(
    ("is_folder", "what"), [(True, "d: this is a file, not a folder"), (False, "e: this is a folder, not a file")]
)
def test_a_file_is_no_folder(tmp_path: Path, is_folder: bool, what: str) -> None:
    fill(tmp_path, {"d": "1", "e/f": "1"})
    checksum = examine(tmp_path / what[0], tmp_path).checksum
    manifest = DataManifest((DataSource(what[0], checksum, is_folder=is_folder),), str(tmp_path / "m.yaml"))
    assert said(manifest, tmp_path) == [what]


def test_every_source_is_looked_at(tmp_path: Path) -> None:
    fill(tmp_path, {"a": "1", "b": "2", "c/d": "3"})
    manifest = written(tmp_path, "a", "b", "c")
    (tmp_path / "a").unlink()
    fill(tmp_path / "c", {"d": "3", "e": ""})
    assert [(mismatch.source, mismatch.kind) for mismatch in verify(manifest, tmp_path)] == [("a", "missing"), ("c", "extra")]


def test_a_git_lfs_pointer_is_no_data(tmp_path: Path) -> None:
    """What helps is said, and whether what it stands for would be the manifest's; other differences are told beside it."""
    fill(tmp_path / "d", {"a": "1", "b": "2", "c": "3"})
    named, unnamed = written(tmp_path, "d"), written(tmp_path, "d", files=False)
    fill(tmp_path / "d", {"a": pointer(b"1"), "b": pointer(b"2"), "c": "4"})
    first, second = verify(named, tmp_path)
    assert (first.kind, first.files, second.files) == ("pointer", ("a", "b"), ("c",))
    assert first.complaint.what == "d: 2 files are Git LFS pointers, not the data: a, b"
    assert first.complaint.hint == "fetch the data with `git lfs pull`"
    assert [mismatch.kind for mismatch in verify(unnamed, tmp_path)] == ["pointer"]
    fill(tmp_path / "d", {"a": pointer(b"another"), "b": "2", "c": "3"})
    (only,) = verify(named, tmp_path)
    assert only.complaint.hint.endswith("what the pointers stand for is not what the manifest has, either")


def test_a_pointer_is_no_data_even_if_the_manifest_was_written_from_it(tmp_path: Path) -> None:
    fill(tmp_path, {"a": pointer(b"1")})
    assert said(written(tmp_path, "a"), tmp_path) == ["a: this is a Git LFS pointer, not the data"]


def test_data_that_begin_like_a_pointer_are_data(tmp_path: Path) -> None:
    """A pointer is shorter than 1 KiB."""
    fill(tmp_path, {"a": pointer(b"1") + "x" * 2000})
    assert verify(written(tmp_path, "a"), tmp_path) == ()


def test_links_are_followed_as_long_as_they_stay_inside(tmp_path: Path) -> None:
    project = tmp_path / "project"
    fill(project, {"d/a": "1", "more/b": "2", "exp/x": ""})
    (project / "d" / "same").symlink_to("a")
    (project / "d" / "folder").symlink_to("../more")
    found = examine(project / "d", project)
    assert sorted(found.files or ()) == ["a", "folder/b", "same"]
    fill(tmp_path / "outside", {"secret": "s"})
    for target in ("../../outside/secret", "../../outside", str(tmp_path / "outside" / "secret")):
        (project / "d" / "same").unlink()
        (project / "d" / "same").symlink_to(target)
        with pytest.raises(DataError, match=r"^same: this leads out of .*project, to .*outside.*; copy the data into"):
            examine(project / "d", project)


def test_a_source_that_leads_out_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "project"
    fill(tmp_path / "outside", {"secret": "s"})
    fill(project, {"exp/x": ""})
    (project / "d").symlink_to("../outside")
    manifest = DataManifest((DataSource("d", "sha256:" + "0" * 64),), str(project / "exp" / "m.yaml"))
    (mismatch,) = verify(manifest, project)
    assert (mismatch.kind, mismatch.files) == ("refused", ())
    assert mismatch.complaint.what == f"d: this leads out of {project}, to {tmp_path / 'outside'}"


def test_links_in_a_circle_and_to_nowhere_end(tmp_path: Path) -> None:
    data = fill(tmp_path / "d", {"a/b": "1"})
    (data / "a" / "up").symlink_to("..")
    with pytest.raises(DataError, match=r"^a/up: this link leads back into a folder that it lies in; remove the link$"):
        examine(data, tmp_path)
    (data / "a" / "up").unlink()
    (data / "a" / "up").symlink_to("nowhere")
    with pytest.raises(DataError, match=r"^a/up: this link leads to nothing$"):
        examine(data, tmp_path)
    (data / "a" / "up").unlink()
    (data / "a" / "up").symlink_to("up")
    with pytest.raises(DataError, match=r"^a/up: this link leads to nothing$"):
        examine(data, tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    data = fill(tmp_path / "d", {"a": "1"})
    os.mkfifo(data / "p")
    with pytest.raises(DataError, match=r"^p: this is a device, a pipe or a socket; remove it from the data$"):
        examine(data, tmp_path)
    with pytest.raises(DataError, match=r"^this is no file and no folder but a device"):
        examine(data / "p", tmp_path)


@pytest.mark.parametrize("name", ["a\\b", "a\nb", os.fsdecode(b"a\xff")])
def test_a_name_that_a_manifest_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    """Never left out: an attacker's file would be no part of the checksum then."""
    data = fill(tmp_path / "d", {"a": "1"})
    manifest = written(tmp_path, "d")
    try:
        (data / name).touch()
    except OSError:
        pytest.skip("this file system has no such names")
    (mismatch,) = verify(manifest, tmp_path)
    assert mismatch.kind == "refused"
    assert mismatch.complaint.hint == "rename it"
    mismatch.complaint.what.encode()


def test_what_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said of the file, not raised at the user; root may read everything, so the system's answer is made up."""
    fill(tmp_path / "d", {"a": "1", "b": "2"})
    manifest = written(tmp_path, "d")
    real = Path.open

    def deny(path: Path, mode: str) -> object:
        if path.name == "b":
            raise PermissionError(13, "Permission denied")
        return real(path, mode)

    monkeypatch.setattr(Path, "open", deny)
    assert said(manifest, tmp_path) == ["d: b: cannot be read: Permission denied"]
