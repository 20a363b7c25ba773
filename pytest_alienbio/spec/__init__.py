"""Battery files and project settings -> checked values, every complaint at once and each with its place.

The names are looked up when they are used: `files` is asked in every project that has the plugin and must cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .load import read_battery, read_project, read_source
    from .project import ProjectConfig
    from .python import Battery, player_name, written
    from .ranges import parse_levels, parse_seeds
    from .reader import read
    from .settings import SELECTING, SETTINGS, Setting, parse_setting

__all__ = [
    "SELECTING",
    "SETTINGS",
    "Battery",
    "ProjectConfig",
    "Setting",
    "parse_levels",
    "parse_seeds",
    "parse_setting",
    "player_name",
    "read",
    "read_battery",
    "read_project",
    "read_source",
    "written",
]

_MODULES = {
    "load": ("read_battery", "read_project", "read_source"),
    "project": ("ProjectConfig",),
    "python": ("Battery", "player_name", "written"),
    "ranges": ("parse_levels", "parse_seeds"),
    "reader": ("read",),
    "settings": ("SELECTING", "SETTINGS", "Setting", "parse_setting"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
