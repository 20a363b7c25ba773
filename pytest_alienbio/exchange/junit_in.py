"""JUnit XML in: a test is a cell. What our own files say in properties is read from there; of others a test has no score."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from junitparser import TestCase
from junitparser.junitparser import FinalResult, Properties

from ..model import Outcome, Result
from .cell_of import cell_of
from .columns import Columns, is_field
from .junit_tree import read_tree
from .problems import Problems

_OWN = ("name", "classname", "suite", "time", "message")
"""What every test can be asked for in a mapping, beside its properties."""


def read(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The tests of a file as cells, which are numbered by their line.

    A pass is `completed` and passed, a failure `completed` and not, an error `environment_error`, a skip `skipped`; the
    scenario is `classname/name`, the battery the suite, the seed 0: unless properties, or `columns`, say otherwise. A
    document with a DTD is refused: entities can be bombs, or read files.
    """
    tree = read_tree(source, problems)
    for line, suite, element in tree.tests if tree else ():
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
