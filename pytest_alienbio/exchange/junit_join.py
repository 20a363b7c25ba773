"""JUnit files of the parts of a run, joined into one: what each part said of the whole gives way to what the whole says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from junitparser import Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite

from .junit_out import _legal
from .junit_tree import read_tree
from .problems import Problems


@dataclass(frozen=True, slots=True)
class Added:
    """A test case of the whole run."""

    classname: str
    name: str
    outcome: Literal["passed", "failed", "skipped"]
    text: str = ""
    """Of a failure, or why it was skipped."""
    properties: Sequence[tuple[str, object]] = ()


def classname(nodeid: str) -> str:
    """What pytest calls the class of a test with this id: everything but its last part, with dots."""
    file, *names = nodeid.split("::")
    return ".".join([file.replace("/", ".").removesuffix(".py"), *names[:-1]])


def joined(files: Iterable[str], drop: Callable[[str, str], bool], added: Sequence[Added]) -> bytes:
    """One file with the suites of all `files`, and one called `merged` with `added`; every total is counted anew.

    `drop(classname, name)` is whether a test case is left out. Raises `SpecError` with what is wrong with any of the files.
    """
    whole, problems = JUnitXml(), Problems()
    for source in files:
        tree = read_tree(source, problems)
        if tree is None:
            continue
        root = tree.root
        for element in [root] if root.tag == "testsuite" else root.findall("testsuite"):
            suite = TestSuite.fromelem(element)
            for case in list(suite):
                if isinstance(case, TestCase) and drop(case.classname or "", case.name or ""):
                    suite.remove_testcase(case)
            suite.update_statistics()
            whole.add_testsuite(suite)
    problems.refuse()
    if added:
        whole.add_testsuite(_suite(added))
    whole.update_statistics()
    out = BytesIO()
    whole.write(out)
    return out.getvalue()


def _suite(added: Sequence[Added]) -> TestSuite:
    suite = TestSuite("merged")
    for each in added:
        case = TestCase(each.name, each.classname, 0.0)
        if each.properties:
            properties = Properties()
            for name, value in each.properties:
                properties.add_property(Property(_legal(name), _legal(str(value))))
            case.append(properties)
        text = _legal(each.text)
        if each.outcome == "failed":
            case.result = [_with_text(Failure(text.partition("\n")[0]), text)]
        elif each.outcome == "skipped":
            case.result = [Skipped(text)]
        suite.add_testcase(case)
    suite.update_statistics()
    return suite


def _with_text(failure: Failure, text: str) -> Failure:
    failure.text = text
    return failure
