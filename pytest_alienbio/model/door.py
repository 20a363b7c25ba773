"""The door of a room: what is exported is looked up when it is used, for no command needs all of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from types import ModuleType

_AS_THEY_ARE: Mapping[str, str] = {}


def door(
    room: str, names: Mapping[str, tuple[str, ...]], *, itself: Collection[str] = (), renamed: Mapping[str, str] = _AS_THEY_ARE
) -> Callable[[str], object]:
    """A room's `__getattr__`: `names` are those of each of its modules, `itself` modules that are exported as such.

    `renamed` says what an export is called in its module. Raises `AttributeError` for what is not exported.
    """
    home = {name: module for module, own in names.items() for name in own}
    if alike := frozenset(name for name, own in names.items() if name in own):
        sys.modules[room].__class__ = _shadowing(alike)

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


def _shadowing(alike: frozenset[str]) -> type[ModuleType]:
    """A room with exports named as their modules: `stats.summarize` is the function, whoever has imported its module before.

    Importing a module binds it in its package, where it would hide the export of its name.
    """

    class Room(ModuleType):
        def __setattr__(self, name: str, value: object) -> None:
            is_module = name in alike and isinstance(value, ModuleType)
            super().__setattr__(name, getattr(value, name) if is_module else value)

    return Room
