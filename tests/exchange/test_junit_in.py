"""JUnit XML from elsewhere, hostile files among it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_alienbio.exchange import Columns
from pytest_alienbio.model import Outcome

from .cells import read, wrong

PYTEST = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" tests="4">
<testcase classname="tests.test_a" name="test_ok" time="0.5"/>
<testcase classname="tests.test_a" name="test_no[1]" time="0.1"><failure message="assert 1 == 2">long</failure></testcase>
<testcase classname="tests.test_a" name="test_broken" time="0.1"><error message="no fixture">long</error></testcase>
<testcase classname="tests.test_a" name="test_later" time="0"><skipped message="not now" type="pytest.skip"/></testcase>
</testsuite></testsuites>
"""
BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha">{more}]>
<testsuites><testsuite name="s"><testcase name="&j;"/></testsuite></testsuites>"""
LAUGHS = "".join(f'<!ENTITY {b} "&{a};&{a};&{a};">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))


def xml(folder: Path, text: str | bytes) -> Path:
    """A file with this content."""
    path = folder / "t.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_tests_of_anybody_are_cells_without_a_score(tmp_path: Path) -> None:
    """They passed, failed, broke or were skipped; what broke did not fail, and nothing has a score that nobody gave."""
    cells = read(xml(tmp_path, PYTEST), Columns(fixed={"agent": "v2"}))
    assert [(cell.outcome, cell.passed, cell.score) for cell in cells] == [
        (Outcome.COMPLETED, True, None),
        (Outcome.COMPLETED, False, None),
        (Outcome.ENVIRONMENT_ERROR, None, None),
        (Outcome.SKIPPED, None, None),
    ]
    assert [cell.reason for cell in cells] == ["", "assert 1 == 2", "no fixture", "not now"]
    assert (cells[0].battery, cells[0].scenario, cells[0].seed, cells[0].duration_s) == (
        "pytest",
        "tests.test_a/test_ok",
        0,
        0.5,
    )
    assert [cell.origin for cell in cells] == [f"junit:t.xml:{line}" for line in (3, 4, 5, 6)]


def test_who_was_tested_must_be_said(tmp_path: Path) -> None:
    """JUnit has no agents; every test says so, with its line."""
    found = wrong(xml(tmp_path, PYTEST))
    assert found[0] == "t.xml:3: no agent; give it a column, or all rows one with --set agent=..."
    assert len(found) == 4


def test_a_mapping_reads_parts_and_properties_of_a_test(tmp_path: Path) -> None:
    text = '<testsuite name="s"><testcase name="t" classname="c"><properties><property name="model" value="o1"/></properties>'
    path = xml(tmp_path, f"{text}</testcase></testsuite>")
    (cell,) = read(path, Columns({"agent": "model", "scenario": "name"}))
    assert (cell.agent, cell.scenario) == ("o1", "t")
    assert wrong(path, Columns({"agent": "modell"}))[0].startswith("t.xml:1: no 'modell' to be 'agent'; it has: model, name")


def test_what_a_run_here_reported_is_read_back(tmp_path: Path) -> None:
    """pytest's own report of a battery: properties say outcome, score and bar, so a failure with a score keeps it."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "a.battery.yaml").write_text(
        "experiment.a: {scenarios: [{name: mutualism/competition, difficulty: 1}], agents: [oracle, noop], seeds: 1}\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--junitxml=t.xml", "a.battery.yaml"]
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    cells = {cell.agent: cell for cell in read(tmp_path / "t.xml")}
    assert cells["oracle"].score == 1.0
    assert cells["oracle"].passed is True
    assert (cells["noop"].score, cells["noop"].passed, cells["noop"].outcome) == (0.0, False, Outcome.COMPLETED)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (BOMB.format(more=LAUGHS), "t.xml:2: a document type declaration"),
        (BOMB.format(more='<!ENTITY j SYSTEM "file:///etc/passwd">'), "t.xml:2: a document type declaration"),
        ("<testsuites>" + "<testsuite>" * 200, "t.xml:1: elements nested more than 100 deep"),
        ("<html><body/></html>", "t.xml:1: this is no JUnit XML: it begins with <html>"),
        ("<testsuites><testsuite>", "t.xml:1:24: this is no XML: no element found"),
        ('<?xml version="1.0" encoding="utf-x"?><testsuites/>', "t.xml:1: this is no XML that can be read: unknown encoding"),
        (b"<testsuites>\xff</testsuites>", "t.xml:1:13: this is no XML: not well-formed (invalid token)"),
    ],
    ids=["bomb", "external entity", "deep", "html", "cut off", "encoding", "bytes"],
)  # fmt: skip
def test_hostile_and_broken_files_are_refused(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    """Before anything is expanded, fetched or believed."""
    found = wrong(xml(tmp_path, text), Columns(fixed={"agent": "a"}), format="junit")
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_a_file_too_large_for_the_memory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_alienbio.exchange.junit_tree.MAX_BYTES", 100)
    assert wrong(xml(tmp_path, PYTEST))[0].startswith("t.xml: more than 0 MiB")


@pytest.mark.parametrize("time", ["abc", "1,234.5", "nan", "1e999"])
def test_a_time_that_is_no_number_is_named(tmp_path: Path, time: str) -> None:
    path = tmp_path / "t.xml"
    path.write_text(f'<testsuite name="s">\n<testcase classname="c" name="n" time="{time}"/></testsuite>')
    (found,) = wrong(path, Columns(fixed={"agent": "a"}))
    assert found.startswith("t.xml:2: time: ")


def test_a_property_that_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.xml"
    path.write_text(
        '<testsuite name="s">\n<testcase classname="c" name="n"><properties>'
        '<property name="agent" value="a"/><property name="score" value="abc"/></properties></testcase></testsuite>'
    )
    (found,) = wrong(path)
    assert found == "t.xml:2: score: 'abc' is no number"
