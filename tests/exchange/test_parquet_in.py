"""Parquet from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.exchange import Columns, importer

from .cells import read, wrong


def parquet(folder: Path, metadata: dict[str, str] | None = None, **columns: list[Any]) -> Path:
    """A file with these columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / "t.parquet"
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path)
    return path


def test_a_foreign_file_is_read_by_its_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch by batch; types are known, and what is null is missing."""
    monkeypatch.setattr("pytest_alienbio.exchange.parquet_in.BATCH", 1)
    path = parquet(
        tmp_path,
        task=["x", "x"],
        agent=["a", "b"],
        seed=[1, 2],
        acc=[0.5, None],
        outcome=[None, "lost"],
        ended_at=[datetime(2026, 1, 1, tzinfo=UTC), None],
    )
    one, two = read(path, Columns({"scenario": "task", "score": "acc"}))
    assert (one.score, one.ended_at, one.origin, two.score, two.outcome) == (
        0.5,
        1767225600.0,
        "parquet:t.parquet:1",
        None,
        "lost",
    )


def test_a_wrong_row_is_named(tmp_path: Path) -> None:
    path = parquet(tmp_path, scenario=["x", "x"], agent=["a", "b"], seed=[1, 2], score=[0.5, float("nan")])
    assert wrong(path)[0].startswith("t.parquet:2: score: nan is no number that can be counted")


def test_a_file_that_only_says_it_is_ours_is_refused_row_by_row(tmp_path: Path) -> None:
    path = parquet(tmp_path, {"alienbio_v": "1"}, scenario=["x"], agent=["a"])
    assert wrong(path) == ["t.parquet:1: not a row that bio export wrote: KeyError: 'trace_file'"]


def test_what_is_damaged_is_named(tmp_path: Path) -> None:
    """It is known by its first bytes, whatever it is called."""
    path = tmp_path / "t.bin"
    path.write_bytes(b"PAR1" + b"\x00" * 100)
    assert importer("", str(path)).name == "parquet"
    assert wrong(path)[0].startswith("t.bin: cannot be read as Parquet:")


def test_the_index_of_a_frame_is_no_column_of_the_table(tmp_path: Path) -> None:
    """Pandas writes one with every frame that was filtered; whoever means it can still map it."""
    path = parquet(tmp_path, scenario=["x"], agent=["a"], seed=[1], score=[0.5], __index_level_0__=[7])
    assert [cell.seed for cell in read(path)] == [1]
    path = parquet(tmp_path, scenario=["x"], agent=["a"], score=[0.5], __index_level_0__=[7])
    assert [cell.seed for cell in read(path, Columns({"seed": "__index_level_0__"}))] == [7]
