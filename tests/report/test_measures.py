"""Metrics of variations side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pytest_alienbio.model import Failure, Finding, Leaf, Measure, Outcome, Standing, Summary
from pytest_alienbio.model.figures import measure
from pytest_alienbio.report import Document, render
from pytest_alienbio.report.brief import brief
from pytest_alienbio.report.build import build
from pytest_alienbio.report.measures import metrics
from pytest_alienbio.results.failures import grouped

from .parts import leaf, standing

FAST = replace(
    leaf("Fast", "work", 0, None, None, 0.9, 1),
    n=0,
    unscored=10,
    pass_rate=0.9,
    measures={"ms": Measure(10, 12345.6, 830.2), "error_rate": Measure(10, 0.0213, 0.004)},
)
SLOW = replace(FAST, agent="Slow", measures={"ms": Measure(1, 60000.0, None)}, unscored=1, errors=0, pass_rate=1.0)
NOBODY: tuple[Standing, ...] = (
    standing(None, "Fast", mean=None, interval=None, n=0),
    standing(None, "Slow", mean=None, interval=None, n=0),
)

PAGE = """\
EXP-001
12 cells: 11 completed, 1 timed_out

trials: n that ended well; passed, with its 95% Wilson interval
scenario  variation   n  passed        95%  errors
work      Fast       10     90%  [0, 100]       1
          Slow        1    100%  [0, 100]       0

metrics: mean ± std of n trials
metric      variation   n         value
ms          Fast       10  12,346 ± 830.2
            Slow        1  60,000
error_rate  Fast       10  0.0213 ± 0.004

failures: 1 trial short of the criteria
  work[Fast-s3]: not passed: error_rate is 0.07, expected < 0.05
    pytest again"""


def metric_rows(leaves: Sequence[Leaf], width: int) -> list[str]:
    """The lines of the table."""
    section = metrics(leaves, "results.json")
    assert section
    return render(Document("", (section,)), width).splitlines()[1:]


def document() -> Document:
    """A page about two variations."""
    return build(
        title="EXP-001",
        summary=Summary((FAST, SLOW), NOBODY, {"completed": 11, "timed_out": 1}),
        failures=grouped(
            [Failure("work[Fast-s3]", Outcome.COMPLETED, None, None, "error_rate is 0.07, expected < 0.05", "pytest again")]
        ),
    )


def test_a_page_about_trials_ranks_nobody_and_shows_what_was_measured() -> None:
    """No score, no mean, no leaderboard: pass rates and each metric's mean with its n."""
    lines = render(document(), 100).splitlines()
    assert [" ".join(line.split()) for line in lines] == [" ".join(line.split()) for line in PAGE.splitlines()]


def test_where_every_trial_failed_there_is_no_score_and_nobody_to_rank_either() -> None:
    broke = replace(FAST, unscored=0, pass_rate=None, errors=10, measures={}, is_task=True)
    page = build(title="b", summary=Summary((broke,), NOBODY[:1], {"environment_error": 10}))
    text = render(page, 100)
    assert "trials: n that ended well" in text
    assert "score" not in text
    assert "leaderboard" not in text
    assert brief(page, "failed").splitlines()[2].split() == ["work", "Fast", "-", "0", "10"]


def test_where_some_are_scored_there_is_a_leaderboard_as_always() -> None:
    scored = replace(leaf("greedy", "m/x"), measures={})
    page = build(title="b", summary=Summary((FAST, scored), (standing(1, "greedy"),), {"completed": 20}))
    text = render(page, 100)
    assert "leaderboard" in text
    assert "scores: mean" in text
    assert "metrics: mean" in text


@pytest.mark.parametrize("width", [40, 60, 200])
def test_no_line_is_too_long(width: int) -> None:
    wide = replace(FAST, agent="A very long name of a variation that nobody can read", scenario="a_task_" * 8)
    for line in metric_rows([wide, SLOW], width):
        assert len(line) <= width


def test_several_tasks_are_told_apart() -> None:
    header, *rows = metric_rows([FAST, replace(FAST, scenario="other")], 100)
    assert header.split() == ["task", "metric", "variation", "n", "value"]
    assert [row.split()[0] for row in rows] == ["work", "error_rate", "other", "error_rate"]


def test_cells_without_metrics_have_no_table() -> None:
    assert metrics([leaf("a", "s")], "results.json") is None


def test_a_notebook_is_told_the_pass_rates() -> None:
    text = brief(document(), "failed")
    assert [line.split() for line in text.splitlines()[1:4]] == [
        ["task", "variation", "passed", "n", "errors"],
        ["work", "Fast", "90%", "10", "1"],
        ["work", "Slow", "100%", "1", "0"],
    ]


def test_names_of_metrics_are_inert() -> None:
    loud = replace(FAST, measures={"\x1b[31mred\nline": Measure(2, 1.0, 0.5)})
    text = render(build(title="b", summary=Summary((loud,), (), {"completed": 2})), 100)
    assert "\x1b" not in text
    assert "red" in text


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [
        (12345.678, 830.4, "12,346 ± 830.4"),
        (47.0, 0.0, "47 ± 0"),
        (47.25, 2.5, "47.25 ± 2.50"),
        (0.02134, None, "0.0213"),
        (-0.0, None, "0"),
        (123.456, None, "123.5"),
        (1.5e13, None, "1.50e+13"),
        (0.00001234, None, "1.23e-05"),
    ],
)
def test_a_metric_is_spelled_in_three_digits_or_whole(mean: float, std: float | None, text: str) -> None:
    assert measure(mean, std) == text


def test_findings_still_show() -> None:
    page = build(title="b", summary=Summary((FAST,), (), {}), findings=[Finding("work", "error", "work is broken")])
    assert "work is broken" in render(page, 100)


def test_of_many_metrics_each_variation_shows_the_same_first_ones_and_the_rest_is_counted() -> None:
    """Twenty a task, not a variation: variations that name their metrics by themselves make no page of thousands of rows."""
    trial = Measure(1, 2.0, None)
    crowd = [
        replace(FAST, agent=f"v{at}", measures={"ms": trial, **{f"own{at}.{number}": trial for number in range(2_000)}})
        for at in range(10)
    ]
    text = render(build(title="b", summary=Summary(tuple(crowd), (), {"completed": 10})), 100)
    assert "… and 19,981 more metrics: results.json" in text
    of_metrics = text.partition("metrics: mean")[2].splitlines()
    assert [line.split()[0] for line in of_metrics[2:13]] == ["ms", *(f"v{at}" for at in range(1, 10)), "own0.0"]
    assert len(of_metrics) < 40
