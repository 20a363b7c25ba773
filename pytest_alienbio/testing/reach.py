"""What can be reached from a value that is handed to an agent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import ModuleType

_ATOMS = (str, int, float, bool, bytes, type(None))
_BARE = (list, tuple, set, frozenset, dict)
_NOT_FOLLOWED = (type, ModuleType)


def reach(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every object that attributes, items and closures lead to from `value`, each once, with the way to it.

    Classes and modules are not followed: they are the same for everybody. Attributes are all of `dir()`, private ones
    too; one that raises leads nowhere.
    """
    seen: set[int] = set()
    kept: list[object] = []  # so that no id is used twice
    waiting = [(path or type(value).__name__, value)]
    while waiting:
        where, this = waiting.pop()
        if isinstance(this, _NOT_FOLLOWED) or id(this) in seen:
            continue
        seen.add(id(this))
        kept.append(this)
        yield where, this
        if isinstance(this, _ATOMS):
            continue
        waiting.extend(_next(where, this))


def _next(where: str, this: object) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    if isinstance(this, Mapping):
        for key, item in this.items():
            found += [(f"a key of {where}", key), (f"{where}[{key!r}]", item)]
    elif isinstance(this, list | tuple | set | frozenset):
        found += [(f"{where}[{place}]", item) for place, item in enumerate(this)]
    if type(this) in _BARE:
        return found
    for name in _attributes(this):
        try:
            item = getattr(this, name)
        except Exception:  # noqa: BLE001, S112 - somebody's property; it leads nowhere
            continue
        if not _belongs_to_class(this, item):
            found.append((f"{where}.{name}", item))
    closure = getattr(this, "__closure__", None)
    for cell in closure or ():
        found.append((f"a closure of {where}", cell.cell_contents))
    return found


def _attributes(this: object) -> list[str]:
    if is_dataclass(this) and not isinstance(this, type):
        names = [field.name for field in fields(this)]
        return names + [name for name in getattr(this, "__dict__", {}) if name not in names]
    return [name for name in dir(this) if not (name.startswith("__") and name.endswith("__") and name != "__self__")]


def _belongs_to_class(this: object, item: object) -> bool:
    """A bound method of `this` leads back to `this` and nowhere else."""
    return getattr(item, "__self__", None) is this
