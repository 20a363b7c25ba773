"""`bio baseline`: bless, list, show, promote, remove; what a refusal says and exits with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pytest_alienbio.store import log
from pytest_alienbio.store.baseline_reading import read_baseline
from pytest_alienbio.store.codec import resealed

from .conftest import WORLD, Desk


@pytest.fixture
def kim(played: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A project with a run of the battery `batch`, in which Kim works."""
    monkeypatch.setenv("ALIENBIO_AUTHOR", "Kim <kim@example.org>")
    (played.dat().path / "environment.json").write_text("{}")  # whatever is committed where these tests run
    return played


def file(desk: Desk, name: str = "batch") -> Path:
    return desk.path / "baselines" / f"{name}.json"


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_bytes(b"".join(map(resealed, text.replace(old, new, 1).encode().splitlines(keepends=True))))


def test_a_run_is_blessed_and_what_was_written_is_said(kim: Desk) -> None:
    """And a second blessing says what moved."""
    said = kim.bio("baseline", "save", "batch", "--why", "first release")
    run = kim.dat().path.relative_to(kim.path).as_posix()
    assert (said.code, said.lines) == (
        0,
        [
            f"baselines/batch.json: 4 cells of 2 agents on 2 seeds; run {run}",
            "  2 seeds a leaf: with 10 or more a gate sees smaller drops",
        ],
    )
    assert log.read(kim.dat().path)[-1]["event"] == "blessed"
    assert "blessed" in kim.bio("log", "batch").out
    assert kim.bio("baseline", "save").lines[-1].strip() == "no mean of score moved"
    edited(file(kim), '"score": [0.0, 0.0]', '"score": [0.5, 0.25]')
    assert [line.split() for line in kim.bio("baseline", "save").lines[2:]] == [
        ["score", "before", "now", "change"],
        ["noop", "0.375", "0.000", "-0.38"],
        [f"noop|{WORLD}", "0.375", "0.000", "-0.38"],
    ]


def test_a_run_that_is_not_fit_is_refused_with_exit_code_1(kim: Desk) -> None:
    """And by force only with a reason."""
    for journal in (kim.dat().path / "cells").iterdir():
        text = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(text[:3]))
    said = kim.bio("baseline", "save", "batch")
    assert (said.code, said.out) == (1, "")
    assert "not blessed: 1 of 4 cells has no score (1 not_run). Mend it and play again, name another run, or" in said.err
    assert "needs a reason" in kim.refused("baseline", "save", "batch", "--force")
    assert not file(kim).exists()
    assert kim.bio("baseline", "save", "batch", "--force", "--why", "the disk was full").code == 0
    shown = kim.bio("baseline", "show", "batch").out
    assert "forced    the run was INVALID" in shown
    assert "missing" in shown


def test_which_run_and_which_file_must_be_said_well(kim: Desk) -> None:
    assert "no DAT matches 'nowhere'" in kim.refused("baseline", "save", "nowhere")
    assert "--name or -o, not both" in kim.refused("baseline", "save", "--name", "x", "-o", "x.json")
    assert "ends in .json, got 'x.yaml'" in kim.refused("baseline", "save", "-o", "x.yaml")
    assert "cannot name a baseline" in kim.refused("baseline", "save", "--name", "../x")
    assert "--metric is empty" in kim.refused("baseline", "save", "--metric", "")
    assert "no cell of the run has a number for loss" in kim.bio("baseline", "save", "--metric", "loss").err
    assert kim.bio("baseline", "save", "-o", "other/x.json", "--metric", "score,passed").code == 0
    assert set(read_baseline(kim.path / "other" / "x.json").batch.better) == {"score", "passed"}


def test_what_is_deterministic_is_played_again(kim: Desk) -> None:
    """A number that does not come out again is left to chance, whoever changed it."""
    journal = next((kim.dat().path / "cells").iterdir())
    edited(journal, '"score":0.0', '"score":0.125')
    said = kim.bio("baseline", "save", "batch", "--verify")
    assert said.code == 0
    assert said.lines[1] == "  deterministic, each cell played again: 1 leaf, 2 cells"
    assert said.lines[2].startswith(
        "  noop|mutualism/competition is declared deterministic, and 1 of 2 cells gave another number"
    )
    assert read_baseline(file(kim)).verified == {("greedy", WORLD)}
    assert "same twice" in kim.bio("baseline", "show", "batch").out


def test_the_baselines_of_a_project(kim: Desk) -> None:
    """Those that cannot be read, too."""
    assert kim.bio("baseline", "list").lines == [
        "no baselines yet; play a battery, look at the run, and bless it: bio baseline save"
    ]
    kim.bio("baseline", "save", "--why", "first")
    kim.bio("baseline", "save", "--name", "release-3")
    (kim.path / "baselines" / "bad.json").write_text('{"v": 1\n')
    said = kim.bio("baseline", "list")
    assert said.lines[0].split() == ["file", "battery", "cells", "agents", "blessed", "by", "why"]
    assert [line.split()[0] for line in said.lines[1:3]] == ["baselines/batch.json", "baselines/release-3.json"]
    assert said.lines[3].startswith("baselines/bad.json cannot be read:")
    objects = [json.loads(line) for line in kim.bio("baseline", "list", "--json").lines]
    assert [each["file"] for each in objects] == [f"baselines/{name}.json" for name in ("bad", "batch", "release-3")]
    assert "error" in objects[0]
    assert (objects[1]["seeds"], objects[1]["agents"], objects[1]["blessed"]["why"]) == ([0, 1], ["greedy", "noop"], "first")


def test_one_baseline_by_name_battery_or_file(kim: Desk) -> None:
    kim.bio("baseline", "save", "--name", "release-3", "--why", "ship it")
    by_name = kim.bio("baseline", "show", "release-3")
    assert by_name.out == kim.bio("baseline", "show", "baselines/release-3.json").out
    assert by_name.lines[0] == "baselines/release-3.json"
    assert "by Kim <kim@example.org>: ship it" in by_name.out
    assert json.loads(kim.bio("baseline", "show", "release-3", "--json").out) == {
        "file": "baselines/release-3.json",
        **json.loads(file(kim, "release-3").read_text()),
    }
    assert "there is no baseline 'release'; did you mean 'release-3'?" in kim.refused("baseline", "show", "release")
    edited(file(kim, "release-3"), '"higher"', '"upward"')
    assert "baselines/release-3.json:4:22: 'score' is better 'upward'" in kim.bio("baseline", "show", "release-3").err


def test_a_name_that_two_batteries_have_is_said(kim: Desk) -> None:
    kim.battery("experiment.x:\n  scenarios: [mutualism/competition]\n  agents: [noop]\n  seeds: 1\n", "e/x.battery.yaml")
    kim.bio("baseline", "save")
    kim.bio("baseline", "save", "-o", "e/baselines/batch.json")
    assert "names 2 baselines: baselines/batch.json, e/baselines/batch.json; name one" in kim.refused(
        "baseline", "show", "batch"
    )
    assert kim.bio("baseline", "show", "e/baselines/batch.json").code == 0


def test_a_named_one_is_promoted_and_its_run_tagged(kim: Desk) -> None:
    kim.bio("baseline", "save", "--name", "release-3")
    said = kim.bio("baseline", "promote", "release-3")
    assert said.lines[0] == "baselines/batch.json: 4 cells of 2 agents on 2 seeds, as in baselines/release-3.json"
    assert file(kim).read_bytes() == file(kim, "release-3").read_bytes()
    assert "is the default already" in kim.refused("baseline", "promote", "batch")
    tagged = kim.bio("baseline", "promote", "batch", "--tag", "good")
    assert "tagged good; `against: tag:good` means it" in tagged.out
    assert kim.bio("results", "tag:good", "--json").out.count("\n") == 4
    edited(file(kim), '"dat": "data', '"dat": "gone')
    assert "is not here, so it cannot be tagged" in kim.refused("baseline", "promote", "batch", "--tag", "good")


def test_a_baseline_is_removed_whatever_is_in_it(kim: Desk) -> None:
    kim.bio("baseline", "save")
    file(kim).write_text("{")
    assert kim.bio("baseline", "rm", "batch").lines == ["removed baselines/batch.json"]
    assert not file(kim).exists()
    assert "there is no baseline 'batch'" in kim.refused("baseline", "rm", "batch")


def test_a_file_that_is_no_baseline_is_not_removed(kim: Desk) -> None:
    """Whatever its name ends in; outside of a folder `baselines` only what reads as one is ours."""
    other = kim.path / "package.json"
    other.write_text("{}")
    assert kim.bio("baseline", "rm", "package.json").code == 2
    assert other.exists()
    kim.bio("baseline", "save", "-o", "loose.json")
    assert kim.bio("baseline", "rm", "loose.json").lines == ["removed loose.json"]


def test_a_baseline_names_no_run_outside_of_its_project(kim: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file from elsewhere must not have us write into a folder that it picks."""
    kim.bio("baseline", "save")
    run = kim.dat().path
    away = tmp_path_factory.mktemp("away") / "run"
    shutil.copytree(run, away)
    edited(file(kim), run.relative_to(kim.path).as_posix(), str(away))
    assert "is not here, so it cannot be tagged" in kim.refused("baseline", "promote", "batch", "--tag", "good")
    assert log.read(away)[-1]["event"] != "tagged"
