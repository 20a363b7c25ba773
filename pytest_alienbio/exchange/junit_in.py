"""JUnit XML in: a test is a cell. What our own files say in properties is read from there; of others a test has no score."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from junitparser import TestCase
from junitparser.junitparser import FinalResult, Properties

from ..model import Outcome, Result
from .cell_of import cell_of
from .columns import Columns, is_field
from .problems import Problems

MAX_BYTES = 256 * 2**20
"""Of a file, which is in memory as a whole."""
MAX_DEPTH = 100

_OWN = ("name", "classname", "suite", "time", "message")
"""What every test can be asked for in a mapping, beside its properties."""


def read(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The tests of a file as cells, which are numbered by their line.

    A pass is `completed` and passed, a failure `completed` and not, an error `environment_error`, a skip `skipped`; the
    scenario is `classname/name`, the battery the suite, the seed 0: unless properties, or `columns`, say otherwise. A
    document with a DTD is refused: entities can be bombs, or read files.
    """
    for line, suite, element in _tests(source, problems):
        time = element.attrib.pop("time", "")  # the parser would take it for a number
        case = TestCase.fromelem(element)
        theirs = _theirs(case, suite, time)
        told = "outcome" in theirs or "outcome" in columns.names or "outcome" in columns.fixed
        row: dict[str, object] = {**({"passed": None} if told else _result(case, theirs)), **_meant(theirs, source, columns)}
        named = {**dict.fromkeys(theirs), "duration_s": "time", **columns.names}
        places = {field: (name or field, 0) for field, name in named.items() if (name or field) in theirs}
        say = problems.of_row(source, line, places)
        for field, name in columns.names.items():
            if name not in theirs:
                say(f"no {name!r} to be {field!r}", field, f"it has: {', '.join(theirs)}")
        if result := cell_of(row, columns, f"junit:{os.path.basename(source)}:{line}", say):
            yield result


def _theirs(case: TestCase, suite: str, time: str) -> dict[str, str]:
    """What the file says of a test, by name."""
    faults = [entry for entry in case.result if isinstance(entry, FinalResult)]
    message = next((str(fault.message) for fault in faults if fault.message), "")
    said = {
        "name": case.name or "",
        "classname": case.classname or "",
        "suite": suite,
        "time": time,
        "message": message,
    }
    own = case.child(Properties)
    return {**{str(each.name): str(each.value or "") for each in own or ()}, **said}


def _meant(theirs: Mapping[str, str], source: str, columns: Columns) -> dict[str, object]:
    """Our fields, from properties of the same name, from the mapping, and from where the test stands."""
    row: dict[str, object] = {name: value for name, value in theirs.items() if name not in _OWN and is_field(name)}
    row.setdefault("scenario", "/".join(filter(None, (theirs["classname"], theirs["name"]))))
    row.setdefault("battery", theirs["suite"] or Path(source).stem)
    row.setdefault("seed", 0)
    if "duration_s" not in row:
        row["duration_s"] = theirs["time"]
    return row | {field: theirs[name] for field, name in columns.names.items() if name in theirs}


def _result(case: TestCase, theirs: Mapping[str, str]) -> dict[str, object]:
    """How it ended, as the elements below a test tell; only asked where nothing else says it."""
    if case.is_error:
        return {"outcome": Outcome.ENVIRONMENT_ERROR, "reason": theirs["message"]}
    if case.is_skipped:
        return {"outcome": Outcome.SKIPPED, "reason": theirs["message"]}
    if case.is_failure:
        return {"outcome": Outcome.COMPLETED, "passed": False, "reason": theirs["message"]}
    return {"outcome": Outcome.COMPLETED, "passed": True}


def _tests(source: str, problems: Problems) -> Iterator[tuple[int, str, Element]]:
    """Line, suite and element of every test, once the whole file was found to be sound."""
    try:
        with open(source, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.add(f"cannot be read: {error.strerror}", source)
        return
    if len(data) > MAX_BYTES:
        problems.add(f"more than {MAX_BYTES // 2**20} MiB", source, hint="split it")
        return
    tree = _Tree()
    try:
        tree.parser.Parse(data, True)
    except expat.ExpatError as error:
        problems.add(f"this is no XML: {expat.ErrorString(error.code)}", source, error.lineno, error.offset + 1)
        return
    except _RefusedError as error:
        problems.add(str(error), source, tree.parser.CurrentLineNumber)
        return
    yield from tree.tests


class _RefusedError(ValueError):
    pass


class _Tree:
    """A parser that refuses what XML is attacked with, and remembers the line of each test."""

    def __init__(self) -> None:
        self.tests: list[tuple[int, str, Element]] = []
        self._builder = TreeBuilder()
        self._suites: list[str] = []
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._builder.data

    def _doctype(self, *_: object) -> None:
        raise _RefusedError("a document type declaration, which JUnit has no use for: its entities could be anything")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _RefusedError(f"elements nested more than {MAX_DEPTH} deep")
        if self._depth == 1 and tag not in ("testsuites", "testsuite"):
            raise _RefusedError(f"this is no JUnit XML: it begins with <{tag[:40]}>, expected <testsuites>")
        element = self._builder.start(tag, attributes)
        if tag == "testsuite":
            self._suites.append(attributes.get("name", ""))
        elif tag == "testcase":
            self.tests.append((self.parser.CurrentLineNumber, self._suites[-1] if self._suites else "", element))

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "testsuite":
            self._suites.pop()
        self._builder.end(tag)
