"""Heat maps."""

from __future__ import annotations

from typing import Any

from pytest_alienbio.charts import Measured, Metric, heatmap
from pytest_alienbio.model import Estimate

from .parts import LONG, data, estimate, holds, layers, measured, parts


def colour(chart: Any) -> dict[str, Any]:
    """Its colour channel."""
    return next(layer["encoding"]["color"] for layer in chart.spec["layer"] if "color" in layer["encoding"])


def test_a_cell_of_the_grid_is_a_row_of_the_numbers() -> None:
    made = holds(heatmap(measured(["a", "b"], ["x", "y"])))
    assert made.headers == ("scenario", "agent", "score", "95%", "n", "missing")
    assert made.rows[0] == ("x", "a", "0.50", "[0.40, 0.60]", "20", "-")
    assert [(row["scenario"], row["agent"], row["value"]) for row in data(made)][:2] == [("x", "a", 0.5), ("x", "b", 0.501)]
    assert made.alt == "Heat map of score: 2 scenarios by 2 agents, from 0.50 to 0.50."


def test_what_is_missing_is_an_empty_frame_and_never_a_zero() -> None:
    """A cell that broke, and one that nobody played; each says why."""
    found = [*measured(["a", "b"], ["x"]), Measured("a", estimate(None, timed_out=3), "y")]
    made = holds(heatmap(found))
    assert [(row["agent"], row["missing"]) for row in parts(made, "missing")] == [("a", "3 timed_out"), ("b", "not played")]
    assert all("value" not in row for row in parts(made, "missing"))
    assert made.rows[2][2:] == ("-", "-", "20", "3 timed_out")
    assert "2 of 4 cells have no number" in made.notes[-1]


def test_all_missing_and_nothing_at_all() -> None:
    made = holds(heatmap([Measured("a", estimate(None), "x")]))
    assert len(parts(made, "missing")) == 1
    assert "none of them with a number" in made.alt
    assert "no cell was played" in holds(heatmap([])).alt


def test_scores_span_the_whole_scale_and_other_numbers_their_own() -> None:
    """0.50 is the middle of a scale, not the top of what was seen; around zero the two directions have their own colours."""
    assert colour(heatmap(measured(["a"], ["x", "y"])))["scale"] == {"domain": [0.0, 1.0], "range": "ramp"}
    wild = [Measured("a", estimate(value), str(value)) for value in (-300.0, 900.0)]
    assert colour(holds(heatmap(wild, Metric("metrics.profit"))))["scale"] == {"domain": [-900.0, 900.0], "range": "diverging"}
    one = holds(heatmap([Measured("a", estimate(7.0, None), "x")], Metric("metrics.loss", "lower")))
    assert colour(one)["scale"]["domain"] == [7.0, 8.0]
    assert one.title == "loss (lower is better) by scenario and agent"


def test_thirty_agents_with_long_names_on_sixty_scenarios() -> None:
    """Each has its own short label; numbers give way to colour; the whole names are in the tooltip."""
    agents = [LONG.format(at) for at in range(30)]
    made = holds(heatmap(measured(agents, [f"family/{LONG.format(at)}" for at in range(60)], 0.0)))
    assert len(data(made)) == 1800
    assert len({row["agent"] for row in data(made)}) == 30
    assert max(len(row["agent"]) for row in data(made)) <= 16
    names: Any = made.spec["transform"]
    assert names[0]["from"]["data"]["values"][0]["who"] == agents[0]
    assert not any(layer["mark"]["type"] == "text" for layer in layers(made))


def test_more_than_fits_leaves_out_the_scenarios_that_tell_least() -> None:
    """And says so; the numbers of all of them stay in the table."""
    flat = measured(["a", "b"], [f"flat{at}" for at in range(150)])
    telling = [Measured(agent, Estimate(value), "telling") for agent, value in (("a", 0.0), ("b", 1.0))]
    made = holds(heatmap([*flat, *telling]))
    assert "telling" in {row["scenario"] for row in data(made)}
    assert made.notes[0] == "100 of 151 scenarios are drawn: those on which these agents differ most."
    assert len(made.rows) == 302


def test_the_last_of_turned_names_ends_inside_the_picture() -> None:
    """It reaches beyond its column, which no layout takes into account."""
    spec: Any = holds(heatmap(measured([LONG.format(at) for at in range(4)], ["x"]))).spec
    assert spec["padding"]["right"] > 50
    assert "padding" not in heatmap(measured(["a", "b"], ["x"])).spec
