"""JSON that people edit and merge: read strictly, and what is wrong with it said with its place."""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeAlias

from ..errors import Complaint, SpecError
from ..model import Json, inert

Place: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""
Trail: TypeAlias = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_TOKEN = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[][{},:])|(?P<word>[^\s,:"\[\]{}]+)')
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_CONFLICT = re.compile(r"(?m)^(<<<<<<<|=======|>>>>>>>)")


def read_json(text: str, file: str, hint: str) -> Json:
    """What a text holds. Raises `SpecError` with the place of what is no JSON, no finite number, or a key given twice."""
    if conflict := _CONFLICT.search(text):
        more = "take one side whole, or make it anew: two cannot be mixed line by line"
        raise SpecError(Complaint("holds the marks of a merge conflict", file, *place(text, conflict.start()), hint=more))
    try:
        value: Json = json.loads(text, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite)
    except json.JSONDecodeError as error:
        cut = text.rstrip()[-1:] not in ("}", "]")
        what = "ends before it is whole" if cut else f"not readable as JSON: {error.msg}"
        raise SpecError(Complaint(what, file, error.lineno, error.colno, hint=hint)) from None
    except _WrongError as error:
        raise SpecError(Complaint(str(error), file, *_found(text, error), hint=hint)) from None
    except RecursionError:
        raise SpecError(Complaint("nested too deeply", file, hint=hint)) from None
    except ValueError as error:  # a whole number with thousands of digits
        raise SpecError(Complaint(f"not readable as JSON: {str(error)[:200]}", file, hint=hint)) from None
    return value


def offsets(text: str) -> tuple[dict[Trail, int], int | None]:
    """Of a text that `json` has read: where each value begins, and where the first key that an object has twice."""
    found: dict[Trail, int] = {}
    twice: int | None = None
    around: list[tuple[Trail, int | None]] = []
    """The open containers: their trails, and of a list the index we are at."""
    at: Trail = ()
    wants_key = False
    for token in _TOKEN.finditer(text):
        word, start = token[0], token.start()
        if word in ("{", "["):
            found[at] = start
            around.append((at, None if word == "{" else 0))
            wants_key, at = word == "{", at if word == "{" else (*at, 0)
        elif word in ("}", "]"):
            at, wants_key = around.pop()[0], False
        elif word == ",":
            trail, index = around[-1]
            wants_key = index is None
            if index is not None:
                around[-1] = trail, index + 1
                at = (*trail, index + 1)
        elif word == ":":
            continue
        elif wants_key:
            at, wants_key = (*around[-1][0], json.loads(word)), False
            if at in found and twice is None:
                twice = start
            found.setdefault(at, start)
        else:
            found[at] = start
    return found, twice


def place(text: str, offset: int) -> Place:
    """An offset as line and column."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def shown(value: object) -> str:
    """A value from such a file, short, as it may be shown."""
    return inert(repr(value) if isinstance(value, str) else json.dumps(value, default=repr), most=60)


class _WrongError(Exception):
    """Something that JSON does not have, and Python's reader would take."""

    def __init__(self, what: str, number: str = "") -> None:
        self.number = number
        super().__init__(what)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _WrongError(f"{shown(key)} is there twice")
        made[key] = value
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _WrongError(f"{text[:20]} is not a finite number; a number that is missing is null", text)
    return number


def _found(text: str, error: _WrongError) -> Place:
    """Where the first such thing stands."""
    if not error.number:
        return place(text, offsets(text)[1] or 0)
    bare = _TEXT.sub(lambda match: "_" * len(match[0]), text)
    number = re.search(rf"(?<![\w.+-]){re.escape(error.number)}(?![\w.+-])", bare)
    return place(text, number.start() if number else 0)
