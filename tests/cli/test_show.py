"""`bio show`: one cell, step by step."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest

from pytest_alienbio.cli.show import matching
from pytest_alienbio.store import find_dats, trajectory_of

from .conftest import WORLD, Desk

CELL = f"{WORLD}[d1-greedy-s0]"


def test_score_and_every_step(played: Desk) -> None:
    said = played.bio("show", CELL)
    assert said.code == 0
    assert said.lines[0] == CELL
    (result,) = (result for result in played.dat().results() if result.id == CELL)
    assert result.trace is not None
    assert sum(line.startswith("  does ") for line in said.lines) == result.trace.steps > 0
    assert f"score     {result.score:.4f}, bar 0.6: passed" in said.lines


def test_by_node_id_and_by_dat(played: Desk) -> None:
    """A node id copied from pytest's output, or a DAT in front; the newest record counts otherwise."""
    old = played.dat().path
    played.bio("batch", "--scenarios", WORLD, "--agents", "greedy", "--seeds", "1", "--difficulty", "1")
    assert str(old) in played.bio("show", f"{old}::{CELL}").out
    newest = f"DAT       {find_dats(played.path / 'data')[0]}"
    assert newest in played.bio("show", f"batch::{CELL}").lines
    assert newest in played.bio("show", f"dat.experiments.batch::{CELL}").lines


@pytest.mark.parametrize(
    "node",
    [
        f"experiments/test_x.py::TestIt::test_thrift[{WORLD}-d1-greedy-s0]",
        f"test_x.py::test_thrift[{WORLD}-d1-greedy-s0]",
    ],
)
def test_by_a_node_of_a_python_test(played: Desk, node: str) -> None:
    """A test over a battery's cells, which pytest spells without their brackets."""
    assert played.bio("show", node).lines[0] == CELL


def test_matching_gives_the_newest_first(played: Desk) -> None:
    played.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1", "--difficulty", "1")
    paths = find_dats(played.path / "data")
    assert [opened.path for opened, _ in matching(paths, f"{WORLD}[d1-noop-s0]")] == paths
    assert list(matching(paths, "none")) == []


def test_json_holds_record_and_trace(played: Desk) -> None:
    found = json.loads(played.bio("show", CELL, "--json").out)
    assert found["result"]["id"] == CELL
    assert trajectory_of(found["trace"]).steps == found["result"]["trace"]["steps"]


def test_a_cell_without_a_trace(desk: Desk) -> None:
    desk.bio("batch", "--scenarios", WORLD, "--agents", "gpt-4", "--seeds", "1")
    said = desk.bio("show", f"{WORLD}[d2-gpt-4-s0]")
    assert "no trace was kept" in said.out
    assert "outcome   skipped" in said.lines
    assert "it costs money" in said.out
    assert json.loads(desk.bio("show", f"{WORLD}[d2-gpt-4-s0]", "--json").out)["trace"] is None


@pytest.mark.parametrize("cell", ["none", "", "[[[", "\x1b[2J"])
def test_an_unknown_cell_is_refused(played: Desk, cell: str) -> None:
    """With some that there are."""
    sentence = played.refused("show", cell)
    assert "`bio results` lists" in sentence
    assert CELL in sentence


def test_a_cell_that_is_nearly_right_gives_the_one_that_was_meant(played: Desk) -> None:
    """Of the same scenario if there is any."""
    assert f"did you mean '{CELL}'?" in played.refused("show", f"{WORLD}[d1-greedy-s00]")
    assert f"did you mean '{CELL}'?" in played.refused("show", "mutualism/competiton[d1-greedy-s0]")
    assert "did you mean" not in played.refused("show", "[[[")


@pytest.mark.parametrize("cell", ["x::y::z", "nothing::z"])
def test_a_dat_that_is_not_there_is_refused(played: Desk, cell: str) -> None:
    assert "no DAT matches" in played.refused("show", cell)


def test_before_any_run_that_is_said(desk: Desk) -> None:
    assert "no results yet" in desk.refused("show", CELL)


def test_a_trace_that_is_gone_is_said(played: Desk) -> None:
    """The record is there, its trace file was deleted."""
    for path in (played.dat().path / "traces").iterdir():
        path.unlink()
    assert "traces/" in played.refused("show", CELL)


@pytest.mark.parametrize("columns", ["20", "40", "80", "200"])
def test_lines_fit_the_terminal(played: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """But for the id and the DAT's path, which stay whole: they are to be copied."""
    monkeypatch.setenv("COLUMNS", columns)
    first, *lines = played.bio("show", CELL).lines
    assert first == CELL
    assert sum(line.split() == ["DAT", str(played.dat().path)] for line in lines) == 1
    assert all(len(line) <= int(columns) for line in lines if not line.startswith("DAT "))


def test_a_terminal_that_knows_ascii_only(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LANG=C`: arrows are spelt, nothing becomes a question mark."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert played.bio("show", CELL).code == 0
    out.seek(0)
    text = out.read()
    assert "^ v by a tenth or more" in text
    assert "?" not in text


@pytest.mark.parametrize(("no_color", "term", "coloured"), [("", "xterm", True), ("1", "xterm", False), ("", "dumb", False)])
def test_colour_only_on_a_terminal_that_wants_it(
    played: Desk, monkeypatch: pytest.MonkeyPatch, no_color: str, term: str, coloured: bool
) -> None:
    """Never in a pipe; in a terminal unless NO_COLOR says no. Without colours the text is the same."""
    piped = played.bio("show", CELL).out
    assert "\x1b" not in piped
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", term)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    played.bio("show", CELL)
    assert ("\x1b[1m" in terminal.getvalue()) is coloured
    bare = re.sub(r"\x1b\[[0-9]*m", "", terminal.getvalue())
    assert [line.rstrip() for line in bare.splitlines()] == piped.splitlines()


def test_a_node_id_means_its_own_battery(desk: Desk) -> None:
    """Not a newer record of the same cell by another one."""
    head = "experiment.{}: {{scenarios: [mutualism/competition], agents: [noop], seeds: 1}}\n"
    desk.battery("".join(map(head.format, ("one", "two"))))
    for name in ("one", "two"):
        desk.bio("batch", f"a.battery.yaml::{name}")
    cell = f"{WORLD}[d2-noop-s0]"
    assert "battery   two" in desk.bio("show", cell).lines
    assert "battery   one" in desk.bio("show", f"a.battery.yaml::one::{cell}").lines
    assert json.loads(desk.bio("show", f"a.battery.yaml::one::{cell}", "--json").out)["battery"] == "one"
    assert "known: one, two" in desk.refused("show", f"a.battery.yaml::three::{cell}")


def test_a_node_id_means_its_own_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files may have a head of one name. By the path in pytest's ids, from here, or whole; else the files are said."""
    text = "experiment.one: {{scenarios: [mutualism/competition], agents: [{}], seeds: 1}}\n"
    desk.battery(text.format("{name: noop, as: it}"), "deep/a.battery.yaml")
    desk.battery(text.format("{name: random, as: it}"), "b.battery.yaml")
    desk.battery(
        "from pytest_alienbio import Battery\n"
        "b = Battery('one', scenarios=['mutualism/competition'], agents=[{'name': 'oracle', 'as': 'it'}], seeds=1)\n",
        "c_battery.py",
    )
    files = ("deep/a.battery.yaml", "b.battery.yaml", "c_battery.py")
    for file in files:
        assert desk.bio("batch", f"{file}::one").code == 0
    dats = dict(zip(files, reversed(find_dats(desk.path / "data")), strict=True))
    cell = f"one::{WORLD}[d2-it-s0]"
    for file in files:
        for spelled in (file, f"./{file}", desk.path / file):
            assert f"DAT       {dats[file]}" in desk.bio("show", f"{spelled}::{cell}").lines
    for file in ("a.battery.yaml", "d_battery.py", "/deep/a.battery.yaml"):
        assert desk.refused("show", f"{file}::{cell}").endswith(
            "'one' was recorded from b.battery.yaml, c_battery.py, deep/a.battery.yaml\n"
        )
    monkeypatch.chdir(desk.path / "deep")
    assert f"DAT       {dats[files[0]]}" in desk.bio("show", f"a.battery.yaml::{cell}").lines
    assert f"DAT       {dats[files[1]]}" in desk.bio("show", f"../b.battery.yaml::{cell}").lines


def test_a_near_match_may_stand_in_an_older_dat(played: Desk) -> None:
    played.bio("batch", "--scenarios", WORLD, "--agents", "random", "--seeds", "1", "--difficulty", "1")
    assert f"did you mean '{WORLD}[d1-greedy-s1]'?" in played.refused("show", f"{WORLD}[d1-gredy-s1]")


def test_where_nothing_was_recorded_that_is_all_that_is_said(desk: Desk) -> None:
    assert desk.refused("show", "x", "--data", "/nonexistent").startswith("bio: no results yet below /nonexistent;")


def test_a_dat_that_cannot_be_read_hides_no_other(played: Desk) -> None:
    old = played.dat().path
    played.bio("batch", "--scenarios", WORLD, "--agents", "greedy", "--seeds", "1", "--difficulty", "1")
    (find_dats(played.path / "data")[0] / "_spec_.yaml").write_text("v: [", "utf-8")
    said = played.bio("show", CELL)
    assert (said.code, str(old) in said.out) == (0, True)
    assert said.err.startswith("bio: skipped: ")


def test_a_run_is_no_cell(played: Desk) -> None:
    """Whoever names one hears how its cells are called."""
    said = played.refused("show", "batch")
    assert "'batch' is a run; one of its cells is 'batch::ID' (`bio results batch` lists them)" in said
