"""What a path is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.scenarios.expressions import parse
from pytest_alienbio.scenarios.scoring import (
    SCORING_FUNCTIONS,
    SCORING_NAMES,
    Floor,
    FormulaError,
    Rules,
    Target,
    attained,
    grade,
    grade_rows,
    lowest,
    window_mean,
)

UP = Target(0, "up", start=2, weight=1.0, low=2.0, high=6.0)
DOWN = Target(1, "down", start=0, weight=3.0, low=1.0, high=5.0)
PATH = [[4.0, 5.0], [1.0, 4.0], [3.0, 3.0], [8.0, 2.0], [4.0, 1.0]]
RULES = Rules((UP, DOWN), (Floor(0, 0.5),), budget=10.0, formulas={}, order={"a": 0, "b": 1})


def with_formulas(**texts: str) -> Rules:
    """The same rules with own scoring."""
    formulas = {part: parse(text, names=SCORING_NAMES, functions=SCORING_FUNCTIONS) for part, text in texts.items()}
    return Rules(RULES.targets, RULES.floors, RULES.budget, formulas, RULES.order)


@pytest.mark.parametrize(
    ("kind", "y", "expected"),
    [
        ("up", 1.0, 0.0),
        ("up", 4.0, 0.5),
        ("up", 9.0, 1.0),
        ("down", 1.0, 1.0),
        ("down", 5.0, 0.25),
        ("down", 9.0, 0.0),
        ("band", 2.0, 1.0),
        ("band", 6.0, 1.0),
        ("band", 7.0, 0.5),
        ("band", 1.5, 0.75),
        ("band", 20.0, 0.0),
    ],
)
def test_a_goal_is_attained_by_its_kind(kind: str, y: float, expected: float) -> None:
    """Between low 2 and high 6."""
    assert attained(kind, 2.0, 6.0, y) == pytest.approx(expected)


def test_the_parts_follow_their_formulas() -> None:
    """Goal by weight and window, safety by the worst moment, efficiency by what is left."""
    marks = grade(RULES, PATH, 4.0)
    up = (0.25 + 1.0 + 0.5) / 3
    down = (0.0 + 0.25 + 0.5 + 0.75 + 1.0) / 5
    assert marks.goal == pytest.approx((up + 3 * down) / 4)
    assert marks.safety == pytest.approx((1.0 / 4.0) / 0.5)
    assert marks.efficiency == pytest.approx(0.6)
    assert marks.utility == pytest.approx(marks.goal * marks.safety * 0.96)


def test_the_window_and_the_minimum_include_both_ends() -> None:
    """Steps start..T; the minimum looks at step 0 too."""
    assert window_mean(PATH, 0, 2) == 5.0
    assert lowest(PATH, 0) == 1.0


@pytest.mark.parametrize(
    ("floor", "soft", "expected"),
    [(0.25, 0.0, 1.0), (0.5, 0.0, 0.5), (0.5, 0.5, 0.0), (0.5, 0.4, 0.05 / 0.3), (0.7, 0.5, 0.0), (0.2, 0.9, 1.0)],
)
def test_a_soft_floor_is_met_in_full_or_loses_faster(floor: float, soft: float, expected: float) -> None:
    """Safety runs from soft * floor to floor; the worst moment here is a quarter of the start."""
    rules = replace(RULES, floors=(Floor(0, floor, soft),))
    assert grade(rules, PATH, 4.0).safety == pytest.approx(expected)


@given(
    st.lists(st.lists(st.floats(0, 50), min_size=10, max_size=10), min_size=1, max_size=4),
    st.lists(st.floats(0, 10), min_size=4, max_size=4),
)
def test_a_batch_is_graded_to_the_bits_of_single_paths(values: list[list[float]], spent: list[float]) -> None:
    """Whatever the batch's width; marks are within 0..1."""
    paths = [np.array(value).reshape(5, 2) + np.array([0.1, 0.1]) for value in values]
    batch = grade_rows(RULES, np.stack(paths, axis=2), np.array(spent[: len(paths)]))
    for i, path in enumerate(paths):
        single = grade(RULES, path.tolist(), spent[i])
        assert [getattr(batch, part)[i] for part in ("goal", "safety", "efficiency", "utility")] == [
            single.goal,
            single.safety,
            single.efficiency,
            single.utility,
        ]
        assert 0.0 <= single.utility <= 1.0


FUNCTIONS = [
    ("final('a')", 4.0),
    ("mean('a', start=0.5)", 5.0),
    ("mean('b')", 3.0),
    ("low('a') / initial('a')", 0.25),
    ("inside('a', 3, 5)", 0.6),
    ("reach('a')", (0.25 + 1.0 + 0.5) / 3),
    ("ramp(cost, 0, 8)", 0.5),
    ("least(3, 2, budget)", 2.0),
    ("clip(final('a'), 0, 3)", 3.0),
    ("clip(7) * steps", 4.0),
]


@pytest.mark.parametrize(("text", "expected"), FUNCTIONS)
def test_what_a_formula_may_call(text: str, expected: float) -> None:
    """Each scoring function on the same path."""
    assert grade(with_formulas(goal=text), PATH, 4.0).goal == pytest.approx(expected)


def test_formulas_build_on_one_another() -> None:
    """Parts a file leaves out are the standard ones; utility follows from the new ones."""
    marks = grade(with_formulas(goal="0.5", efficiency="goal"), PATH, 4.0)
    assert marks.safety == grade(RULES, PATH, 4.0).safety
    assert marks.efficiency == 0.5
    assert marks.utility == pytest.approx(0.5 * marks.safety * 0.95)
    assert grade(with_formulas(goal="0.5", utility="goal * 2"), PATH, 4.0).utility == 1.0


def test_formulas_that_compare_work_on_a_batch() -> None:
    """An `if` takes single numbers; a batch goes through one by one."""
    rules = with_formulas(goal="1 if final('a') > 3 else 0")
    paths = np.stack([np.array(PATH), np.array(PATH) / 2], axis=2)
    assert grade_rows(rules, paths, np.zeros(2)).goal.tolist() == [1.0, 0.0]


def test_a_formula_that_gives_no_number_raises() -> None:
    """It never becomes a score."""
    with pytest.raises(FormulaError, match=r"scoring\.goal: `\[1, 2\]`: gave \[1, 2\], not a number"):
        grade(with_formulas(goal="[1, 2]"), PATH, 0.0)
