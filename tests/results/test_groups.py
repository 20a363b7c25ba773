"""Groups of records with their figures, and the table they make."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Estimate, Usage
from pytest_alienbio.results.result_set import ResultSet

from .parts import cell, of, played


@pytest.fixture
def found() -> ResultSet:
    """Two agents on two scenarios."""
    usage = {"params": {"t": 0.5}, "properties": {"size": 3}}
    return of(
        *played({("m/x", "a"): [0.1, 0.9, None], ("m/y", "a"): [0.5, 0.6], ("m/x", "b"): [0.3, 0.2]}, difficulty=2, **usage),
        *played({("m/y", "b"): [0.7]}, difficulty=10, **usage),
    )


def test_a_row_a_group_with_all_it_stands_on(found: ResultSet) -> None:
    table = found.stats(by="agent")
    assert (table.by, [row["agent"] for row in table]) == (("agent",), ["a", "b"])
    first = table[0]
    alone = found.filter(agent="a")
    assert first.records == 5
    assert first["mean"] == alone.mean()
    assert first["sd"] == alone.std()
    assert first["p50"] == alone.percentiles()["p50"]
    assert first["pass_rate"] == alone.pass_rate()
    for name, value in (("min", 0.1), ("max", 0.9)):
        figure = first[name]
        assert isinstance(figure, Estimate)
        assert (figure.value, figure.n) == (value, 4)


def test_groups_by_several_fields_stand_in_their_order(found: ResultSet) -> None:
    """Numbers by size, texts by name."""
    assert [tuple(row.by.values()) for row in found.stats(by=["difficulty", "agent"])] == [(2, "a"), (2, "b"), (10, "b")]
    assert [row.by for row in found.stats(by=["params.t", "size"])] == [{"params.t": 0.5, "size": 3}]


def test_without_a_field_all_is_one_group(found: ResultSet) -> None:
    table = found.stats()
    assert [(row.by, row.records) for row in table] == [({}, 8)]
    assert table[0]["mean"] == found.mean()
    assert table.notes == ('2 agents pooled; by="agent" tells them apart',)


def test_of_no_records_there_is_no_group_by_agent() -> None:
    assert len(of().stats(by="agent")) == 0
    assert of().stats()[0]["mean"].value is None  # type: ignore[union-attr]


def test_aggregates_are_what_was_asked_for(found: ResultSet) -> None:
    table = found.aggregate(["agent"], score=["mean", "p90"], duration_s="sum", **{"properties.size": "max"})
    assert table.figures == ("score.mean", "score.p90", "duration_s.sum", "properties.size.max")
    assert [row["duration_s.sum"].value for row in table] == [7.5, 4.5]  # type: ignore[union-attr]
    assert [row["score.p90"].method for row in table] == ["max", "max"]  # type: ignore[union-attr]


def test_aggregates_as_they_come(found: ResultSet) -> None:
    """What was not counted is missing, and no 0."""
    table = found.aggregate("agent")
    assert table.figures == ("score.mean", "pass_rate", "tokens.sum", "usd.sum", "duration_s.sum")
    assert table[0]["tokens.sum"].value is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"score": "meen"}, "'meen' is no figure; did you mean 'mean'?"),
        ({"score": "p100"}, "is no figure"),
        ({"scor": "mean"}, "score"),
    ],
)
def test_an_unknown_figure_is_refused(found: ResultSet, figures: dict[str, str], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        found.aggregate("agent", **figures)
    assert said in str(caught.value)


def test_a_row_tells_what_it_has() -> None:
    row = of(cell(score=0.5)).stats(by="agent")[0]
    with pytest.raises(KeyError, match="did you mean 'mean'"):
        row["meen"]


def test_as_text_it_is_a_table_that_can_do_nothing(found: ResultSet) -> None:
    lines = repr(found.stats(by=["agent", "scenario"])).splitlines()
    assert lines[0].split() == ["agent", "scenario", "cells", "mean", "sd", "min", "p50", "max", "pass_rate", "missing"]
    assert lines[1].endswith("1 timed_out")
    assert len(lines) == 5
    hostile = of(cell("<i>\x1b[2J", score=0.5)).stats(by="scenario")
    assert "\x1b" not in repr(hostile)
    assert "<i>" not in hostile._repr_html_()


def test_a_table_is_a_typed_frame(found: ResultSet) -> None:
    """With the ends of intervals, n, and what is missing; <NA> where it cannot be told; the same types when empty."""
    frame = found.stats(by=["agent", "scenario"]).to_dataframe()
    assert list(frame["mean.n"]) == [2, 2, 2, 1]
    assert frame["mean.low"].isna().tolist() == [False, False, False, True]
    assert list(frame["mean.missing"]) == [1, 0, 0, 0]
    assert frame["mean.why"].isna().tolist() == [True, True, True, False]
    assert "sd.low" not in frame
    types = frame.dtypes.astype(str)
    assert (types["agent"], types["records"], types["mean"], types["sd.n"], types["mean.why"]) == (
        "category",
        "Int64",
        "Float64",
        "Int64",
        "string",
    )
    empty = found.filter(agent="z").stats(by=["agent", "scenario"]).to_dataframe()
    assert len(empty) == 0
    assert list(empty) == list(frame)


def test_a_table_is_json(found: ResultSet) -> None:
    """What is not told is left out; a missing value is null."""
    rows: list[Any] = json.loads(json.dumps(list(found.stats(by="agent").plain())))
    assert rows[0]["by"] == {"agent": "a"}
    assert rows[0]["mean"]["missing"] == {"timed_out": 1}
    assert set(rows[0]["mean"]["interval"]) == {"low", "high", "level"}
    assert next(of(cell()).stats().plain())["mean"]["value"] is None  # type: ignore[call-overload, index]


def test_figures_of_a_column_have_as_many_digits_as_the_surest_warrants() -> None:
    """A mean without spread says so: `0.000` alone would look like certainty."""
    sure = {("m/x", "sure"): [0.5, 0.51, 0.5, 0.51, 0.5, 0.51], ("m/x", "flat"): [0.5, 0.5], ("m/x", "one"): [0.25]}
    lines = repr(of(*played({**sure, ("m/x", "wide"): [0.1, 0.9]})).stats(by="agent")).splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["flat", "one", "sure", "wide"]
    for words in ("0.5000 (no spread)", "0.2500 (one world)", "0.5050 [0.4993, 0.5107]", "0.5000 [0.0000, 1.0000]"):
        assert sum(words in line for line in lines) == 1
    assert lines[1].split()[1] == "2"
    results = [cell(seed=seed, score=0.5, usage=Usage(1000, 0.0123)) for seed in range(3)]
    sums = of(*results).aggregate("agent", tokens="sum", usd="max")
    assert repr(sums).splitlines()[1].split() == ["greedy", "3", "3000", "0.0123"]
