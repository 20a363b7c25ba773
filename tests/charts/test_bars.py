"""Bars."""

from __future__ import annotations

from pytest_alienbio.charts import Measured, Metric, bars
from pytest_alienbio.model import Estimate

from .parts import LONG, data, estimate, holds, layers, measured, panels, parts

ROLES = {"noop": "floor", "oracle": "reference"}


def test_bars_with_intervals_and_lines_for_floor_and_ceiling() -> None:
    made = holds(bars(measured(["greedy", "prober", "noop", "oracle"], roles=ROLES)))
    assert [(row["agent"], row["low"], row["high"]) for row in parts(made, "bar")] == [
        ("greedy", 0.4, 0.6),
        ("prober", 0.401, 0.601),
    ]
    assert [row["line"] for row in (*parts(made, "floor"), *parts(made, "reference"))] == ["noop", "oracle"]
    assert made.notes[0] == "Mean with its 95% interval; dotted the floor: noop; dashed the reference: oracle."
    assert "greedy 0.50 [0.40, 0.60]" in made.alt
    assert [row[1] for row in made.rows] == ["greedy", "prober", "noop", "oracle"]


def test_without_a_candidate_references_are_bars_themselves() -> None:
    assert [row["agent"] for row in parts(bars(measured(["noop", "oracle"], roles=ROLES)), "bar")] == ["noop", "oracle"]


def test_who_has_no_number_keeps_its_place_and_says_why() -> None:
    made = holds(bars([Measured("a", estimate(None, agent_error=2)), Measured("b", Estimate(0.5, n=1, why="one world"))]))
    assert parts(made, "missing")[0]["why"] == "no number: 2 agent_error"
    assert parts(made, "bar")[0]["sure"] is False
    assert not any(layer["mark"]["style"] == "interval" for layer in layers(made))
    assert holds(bars([Measured("a", estimate(None))])).alt == "Bars of score: 1 agent, none of them with a number."


def test_a_panel_a_scenario() -> None:
    made = holds(bars(measured(["a", "b"], ["x", "y", "z"])))
    assert panels(made) == ["x", "y", "z"]
    many = holds(bars(measured([f"a{at}" for at in range(30)], [f"s{at}" for at in range(60)], 0.0)))
    assert many.notes[-1] == "20 of 60 scenarios are drawn: the first ones."


def test_negative_and_unbounded_numbers_grow_from_zero() -> None:
    made = holds(bars([Measured("a", estimate(-3e7, 1e6)), Measured("b", estimate(9e9, 1e6))], Metric("metrics.profit")))
    x = layers(made)[0]["encoding"]["x"]
    assert x["scale"] == {"zero": True}
    assert x["axis"]["labelExpr"] == "datum.value ? format(datum.value, '~s') : '0'"


def test_an_interval_can_be_seen_on_its_bar() -> None:
    """Half of it lies there, and neither ink nor background alone stands out from both: it is ink with a rim."""
    styles = [layer["mark"]["style"] for layer in layers(bars(measured(["a"])))]
    assert styles == ["value", "interval-rim", "interval"]


def test_names_of_lines_never_lie_on_one_another() -> None:
    """Two floors that are alike have their names one above the other, and each name stands inside the picture."""
    roles = {"noop": "floor", "random": "floor", "oracle": "reference"}
    numbers = {"greedy": 0.5, "noop": 0.01, "random": 0.02, "oracle": 0.99}
    made = holds(bars([Measured(name, estimate(value), "", roles.get(name, "candidate")) for name, value in numbers.items()]))
    placed = {
        name: (layer["mark"]["dy"], layer["mark"]["align"])
        for layer in layers(made)
        if layer["mark"]["style"] == "line-name"
        for name in layer["transform"][1]["filter"]["oneOf"]
    }
    assert placed == {"noop": (-6, "left"), "random": (-18, "left"), "oracle": (-6, "right")}


def test_an_interval_beyond_0_and_1_leaves_scores_their_whole_range() -> None:
    """And numbers that are far smaller than 1 keep a scale on which they can be seen."""
    x = layers(bars(measured(["a"], value=0.95)))[0]["encoding"]["x"]
    assert x["scale"] == {"domain": [0.0, 1.05]}
    tiny = layers(bars([Measured("a", estimate(3e-5, 1e-5))], Metric("metrics.loss", "lower")))[0]["encoding"]["x"]
    assert tiny["scale"] == {"zero": True}


def test_two_hundred_agents_are_cut_and_counted() -> None:
    made = holds(bars(measured([LONG.format(at) for at in range(200)], value=0.0)))
    assert len(parts(made, "bar")) == 100
    assert len(made.rows) == 200
    assert made.notes[-1] == "100 of 200 agents are drawn: the first ones."
    assert len({row["agent"] for row in data(made)}) == 100
