"""What the YAML parser did not understand, in words for someone who does not know YAML's grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import Complaint

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 50
"""Levels of lists and mappings in a file."""
_QUOTE = "put text in quotes if it starts with one of * & ! % @ ` { [ or contains ': ' or ' #'"
_INDENT = "keys of one mapping start in the same column; " + _QUOTE

# libyaml and the pure-Python parser word the same problem differently; each pattern covers both.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"mapping values are not allowed", "a ':' stands where no key can be", _INDENT),
    (r"expected ',' or '\]'", "a list in [...] is not closed, or a comma is missing in it", _QUOTE),
    (r"expected ',' or '\}'", "a mapping in {...} is not closed, or a comma is missing in it", _QUOTE),
    (r"expected key|expected <block end>", "the indentation or the punctuation does not fit here", _INDENT),
    (
        r"expected '-' indicator",
        "a list item that starts with '- ' was expected here",
        "items of one list start in the same column",
    ),
    (r"could not find expected ':'", "a key without a ':' after it", _INDENT),
    (
        r"sequence entries are not allowed",
        "a list item '- ' cannot stand here",
        "put the list on its own lines, or use [a, b]",
    ),
    (r"mapping keys are not allowed|block collections are not allowed", "a mapping cannot start here", _INDENT),
    (r"unexpected end of stream", "a quote is opened and never closed", "close it with the same kind of quote"),
    (r"document separator", "a quote is opened and never closed", "close it with the same kind of quote"),
    (
        r"unknown escape character|escape sequence|hexadecimal",
        'a backslash in "..." stands for something unknown',
        "use '...' instead",
    ),
    (r"invalid Unicode character", 'a backslash in "..." stands for a character that does not exist', "use '...' instead"),
    (r"found undefined tag handle", "a '!...!' tag is used that this file does not define", _QUOTE),
    (
        r"alphabetic or numeric character",
        "a '*' or '&' at the start of a value names an anchor, and no name follows",
        "quote a pattern: '*'",
    ),
    (r"cannot start any token", "this character cannot start a value", _QUOTE),
    (r"expected the node content|expected node content", "a value is missing here", _QUOTE),
    (r"expected '?<document start>", "nothing can follow here", _INDENT),
    (
        r"duplicate %|directive|%YAML|%TAG|version number",
        "a line that starts with '%' is a directive to the YAML parser",
        _QUOTE,
    ),
    (
        r"indentation indicator|comment or line break",
        "after '|' or '>' the text starts on the next line",
        "indent the text below its key",
    ),
    # libyaml's own limit: it looks far ahead, so it may meet the depth before the reader does.
    (r"maximum nesting depth", f"nested more than {MAX_DEPTH} levels deep", ""),
    (r"\btag\b|URI|tag's", "a '!...' tag is not well formed", _QUOTE),
)


def syntax_complaint(error: yaml.YAMLError, text: str, file: str) -> Complaint:
    """A YAML syntax error as a complaint: what is wrong in our words, the place, and what to try."""
    import yaml

    problem, mark, context = "", None, None
    if isinstance(error, yaml.MarkedYAMLError):
        problem = error.problem or error.context or ""
        mark = error.problem_mark or error.context_mark
        context = error.context_mark
    if mark is None:
        return Complaint("not readable as YAML", file)
    line, column = mark.line + 1, mark.column + 1
    lines = text.splitlines()
    here = lines[mark.line] if mark.line < len(lines) else ""
    what, hint = _explain(problem)
    if "\t" in here[: len(here) - len(here.lstrip())]:
        what, hint = "a tab is used for indentation", "indent with spaces"
        column = here.index("\t") + 1
    elif "cannot start any token" in problem and mark.column < len(here):
        what = f"the character {here[mark.column]!r} cannot start a value"
    if context is not None and context.line != mark.line:
        what += f" (it began at line {context.line + 1})"
    return Complaint(what, file, line, column, hint=hint)


def _explain(problem: str) -> tuple[str, str]:
    for pattern, what, hint in _WORDS:
        if re.search(pattern, problem):
            return what, hint
    return "not readable as YAML" + (f" ({problem})" if problem else ""), _QUOTE
