"""`bio import` of a run that `bio share` packed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pytest_alienbio.store import find_dats

from ..exchange.archive.samples import a_zip, tree
from .conftest import WORLD, Desk


@pytest.fixture
def shared(played: Desk) -> Desk:
    """A project whose only run was packed into `run.zip` and deleted."""
    assert played.bio("share", "batch", "-o", "run.zip").code == 0
    shutil.move(played.path / "data", played.path / "was")
    return played


def test_a_run_comes_back_and_is_asked_like_any_other(shared: Desk) -> None:
    said = shared.bio("import", "run.zip", "--author", "Lee")
    (path,) = find_dats(shared.path / "data")
    name = path.relative_to(shared.path / "data").as_posix()
    assert said.lines == [f"run.zip: 11 files; is now {path}", f"look at it with bio results {name}"]
    before, after = tree(shared.path / "was" / name), tree(path)
    assert {file for file in after if after[file] != before[file]} == {"log.jsonl"}
    assert len(shared.bio("results", name, "--json").lines) == 4
    assert shared.bio("show", f"{name}::{WORLD}[d1-greedy-s0]").code == 0
    assert shared.bio("audit").lines[1].split()[2:4] == ["Lee", "imported"]


def test_a_second_time_changes_nothing(shared: Desk) -> None:
    shared.bio("import", "run.zip")
    before = tree(shared.path / "data")
    said = shared.bio("import", "run.zip")
    assert said.code == 0
    assert "was there already, and is the same: " in said.lines[0]
    assert tree(shared.path / "data") == before


def test_dry_run_and_json(shared: Desk) -> None:
    said = shared.bio("import", "run.zip", "--dry-run")
    assert said.lines[-1] == "nothing is wrong; nothing was written"
    assert not (shared.path / "data").exists()
    (row,) = json.loads(shared.bio("import", "run.zip", "--json").out)
    assert row | {"dat": ""} == {
        "dat": "",
        "source": "run.zip",
        "format": "archive",
        "battery": "batch",
        "cells": 4,
        "new": True,
    }
    assert Path(row["dat"]).is_dir()


def test_of_several_none_is_imported_if_one_is_bad(shared: Desk) -> None:
    a_zip(shared.path / "bad.zip", listed={"_spec_.yaml": b"x"})
    assert "bad.zip: '_spec_.yaml' is not as long as manifest.json says" in shared.refused("import", "run.zip", "bad.zip")
    assert not (shared.path / "data").exists()


def test_refusals(shared: Desk) -> None:
    (shared.path / "scores.csv").write_text("a,b\n1,2\n")
    (shared.path / "text.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    assert "import them one after the other" in shared.refused("import", "run.zip", "scores.csv")
    assert "nothing of it is mapped or set" in shared.refused("import", "run.zip", "--set", "agent=x")
    assert "no zip, or cut off" in shared.refused("import", "text.zip")
    assert "no zip, or cut off" in shared.refused("import", "scores.csv", "--format", "archive")
    assert "cannot read none.zip: No such file" in shared.refused("import", "none.zip", "--format", "archive")
    assert "no whole number from 1 on" in shared.refused("import", "run.zip", "--max-mib", "0")
