"""Parquet, as pandas and pyarrow read it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pytest_alienbio.errors import MissingExtraError, SpecError
from pytest_alienbio.exchange import export
from pytest_alienbio.model import CellError, Outcome, TaskRecord, TraceRef, Usage

from .cells import a_cell


def test_columns_are_typed_and_missing_is_null(tmp_path: Path) -> None:
    """Whole numbers, truth values and UTC times; a score that is not there is null, not NaN."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    full = a_cell(
        1,
        scores={"safety": 1.0},
        params={"n": [1, {"x": None}]},
        tags=("a", "b"),
        passed=True,
        usage=Usage(5, 0.25, 1),
        started_at=1767261600.25,
        trace=TraceRef("traces/x.zst", 3, 4, 20, 1.5),
        error=CellError("E", "m", "t"),
        task=TaskRecord(7, 1, 0),
        dat_path="data/x",
        agent="caf\u00e9 \udcff",
    )
    export([a_cell(outcome=Outcome.LOST, score=None), full], "", tmp_path / "x.parquet")
    table = pq.read_table(tmp_path / "x.parquet")
    types = {field.name: field.type for field in table.schema}
    assert types["seed"] == types["tokens"] == pa.int64()
    assert types["passed"] == pa.bool_()
    assert types["started_at"] == pa.timestamp("us", tz="UTC")
    lost, kept = table.to_pylist()
    assert (lost["score"], lost["passed"], lost["started_at"], lost["error"]) == (None, None, None, None)
    assert kept["started_at"].isoformat() == "2026-01-01T10:00:00.250000+00:00"
    assert (kept["tokens"], kept["usd"], kept["steps"], kept["trace_offset"]) == (5, 0.25, 20, 3)
    assert (kept["tags"], kept["scores"], json.loads(kept["params"])) == (
        ["a", "b"],
        [("safety", 1.0)],
        {"n": [1, {"x": None}]},
    )
    assert json.loads(kept["error"])["type"] == "E"
    assert json.loads(kept["task"])["seed"] == 7
    assert (kept["agent"], kept["dat"]) == ("caf\u00e9 \\udcff", "data/x")


def test_it_is_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no more than a group is in memory."""
    import pyarrow.parquet as pq

    monkeypatch.setattr("pytest_alienbio.exchange.parquet_out.GROUP", 4)
    export(map(a_cell, range(10)), "parquet", tmp_path / "x.parquet")
    found = pq.ParquetFile(tmp_path / "x.parquet")
    assert [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)] == [4, 4, 2]
    assert [row["seed"] for row in found.read().to_pylist()] == list(range(10))


def test_a_number_beyond_64_bits_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"Parquet cannot hold these cells.*jsonl can"):
        export([a_cell(2**64)], "parquet", tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("format", "module"), [("parquet", "pyarrow"), ("excel", "openpyxl")])
def test_without_its_package_the_command_to_install_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'pytest-alienbio\[{format}\]'"):
        export([a_cell()], format, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
