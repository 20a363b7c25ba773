"""The only places that lean on pytest's internals, together, so that each pytest version can be tested against them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def load_conftests(config: pytest.Config, folder: Path) -> None:
    """Imports the conftest files of `folder` and its parents, as collecting it would. pytest offers no public way."""
    config.pluginmanager._loadconftestmodules(
        folder,
        config.getoption("importmode"),
        rootpath=config.rootpath,
        consider_namespace_packages=config.getini("consider_namespace_packages"),
    )


def ini_values(config: pytest.Config) -> dict[str, object]:
    """What the ini file and `-o` hold, by key, also keys nobody registered: for those pytest offers no public way."""
    table: Any = getattr(config, "_inicfg", None)
    if table is None:  # pytest < 9.1
        table = config.inicfg
    overrides = (text.partition("=") for text in config.getoption("override_ini") or ())
    return {key: getattr(value, "value", value) for key, value in table.items()} | {key: text for key, _, text in overrides}


def normalise_id(item: pytest.Item) -> None:
    """Makes an id whose name holds `[` equal to what the cache reads back (pytest 9.2 splits it on reading only).

    Without this `--lf` and `--sw` silently rerun everything.
    """
    identity: Any = getattr(item, "_id", None)
    if hasattr(type(identity), "parse"):
        item._id = type(identity).parse(str(identity))


def shared_fixtures(first: pytest.Function | None) -> dict[str, Any]:
    """The resolved fixtures of a sibling with the same callable; saves most of the cost of collecting it again."""
    info = getattr(first, "_fixtureinfo", None)
    return {} if info is None else {"fixtureinfo": info}


def log_unremembered(config: pytest.Config, report: pytest.TestReport) -> None:
    """Sends a report that is no item's to everyone but `--lf` and `--sw`, whose caches it would pollute for good."""
    manager = config.pluginmanager
    remembering = [manager.get_plugin(name) for name in ("lfplugin", "stepwiseplugin")]
    plugins = [plugin for plugin in remembering if plugin is not None]
    manager.subset_hook_caller("pytest_runtest_logreport", remove_plugins=plugins)(report=report)
