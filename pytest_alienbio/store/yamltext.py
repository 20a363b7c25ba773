"""Plain values <-> YAML that people read, and that means the same to readers of YAML 1.1 and 1.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from ..model import Json, storable

MAX_VALUES = 2_000_000
"""Values of a document that are read at most, aliases expanded."""

_NUMBER_12 = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+")


def dump(value: Mapping[str, Json]) -> str:
    """`value` as block YAML in its own order, without aliases. Text that some reader would take for a number is quoted."""
    import yaml

    text: str = yaml.dump(_plain(value), Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=120)
    return text


def load(text: str) -> dict[str, Json]:
    """The mapping a YAML document holds, dates as ISO text.

    Raises `ValueError` if it is none, not readable, or grows absurdly by its aliases.
    """
    import yaml

    try:
        value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        left = [MAX_VALUES]
        plain = _json(value, left)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"not readable as YAML: {' '.join(str(error).split()):.300}") from error
    if not isinstance(plain, dict):
        raise ValueError("not a mapping")
    return plain


@cache
def _dumper() -> type[Any]:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]
        def ignore_aliases(self, data: object) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        style = "'" if _NUMBER_12.fullmatch(value) else "|" if _is_block(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return Dumper


def _is_block(value: str) -> bool:
    return "\n" in value and not re.search(r"[^\S\n]\n|[^\x20-\x7e\n]", value) and not value.startswith((" ", "\n"))


def _plain(value: Json) -> Any:
    if isinstance(value, str):
        return storable(str(value))
    if isinstance(value, Mapping):
        return {_plain(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    raise ValueError(f"not a value of a YAML file: {type(value).__name__}")


def _json(value: object, left: list[int]) -> Json:
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"more than {MAX_VALUES} values")
    if isinstance(value, dict):
        return {str(k): _json(v, left) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_json(v, left) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
