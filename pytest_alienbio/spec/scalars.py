"""Plain YAML scalars as values: the YAML 1.2 core schema, where `no` is a word and `010` is ten."""

from __future__ import annotations

import math
import re

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BASES = {"0o": 8, "0x": 16}
MAX_INTEGER = 2**63 - 1

Scalar = str | int | float | bool | None


class ScalarError(ValueError):
    """Raised for a scalar that looks like a number but is none we can keep; the message is for people."""


def plain_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar. Dates, times, `yes`, `on` and `1_000` stay text.

    Raises `ScalarError` for `.inf`, `.nan`, `1e999` and whole numbers beyond 64 bits: JSON has no such numbers.
    """
    if text in _NULLS:
        return None
    first = text[0]
    if not (first.isdigit() or first in "+-.tTfF"):
        return text
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if not math.isfinite(value):
            raise ScalarError("this number is too large")
        return value
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError(f"{text} is not a number that can be stored")
    return text


def tagged_scalar(kind: str, text: str) -> Scalar:
    """The value of a scalar under one of YAML's own tags; `kind` is `str`, `int`, `float`, `bool` or `null`."""
    if kind == "str":
        return text
    value = plain_scalar(text)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wanted: dict[str, type] = {"int": int, "float": float, "bool": bool, "null": type(None)}
    if type(value) is not wanted[kind]:
        raise ScalarError(f"this is no !!{kind}")
    return value


def _integer(text: str) -> int:
    base = _BASES.get(text[:2], 10)
    digits = text[2:] if base != 10 else text
    if len(digits) <= 64:  # a longer one is refused unread: int() itself gives up at 4,300 digits
        value = int(digits, base)
        if -MAX_INTEGER <= value <= MAX_INTEGER:
            return value
    raise ScalarError("this whole number is too large (beyond 64 bits)")


def shorten(text: str, most: int = 40) -> str:
    """`text` cut to `most` characters, for a message."""
    return text if len(text) <= most else text[: most - 3] + "..."
