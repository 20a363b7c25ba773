"""Charts of stored results: the numbers in them are those that estimates give."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import MissingExtraError, SpecError, StoreError
from pytest_alienbio.results.picture import NOTEBOOK, Picture
from pytest_alienbio.results.plots import KINDS
from pytest_alienbio.results.result_set import ResultSet

from ..charts.parts import holds, panels, parts
from .parts import cell, played

SCORES: dict[tuple[str, str], list[float | None]] = {
    ("m/x", "greedy"): [0.2, 0.4, None],
    ("m/y", "greedy"): [0.5, 0.7],
    ("m/x", "prober"): [0.8, 0.9],
    ("m/x", "oracle"): [1.0, 1.0],
    ("m/x", "noop"): [0.0, 0.0],
}


@pytest.fixture(scope="module")
def results() -> ResultSet:
    """Four agents on two scenarios; one cell timed out, and two agents were not on the second."""
    return ResultSet.of(played(SCORES, started_at=1_760_000_000.0, run="r", worker="gw0"))


def test_every_kind_is_a_small_whole_chart(results: ResultSet) -> None:
    for kind in KINDS:
        made = results.plot.scatter("duration_s") if kind == "scatter" else getattr(results.plot, kind)()
        assert isinstance(holds(made), Picture)
        assert made.key == kind


def test_cells_without_a_score_say_which_metrics_they_have() -> None:
    """As tasks that nobody scored; a note of a heat map is no explanation of its marks, and is not taken for one."""
    bare = ResultSet.of([replace(each, metrics={"words": 3.0}) for each in played({("t", "a"): [None]})])
    told = "No cell has a number for score; metrics these cells have (--metric of `bio plot`): words, duration_s, passed."
    assert all(getattr(bare.plot, kind)().notes[-1] == told for kind in ("heatmap", "bars", "box", "difficulty", "profile"))
    assert bare.plot.heatmap().about == ""
    assert bare.plot.bars().notes[0] == bare.plot.bars().about == "Mean."
    assert told not in bare.plot.bars("words").notes


def test_the_heat_map_has_the_means_best_agent_first(results: ResultSet) -> None:
    made = results.plot.heatmap()
    assert [(row["agent"], row["value"]) for row in parts(made, "found") if row["scenario"] == "m/x"] == [
        ("oracle", 1.0),
        ("prober", pytest.approx(0.85)),
        ("greedy", pytest.approx(0.3)),
        ("noop", 0.0),
    ]
    assert {row["agent"] for row in parts(made, "missing")} == {"oracle", "prober", "noop"}
    assert ("m/x", "greedy", "0.30", made.rows[2][3], "2", "1 timed_out") in made.rows


def test_bars_have_the_intervals_of_the_means(results: ResultSet) -> None:
    made = results.plot.bars()
    bar = next(row for row in parts(made, "bar") if row["agent"] == "greedy")
    told = results.filter(agent="greedy").mean()
    assert told.interval is not None
    assert [bar["value"], bar["low"], bar["high"]] == pytest.approx([float(told), told.interval.low, told.interval.high], 1e-6)
    assert {row["who"] for row in parts(made, "reference")} == {"oracle"}
    assert panels(results.plot.bars(by_scenario=True)) == ["m/x", "m/y"]


def test_a_box_by_any_field_and_any_number(results: ResultSet) -> None:
    assert [row[:3] for row in results.plot.box(by="scenario").rows] == [("m/x", "8", "1"), ("m/y", "2", "0")]
    assert results.plot.box("duration_s").rows[0][5] == "1.50"
    assert next(row[0] for row in results.plot.histogram(by="seed").rows) == "0"


def test_a_scatter_joins_the_numbers_of_one_cell(results: ResultSet) -> None:
    made = results.plot.scatter("seed", "score")
    assert ("m/y d1 s1", "greedy", "1", "0.70") in made.rows
    assert made.notes == ("1 of 11 cells lacks one of the two numbers.",)


def test_difficulty_has_a_mean_a_level_and_a_part_of_a_set_is_drawn_alone() -> None:
    found = ResultSet.of([cell(seed=seed, difficulty=level, score=1 - level / 10) for level in (1, 2, 3) for seed in (0, 1)])
    assert [(row["level"], row["value"]) for row in parts(found.plot.difficulty(), "point")] == [(1, 0.9), (2, 0.8), (3, 0.7)]
    assert len(parts(found[:2].plot.difficulty(), "point")) == 1


def test_older_records_are_left_out_and_it_is_said() -> None:
    twice = [cell(score=0.1), cell(score=0.9, ended_at=1_770_000_000.0, dat_path="/data/two")]
    made = ResultSet.of(twice).plot.bars()
    assert parts(made, "bar")[0]["value"] == 0.9
    assert made.notes[-1] == "1 older record of the same cells left out."
    title = made.spec["title"]
    assert isinstance(title, dict)
    assert title["subtitle"][-1] == made.notes[-1]


def test_scores_of_both_directions_have_no_common_axis() -> None:
    both = ResultSet.of([cell(score=0.1), cell("m/y", score=0.1, better="lower")])
    with pytest.raises(SpecError, match="no common mean"):
        both.plot.heatmap()
    with pytest.raises(SpecError, match="no record has a field 'nope'"):
        both.plot.box("nope")
    with pytest.raises(SpecError, match="'euro' is nothing that cells consume"):
        both.plot.cost("euro")


def test_no_result_at_all() -> None:
    nothing = ResultSet.of([])
    for kind in set(KINDS) - {"scatter"}:
        assert "Nothing to draw" in holds(getattr(nothing.plot, kind)()).alt


def test_a_notebook_draws_it_or_shows_it(results: ResultSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Front ends know Vega-Lite 5 by name; what they do not know they show as SVG, and a terminal as a sentence."""
    made = results.plot.heatmap()
    if pytest.importorskip("vl_convert"):
        bundle = made._repr_mimebundle_()
        assert list(bundle) == [NOTEBOOK, "text/plain", "image/svg+xml"]
        assert json.loads(json.dumps(bundle))[NOTEBOOK]["$schema"].endswith("/v5.json")
        assert str(bundle["image/svg+xml"]).startswith("<svg")
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert list(made._repr_mimebundle_()) == [NOTEBOOK, "text/plain"]
    assert repr(made).startswith("<heatmap: score by scenario and agent; Heat map of score: 2 scenarios by 4 agents")


def test_saved_as_its_name_says(results: ResultSet, tmp_path: Path) -> None:
    made = results.plot.bars()
    assert json.loads(made.save(tmp_path / "bars.json").read_text("utf-8"))["usermeta"]["bio"]["kind"] == "bars"
    pytest.importorskip("vl_convert")
    for form, begin in (("svg", b"<svg"), ("PNG", b"\x89PNG"), ("pdf", b"%PDF-")):
        assert made.save(tmp_path / f"bars.{form}").read_bytes().startswith(begin)
    with pytest.raises(SpecError, match=r"'bars\.gif': a chart's file ends in \.svg, \.png"):
        made.save(tmp_path / "bars.gif")
    with pytest.raises(StoreError, match="there is no folder"):
        made.save(tmp_path / "none" / "bars.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(StoreError, match="is no ordinary file"):
        made.save(tmp_path / "folder.svg")


def test_without_the_extra_saving_says_which(results: ResultSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(MissingExtraError, match=r"pytest-alienbio\[charts\]"):
        results.plot.bars().save(tmp_path / "bars.svg")
    assert not list(tmp_path.iterdir())
