"""JUnit XML of stored cells, as junitparser reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from junitparser.junitparser import Properties

from pytest_alienbio.exchange import export
from pytest_alienbio.model import CellError, Outcome, Result
from pytest_alienbio.store import Journal, claim, open_for_reading

from .cells import a_cell, read, written


def cases_of(results: list[Result]) -> dict[str, TestCase]:
    """The tests by name."""
    return {case.name: case for suite in JUnitXml.fromstring(written(results, "junit")) for case in suite}


def stored(root: Path, mode: str, *results: Result) -> list[Result]:
    """Results as they are read back from a DAT whose battery says `cells: mode`."""
    spec = {"experiment.b": {"cells": mode}}
    dat = claim(root, "r/{seq}", run_id="r", spec=spec, fields={}, command=[], environment={})
    journal = Journal(dat.path, "r", "main")
    for result in results:
        journal.append(result)
    journal.close()
    return list(open_for_reading(dat.path).results())


def test_a_suite_for_each_scenario_of_a_battery() -> None:
    """Counted and timed, with a test for each cell, and what is known of it in properties."""
    results = [a_cell(0, duration_s=1.5, scores={"safety": 1.0}), a_cell(1, scenario="m/y"), a_cell(2, duration_s=0.5)]
    document = JUnitXml.fromstring(written(results, "junit"))
    assert [(suite.name, suite.tests, suite.time) for suite in document] == [("b/m/x", 2, 2.0), ("b/m/y", 1, 0.0)]
    assert (document.tests, document.failures, document.errors, document.skipped) == (3, 0, 0, 0)
    case = cases_of(results)["m/x[d2-greedy-s0]"]
    told = {each.name: each.value for each in case.child(Properties)}
    assert (case.classname, case.time) == ("b", 1.5)
    assert {"seed": "0", "score": "0.5", "outcome": "completed", "score.safety": "1.0", "key": "k0"}.items() <= told.items()


@pytest.mark.parametrize(
    ("changes", "mode", "kind", "message"),
    [
        ({}, "assert", None, ""),
        ({"passed": False, "passing_score": 0.6}, "assert", Failure, "score 0.500 is below the bar 0.6"),
        ({"passed": False, "passing_score": 0.6}, "record", None, ""),
        ({"passed": False, "passing_score": 0.6, "role": "floor"}, "assert", Skipped, "floor agent, score 0.500 is below"),
        ({"outcome": Outcome.TIMED_OUT, "score": None, "reason": "60 s"}, "record", Error, "timed_out: 60 s"),
        ({"outcome": Outcome.SKIPPED, "score": None, "reason": "no key"}, "assert", Skipped, "skipped: no key"),
        ({"score": None, "passed": None}, "assert", None, ""),
    ],
)
def test_a_cell_counts_as_it_did_in_its_run(
    tmp_path: Path, changes: dict[str, object], mode: str, kind: type | None, message: str
) -> None:
    """By the same table: `cells:` of its battery decides whether a missed bar is a failure."""
    (case,) = cases_of(stored(tmp_path, mode, a_cell(0, **changes))).values()
    assert [type(each) for each in case.result] == ([kind] if kind else [])
    if kind:
        assert str(case.result[0].message).startswith(message)


def test_a_traceback_is_the_text_of_its_error() -> None:
    broken = a_cell(outcome=Outcome.AGENT_ERROR, score=None, error=CellError("ValueError", "no", "Traceback\n  line"))
    (case,) = cases_of([broken]).values()
    assert (case.result[0].message, case.result[0].text) == ("agent_error: ValueError: no", "Traceback\n  line")


def test_what_xml_cannot_hold_is_escaped() -> None:
    """Control characters, lone surrogates and markup in names, reasons and tracebacks."""
    evil = "a\x00\x1b[31m\ud800<b>&]]>\ufffe"
    cell = a_cell(id=evil, agent=evil, reason=evil, outcome=Outcome.LOST, score=None, error=CellError(evil, evil, evil))
    (name,) = cases_of([cell])
    assert name == "a\\x00\\x1b[31m\\ud800<b>&]]>\\ufffe"


def test_what_is_exported_from_a_file_goes_by_its_suffix(tmp_path: Path) -> None:
    export([a_cell()], "", tmp_path / "x.xml")
    assert JUnitXml.fromfile(str(tmp_path / "x.xml")).tests == 1


def test_what_xml_spells_otherwise_is_said(tmp_path: Path) -> None:
    """A traceback in colours does not come back as it was."""
    coloured = CellError("ValueError", "no", "\x1b[31mFile x")
    broke = a_cell(1).with_(outcome=Outcome.AGENT_ERROR, score=None, passed=None, error=coloured)
    done = export([broke, a_cell(2).with_(tags=("a,b",)), a_cell(3)], "junit", tmp_path / "x.xml")
    assert done.lost["characters that XML cannot hold, which are spelled out"] == 1
    assert done.lost["commas in tags"] == 1


def test_each_test_is_on_a_line_of_its_own(tmp_path: Path) -> None:
    """Where the cells came from, and what is wrong with one of them, is told by line."""
    export([a_cell(1), a_cell(2)], "junit", tmp_path / "x.xml")
    assert len({cell.origin for cell in read(tmp_path / "x.xml")}) == 2
