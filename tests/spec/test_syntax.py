"""YAML's syntax errors in our words, the same with both parsers."""

from __future__ import annotations

import pytest
import yaml

from pytest_alienbio.errors import SpecError
from pytest_alienbio.spec.reader import read
from pytest_alienbio.spec.syntax import syntax_complaint

CASES = [
    ("a: b: c\n", (1, 5), "a ':' stands where no key can be"),
    ("x:\n  a: 1\n b: 2\n", (3, 2), "the indentation or the punctuation does not fit here (it began at line 1)"),
    ("a: [1, 2\nb: 3\n", (2, 2), "a list in [...] is not closed, or a comma is missing in it (it began at line 1)"),
    ("a: {b: 1\nc: 3\n", (2, 2), "a mapping in {...} is not closed, or a comma is missing in it (it began at line 1)"),
    ("output_path: {date}/{seq}\n", (1, 20), "the indentation or the punctuation does not fit here"),
    ("a: 'x\nb: 3\n", (3, 1), "a quote is opened and never closed (it began at line 1)"),
    ('a: "x\\q"\n', (1, 6), 'a backslash in "..." stands for something unknown'),
    ("scenarios: [a, *]\n", (1, 17), "a '*' or '&' at the start of a value names an anchor, and no name follows"),
    ("a: @x\n", (1, 4), "the character '@' cannot start a value"),
    ("a: `x`\n", (1, 4), "the character '`' cannot start a value"),
    ("a: %x\n", (1, 4), "the character '%' cannot start a value"),
    ("a:\n\t- x\n", (2, 1), "a tab is used for indentation"),
    ("a: - x\n", (1, 4), "a list item '- ' cannot stand here"),
    ("a\nb: 1\n", (2, 2), "a ':' stands where no key can be"),
    ("a: 1\nb\n", (3, 1), "a key without a ':' after it (it began at line 2)"),
    ("a: !h!x 1\n", (1, 4), "a '!...!' tag is used that this file does not define"),
]


@pytest.mark.parametrize(("text", "place", "what"), CASES)
@pytest.mark.parametrize("parser", ["c", "pure"])
def test_syntax_error(text: str, place: tuple[int, int], what: str, parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words for a biologist; libyaml's place, from which the pure parser's may differ by its own view of where it failed."""
    if parser == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    with pytest.raises(SpecError) as caught:
        read(text, "f.yaml")
    [complaint] = caught.value.complaints
    assert complaint.file == "f.yaml"
    assert complaint.hint
    assert complaint.what.partition(" (it")[0] == what.partition(" (it")[0]
    if parser == "c" and hasattr(yaml, "CSafeLoader"):
        assert ((complaint.line, complaint.column), complaint.what) == (place, what)
    assert complaint.line >= 1
    assert complaint.column >= 1


def test_unknown_problem_keeps_the_parsers_words() -> None:
    """A problem nobody foresaw is still told."""
    mark = yaml.Mark("f", 0, 2, 3, None, 0)
    complaint = syntax_complaint(yaml.MarkedYAMLError(None, None, "the moon is full", mark), "a\nb\nc\n", "f.yaml")
    assert str(complaint).startswith("f.yaml:3:4: not readable as YAML (the moon is full); ")
    assert str(syntax_complaint(yaml.YAMLError("?"), "", "f.yaml")) == "f.yaml: not readable as YAML"
