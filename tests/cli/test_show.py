"""`bio show`: one cell, step by step."""

from __future__ import annotations

import json

import pytest

from pytest_alienbio.store import find_dats, trajectory_of

from .conftest import WORLD, Desk

CELL = f"{WORLD}[d1-greedy-s0]"


def test_score_and_every_step(played: Desk) -> None:
    said = played.bio("show", CELL)
    assert said.code == 0
    assert said.lines[0] == CELL
    (result,) = (result for result in played.dat().results() if result.id == CELL)
    assert result.trace is not None
    assert sum("does " in line for line in said.lines) == result.trace.steps > 0


def test_by_node_id_and_by_dat(played: Desk) -> None:
    """A node id copied from pytest's output, or a DAT in front; the newest record counts otherwise."""
    old = played.dat().path
    played.bio("batch", "--scenarios", WORLD, "--agents", "greedy", "--seeds", "1", "--difficulty", "1")
    assert str(find_dats(played.path / "data")[0]) in played.bio("show", f"x/a.battery.yaml::batch::{CELL}").out
    assert str(old) in played.bio("show", f"{old}::{CELL}").out


def test_json_holds_record_and_trace(played: Desk) -> None:
    found = json.loads(played.bio("show", CELL, "--json").out)
    assert found["result"]["id"] == CELL
    assert trajectory_of(found["trace"]).steps == found["result"]["trace"]["steps"]


def test_a_cell_without_a_trace(desk: Desk) -> None:
    desk.bio("batch", "--scenarios", WORLD, "--agents", "gpt-4", "--seeds", "1")
    said = desk.bio("show", f"{WORLD}[d2-gpt-4-s0]")
    assert "no trace was kept" in said.out
    assert "not supported" in said.out
    assert json.loads(desk.bio("show", f"{WORLD}[d2-gpt-4-s0]", "--json").out)["trace"] is None


@pytest.mark.parametrize("cell", ["none", "", "x::y::z", "[[["])
def test_an_unknown_cell_is_refused(played: Desk, cell: str) -> None:
    assert "`bio results` lists" in played.refused("show", cell)


def test_a_trace_that_is_gone_is_said(played: Desk) -> None:
    """The record is there, its trace file was deleted."""
    for path in (played.dat().path / "traces").iterdir():
        path.unlink()
    assert "traces/" in played.refused("show", CELL)


@pytest.mark.parametrize("columns", ["20", "40", "80"])
def test_lines_fit_the_terminal(played: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """But for the DAT's path, which stays whole: it is to be copied."""
    monkeypatch.setenv("COLUMNS", columns)
    lines = played.bio("show", CELL).lines
    assert f"DAT      {played.dat().path}" in lines
    assert all(len(line) <= int(columns) for line in lines if not line.startswith("DAT "))


def test_a_node_id_means_its_own_battery(desk: Desk) -> None:
    """Not a newer record of the same cell by another one."""
    head = "experiment.{}: {{scenarios: [mutualism/competition], agents: [noop], seeds: 1}}\n"
    desk.battery("".join(map(head.format, ("one", "two"))))
    for name in ("one", "two"):
        desk.bio("batch", f"a.battery.yaml::{name}")
    cell = f"{WORLD}[d2-noop-s0]"
    assert "battery  two" in desk.bio("show", cell).lines
    assert "battery  one" in desk.bio("show", f"a.battery.yaml::one::{cell}").lines
    assert json.loads(desk.bio("show", f"a.battery.yaml::one::{cell}", "--json").out)["battery"] == "one"
    assert "no record" in desk.refused("show", f"a.battery.yaml::three::{cell}")


def test_a_dat_that_cannot_be_read_hides_no_other(played: Desk) -> None:
    old = played.dat().path
    played.bio("batch", "--scenarios", WORLD, "--agents", "greedy", "--seeds", "1", "--difficulty", "1")
    (find_dats(played.path / "data")[0] / "_spec_.yaml").write_text("v: [", "utf-8")
    said = played.bio("show", CELL)
    assert (said.code, str(old) in said.out) == (0, True)
    assert said.err.startswith("bio: skipped: ")
