"""Which lane a battery's cells go: the engine's, if one is named and nothing that belongs to a cell would be passed by."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from pluggy import HookCaller, HookRelay

from ...model import EngineChoice, engine_choice, storable
from ..collect import BatteryNode, CellItem
from ..compat import fixtures_of, report_makers, stray_collectors, teardown_logger
from ..loaded import Loaded

_SHOWING = {
    "setupshow": "--setup-show",
    "setuponly": "--setup-only",
    "setupplan": "--setup-plan",
    "usepdb": "--pdb",
    "trace": "--trace",
}
"""Options of pytest's that show or stop at phases."""
_OF_PLUGINS = {
    "reruns": "--reruns of pytest-rerunfailures",
    "timeout": "--timeout of pytest-timeout",
    "allure_report_dir": "--alluredir of allure-pytest",
}
"""Options of plugins that work on phases: ini keys, too."""
_PHASES = ("pytest_runtest_protocol", "pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown")
_OURS = Path(__file__).parents[2]
_INSTALLED = tuple({os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("purelib", "platlib", "stdlib")})


@dataclass(frozen=True, slots=True)
class Lane:
    """What the items of one battery in the engine lane have in common."""

    engine: EngineChoice
    hooks: HookRelay
    """Those that apply in the battery's folder."""
    make_report: HookCaller
    others_make_reports: bool
    """Whether anyone but pytest and us has a say in how reports are made."""
    log_teardown: HookCaller
    """`pytest_runtest_logreport` for those to whom a teardown in which nothing happened means anything (JUnit, say)."""
    teardowns_are_logged: bool
    """Whether there is any of them."""
    collect_strays: tuple[Callable[[], None], ...]
    """See `stray_collectors`."""
    keywords: Mapping[str, Literal[1]]
    """In reports, of the nodes above the cells."""

    @classmethod
    def of(cls, engine: EngineChoice, battery: BatteryNode) -> Lane:
        """The lane of a battery, whose hooks are known by now."""
        keywords: dict[str, Literal[1]] = {storable(word): 1 for word in battery.keywords}
        maker, others = report_makers(battery.config, battery.hooks)
        logger, collectors = teardown_logger(battery.config, battery.hooks), stray_collectors(battery.config)
        return cls(engine, battery.hooks, maker, others, logger, bool(logger.get_hookimpls()), collectors, keywords)


def engine_of(loaded: Loaded, config: pytest.Config) -> EngineChoice | None:
    """The engine that a battery names, or the session for it; None under xdist, whose workers play then, and without one."""
    battery = loaded.plan.battery
    if battery.engine is None or hasattr(config, "workerinput"):
        return None
    return engine_choice(battery.engine, battery.concurrency)


def passed_by(item: CellItem) -> str:
    """What the engine lane would not do for the cells of an item's battery, so that they have to go the other one; '' if
    nothing."""
    return next(_passed_by(item), "")


def _passed_by(item: CellItem) -> Iterator[str]:
    option = item.config.option
    for name, spelled in _SHOWING.items():
        if getattr(option, name, False):
            yield f"{spelled} goes with pytest's own phases"
    for name, spelled in _OF_PLUGINS.items():
        if _given(item.config, name):
            yield f"{spelled} works on pytest's own phases"
    for fixture, function in fixtures_of(item).items():
        if where := _users(function):
            overrides = fixture in ("agent", "scenario", "cell")
            yield f"the fixture `{fixture}` {'is overridden' if overrides else 'applies to its cells'} in {where}"
    for hook in _PHASES:
        for found in getattr(item.ihook, hook).get_hookimpls():
            if where := _users(found.function):
                yield f"the hook {hook} is implemented in {where}"


def _given(config: pytest.Config, name: str) -> bool:
    try:
        return bool(config.getoption(name, None) or config.getini(name))
    except (ValueError, KeyError):  # no such ini key: the plugin is not there
        return False


def _users(function: Any) -> str:
    """File and line of a function that is the user's, not ours, pytest's or another installed package's; '' if it is."""
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    if code is None:
        return ""
    file = os.path.realpath(code.co_filename)
    if file.startswith((f"{_OURS}{os.sep}", *_INSTALLED)):
        return ""
    return f"{os.path.relpath(file)}:{code.co_firstlineno}"
