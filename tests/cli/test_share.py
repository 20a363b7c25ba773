"""`bio share`: a run as one file."""

from __future__ import annotations

import json
import zipfile

from pytest_alienbio.store import log

from .conftest import WORLD, Desk

CELL = f"{WORLD}[d1-greedy-s0]"


def test_a_run_is_packed_and_that_is_logged(played: Desk) -> None:
    path = played.dat().path
    said = played.bio("share", "batch", "-o", "run.zip", "--author", "Kim")
    assert said.code == 0
    assert said.lines[0].startswith("run.zip: ")
    assert ", 4 traces, " in said.lines[0]
    entry = log.read(path)[-1]
    assert (entry["event"], entry["file"], entry["author"], entry["traces"]) == ("shared", "run.zip", "Kim", "all")
    assert played.bio("audit").lines[1].split()[2:4] == ["Kim", "shared"]
    manifest = json.loads(zipfile.ZipFile("run.zip").read("manifest.json"))
    assert manifest["dat"] == path.relative_to(played.path / "data").as_posix()


def test_chosen_traces(played: Desk) -> None:
    other = CELL.replace("s0", "s1")
    said = played.bio("share", "batch", "-o", "run.zip", "--traces", f"{CELL}, {other}")
    assert "2 traces (2 left out)" in said.out
    assert sum(name.startswith("dat/traces/") for name in zipfile.ZipFile("run.zip").namelist()) == 2
    assert "exists already and is not overwritten" in played.refused("share", "batch", "-o", "run.zip")
    assert played.bio("share", "batch", "-o", "run.zip", "--traces", "none", "--force").code == 0


def test_a_secret_is_named_by_place_and_kind(played: Desk) -> None:
    """Exit code 2, a line a place, never the secret; with --redact it is hidden, and that is said."""
    path = played.dat().path
    (path / "reports").mkdir(exist_ok=True)
    (path / "reports" / "mine.md").write_text("x\nsk-abcdefghijklmnopqrst\n")
    said = played.bio("share", "batch", "-o", "run.zip")
    assert (said.code, said.out) == (2, "")
    assert "bio: reports/mine.md:2: this looks like an API key\n" in said.err
    assert "nothing was written: 1 place looks like a secret; --redact writes them hidden" in said.err
    assert "abcdef" not in said.err
    assert not (played.path / "run.zip").exists()
    assert (
        "1 place that looked like a secret is hidden in it" in played.bio("share", "batch", "-o", "run.zip", "--redact").lines
    )


def test_what_cannot_be_shared(played: Desk) -> None:
    assert "a whole run is shared" in played.refused("share", f"batch::{CELL}", "-o", "a.zip")
    assert "--traces is empty" in played.refused("share", "batch", "-o", "a.zip", "--traces", " ,")
    assert "no cell 'faild'" in played.refused("share", "batch", "-o", "a.zip", "--traces", "faild")
    assert "-o - names no file" in played.refused("share", "batch", "-o", "-")
    assert "there is no folder" in played.refused("share", "batch", "-o", "none/a.zip")


def test_a_run_that_cannot_be_written_to_is_shared_all_the_same(played: Desk) -> None:
    """From a read-only disk: the archive is whole, and the log's silence is said."""
    lock = played.dat().path / ".lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    said = played.bio("share", "batch", "-o", "a.zip")
    assert (said.code, (played.path / "a.zip").is_file()) == (0, True)
    assert "its log does not say that it was shared: cannot lock" in said.err
