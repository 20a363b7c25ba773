"""JUnit XML as a tree, read from anybody: nothing of what XML is attacked with is taken."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from .problems import Problems

MAX_BYTES = 256 * 2**20
"""Of a file, which is in memory as a whole."""
MAX_DEPTH = 100


def read_tree(source: str, problems: Problems) -> Tree | None:
    """The whole file, once it was found to be sound; None, and the problem, if it is not.

    A document with a DTD is refused: entities can be bombs, or read files.
    """
    try:
        with open(source, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.add(f"cannot be read: {error.strerror}", source)
        return None
    if len(data) > MAX_BYTES:
        problems.add(f"more than {MAX_BYTES // 2**20} MiB", source, hint="split it")
        return None
    tree = Tree()
    try:
        tree.parser.Parse(data, True)
    except expat.ExpatError as error:
        problems.add(f"this is no XML: {expat.ErrorString(error.code)}", source, error.lineno, error.offset + 1)
        return None
    except LookupError as error:  # an encoding that Python does not know
        problems.add(f"this is no XML that can be read: {error}", source, tree.parser.CurrentLineNumber)
        return None
    except _RefusedError as error:
        problems.add(str(error), source, tree.parser.CurrentLineNumber)
        return None
    return tree


class _RefusedError(ValueError):
    pass


class Tree:
    """A parser that refuses what XML is attacked with, and remembers the line of each test."""

    def __init__(self) -> None:
        self.tests: list[tuple[int, str, Element]] = []
        """Line, suite and element of every test."""
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

    @property
    def root(self) -> Element:
        """`<testsuites>` or `<testsuite>`."""
        return self._builder.close()
