"""The `output_path` template: which texts may name a result folder below the data root."""

from __future__ import annotations

import re

from ..errors import did_you_mean

FIELDS = ("battery", "commit", "date", "host", "seq", "user")
"""Fields that are the same for a whole battery, and so may name its folder."""
CELL_FIELDS = ("agent", "scenario", "seed")
"""Fields that differ from cell to cell."""
MAX_CHARACTERS = 200

_FIELD = re.compile(r"\{([^{}]*)\}")
_ODD = re.compile(r"[^\w .+=@,/-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def template_problem(text: str) -> str:
    """Why `text` may not be an `output_path`; '' if it may.

    Allowed is a relative path with `/`; its parts are letters, digits, blanks, `_ . + = @ , -` and plain `{field}`s. A template
    without `{seq}` is allowed: it names one folder, and the store refuses or renames a second run into it.
    """
    if not text.strip():
        return "it is empty"
    if len(text) > MAX_CHARACTERS:
        return f"it is longer than {MAX_CHARACTERS} characters"
    for field in _FIELD.findall(text):
        problem = _field_problem(field)
        if problem:
            return problem
    rest = _FIELD.sub("x", text)
    if "{" in rest or "}" in rest:
        return "a '{' or '}' stands alone; a field is one name in braces, like {date}"
    return _path_problem(rest, _FIELD.sub("", text))


def aggregate_problem(text: str) -> str:
    """Why `text` may not say where an aggregate is; '' if it may: what may be an `output_path`, without `{seq}`."""
    if "seq" in _FIELD.findall(text):
        return "{seq} is another one for each run, and an aggregate is one folder for many"
    return template_problem(text)


def _field_problem(field: str) -> str:
    if field in CELL_FIELDS:
        return f"{{{field}}} differs from cell to cell, and one folder holds the whole battery"
    if field in FIELDS:
        return ""
    if not re.fullmatch(r"[A-Za-z_]+", field):
        return "a field is one plain name in braces, like {date}: no formats, indices, attributes or blanks"
    return f"unknown field {{{field}}}; {did_you_mean(field, FIELDS)}"


def _path_problem(path: str, literal: str) -> str:
    if _CONTROL.search(path):
        return "it holds a control character"
    if "\\" in path:
        return "it holds a backslash; separate folders with '/'"
    if path.startswith("/"):
        return "it is absolute; a result folder lies below the data root"
    if path.startswith("~"):
        return "'~' does not stand for the home folder here; a result folder lies below the data root"
    if re.match(r"[A-Za-z]:", literal):
        return "it names a drive; a result folder lies below the data root"
    for part in path.split("/"):
        if part == "":
            return "a part of the path is empty ('//' or a '/' at the end)"
        if part == "..":
            return "'..' leaves the data root"
        if part.startswith("."):
            return "a part of the path starts with '.', and would be hidden"
        if part != part.strip() or part.endswith("."):
            return "a part of the path starts or ends with a blank, or ends with '.'"
    odd = _ODD.search(path)
    return f"the character {odd[0]!r} is not allowed" if odd else ""
