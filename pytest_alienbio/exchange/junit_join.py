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


def joined(
    files: Iterable[str], drop: Callable[[str, str], bool], added: Sequence[Added], *, of_run: str | None = None
) -> bytes:
    """One file with the suites of all `files`, and one called `merged` with `added`; every total is counted anew.

    `drop(classname, name)` is whether a test case is left out. Of a test whose class is `of_run` the last suite that has it, by
    the suites' timestamps, then the order of `files`, says how it ended: an earlier session's word is left out. Raises
    `SpecError` with what is wrong with any of the files.
    """
    whole, problems = JUnitXml(), Problems()
    suites: list[TestSuite] = []
    for source in files:
        tree = read_tree(source, problems)
        if tree is None:
            continue
        root = tree.root
        suites += map(TestSuite.fromelem, [root] if root.tag == "testsuite" else root.findall("testsuite"))
    problems.refuse()
    last = {
        case.name: at
        for at, suite in sorted(enumerate(suites), key=lambda each: each[1].timestamp or "")
        for case in suite
        if isinstance(case, TestCase) and case.classname == of_run
    }
    for at, suite in enumerate(suites):
        for case in list(suite):
            if not isinstance(case, TestCase):
                continue
            superseded = of_run is not None and case.classname == of_run and last[case.name] != at
            if superseded or drop(case.classname or "", case.name or ""):
                suite.remove_testcase(case)
        suite.update_statistics()
        whole.add_testsuite(suite)
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
