"""Cells of foreign tables as values: text, or JSON's own types. Each reader raises `ValueError` for people."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..errors import did_you_mean
from ..model import Json, Outcome, digest, slug
from ..store import codec
from ..store.summary import plain_text

MOST_DIGITS = 40
MAX_INTEGER = 2**63 - 1
_INT = re.compile(r"[-+]?[0-9]{1,%d}(\.0{1,20})?" % MOST_DIGITS)  # noqa: UP031 - braces of its own
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?(nan|inf|infinity)|#(num|div/0|n/a|value|ref|name)[!?]?", re.IGNORECASE)
_TRUTH: Mapping[str, bool] = {
    "true": True,
    "yes": True,
    "1": True,
    "1.0": True,
    "false": False,
    "no": False,
    "0": False,
    "0.0": False,
}


def is_missing(value: object) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: object) -> str:
    """A name or sentence; numbers are spelled as they are."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{_shown(value)} is no text")


def name(value: object) -> str:
    """What a battery, a scenario or an agent is called: something that can be seen."""
    found = text(value)
    if not any(ch.isprintable() and not ch.isspace() for ch in found):
        raise ValueError(f"{_shown(value)} is no name: nothing in it can be seen")
    return found


def number(value: object) -> float:
    """A finite number. `1e308` is one; `nan`, `inf` and what overflows are none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{_shown(value)} is no number")
    if not isinstance(value, str):
        return _finite(value, str(value))
    spelled = value.strip()
    if spelled.isascii() and _NUMBER.fullmatch(spelled):
        return _finite(float(spelled), spelled)
    if _NOT_FINITE.fullmatch(spelled):
        raise ValueError(f"{spelled} is no number that can be counted; leave it empty, and say in `outcome` what happened")
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", spelled):
        raise ValueError(f"{spelled!r} is no number; decimals have a point")
    if spelled.endswith("%"):
        raise ValueError(f"{spelled!r} is no number; write 85% as 0.85")
    raise ValueError(f"{_shown(value)} is no number")


def exact(value: object) -> float | int:
    """A number, whole if it is spelled so."""
    if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,%d}" % MOST_DIGITS, value.strip(), re.ASCII):  # noqa: UP031
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return number(value)


def whole(value: object) -> int:
    """A whole number; `3.0`, as tables with holes spell it, is one."""
    found: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        found = value
    elif isinstance(value, float) and value.is_integer():
        found = int(value)
    elif isinstance(value, str) and _INT.fullmatch(value.strip()):
        found = int(value.strip().partition(".")[0])
    if found is None:
        raise ValueError(f"{_shown(value)} is no whole number")
    if abs(found) > MAX_INTEGER:
        raise ValueError(f"{_shown(value)} is too large for a whole number (beyond 64 bits)")
    return found


def natural(value: object) -> int:
    """A whole number that is not below 0: what is counted."""
    found = whole(value)
    if found < 0:
        raise ValueError(f"{_shown(value)} is below 0")
    return found


def truth(value: object) -> bool:
    """True or false, in a few spellings."""
    if isinstance(value, bool):
        return value
    found = _TRUTH.get(value.strip().lower()) if isinstance(value, str) else _TRUTH.get(str(value))
    if found is None:
        raise ValueError(f"{_shown(value)} is neither true nor false")
    return found


def time(value: object) -> float:
    """Unix seconds of an ISO time; without an offset it is UTC."""
    if isinstance(value, datetime):
        value = value.isoformat()
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is no time; write it like 2026-01-31T10:30:00Z")
    try:
        found = codec.seconds(datetime.fromisoformat(value.strip()).isoformat())
        codec.time_text(found)  # the year 1 of another time zone is none of UTC
        return found
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(value)} is no time; write it like 2026-01-31T10:30:00Z") from None


def mapping(value: object) -> Mapping[str, Json]:
    """An object: JSON as text, or one already."""
    if isinstance(value, str):
        try:
            value = json.loads(value, **STRICT)
        except (ValueError, RecursionError) as error:
            why = "" if isinstance(error, json.JSONDecodeError | RecursionError) else f": {error}"
            raise ValueError(f"{_shown(value)} is no JSON object{why}") from None
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ValueError(f"{_shown(value)} is no JSON object")
    return value


def words(value: object) -> tuple[str, ...]:
    """Tags: a list, or text with commas."""
    if isinstance(value, str):
        value = [word.strip() for word in value.split(",")]
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise ValueError(f"{_shown(value)} is no list of words")
    return tuple(word for word in value if word)


def strict_number(text: str) -> float:
    """A number of JSON, which has to be finite."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text:.40} is not a finite number")
    return number


def strict_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, which has each key once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r:.60} is there twice")
    return found


STRICT: dict[str, Any] = {"parse_float": strict_number, "parse_constant": strict_number, "object_pairs_hook": strict_object}
"""How `json.loads` reads what somebody else wrote: nothing is silently lost, or made a number."""


def any_value(value: object) -> Json:
    """A param: a number or truth value if it is spelled like one, else text; typed values as they are."""
    if not isinstance(value, str):
        return value  # type: ignore[return-value]
    spelled = value.strip()
    if spelled in ("true", "false"):
        return spelled == "true"
    if spelled.isascii() and _NUMBER.fullmatch(spelled):
        return exact(spelled)
    return value


def in_id(name: str) -> str:
    """`name` as a part of a cell's id. Letters that an id has no place for are told from others by a few digits."""
    return slug(name) if name.isascii() else f"{slug(name)}-{digest(name)[:6]}"


def of_spreadsheet(cell: str) -> str:
    """A cell of a CSV without the `'` that keeps a spreadsheet from running it. Refuses one that would be run."""
    spelled = cell.strip()
    return cell if _NUMBER.fullmatch(spelled) or _NOT_FINITE.fullmatch(spelled) else plain_text(cell)


def outcome_of(words: Mapping[str, str]) -> Callable[[object], Outcome]:
    """Reads how a cell ended: our words, and theirs as `words` has them."""

    def read(value: object) -> Outcome:
        word = text(value).strip()
        name = words.get(word, word)
        if name in list(Outcome):
            return Outcome(name)
        hint = did_you_mean(name, map(str, Outcome), most=20)
        raise ValueError(f"{_shown(word)} is no outcome; {hint}; or say what it means: --outcome {_word(word)}=completed")

    return read


def one_of(known: tuple[str, ...]) -> Callable[[object], str]:
    """Reads one of some words."""

    def read(value: object) -> str:
        word = text(value).strip()
        if word in known:
            return word
        raise ValueError(f"{_shown(word)} is unknown here; {did_you_mean(word, known)}")

    return read


def _finite(value: float, spelled: str) -> float:
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise ValueError(f"{spelled[:40]} is no number that can be counted: not finite, or too large")
    return value


def _word(text: str) -> str:
    return text[:40] if text and " " not in text else f"'{text[:40]}'"


def _shown(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."
