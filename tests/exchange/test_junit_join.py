"""JUnit files of several sessions, joined."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from junitparser import JUnitXml, TestCase

from pytest_alienbio.exchange.junit_join import joined

FAILED = "<failure message='boom'/>"


def suite(path: Path, timestamp: str, *cases: tuple[str, str, str]) -> str:
    """A file with one suite: of each case its class, name and what is in it."""
    inner = "".join(f"<testcase classname='{of}' name='{name}' time='1'>{text}</testcase>" for of, name, text in cases)
    said = f" timestamp='{timestamp}'" if timestamp else ""
    path.write_text(f"<testsuites><testsuite name='pytest' tests='99'{said}>{inner}</testsuite></testsuites>")
    return str(path)


def ended(whole: JUnitXml) -> list[tuple[str, str, bool]]:
    """Class, name and whether it failed, of every case."""
    return sorted(
        (case.classname or "", case.name or "", bool(case.result))
        for each in whole
        for case in each
        if isinstance(case, TestCase)
    )


def test_the_latest_session_says_how_a_cell_ended_and_other_tests_stay(tmp_path: Path) -> None:
    """A shard that was retried has two files; in whichever order they are named, its retried cell is there once."""
    first = suite(
        tmp_path / "1.xml", "2026-11-26T10:00:00+00:00", ("b", "c[s0]", FAILED), ("b", "c[s1]", ""), ("t", "x", FAILED)
    )
    retry = suite(tmp_path / "2.xml", "2026-11-26T11:00:00+00:00", ("b", "c[s0]", ""), ("t", "x", ""))
    for files in ([first, retry], [retry, first]):
        whole = JUnitXml.fromfile(BytesIO(joined(files, lambda of, name: False, (), of_run="b")))
        assert ended(whole) == [("b", "c[s0]", False), ("b", "c[s1]", False), ("t", "x", False), ("t", "x", True)]
        assert (whole.tests, whole.failures) == (4, 1)


def test_without_timestamps_the_file_that_is_named_last_counts(tmp_path: Path) -> None:
    files = [suite(tmp_path / f"{at}.xml", "", ("b", "c", text)) for at, text in enumerate(("", FAILED))]
    assert ended(JUnitXml.fromfile(BytesIO(joined(files, lambda of, name: False, (), of_run="b")))) == [("b", "c", True)]


def test_attempts_within_one_session_stay(tmp_path: Path) -> None:
    file = suite(tmp_path / "1.xml", "2026-11-26T10:00:00+00:00", ("b", "c", ""), ("b", "c", ""))
    assert len(ended(JUnitXml.fromfile(BytesIO(joined([file], lambda of, name: False, (), of_run="b"))))) == 2
