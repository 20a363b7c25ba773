"""What goes out comes back: for every format that is also read, all that it holds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.exchange import export
from pytest_alienbio.model import Result

from .cells import a_cell, held_by_csv, held_by_json, read, same, written


def back(results: list[Result], format: str, suffix: str) -> list[Result]:
    """Out and in again."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"cells{suffix}")
        path.write_bytes(written(results, format))
        return read(path)


@settings(max_examples=30, deadline=None)
@given(st.lists(held_by_csv(), min_size=1, max_size=3))
def test_a_table_gives_back_what_its_columns_hold(results: list[Result]) -> None:
    """Numbers to the last bit, times to the microsecond, texts that a spreadsheet would run, params with their types."""
    assert same(back(results, "csv", ".csv"), results)


@settings(max_examples=30, deadline=None)
@given(st.lists(held_by_json(), min_size=1, max_size=3))
@pytest.mark.parametrize("format", ["jsonl", "json"])
def test_json_gives_back_everything(format: str, results: list[Result]) -> None:
    """Whatever a journal line has, errors, hashes, tags and nested metrics among it."""
    assert same(back(results, format, f".{format}"), results)


@settings(max_examples=30, deadline=None)
@given(st.lists(held_by_json(), min_size=1, max_size=3))
def test_parquet_gives_back_everything(results: list[Result]) -> None:
    """With the types it had."""
    with TemporaryDirectory() as folder:
        export(results, "", Path(folder, "cells.parquet"))
        assert same(read(Path(folder, "cells.parquet")), results)


@settings(max_examples=30, deadline=None)
@given(st.lists(held_by_csv(), min_size=1, max_size=3))
def test_junit_gives_back_what_its_properties_hold(results: list[Result]) -> None:
    """A test's properties say what the columns of a table do."""
    assert sorted_by_id(back(results, "junit", ".xml")) == sorted_by_id(results)


def sorted_by_id(results: list[Result]) -> list[str]:
    """Suites put cells together by scenario, so only the order within one stays."""
    return sorted(repr(sorted(vars_of(result).items())) for result in results)


def vars_of(result: Result) -> dict[str, object]:
    """All fields but where it comes from."""
    return {name: getattr(result, name) for name in result.__slots__ if name not in ("origin", "params", "scores")} | {
        "params": dict(result.params),
        "scores": dict(result.scores),
    }


def test_a_second_trip_keeps_the_first_source() -> None:
    """Cells that came from a file say so wherever they go; the newest source stands first."""
    came = a_cell(origin="csv:theirs.csv:7")
    assert back([came], "jsonl", ".jsonl")[0].origin == "jsonl:cells.jsonl:1 < csv:theirs.csv:7"


def test_parquet_holds_every_field_of_a_line(tmp_path: Path) -> None:
    """Nothing is listed as lost, and each field of a line has a column, or several."""
    import pyarrow.parquet as pq

    from pytest_alienbio.store import codec

    results = [a_cell(seed, tags=("x",), scores={"safety": 1.0}) for seed in range(3)]
    done = export(results, "", tmp_path / "x.parquet")
    assert done.lost == {}
    columns = set(pq.read_table(tmp_path / "x.parquet").column_names)
    spread = {"usage": {"tokens", "usd", "requests"}, "trace": {"trace_file", "trace_offset", "trace_length", "steps", "cost"}}
    for name in codec.row_of(results[0]).keys() - {"v"}:
        assert spread.get(name, {name}) <= columns, name
