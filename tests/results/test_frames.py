"""Results as a pandas frame."""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd
import pytest

from pytest_alienbio.errors import MissingExtraError
from pytest_alienbio.model import Outcome, Usage
from pytest_alienbio.results.frames import COLUMNS
from pytest_alienbio.results.result_set import ResultSet

from .parts import cell, of

MORE: dict[str, Any] = {
    "scores": {"safety": 0.25},
    "metrics": {"loss": 1, "ok": True, "name": "x", "curve": [1, 2], "odd": 1},
    "properties": {"size": 3, "noise": 0.5},
    "params": {"t": 0.5},
    "tags": ("wet", "red"),
}


@pytest.fixture
def found() -> ResultSet:
    """A scored cell with all it may have, and one that broke."""
    both = of(
        cell(seed=1, score=0.5, usage=Usage(10, 0.25, 2), started_at=1_760_000_000.123456, ended_at=1_760_000_001.5, **MORE),
        cell(seed=2, difficulty=None, ended_at=0.0, metrics={"odd": "text"}),
    )
    return both.sort("seed")


def test_every_column_has_one_type(found: ResultSet) -> None:
    types = found.to_dataframe().dtypes.astype(str).to_dict()
    for name in ("battery", "scenario", "agent", "role", "outcome", "dat", "commit", "error", "origin"):
        assert types[name] == "category"
    for name in ("difficulty", "seed", "variant", "attempt", "tokens", "requests", "metric.loss", "property.size"):
        assert types[name] == "Int64"
    for name in ("score", "usd", "duration_s", "score.safety", "property.noise", "params.t"):
        assert types[name] == "Float64"
    for name in ("passed", "metric.ok"):
        assert types[name] == "boolean"
    for name in ("id", "key", "reason", "tags", "metric.name", "metric.curve", "metric.odd"):
        assert types[name] == "string"
    for name in ("started_at", "ended_at"):
        assert types[name] == "datetime64[us, UTC]"


def test_values_are_those_of_the_results(found: ResultSet) -> None:
    """To the microsecond; what holds several kinds of values is JSON text."""
    row = found.to_dataframe().iloc[0]
    assert row["started_at"] == pd.Timestamp("2025-10-09T08:53:20.123456Z")
    assert (row["score"], row["passed"], row["tokens"], row["usd"]) == (0.5, False, 10, 0.25)
    assert (row["tags"], row["metric.curve"], row["metric.odd"]) == ("wet,red", "[1,2]", "1")
    assert (row["scenario"], row["outcome"]) == ("m/x", "completed")


def test_what_is_missing_is_na(found: ResultSet) -> None:
    """Neither NaN nor 0, nor the year 1970."""
    row = found.to_dataframe().iloc[1]
    for name in (
        "difficulty",
        "score",
        "passed",
        "tokens",
        "usd",
        "ended_at",
        "score.safety",
        "metric.loss",
        "metric.name",
        "error",
    ):
        assert pd.isna(row[name]), name
    scores = found.to_dataframe()["score"]
    assert (scores.count(), scores.mean()) == (1, 0.5)


def test_outcomes_are_all_categories(found: ResultSet) -> None:
    """So that counts of two frames have the same rows."""
    assert list(found.to_dataframe()["outcome"].cat.categories) == [str(outcome) for outcome in Outcome]


def test_an_empty_frame_has_the_same_columns_and_types() -> None:
    empty, one = of().to_dataframe(), of(cell(score=0.5)).to_dataframe()
    assert len(empty) == 0
    assert list(empty) == list(one) == list(COLUMNS)
    assert empty.dtypes.astype(str).to_dict() == one.dtypes.astype(str).to_dict()


def test_whole_numbers_beyond_64_bits_stay_numbers() -> None:
    frame = of(cell(score=0.5, metrics={"big": 2**70})).to_dataframe()
    assert str(frame["metric.big"].dtype) == "Float64"
    assert frame["metric.big"][0] == float(2**70)


def test_whole_numbers_too_large_for_any_type_stay_exact_as_text() -> None:
    """A seed of 128 bits names a world: rounded it would name another one."""
    large = cell(score=0.5, seed=2**127 + 1, ended_at=1.0, metrics={"huge": 10**400})
    frame = of(large, cell(score=0.5, seed=3)).to_dataframe()
    assert list(frame["seed"]) == ["3", str(2**127 + 1)]
    assert frame["metric.huge"][1] == str(10**400)
    assert frame["metric.huge"].isna().tolist() == [True, False]


def test_times_are_those_of_the_results_to_the_ends_of_the_calendar() -> None:
    """Nanoseconds would end in 2262."""
    times = [253402300799.0, 1_760_000_000.123456, 0.0]
    frame = of(*(cell(score=0.5, seed=seed, ended_at=time) for seed, time in enumerate(times))).to_dataframe()
    assert [str(time) for time in frame["ended_at"]] == ["9999-12-31 23:59:59+00:00", "2025-10-09 08:53:20.123456+00:00", "NaT"]


def test_rows_stand_in_the_order_of_the_set(found: ResultSet) -> None:
    assert list(found.sort("seed", reverse=True).to_dataframe()["seed"]) == [2, 1]
    assert list(found[1:].to_dataframe()["seed"]) == [2]


def test_an_arrow_table_is_the_same(found: ResultSet) -> None:
    table = pytest.importorskip("pyarrow") and found.to_arrow()
    assert table.column("score").to_pylist() == [0.5, None]
    assert str(table.schema.field("ended_at").type) == "timestamp[us, tz=UTC]"
    assert found.stats(by="agent").to_arrow().column("agent").to_pylist() == ["greedy"]


def test_without_pyarrow_the_extra_is_named(found: ResultSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pytest-alienbio\[parquet\]"):
        found.to_arrow()
