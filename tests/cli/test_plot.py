"""`bio plot`: a chart of stored results, as a file."""

from __future__ import annotations

import json
import sys

import pytest

from .conftest import Desk


@pytest.fixture(autouse=True)
def _drawn() -> None:
    pytest.importorskip("vl_convert", reason="the extra `charts` is not installed")


def test_into_the_reports_of_the_dat_it_is_of(played: Desk) -> None:
    """It says where; a second one of the same kind replaces it."""
    said = played.bio("plot", "heatmap")
    assert (said.code, said.err) == (0, "")
    (where,) = said.lines
    assert where.startswith("written: data/results/batch/")
    assert where.endswith("/reports/heatmap.svg")
    file = played.path / where.removeprefix("written: ")
    assert file.read_text("utf-8").startswith("<svg")
    before = file.read_bytes()
    assert played.bio("plot", "heatmap", "batch").lines == [where]
    assert file.read_bytes() == before
    assert (
        played.bio("plot", "box", "--metric", "duration_s", "--by", "scenario")
        .lines[0]
        .endswith("/box-duration_s-scenario.svg")
    )


@pytest.mark.parametrize(
    ("form", "begin"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("html", b"<!doctype html>")]
)
def test_as_the_name_of_the_file_says(played: Desk, form: str, begin: bytes) -> None:
    assert played.bio("plot", "bars", "--by", "scenario", "-o", f"x.{form}").out == f"written: x.{form}\n"
    assert (played.path / f"x.{form}").read_bytes().startswith(begin)


def test_json_is_the_specification_of_the_cells_that_match(played: Desk) -> None:
    spec = json.loads(played.bio("plot", "bars", "--agent", "noop", "--json").out)
    assert {row["agent"] for row in spec["data"]["values"]} == {"noop"}
    assert spec["usermeta"]["bio"]["kind"] == "bars"
    dark = json.loads(played.bio("plot", "scatter", "--x", "seed", "--dark", "--json").out)
    assert dark["config"]["background"] != spec["config"]["background"]


def test_a_pattern_may_stand_behind_the_options(played: Desk) -> None:
    """Where people write it, as for every other command."""
    assert played.bio("plot", "scatter", "--x", "seed", "batch", "-o", "x.json").out == "written: x.json\n"
    assert "no DAT" in played.refused("plot", "scatter", "--x", "seed", "nothing*", "-o", "x.json")


def test_a_number_that_no_cell_has(played: Desk) -> None:
    """What there is instead, in the words of --metric: of tasks nothing else would say what to ask for."""
    assert "no record has a field 'nothing'; numbers there are: " in played.refused("plot", "bars", "--metric", "nothing")
    said = played.bio("plot", "bars", "--metric", "usd", "-o", "x.json")
    assert "No cell has a number for usd; metrics these cells have (--metric of `bio plot`): " in said.err
    assert "duration_s" in said.err


def test_no_cell_matches(played: Desk) -> None:
    """A chart that says so, and what may have been meant."""
    said = played.bio("plot", "heatmap", "--agent", "nop", "-o", "none.json")
    assert said.code == 0
    assert "no cell was played" in (played.path / "none.json").read_text("utf-8")
    assert "did you mean 'noop'?" in said.err
    assert "Nothing to draw: no cell was played." in said.err


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["heatmp"], "'heatmp' is no kind of chart; did you mean 'heatmap'?"),
        (["scatter"], "a scatter needs --x"),
        (["heatmap", "--x", "seed"], "--x says nothing to heatmap; it is for scatter"),
        (["bars", "--by", "seed"], "bars are --by agent or --by scenario, not 'seed'"),
        (["bars", "-o", "x.gif"], "-o x.gif: a chart's file ends in .svg, .png, .pdf, .html, .json"),
        (["box", "--metric", "scor"], "no record has a field 'scor'; did you mean 'score'?"),
        (["cost", "--metric", "euro"], "'euro' is nothing that cells consume"),
        (["bars", "-o", "none/x.svg"], "there is no folder none"),
    ],
)
def test_what_cannot_be_drawn_is_refused(played: Desk, argv: list[str], why: str) -> None:
    assert why in played.refused("plot", *argv)


def test_without_the_extra(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what is missing; pages and specifications need nothing."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert "pip install 'pytest-alienbio[charts]'" in played.refused("plot", "bars")
    assert played.bio("plot", "bars", "-o", "x.html").code == 0
