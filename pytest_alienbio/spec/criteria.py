"""Success criteria as people write them, `< 0.05` or `between 2 and 3`: matched, never evaluated."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ..errors import Complaint, SpecError, near_match
from ..model import Criterion
from ..model.criterion import COMPARISONS
from .scalars import shorten

EXPECTED = "< 0.05, <= 5, > 0, >= 1, == 3, != 0 or between 2 and 3"

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_COMPARED = re.compile(r"([<>=!]=?)\s*(\S+)")
_BETWEEN = re.compile(r"between\s+(\S+)\s+and\s+(\S+)")
_MAX_DIGITS = 40
_MAX_GUESSED = 100
"""Characters of a text that are looked at for what was meant by it."""

# What people write instead, and what they mean by it.
_ALIKE: Mapping[str, str] = {
    "=": "==",
    "=<": "<=",
    "≤": "<=",
    "=>": ">=",
    "≥": ">=",
    "<>": "!=",
    "≠": "!=",
    "!": "!=",
    "===": "==",
    "is": "==",
    "equals": "==",
    "not": "!=",
    "less than": "<",
    "below": "<",
    "under": "<",
    "at most": "<=",
    "up to": "<=",
    "more than": ">",
    "greater than": ">",
    "above": ">",
    "over": ">",
    "at least": ">=",
}
_RANGE = re.compile(r"(?:in\b)?\s*[\[(]?\s*([-+]?[0-9.]+)\s*(?:\.{2,3}|-|,|to|and)\s*([-+]?[0-9.]+?)\s*[\])]?")


def parse_criterion(metric: str, condition: str) -> Criterion:
    """The condition on `metric`. Numbers are decimal, with a sign and an exponent if need be; both ends of `between` count.

    Raises `SpecError` with one complaint, without a place, that says what was probably meant.
    """
    text = " ".join(condition.split())
    compared, between = _COMPARED.fullmatch(text), _BETWEEN.fullmatch(text)
    if compared and compared[1] in COMPARISONS:
        return Criterion(metric, f"{compared[1]} {compared[2]}", compared[1], _number(compared[2]))
    if between:
        low, high = _number(between[1]), _number(between[2])
        if low > high:
            swapped = f"did you mean 'between {between[2]} and {between[1]}'?"
            raise _refuse(f"no number is {shorten(text)}", "the smaller number first", swapped)
        return Criterion(metric, text, "between", low, high)
    if not text:
        raise _refuse("the condition is empty", EXPECTED)
    raise _refuse(f"{shorten(text)!r} is no condition", EXPECTED, _meant(text) if len(text) <= _MAX_GUESSED else "")


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise _refuse(f"{shorten(text)!r} is no number", "decimal digits, like 0.05, -3 or 1e6", _meant_number(text))
    if len(text) > _MAX_DIGITS:
        raise _refuse(f"{shorten(text)!r} is too long for a number", f"at most {_MAX_DIGITS} characters")
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    value = float(text)
    if not math.isfinite(value):
        raise _refuse(f"{shorten(text)!r} is too large for a number", "a finite one")
    return value


def _meant_number(text: str) -> str:
    plain = re.sub(r"[_,'](?=[0-9]{3}\b|[0-9]{3}[_,'])", "", text)
    if plain != text and _NUMBER.fullmatch(plain):
        return f"did you mean {plain}?"
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1]):
        return "percent signs are not understood: give the number as the metric has it, like 0.05 or 5"
    number = _NUMBER.match(text)
    return f"give it in the metric's own unit: did you mean {number[0]}?" if number else ""


def _meant(text: str) -> str:
    """What `text` was probably meant to be, as a question; '' if nobody knows."""
    words, _, last = text.lower().rpartition(" ")
    sign = re.match(r"[^\w\s.+-]+", text)
    if sign and not words.startswith(tuple("abcdefghijklmnopqrstuvwxyz")):
        words, last = sign[0], text[sign.end() :].strip()
    if _NUMBER.fullmatch(last):
        if words in _ALIKE:
            return f"did you mean '{_ALIKE[words]} {last}'?"
        if not words:
            return f"say how it is compared: did you mean '== {last}' or '< {last}'?"
    if (found := _RANGE.fullmatch(text.lower())) and all(map(_NUMBER.fullmatch, found.groups())):
        return f"did you mean 'between {found[1]} and {found[2]}'?"
    first = text.split()[0]
    if near := near_match(first.lower(), ("between",)):
        return near if first != "between" else "write both numbers: between 2 and 3"
    if " and " in text:
        return "one condition each: write a second criterion for the same metric"
    if first.isidentifier() and re.search("[<>=]", text):
        return "the metric stands under `metric`, the condition begins with its sign"
    return near_match(first, COMPARISONS) if first not in COMPARISONS else ""


def _refuse(what: str, expected: str, hint: str = "") -> SpecError:
    return SpecError(Complaint(what, expected=expected, hint=hint))
