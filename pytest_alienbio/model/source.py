"""A YAML text after parsing: plain values, and where each of them stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import Complaint
from .canonical import Json

Path = tuple[str | int, ...]
"""The way to a value: keys and list indices from the root, `("scenarios", 0, "name")`."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A scalar with one of the tags the reader was told to allow, kept as text: `!ev uniform(1, 2)`."""

    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed text. `value` holds dicts, lists, scalars and `Tagged`; marks are (line, column), both from 1."""

    value: object
    file: str = ""
    keys: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    """Where the *key* that leads to a value stands."""
    values: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    """Where the value itself stands."""

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column of `path`, or of its nearest known parent; (0, 0) if nothing is known."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        while True:
            mark = first.get(path) or second.get(path)
            if mark or not path:
                return mark or (0, 0)
            path = path[:-1]

    def complain(self, path: Path, what: str, *, expected: str = "", hint: str = "", key: bool = False) -> Complaint:
        """A complaint about the value (or, with `key`, the key) at `path`."""
        line, column = self.place(path, key=key)
        return Complaint(what, self.file, line, column, expected, hint)


def plain(value: object) -> Json:
    """`value` as JSON: `Tagged` scalars become `{tag: text}`. For hashing what a file says, whatever its layout."""
    if isinstance(value, Tagged):
        return {value.tag: value.text}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"not a value of a YAML file: {type(value).__name__}")


def spelled(value: object) -> str:
    """`value` as a YAML file spells it, for a message: `null`, `true`, `[1, 2]`, 'text' in quotes; see `shorter`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Tagged):
        return shorter(f"{value.tag} {value.text}")
    if isinstance(value, list):
        return shorter(f"[{', '.join(map(spelled, value))}]")
    return "a mapping" if isinstance(value, Mapping) else shorter(repr(value))


def shorter(text: str) -> str:
    """`text` in one line of at most 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."
