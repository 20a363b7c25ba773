"""Scatters."""

from __future__ import annotations

import numpy as np

from pytest_alienbio.charts import SCORE, Dot, Metric, scatter

from .parts import data, holds, layers, parts

TOKENS = Metric("tokens", "")


def test_a_point_a_cell_by_colour_and_shape_of_its_agent() -> None:
    made = holds(scatter([Dot(10.0, 0.5, "a", "x d1 s0"), Dot(20.0, 0.7, "b"), Dot(None, 0.1, "a")], TOKENS, SCORE))
    assert [(row["x"], row["y"], row["agent"]) for row in data(made)] == [(10.0, 0.5, "a"), (20.0, 0.7, "b")]
    assert layers(made)[0]["encoding"]["shape"]["field"] == layers(made)[0]["encoding"]["color"]["field"] == "agent"
    assert made.rows[0] == ("x d1 s0", "a", "10", "0.50")
    assert made.notes == ("1 of 3 cells lacks one of the two numbers.",)


def test_more_agents_than_colours_have_none() -> None:
    made = holds(scatter([Dot(at, 0.5, f"a{at}") for at in range(30)], TOKENS, SCORE))
    assert "color" not in layers(made)[0]["encoding"]
    assert "each point says whose it is" in made.notes[-1]


def test_a_hundred_thousand_cells_are_a_density_that_counts_each_once() -> None:
    rng = np.random.default_rng(3)
    dots = [Dot(x, y, "a") for x, y in zip(rng.lognormal(5, 3, 100_000).tolist(), rng.random(100_000).tolist(), strict=True)]
    made = holds(scatter(dots, TOKENS, SCORE))
    assert sum(int(row["text"].replace(",", "")) for row in parts(made, "field")) == 100_000
    assert made.headers[-1] == "cells"
    assert "100,000 cells: drawn is how many lie in each field" in made.notes[-1]


def test_nothing_to_draw_and_equal_values() -> None:
    assert "no cell has both tokens and score" in holds(scatter([Dot(1.0, None, "a")], TOKENS, SCORE)).alt
    holds(scatter([Dot(-5.0, -5.0, "a")] * 2000, Metric("metrics.x"), Metric("metrics.y")))
