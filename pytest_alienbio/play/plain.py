"""Values that cross a border, as plain copies: nothing live, nothing that JSON cannot hold."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from numbers import Integral, Real

from ..model import Json

_DEEPEST = 32
_LARGEST_BITS = 1023


def a_type(value: object) -> str:
    """The name of its type with an article: `a list`, `an object`."""
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in tuple('aeio') else 'a'} {name}"


def plain_text(value: object, name: str) -> str:
    """`value` as a `str` that UTF-8 can hold. Raises `TypeError` or `ValueError`, naming `name`."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {a_type(value)}, not a text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{name} holds a character that UTF-8 cannot hold (a lone surrogate)") from None
    return str(value)


def plain_number(value: object, name: str) -> float:
    """`value` (numpy scalars too, no booleans) as a finite `float`. Raises `TypeError` or `ValueError`, naming `name`."""
    if type(value) is not float:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"{name} is {a_type(value)}, not a number")
        try:
            value = float(value)
        except OverflowError:
            raise ValueError(f"{name} is too large for a number") from None
    if not isfinite(value):
        raise ValueError(f"{name} is {value!r}, not a finite number")
    return value


def plain_count(value: object, name: str) -> int:
    """`value` (numpy integers too, no booleans) as an `int`. Raises `TypeError`, naming `name`."""
    if type(value) is int:  # at once: asking an abstract class takes ten times as long
        return value
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {a_type(value)}, not a whole number")
    return int(value)


def plain_flag(value: object, name: str) -> bool:
    """`value` (numpy booleans too) as a `bool`. Raises `TypeError`, naming `name`."""
    if isinstance(value, bool):
        return value
    if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise TypeError(f"{name} is {a_type(value)}, not True or False")


def plain_numbers(values: object, name: str) -> dict[str, float]:
    """`values` as a fresh `{text: finite float}`. Raises `TypeError` or `ValueError`, naming the entry."""
    if type(values) is dict and not values:
        return {}
    copy = _entries(values, name)
    # The common case, told apart quickly: this runs for every quantity of every observation
    if all(type(key) is str and key.isascii() and type(value) is float and isfinite(value) for key, value in copy.items()):
        return copy  # type: ignore[return-value]
    return {plain_text(key, f"a key of {name}"): plain_number(value, f"{name}[{key!r}]") for key, value in copy.items()}


def plain_texts(values: object, name: str) -> dict[str, str]:
    """`values` as a fresh `{text: text}`. Raises `TypeError` or `ValueError`, naming the entry."""
    copy = _entries(values, name)
    return {plain_text(key, f"a key of {name}"): plain_text(value, f"{name}[{key!r}]") for key, value in copy.items()}


def plain_mapping(values: object, name: str) -> dict[str, Json]:
    """`values` as a fresh deep copy of JSON values under text keys. Raises `TypeError` or `ValueError`, naming the entry."""
    if type(values) is dict and not values:
        return {}
    copy = _entries(values, name)
    return {plain_text(key, f"a key of {name}"): plain(value, f"{name}[{key!r}]") for key, value in copy.items()}


def _entries(values: object, name: str) -> dict[object, object]:
    if type(values) is not dict and not isinstance(values, Mapping):
        raise TypeError(f"{name} is {a_type(values)}, not a mapping")
    return dict(values)


def plain(value: object, name: str, depth: int = 0) -> Json:
    """`value` as a fresh deep copy made of JSON's own types; numpy numbers are turned into Python's.

    Raises `TypeError` for anything else and `ValueError` for NaN, infinities and values nested too deeply (or in
    themselves), naming where it stands.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return plain_text(value, name)
    if isinstance(value, Integral):
        whole = int(value)
        if whole.bit_length() > _LARGEST_BITS:
            raise ValueError(f"{name} is too large for a number")
        return whole
    if isinstance(value, Real):
        return plain_number(value, name)
    if depth >= _DEEPEST:
        raise ValueError(f"{name} is nested more than {_DEEPEST} deep")
    if isinstance(value, Mapping):
        return {plain_text(key, f"a key of {name}"): plain(item, f"{name}[{key!r}]", depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{name}[{place}]", depth + 1) for place, item in enumerate(value)]
    if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise TypeError(f"{name} is {a_type(value)}, which JSON cannot hold")
