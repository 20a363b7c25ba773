"""The books of a DAT: its journals, read once when it is closed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import CellError, Outcome, Result, Sanity, TaskRecord, Usage
from pytest_alienbio.model.brief import Brief
from pytest_alienbio.stats import broken, summarize
from pytest_alienbio.store import codec, dat
from pytest_alienbio.store.closing import Books
from pytest_alienbio.store.summary import COLUMNS, safe_text

from .samples import a_dat, a_result, results

ALL_THE_SAME = Brief._fields[: Brief._fields.index("key")]
"""Fields of a brief that a close fills, with what they are in the result; the others only reports ask, of the index."""


def books_of(folder: Path, found: Sequence[Result]) -> Books:
    """The books of a folder whose one journal holds these."""
    (folder / "cells").mkdir(exist_ok=True)
    (folder / "cells" / "r1-w0.jsonl").write_text("".join(f"{codec.encode(each)}\n" for each in found))
    return Books.read(folder)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(results(), max_size=4), st.booleans())
def test_what_is_told_in_brief_says_the_same(made: list[Result], whole: bool) -> None:
    """Summary and sanity of it are those of the results themselves, whatever is wanted whole."""
    found = [each.with_(id=f"{number}-{each.id}", dat_path="") for number, each in enumerate(made)]
    with TemporaryDirectory() as name:
        books = books_of(Path(name), found)
        again = sorted((codec.decode(raw) for raw in books.found.raw()), key=lambda each: each.id)
        told = list(books.told(lambda brief: whole))
    assert summarize(told) == summarize(by_place(told, again))
    kinds = {each.agent: "noop" for each in again}
    assert broken(told, Sanity(), kinds, {"oracle": 1, "noop": 1, "random": 1}) == broken(
        by_place(told, again), Sanity(), kinds, {"oracle": 1, "noop": 1, "random": 1}
    )
    for each, result in zip(told, by_place(told, again), strict=True):
        if isinstance(each, Brief):
            assert not whole
            assert each[: len(ALL_THE_SAME)] == tuple(getattr(result, field) for field in ALL_THE_SAME)
        else:
            assert each.with_(dat_path="") == result


def by_place(told: Sequence[Result | Brief], found: Sequence[Result]) -> list[Result]:
    """`found` in the order of `told`."""
    named = {each.id: each for each in found}
    return [named[each.id] for each in told]


@pytest.mark.parametrize(
    "more",
    [
        {"task": TaskRecord(1), "metrics": {"loss": 0.1}},
        {"error": CellError("ValueError", "x"), "outcome": Outcome.AGENT_ERROR, "score": None, "passed": None},
        {"origin": "reused:results/b#r0"},
        {"metrics": {"unsettled_calls": 1}},
        {"metrics": {"unsettled_usd": 0.5}},
    ],
    ids=["task", "error", "origin", "calls", "dollars"],
)
def test_what_has_more_to_tell_is_told_whole(tmp_path: Path, more: dict[str, object]) -> None:
    result = a_result().with_(**more)
    (told,) = books_of(tmp_path, [result]).told(lambda brief: False)
    assert told == result.with_(dat_path=str(tmp_path))


def test_a_plain_cell_is_told_in_brief(tmp_path: Path) -> None:
    (told,) = books_of(tmp_path, [a_result().with_(usage=Usage(3, 0.5, 1))]).told(lambda brief: False)
    assert isinstance(told, Brief)
    assert told.usage == Usage(3, 0.5, 1)


def test_lines_of_the_summary_hold_what_was_recorded(tmp_path: Path) -> None:
    """Commas, quotes, line breaks and what looks like a formula, also where a text stands in many rows."""
    odd = ["plain", 'a,"b"', "=1+1", "'x", "two\nlines", "", "@agent"]
    made = [a_result(number).with_(id=f"{number}", reason=text, role=text, run=text) for number, text in enumerate(odd * 2)]
    books = books_of(tmp_path, made)
    lines = [each.kept.csv.line for each in books.found.cells]  # type: ignore[attr-defined]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in csv.reader(io.StringIO("\n".join(lines)))]
    assert {row["id"]: (row["reason"], row["role"], row["run"]) for row in rows} == {
        f"{number}": (safe_text(text),) * 3 for number, text in enumerate(odd * 2)
    }


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    """Which the spec would have said, that is not read again."""
    made = a_dat(tmp_path)
    assert dat.known(made.path) == made
    (made.path / "_spec_.yaml").unlink()
    with pytest.raises(StoreError, match="it was there when this run began"):
        dat.known(made.path)
