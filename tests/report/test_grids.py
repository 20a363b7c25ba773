"""A report's tables for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.report import Document
from pytest_alienbio.report.document import Field, Matrix, Section, Table
from pytest_alienbio.report.grids import Grid, as_csv, grids, one_of

TABLE = Table(
    "agents",
    (
        Field("agent", "agent", ("a", "=b", "all")),
        Field("mean", "mean", (0.1 + 0.2, None, 1.0)),
        Field("interval", "95%", ([0.1, 0.5], None, None)),
        Field("passed", "", (True, False, None)),
        Field("outcomes", "", ({"lost": 1}, {}, None)),
    ),
    total=True,
)
MATRIX = Matrix("means", "agent", "scenario", ("a", "b"), ("x", "y"), ((1, None), (0.5, 2)), (("1", "-"), ("0.5", "2")))
DOCUMENT = Document(
    "d", (Section("cost", blocks=(TABLE, Table("none", (Field("x", "x", ()),)))), Section("summary", blocks=(MATRIX,)))
)


def test_every_table_is_one_grid_of_raw_values() -> None:
    """An interval is two columns, a total is none of its rows, an empty table is left out."""
    cost, summary = grids(DOCUMENT)
    assert cost == Grid(
        "cost.agents",
        ("agent", "mean", "interval.low", "interval.high", "passed", "outcomes"),
        (("a", 0.1 + 0.2, 0.1, 0.5, True, '{"lost":1}'), ("=b", None, None, None, False, "{}")),
    )
    assert summary == Grid("summary.means", ("agent", "x", "y"), (("a", 1, None), ("b", 0.5, 2)))


def test_csv_reads_back_and_no_text_of_it_is_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(grids(DOCUMENT)[0]))))
    assert rows[1] == ["a", "0.30000000000000004", "0.1", "0.5", "true", '{"lost":1}']
    assert rows[2] == ["'=b", "", "", "", "false", "{}"]
    evil = Grid("g", ("-x",), (("+1",), ("@x",), ("\uff1d1",), ('a"b,\nc',), (-1.5,)))
    assert list(csv.reader(io.StringIO(as_csv(evil)))) == [["'-x"], ["'+1"], ["'@x"], ["'\uff1d1"], ['a"b,\nc'], ["-1.5"]]


def test_of_several_one_must_be_chosen() -> None:
    found = grids(DOCUMENT)
    assert one_of(found, "summary.means") is found[1]
    assert one_of(found[:1]) is found[0]
    with pytest.raises(SpecError, match=r"has 2: cost\.agents, summary\.means; choose one with --table"):
        one_of(found)
    with pytest.raises(SpecError, match=r"did you mean 'cost\.agents'\?"):
        one_of(found, "cost.agent")
    with pytest.raises(SpecError, match="has none"):
        one_of(())
