"""Where a run comes from, as its folder says."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from pytest_alienbio.report import Document, render
from pytest_alienbio.report.provenance import provenance_section
from pytest_alienbio.results.provenance import provenance
from pytest_alienbio.store.annotations import note, tag

from .parts import cell, write_dat

KEY = "sk-" + "a1b2c3d4" * 4


def shown(path: Path, *more: Path) -> str:
    """The section of these runs as a text."""
    section = provenance_section([provenance(each) for each in (path, *more)])
    assert section is not None
    return render(Document("", (section,)), 120, whole=True)


def test_a_run_says_on_what_it_was_played_by_whom_and_what_was_done_since(tmp_path: Path) -> None:
    path = write_dat(tmp_path / "one", [cell(score=0.5)])
    around = {
        "python": "3.11.7",
        "implementation": "CPython",
        "packages": {"numpy": "2.0"},
        "git": {"commit": "c0ffee" * 6, "branch": "main", "dirty": True},
        "user": "ada",
        "host": "box",
        "command": ["pytest", "--api-key", KEY, f"--token={KEY}"],
        "gpu": {"name": f"a100 {KEY}"},
    }
    (path / "environment.json").write_text(json.dumps(around), "utf-8")
    tag(path, ["release-3"])
    note(path, "the one that counts")
    found = provenance(path)
    assert found.spec == sha256((path / "_spec_.yaml").read_bytes()).hexdigest()
    assert (found.python, found.user, found.host, found.dirty, found.branch) == ("CPython 3.11.7", "ada", "box", True, "main")
    assert [deed.event for deed in found.deeds] == ["created", "tagged", "noted"]
    text = shown(path)
    for told in ("c0ffeec0ffee on main, with changes", "ada on box", "release-3", "the one that counts", "numpy", "a100"):
        assert told in text
    assert KEY not in text
    assert KEY not in repr(found)


def test_of_several_runs_it_is_told_which_versions_differ(tmp_path: Path) -> None:
    paths = [write_dat(tmp_path / name, [cell(score=0.5)]) for name in ("one", "two")]
    for path, version in zip(paths, ("1.0", "2.0"), strict=True):
        packages = {"numpy": version, "scipy": "1.9"}
        (path / "environment.json").write_text(json.dumps({"python": "3.11", "packages": packages}), "utf-8")
    text = shown(*paths)
    assert "numpy    1.0, 2.0" in text
    assert "scipy" not in text


def test_a_folder_from_anywhere_breaks_nothing(tmp_path: Path) -> None:
    path = write_dat(tmp_path / "one", [cell(score=0.5)])
    (path / "environment.json").write_text('{"git": 7, "command": "rm", "packages": [], "dirty": {}}', "utf-8")
    (path / "_spec_.yaml").write_text("v: [", "utf-8")
    found = provenance(path)
    assert (found.commit, found.command, dict(found.packages)) == ("", (), {})
    assert "not read" in shown(path)
    assert provenance(tmp_path / "gone").notes
