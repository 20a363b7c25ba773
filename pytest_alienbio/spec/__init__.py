"""Battery files and project settings -> checked values, every complaint at once and each with its place.

What is exported is looked up when it is used: `files` and `names` are asked in every project that has the plugin and must
cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .criteria import parse_criterion
    from .edit import with_agent, with_defaults, without_agent
    from .load import read_battery, read_manifest, read_project, read_source
    from .manifest import MANIFEST_NAME
    from .names import CONTINUING, SELECTING, SETTINGS, Setting
    from .project import ProjectConfig
    from .python import Battery, player_name, written
    from .ranges import parse_levels, parse_seeds
    from .reader import read
    from .settings import parse_setting

__all__ = [
    "CONTINUING",
    "MANIFEST_NAME",
    "SELECTING",
    "SETTINGS",
    "Battery",
    "ProjectConfig",
    "Setting",
    "parse_criterion",
    "parse_levels",
    "parse_seeds",
    "parse_setting",
    "player_name",
    "read",
    "read_battery",
    "read_manifest",
    "read_project",
    "read_source",
    "with_agent",
    "with_defaults",
    "without_agent",
    "written",
]

_MODULES = {
    "edit": ("with_agent", "with_defaults", "without_agent"),
    "criteria": ("parse_criterion",),
    "load": ("read_battery", "read_manifest", "read_project", "read_source"),
    "manifest": ("MANIFEST_NAME",),
    "names": ("CONTINUING", "SELECTING", "SETTINGS", "Setting"),
    "project": ("ProjectConfig",),
    "python": ("Battery", "player_name", "written"),
    "ranges": ("parse_levels", "parse_seeds"),
    "reader": ("read",),
    "settings": ("parse_setting",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
