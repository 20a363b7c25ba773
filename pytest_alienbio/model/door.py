"""The door of a room: what is exported is looked up when it is used, for no command needs all of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module

_AS_THEY_ARE: Mapping[str, str] = {}


def door(
    room: str, names: Mapping[str, tuple[str, ...]], *, itself: Collection[str] = (), renamed: Mapping[str, str] = _AS_THEY_ARE
) -> Callable[[str], object]:
    """A room's `__getattr__`: `names` are those of each of its modules, `itself` modules that are exported as such.

    `renamed` says what an export is called in its module. Raises `AttributeError` for what is not exported.
    """
    home = {name: module for module, own in names.items() for name in own}

    def find(name: str) -> object:
        if name in home:
            value: object = getattr(import_module(f".{home[name]}", room), renamed.get(name, name))
        elif name in itself:
            value = import_module(f".{name}", room)
        else:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        vars(sys.modules[room])[name] = value
        return value

    return find
