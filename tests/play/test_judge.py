"""What a trial returned, and what it is worth."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_alienbio.model import Task
from pytest_alienbio.play.judge import metrics_of, missed
from pytest_alienbio.spec.criteria import parse_criterion

NAN = float("nan")


def test_metrics_stand_under_their_key_or_alone_declared_ones_first() -> None:
    """Whole numbers stay whole; what was not declared is kept, numbers or not."""
    task = Task("t", metrics=("b", "a"))
    expected = {"b": 2.5, "a": 1, "more": 3, "note": "fine"}
    assert metrics_of({"metrics": {"more": 3, "a": 1, "note": "fine", "b": np.float64(2.5)}}, task) == (expected, "")
    found, _ = metrics_of({"note": "fine", "a": 1, "b": 2.5, "more": 3}, task)
    assert list(found) == ["b", "a", "note", "more"]
    assert type(found["a"]) is int


@pytest.mark.parametrize(
    ("value", "error", "what"),
    [
        (None, TypeError, r"the task returned nothing; expected \{'metrics'"),
        ([1], TypeError, "the task returned a list"),
        ({"metrics": 3}, TypeError, "`metrics` of what the task returned is an int; expected a mapping"),
        ({"metrics": [1]}, TypeError, "`metrics` of what the task returned is a list"),
        (object(), TypeError, "the task returned an object"),
        ({"a": NAN}, ValueError, "metric 'a' is nan, not a finite number"),
        ({"a": float("inf")}, ValueError, "metric 'a' is inf"),
        ({"a": "fast"}, TypeError, "metric 'a' is a str, not a number"),
        ({"a": True}, TypeError, "metric 'a' is True, not a number"),
        ({"a": None}, TypeError, "metric 'a' is nothing, not a number"),
        ({"b": 1}, ValueError, "the task did not give the declared metric 'a'; it gave b"),
        ({"aa": 1}, ValueError, "did not give the declared metric 'a'; it gave aa"),
        ({}, ValueError, "it gave none"),
        ({"a": object()}, TypeError, "metric 'a' is an object, which JSON cannot hold"),
        ({3: 1}, TypeError, "a metric's name is an int"),
    ],
)
def test_a_metric_that_is_missing_or_no_number_is_an_error(value: object, error: type[Exception], what: str) -> None:
    """Never NaN, never 0."""
    with pytest.raises(error, match=what):
        metrics_of(value, Task("t", metrics=("a",)))


def test_what_nobody_declared_and_cannot_be_kept_is_left_out_and_told() -> None:
    """A trial whose declared metrics are fine is none that failed; a type that JSON does not know is a mistake all the same."""
    task = Task("t", metrics=("a",))
    assert metrics_of({"a": 1, "rate": NAN, "b": 2}, task) == (
        {"a": 1, "b": 2},
        "left out: metric 'rate' is nan, not a finite number",
    )
    assert metrics_of({"a": 1, "deep": {"x": [-NAN]}, "big": 10**400, "b": 2}, task) == (
        {"a": 1, "b": 2},
        "left out: metric 'deep'['x'][0] is nan, not a finite number (and 1 more)",
    )
    with pytest.raises(TypeError, match="metric 'other' is an object"):
        metrics_of({"a": 1, "other": object()}, task)


def test_criteria_and_score_need_their_metrics_too() -> None:
    for task in (Task("t", criteria=(parse_criterion("a", "< 1"),)), Task("t", score="a")):
        with pytest.raises(ValueError, match="did not give the declared metric 'a'"):
            metrics_of({"b": 1}, task)


def test_every_criterion_that_is_missed_is_told_with_its_number() -> None:
    """Metric, value, condition."""
    task = Task("t", criteria=tuple(parse_criterion(m, c) for m, c in (("a", "< 0.05"), ("b", ">= 1"), ("a", "> 0"))))
    assert missed({"a": 0.07, "b": 0}, task) == ["a is 0.07, expected < 0.05", "b is 0, expected >= 1"]
    assert missed({"a": 0.04, "b": 1}, task) == []
