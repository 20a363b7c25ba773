"""Difficulty and performance profiles: what the statistics say, drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_alienbio.charts import AtLevel, difficulty, profile
from pytest_alienbio.model import Curve, Estimate, Interval, Logistic, Point, Profile, Slope, Slopes

from .parts import LONG, estimate, holds, layers, parts

NONE = Estimate(None)


def slope(agent: str, levels: int = 5, half: float | None = 2.5, *, band: bool = True) -> Slope:
    """One that falls by 0.1 a level."""
    points = tuple(
        Point(float(x), 8, 0.9 - 0.1 * x, 0.9 - 0.1 * x, Interval(0.8 - 0.1 * x, 1 - 0.1 * x) if band else None)
        for x in range(1, levels + 1)
    )
    return Slope(agent, Curve("difficulty", True, points), Logistic("difficulty", NONE, NONE, Estimate(half)))


def slopes(*made: Slope) -> Slopes:
    return Slopes("score", "higher", made, (1.0, 2.0, 3.0, 4.0, 5.0))


def test_points_curve_band_intervals_and_where_half_pass() -> None:
    made = holds(difficulty(slopes(slope("a")), [AtLevel("a", 1.0, estimate(0.8))]))
    first = parts(made, "point")[0]
    assert (first["value"], first["fitted"], first["band_low"], first["low"]) == pytest.approx((0.8, 0.8, 0.7, 0.7))
    assert [row["level"] for row in parts(made, "half")] == [2.5]
    assert made.rows[0] == ("a", "1", "8", "0.80", "[0.70, 0.90]", "0.80", "[0.70, 0.90]", "2.5", "-")
    assert made.alt == "score over 5 levels of difficulty: 1 agent; level at which half pass: a 2.50."


def test_what_cannot_be_told_is_not_drawn() -> None:
    """No band without enough scenarios, no line where half pass beyond the levels that were played."""
    made = holds(difficulty(slopes(slope("a", half=40.0, band=False))))
    styles = {layer["mark"]["style"] for layer in layers(made)}
    assert not styles & {"band", "interval", "reference"}
    empty = Slope("b", Curve("difficulty", True, ()), Logistic("difficulty", NONE, NONE, NONE))
    assert "no cell tells its level" in holds(difficulty(slopes(empty))).alt
    assert holds(difficulty(slopes(slope("a"), empty))).notes[-1] == "Without a level or a number: b."


def test_where_half_pass_is_drawn_within_the_levels_and_told_beyond_them() -> None:
    """An interval of -40 to 60 would leave five levels no room: it ends with arrows, and the table has it whole."""
    wide = replace(slope("a"), passes=Logistic("difficulty", NONE, NONE, Estimate(2.5, Interval(-40.0, 60.0))))
    made = holds(difficulty(slopes(wide, slope("b", half=40.0), slope("c", half=-7.0))))
    assert [(row["level"], row["to"]) for row in parts(made, "sure")] == [(0.7, 5.3)]
    assert [(row["agent"], row["said"], row["level"]) for row in parts(made, "beyond")] == [
        ("a", "←", 0.7),
        ("a", "→", 5.3),
        ("b", "half pass above 5 →", 5.3),
        ("c", "← half pass below 1", 0.7),
    ]
    assert [row[-2:] for row in made.rows if row[1] == "1"] == [("2.5", "[-40, 60]"), ("40", "-"), ("-7", "-")]
    assert made.alt.endswith("level at which half pass: a 2.50, b above 5, c below 1.")
    assert "arrow: beyond the levels played" in made.notes[0]


def test_thirty_agents_are_thirty_panels() -> None:
    made = holds(difficulty(slopes(*(slope(LONG.format(at)) for at in range(31)))))
    assert made.spec["columns"] == 3
    assert "30 of 31 agents are drawn: the first ones." in made.notes


def a_profile(runs: int = 50, taus: int = 51) -> Profile:
    at = tuple(number / (taus - 1) for number in range(taus))
    shares = tuple(1 - tau for tau in at)
    return Profile(at, shares, tuple(share - 0.1 for share in shares), (None,) * taus, n=runs)


def test_a_line_an_agent_and_panels_for_more_than_colours() -> None:
    few, many = holds(profile({"a": a_profile(), "b": a_profile()})), holds(profile({f"a{at}": a_profile() for at in range(9)}))
    assert layers(few)[0]["encoding"]["color"]["scale"] == {"domain": ["a", "b"]}
    assert "facet" in many.spec
    assert few.rows[10] == ("a", "0.20", "80%", "-", "50")


def test_a_band_needs_both_ends_and_no_score_is_no_line() -> None:
    assert not any("low" in row for row in parts(profile({"a": a_profile()}), "point"))
    none = Profile((0.5,), (None,), (None,), (None,), why="no score")
    assert holds(profile({"a": a_profile(), "b": none})).notes[-1] == "Without a score: b."
    assert "no cell has a score" in holds(profile({"b": none})).alt


def test_many_thresholds_are_thinned() -> None:
    made = holds(profile({f"a{at}": a_profile(taus=501) for at in range(10)}))
    assert 1000 < len(parts(made, "point")) <= 2000
    assert len(made.rows) == 5010
