"""All cells as columns, without reading a journal."""

from __future__ import annotations

from pathlib import Path

from pytest_alienbio.model import Outcome, Query, TraceRef, Usage
from pytest_alienbio.results.counted import counted, counted_rows
from pytest_alienbio.results.sheet import WHY, found_cells, sheet
from pytest_alienbio.store.annotations import note, tag
from pytest_alienbio.store.index import Index

from .parts import cell, write_dat


def test_it_holds_every_record_and_says_which_the_report_counts() -> None:
    """Of a cell in two folders that is the newer one."""
    cells = [
        *(cell(seed=seed, score=0.1 * seed) for seed in range(3)),
        cell(seed=1, score=0.9, ended_at=1_770_000_000.0, key="another version", dat_path="/data/two"),
    ]
    with Index.of(cells) as index:
        found = found_cells(index, Query())
        kept = sheet(found, {"/data/one": "one", "/data/two": "two"}).columns
        expected = {(result.dat_path.removeprefix("/data/"), result.id, result.score) for result in counted(index, Query())}
        one = Query(dats=("/data/one",))
        assert [key for (key,) in counted_rows(index, one, ["key"])] == [result.key for result in counted(index, one)]
        assert [result.score for result in index.at(found["record"][::-1])] == found["score"][::-1]
        assert "counts" not in sheet(found_cells(index, one), {}).columns
    told = list(zip(kept["run"], kept["id"], kept["score"], strict=True))
    assert len(set(told)) == len(cells)
    assert {row for row, counts in zip(told, kept["counts"], strict=True) if counts == "yes"} == expected


def test_columns_that_say_nothing_are_not_there() -> None:
    with Index.of([cell(seed=seed, score=0.5) for seed in range(2)]) as index:
        plain = sheet(found_cells(index, Query()), {})
    assert not {"params", "battery", "variant", "attempt", "tokens", "usd", "worker", "tags", "note", "trace"} & set(
        plain.columns
    )
    more = [
        cell(seed=0, score=0.5, usage=Usage(tokens=12), params={"dose": 2}, worker="gw1", trace=TraceRef("t.jsonl")),
        cell(seed=1, score=0.5, attempt=2, battery="c"),
    ]
    with Index.of(more) as index:
        full = sheet(found_cells(index, Query()), {}).columns
    assert full["tokens"] == [12, None]
    assert full["trace"] == ["kept", None]
    assert full["params"] == ['{"dose":2}', None]
    assert full["battery"] == ["b", "c"]
    assert {"attempt", "worker"} <= set(full)


def test_why_is_harmless_and_short() -> None:
    reason = "took too long \x1b[31m" + "x" * 1000
    with Index.of([cell(seed=0, outcome=Outcome.TIMED_OUT, reason=reason), cell(seed=1, score=1.0)]) as index:
        [why, nothing] = sheet(found_cells(index, Query()), {}).columns["why"]
    assert isinstance(why, str)
    assert "\x1b" not in why
    assert len(why) <= WHY
    assert nothing is None


def test_what_was_said_of_single_cells_is_beside_them(tmp_path: Path) -> None:
    path = write_dat(tmp_path / "data" / "one", [cell(seed=seed, score=0.5) for seed in range(2)])
    name = cell(seed=1).id
    tag(path, ["odd"], cell=name)
    note(path, "look at step 3", cell=name)
    tag(path, ["whole-run"])
    with Index.open(tmp_path / "data") as index:
        index.refresh([path])
        kept = sheet(found_cells(index, Query(dats=(str(path),))), {}).columns
    assert kept["tags"] == [None, "odd"]
    assert kept["note"] == [None, "look at step 3"]


def test_no_cell_is_a_sheet_without_rows() -> None:
    with Index.of([]) as index:
        assert len(sheet(found_cells(index, Query()), {})) == 0
