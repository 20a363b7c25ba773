"""JUnit XML of stored cells: a suite for each scenario of a battery, a test for each cell, by the outcome table of a run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import IO

from junitparser import Error, Failure, JUnitXml, Property, Skipped, TestCase, TestSuite
from junitparser.junitparser import Properties, etree  # type: ignore[attr-defined, unused-ignore]

from ..model import CellVerdict, Result, cell_verdict, explain
from ..store import codec, consumed
from ..store.summary import COLUMNS
from .cells import Cells
from .csv_out import note_unheld

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def write(cells: Cells, out: IO[bytes]) -> None:
    """Writes the document, which is in memory as a whole. A test's properties are what `summary.csv` has of its cell."""
    document = JUnitXml("pytest-alienbio")
    suites: dict[tuple[str, str], TestSuite] = {}
    modes: dict[str, str] = {}
    for result in cells:
        row = codec.parse(codec.encode(result))
        note_unheld(cells, row, but=("tags", "worker"))
        if result.dat_path not in modes:
            modes[result.dat_path] = _mode(cells, result)
        at = (result.battery, result.scenario)
        if at not in suites:
            suites[at] = TestSuite(_legal("/".join(filter(None, at))))
            if row["started_at"]:
                suites[at].timestamp = row["started_at"]
            document.append(suites[at])
        suites[at].append(_case(result, row, modes[result.dat_path]))
        traceback = result.error.traceback if result.error else ""
        if any(map(_ILLEGAL.search, (traceback, *chain.from_iterable(_properties(row))))):
            cells.lose("characters that XML cannot hold, which are spelled out")
        if any("," in tag for tag in result.tags):
            cells.lose("commas in tags")
    document.update_statistics()
    etree.indent(document._elem, "")  # a test a line, or more: whoever complains about one names its line
    document.write(out)


def _case(result: Result, row: codec.Row, mode: str) -> TestCase:
    case = TestCase(_legal(result.id), _legal(result.battery or "-"), result.duration_s)
    properties = Properties()
    for name, value in _properties(row):
        properties.add_property(Property(_legal(name), _legal(value)))
    case.append(properties)
    said, kind = _legal(explain(result)), str(result.outcome)
    match cell_verdict(result, mode):
        case CellVerdict.SKIPPED:
            case.append(Skipped(said, kind))
        case CellVerdict.XFAILED:
            case.append(Skipped(_legal(f"{result.role} agent, {explain(result)}"), "pytest.xfail"))
        case CellVerdict.FAILED:
            fault = Failure(said, kind) if result.outcome.scored else Error(said, kind)
            if result.error and result.error.traceback:
                fault.text = _legal(result.error.traceback)
            case.append(fault)
    return case


def _properties(row: codec.Row) -> Iterator[tuple[str, str]]:
    asked = dict(zip(consumed.COLUMNS, consumed.columns_of(row["usage"], row["model"]), strict=True))
    flat = {**row, **row["usage"], **asked, **{name: (row["trace"] or {}).get(name) for name in ("steps", "cost")}}
    for name in (*COLUMNS, "worker"):
        value = flat[name]
        if value not in (None, "", {}):
            yield name, _spelled(value)
    if row["tags"]:
        yield "tags", ",".join(row["tags"])
    parts: Mapping[str, str] = {"score": "scores", "metric": "metrics"} if row["task"] else {"score": "scores"}
    for part, name in parts.items():
        for own, value in row[name].items():
            yield f"{part}.{own}", _spelled(value)


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _mode(cells: Cells, result: Result) -> str:
    """Whether a miss of the bar failed where the cell was played: `cells:` of its battery; else it is only recorded."""
    dat = cells.dat(result)
    head = dat.spec().get(f"experiment.{result.battery}") if dat else None
    mode = head.get("cells") if isinstance(head, Mapping) else None
    return mode if isinstance(mode, str) else "record"


def _legal(text: str) -> str:
    return _ILLEGAL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
