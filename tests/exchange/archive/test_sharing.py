"""`share`: a DAT as one file, complete, the same every time, and without a secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange.archive import restore, share
from pytest_alienbio.store import Journal, layout, log, open_for_reading

from ...store.samples import a_dat, a_result
from .samples import full_dat, tree

MODES = ["json", "packed"]


@pytest.mark.parametrize("mode", MODES)
def test_everything_comes_back_byte_for_byte(tmp_path: Path, mode: str) -> None:
    """On another machine: the same files, and a log that says where they are from."""
    here = full_dat(tmp_path / "here", mode)
    before = tree(here.path)
    made = share(here.path, tmp_path / "a.zip", root=tmp_path / "here", author="Kim")
    assert (made.traces_kept, made.traces_left_out, made.state, made.notes) == (8, 0, "closed", ())
    there = restore(tmp_path / "a.zip", tmp_path / "there", author="Lee")
    assert there.new
    assert there.path == tmp_path / "there" / here.path.relative_to(tmp_path / "here")
    after = tree(there.path)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {"log.jsonl"}
    assert after["log.jsonl"].startswith(before["log.jsonl"])
    last = log.read(there.path)[-1]
    assert (last["event"], last["file"], last["sha256"], last["author"]) == ("imported", "a.zip", made.sha256, "Lee")
    shared = log.read(here.path)[-1]
    assert (shared["event"], shared["sha256"], shared["author"]) == ("shared", made.sha256, "Kim")
    results, opened = list(here.results()), open_for_reading(there.path)
    assert [result.with_(dat_path="") for result in opened.results()] == [result.with_(dat_path="") for result in results]
    assert [opened.trace(result) for result in opened.results()] == [here.trace(result) for result in results]


def test_the_same_run_gives_the_same_file(tmp_path: Path) -> None:
    """Whoever shares it when, and from which copy; what is said of it later is in the next one."""
    here = full_dat(tmp_path / "here")
    share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    for path in here.path.rglob("*"):
        os.utime(path, (1, 1))
    share(here.path, tmp_path / "b.zip", root=tmp_path / "here", author="somebody else")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    log.append(here.path, "noted", {"text": "more"})
    share(here.path, tmp_path / "c.zip", root=tmp_path / "here")
    assert (tmp_path / "a.zip").read_bytes() != (tmp_path / "c.zip").read_bytes()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("choice", ["failed", "none", ("mutualism/x[d2-gw1-s01]", "mutualism/x[d2-gw0-s02]")])
def test_only_the_chosen_traces_and_every_line_points_to_its_own(
    tmp_path: Path, mode: str, choice: str | tuple[str, ...]
) -> None:
    """A cell without its trace keeps its score, its steps and its cost; results and tables say the same as before."""
    here = full_dat(tmp_path / "here", mode)
    made = share(here.path, tmp_path / "a.zip", root=tmp_path / "here", traces=choice)
    there = open_for_reading(restore(tmp_path / "a.zip", tmp_path / "there").path)
    kept = 0
    for old, new in zip(here.results(), there.results(), strict=True):
        wanted = {"failed": not old.success, "none": False}.get(str(choice), old.id in choice)
        kept += wanted
        assert there.trace(new) == (here.trace(old) if wanted else None)
        assert old.trace
        assert new.trace
        assert (new.trace.steps, new.trace.cost) == (old.trace.steps, old.trace.cost)
        assert new.with_(trace=None, dat_path="") == old.with_(trace=None, dat_path="")
    assert (made.traces_kept, made.traces_left_out) == (kept, 8 - kept)
    assert there.notes == ()
    assert (there.path / "summary.csv").read_bytes() == (here.path / "summary.csv").read_bytes()
    cells = json.loads((there.path / "results.json").read_text())["cells"]
    assert sum(bool(cell["trace"]["file"]) for cell in cells) == kept
    share(there.path, tmp_path / "b.zip", root=tmp_path / "there")  # a run whose traces were left out is shared again


def test_an_id_that_nothing_has_is_refused(tmp_path: Path) -> None:
    here = full_dat(tmp_path / "here")
    with pytest.raises(SpecError, match=r"no cell 'mutualism/x\[d2-gw0-s09\]'.*did you mean"):
        share(here.path, tmp_path / "a.zip", root=tmp_path / "here", traces=["mutualism/x[d2-gw0-s09]"])
    assert list(tmp_path.iterdir()) == [tmp_path / "here"]


SECRET = "sk-abcdefghijklmnopqrst"


@pytest.mark.parametrize("mode", MODES)
def test_a_secret_stops_it_wherever_it_stands(tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a trace, a journal, a note, a report, an artifact: each place is named, the secret never; nothing is written."""
    monkeypatch.setenv("MY_SERVICE_TOKEN", "correct-horse")
    here = full_dat(tmp_path / "here", mode, said=f"the key is {SECRET}, I think", cells=1)
    journal = Journal(here.path, "r1", "gw2")
    journal.append(a_result(7, agent="a").with_(reason="password=hunter22 was refused"))
    journal.close()
    (here.path / "reports" / "report.md").write_text("one\n\nhttps://kim:hunter22@host/\n")
    (here.path / "artifacts" / "cell" / "raw.bin").write_bytes(b"\0\xffcorrect-horse")
    log.append(here.path, "noted", {"text": "nothing"})
    with pytest.raises(SpecError) as caught:
        share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    text = str(caught.value)
    assert "cells/r1-gw2.jsonl:1: this looks like a value named like a secret" in text
    assert "reports/report.md:3: this looks like a password in a URL" in text
    assert "artifacts/cell/raw.bin: this looks like the value of MY_SERVICE_TOKEN" in text
    assert "traces/" in text
    assert not any(secret in text for secret in (SECRET, "hunter22", "correct-horse"))
    assert list(tmp_path.iterdir()) == [tmp_path / "here"]
    assert log.read(here.path)[-1]["event"] == "noted"
    with pytest.raises(
        SpecError, match=r"raw.bin: this looks like the value of MY_SERVICE_TOKEN\nnothing was written: 1 place"
    ):
        share(here.path, tmp_path / "a.zip", root=tmp_path / "here", redact=True)  # no text: it cannot be hidden in there
    (here.path / "artifacts" / "cell" / "raw.bin").unlink()
    made = share(here.path, tmp_path / "a.zip", root=tmp_path / "here", redact=True)
    assert made.hidden >= 6
    there = open_for_reading(restore(tmp_path / "a.zip", tmp_path / "there").path)
    assert not any(secret.encode() in data for data in tree(there.path).values() for secret in (SECRET, "hunter22"))
    found = list(there.results())
    assert len(found) == 3
    for result in found:
        if result.trace:
            trace = there.trace(result)
            assert trace is not None
            assert "the key is ***, I think" in str(trace["turns"])
    assert json.loads((there.path / "results.json").read_text())["cells"]


def test_a_page_stays_behind_for_nobody_can_look_into_it(tmp_path: Path) -> None:
    """It packs traces, whatever is chosen of them; that it is not there is said, and how it is made anew."""
    here = full_dat(tmp_path / "here")
    beside = here.path / "reports" / "report.files"
    beside.mkdir(parents=True)
    (beside / "traces-0001.js").write_text(f"bio.arrived('{SECRET}')")
    (here.path / "reports" / "report.html").write_text(SECRET)
    share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    there = restore(tmp_path / "a.zip", tmp_path / "there").path
    assert not [name for name in tree(there) if "report.html" in str(name) or "report.files" in str(name)]


def test_home_folders_are_told(tmp_path: Path) -> None:
    here = full_dat(tmp_path / "here")
    (here.path / "reports" / "report.md").write_text("see /home/kim/x and C:\\Users\\kim\\y")
    made = share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    assert made.homes["reports/report.md"] == 2


def test_links_and_what_is_not_ours_stay_behind(tmp_path: Path) -> None:
    """A link may lead anywhere; a file of somebody else may hold anything."""
    here = full_dat(tmp_path / "here")
    (tmp_path / "private").write_text("x")
    (here.path / "artifacts" / "link").symlink_to(tmp_path / "private")
    (here.path / "artifacts" / "folder").symlink_to(tmp_path)
    (here.path / "own-notes.txt").write_text("x")
    (here.path / "artifacts" / ".hidden").write_text("x")
    made = share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    assert sorted(made.notes) == ["artifacts/folder: a link, left out", "artifacts/link: a link, left out"]
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    assert not any(word in name for name in names for word in ("link", "folder/", "own-notes", "hidden", ".lock"))


def test_a_trace_that_is_gone_or_damaged_is_said(tmp_path: Path) -> None:
    """The rest is shared; its line says that there is no trace."""
    here = full_dat(tmp_path / "here", "packed")
    (path,) = (here.path / "traces").glob("*gw0*")
    path.write_bytes(b"\0" * 10 + path.read_bytes()[10:])
    (here.path / "traces" / path.name.replace("gw0", "gw1")).unlink()
    made = share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    assert (made.traces_kept, made.traces_left_out, len(made.notes)) == (3, 5, 5)
    there = open_for_reading(restore(tmp_path / "a.zip", tmp_path / "there").path)
    assert sum(there.trace(result) is not None for result in there.results()) == 3


_WRITER = """
import sys
from pathlib import Path
from pytest_alienbio.store import Journal, TraceWriter, trace_of
from tests.exchange.archive.samples import played
dat = Path(sys.argv[1])
journal, traces = Journal(dat, "r1", "gw9"), TraceWriter(dat, "r1", "gw9", "packed")
for seed in range(100_000):
    result = played(seed, "gw9", "on")
    journal.append(result.with_(trace=traces.write(str(seed), trace_of(result))))
"""


def test_a_run_that_is_going_on_is_shared_as_far_as_it_is(tmp_path: Path) -> None:
    """Another process writes meanwhile: whole lines only, each with its trace, and the state is told."""
    here = a_dat(tmp_path / "here")
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(here.path)], cwd=Path(__file__).parents[3])
    try:
        deadline = time.monotonic() + 60
        while sum(1 for _ in here.results()) < 20 and time.monotonic() < deadline:
            assert writer.poll() is None
        made = share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    finally:
        writer.kill()
        writer.wait()
    assert made.state == "open"
    there = open_for_reading(restore(tmp_path / "a.zip", tmp_path / "there").path)
    found = list(there.results())
    assert len(found) == made.traces_kept >= 20
    assert there.notes == ()
    assert all(there.trace(result) for result in found)
    with layout.journals(here.path)[0].open("ab") as out:
        out.write(b'{"v":1,"run":"r1","ke')
    made = share(here.path, tmp_path / "b.zip", root=tmp_path / "here")
    assert any("is not whole, left out" in note for note in made.notes)


def test_what_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    here = full_dat(tmp_path / "here")
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(SpecError, match="exists already"):
        share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    assert (tmp_path / "a.zip").read_text() == "mine"
    share(here.path, tmp_path / "a.zip", root=tmp_path / "here", force=True)
    assert zipfile.is_zipfile(tmp_path / "a.zip")
    with pytest.raises(SpecError, match="there is no folder"):
        share(here.path, tmp_path / "none" / "a.zip", root=tmp_path / "here")


def test_the_readme_says_how_to_open_it(tmp_path: Path) -> None:
    """Also for one who has no pytest-alienbio: unpacked by hand, `dat/` is the folder."""
    here = full_dat(tmp_path / "here")
    share(here.path, tmp_path / "a.zip", root=tmp_path / "here", traces="failed")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        text = archive.read("README.txt").decode()
        archive.extractall(tmp_path / "by-hand")
    assert "bio import" in text
    assert "traces         failed (4 here, 4 left out)" in text
    assert len(list(open_for_reading(tmp_path / "by-hand" / "dat").results())) == 8
