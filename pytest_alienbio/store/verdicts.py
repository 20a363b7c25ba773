"""`reports/gates.json`: what the gates of a run said, whole, so that it can be read, shown and compared later."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from ..errors import StoreError
from ..model import Json, Verdict
from .codec import VERSION
from .disk import store_error
from .layout import GATES, REPORTS
from .reports import write_reports


def write_verdicts(dat_path: Path, verdicts: Sequence[Verdict]) -> None:
    """Writes `verdicts` into the DAT, in the place of those of an earlier close. Raises `StoreError`."""
    page = {"v": VERSION, "gates": [plain(verdict) for verdict in verdicts]}
    write_reports(dat_path, {GATES: json.dumps(page, indent=1, allow_nan=False) + "\n"})


def read_verdicts(dat_path: Path) -> tuple[Verdict, ...]:
    """What the gates of a DAT said; () if it had none. Raises `StoreError` for a file that is damaged or of a newer version."""
    path = dat_path / REPORTS / GATES
    try:
        page = json.loads(path.read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise store_error("read", path, error) from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path}: not readable as JSON: {str(error)[:200]}") from error
    if not isinstance(page, dict) or not isinstance(version := page.get("v"), int) or not isinstance(page.get("gates"), list):
        raise StoreError(f"{path}: expected an object with `v` and a list `gates`")
    if version > VERSION:
        raise StoreError(f"{path}: format version {version} is newer than {VERSION}; upgrade pytest-alienbio")
    try:
        return tuple(cast("Verdict", _made(Verdict, each, f"gates[{n}]")) for n, each in enumerate(page["gates"]))
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: {str(error)[:300]}") from error


def sound(verdict: Verdict) -> Verdict:
    """A verdict from outside as it would be read back. Raises `ValueError` for what is of another type than its field."""
    return cast("Verdict", _made(Verdict, plain(verdict), "verdict"))


def plain(value: object) -> Json:
    """A noun (a frozen dataclass of texts, numbers, tuples, mappings and nouns) as JSON, by its fields' names.

    A number of numpy's is one of Python's then.
    """
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    item = getattr(value, "item", None)
    return cast("Json", item() if callable(item) else value)


def _made(kind: Any, value: Any, where: str) -> Any:
    """`plain`, backwards: what is not there has its default, what is unknown is passed over. Raises `ValueError`."""
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise ValueError(f"{where}: expected an object")
        hints = get_type_hints(kind)
        known = [field.name for field in fields(kind) if field.name in value]
        return cast("type[Any]", kind)(**{name: _made(hints[name], value[name], f"{where}.{name}") for name in known})
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else _made(next(each for each in inside if each is not NoneType), value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_made(inside[0], each, f"{where}[{n}]") for n, each in enumerate(value))
    if origin is Mapping and isinstance(value, dict):
        return {key: _made(inside[1], each, f"{where}.{key}") for key, each in value.items()}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if kind is float:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    elif origin is None and type(value) is kind:
        return value
    raise ValueError(f"{where}: {value!r:.60} is no {getattr(kind, '__name__', kind)}")
