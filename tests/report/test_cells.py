"""Rows of many cells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import CellError, Outcome, Result, TaskRecord
from pytest_alienbio.report import table
from pytest_alienbio.report.columns import width_of


def cell(**fields: Any) -> Result:
    """A result that passed."""
    base: dict[str, Any] = {"battery": "b", "key": "k", "id": "m/x[d2-greedy-s3]", "scenario": "m/x", "scenario_hash": ""}
    base |= {"difficulty": 2, "agent": "greedy", "agent_hash": "", "role": "candidate", "seed": 3, "outcome": Outcome.COMPLETED}
    base |= {"score": 0.75, "passed": True}
    return Result(**{**base, **fields})


def words(lines: list[str]) -> list[list[str]]:
    """Every line's words."""
    return [line.split() for line in lines]


def test_one_line_a_cell_under_a_header() -> None:
    broke = cell(outcome=Outcome.AGENT_ERROR, score=None, passed=None, difficulty=None, error=CellError("ValueError", "no"))
    assert words(table([cell(), broke], 100)) == [
        ["scenario", "d", "agent", "seed", "outcome", "score", "passed", "reason"],
        ["m/x", "2", "greedy", "3", "completed", "0.750", "yes"],
        ["m/x", "-", "greedy", "3", "agent_error", "-", "-", "ValueError:", "no"],
    ]
    assert table([], 100) == []


def test_params_variants_and_batteries_stand_there_only_where_they_differ() -> None:
    """A param one cell has and another has not differs too."""
    first, second = cell(params={"dose": 0.1, "same": [1]}), cell(params={"same": [1], "mode": "x"}, variant=2, battery="c")
    header, one, two = words(table([first, second], 120))
    assert header == ["battery", "scenario", "d", "v", "dose", "mode", "agent", "seed", "outcome", "score", "passed"]
    assert one[:6] == ["b", "m/x", "2", "1", "0.1", "-"]
    assert two[:6] == ["c", "m/x", "2", "2", "-", "x"]
    assert words(table([first, first], 120))[0] == words(table([cell()], 120))[0]


def test_where_there_is_too_little_room_a_cell_takes_two_lines() -> None:
    """Its id first, with params and variant in it; then how it ended, what matters most first."""
    broke = cell(outcome=Outcome.TIMED_OUT, score=None, passed=None, reason="took 5 s")
    assert table([cell(), cell(passed=False), broke], 20) == [
        "m/x[d2-greedy-s3]",
        "  0.750 passed comp…",
        "m/x[d2-greedy-s3]",
        "  0.750 not passed…",
        "m/x[d2-greedy-s3]",
        "  timed_out took 5 s",
    ]


@pytest.mark.parametrize("width", [64, 80, 200])
def test_names_are_shortened_before_columns_are_lost(width: int) -> None:
    lines = table([cell(scenario="family/" + "long" * 20, agent="agent" * 10)], width)
    assert len(lines) == 2
    assert all(len(line) <= width for line in lines)
    assert lines[0].split()[-2:] == ["score", "passed"]


def test_a_reason_gives_way_before_a_name_is_shortened() -> None:
    """The name is what people copy."""
    row = cell(scenario="family/quite_a_long_name_of_it", reason="because it was so, and nobody could do a thing")
    assert table([row], 80)[1].split()[0] == row.scenario
    assert "reason" in table([row], 90)[0]
    assert len(table([row], 90)[1]) <= 90


TEXTS = st.text(max_size=30) | st.just("\x1b[2J\u202e" + "x" * 300)


CELLS = st.builds(
    lambda name, params, reason: cell(scenario=name, id=name, params=params, reason=reason),
    TEXTS,
    st.dictionaries(TEXTS, TEXTS, max_size=3),
    TEXTS,
)


@given(st.lists(CELLS, max_size=4))
def test_foreign_text_is_harmless_and_fits(cells: list[Result]) -> None:
    """Names and values come from files: in no terminal of 60 columns and more does a row break or steer it."""
    for width in (20, 60, 100):
        for line in table(cells, width):
            assert "\x1b" not in line
            assert width_of(line) <= width


def test_ascii() -> None:
    assert all(
        line.isascii() for width in (20, 50) for line in table([cell(scenario="ü" * 40, id="ü" * 40)], width, ascii=True)
    )


def test_metrics_of_tasks_have_columns_while_there_is_room() -> None:
    """Numbers only, the first ones longest; figures about playing other cells are no metrics."""
    first = cell(task=TaskRecord(1), metrics={"ms": 12.5, "note": "x", "ok": True, "count": 3}, score=None)
    second = cell(task=TaskRecord(1), metrics={"ms": 1500}, score=None)
    header, one, two = words(table([first, second, cell(metrics={"generation_s": 1.0})], 120)[:3])
    assert header[-3:] == ["passed", "ms", "count"]
    assert (one[-2:], two[-2:]) == (["12.50", "3"], ["1,500", "-"])
    widths = [table([first, second], width)[0].split()[-1] for width in (54, 62, 70)]
    assert widths == ["passed", "ms", "count"]


def test_of_twenty_thousand_metrics_the_first_have_columns_and_the_rest_a_line() -> None:
    """However wide the terminal; declared ones, which a trial's metrics begin with, come first also in a later trial."""
    crowd = cell(task=TaskRecord(1), score=None, metrics={"ms": 1, **{f"extra{number}": number for number in range(20_000)}})
    other = cell(task=TaskRecord(1), score=None, metrics={"cost": 2, "ms": 3})
    header, *_, last = table([crowd, other], 10_000)
    assert header.split()[-21:] == ["passed", "ms", "cost", *(f"extra{number}" for number in range(18))]
    assert last == "... and 19,982 more metrics: results.json"


@pytest.mark.parametrize("score", [1e308, -1e300])
def test_a_score_beyond_all_measure_is_short(score: float) -> None:
    """Not 309 digits, which would leave no room for the rest."""
    (_, line) = table([cell(score=score)], 100)
    assert f"{score:.3e}" in line
