"""The only places that lean on pytest's internals, together, so that each pytest version can be tested against them."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest import threadexception, unraisableexception
from _pytest.config import apply_warning_filters
from pluggy import HookCaller, HookRelay


def import_plainly(pluginmanager: pytest.PytestPluginManager) -> None:
    """Lets Python itself import this package, where pytest would look through every module of a plugin for asserts to rewrite.

    Ours speak to nobody, and looking at 250 modules takes a tenth of the CPU of a session with one cell.
    """
    marked: Any = getattr(getattr(pluginmanager, "rewrite_hook", None), "_must_rewrite", None)
    if isinstance(marked, set):
        marked.discard(__name__.partition(".")[0])


def load_conftests(config: pytest.Config, folder: Path) -> None:
    """Imports the conftest files of `folder` and its parents, as collecting it would. pytest offers no public way."""
    config.pluginmanager._loadconftestmodules(
        folder,
        config.getoption("importmode"),
        rootpath=config.rootpath,
        consider_namespace_packages=config.getini("consider_namespace_packages"),
    )


def overridden(config: pytest.Config, file: Path, names: Sequence[str]) -> list[str]:
    """Of the fixtures of these names those that a conftest beside or above `file`, or a plugin, defines anew."""
    found: set[str] = set()
    for plugin in config.pluginmanager.get_plugins():
        module = getattr(plugin, "__name__", "")
        place = getattr(plugin, "__file__", None)
        if not place or module.startswith(("pytest_alienbio.", "_pytest.")):
            continue
        if Path(place).name == "conftest.py" and not file.is_relative_to(Path(place).parent):
            continue
        for name, value in vars(plugin).items():
            if marker := getattr(value, "_fixture_function_marker", None):
                found.add(getattr(marker, "name", None) or name)
    return [name for name in names if name in found]


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


def own_request(item: pytest.Function) -> pytest.FixtureRequest:
    """What the fixture `request` of an item itself gives; pytest reads signatures anew to find it."""
    request: pytest.FixtureRequest = item._request
    return request


def shared_fixtures(first: pytest.Function | None) -> dict[str, Any]:
    """The resolved fixtures of a sibling with the same callable; saves most of the cost of collecting it again."""
    info = getattr(first, "_fixtureinfo", None)
    return {} if info is None else {"fixtureinfo": info}


def fixtures_of(item: pytest.Function) -> dict[str, Callable[..., object]]:
    """The functions of all fixtures that are set up for an item, by name: autouse ones, too."""
    info: Any = getattr(item, "_fixtureinfo", None)
    found = info.name2fixturedefs if info else {}
    return {name: definitions[-1].func for name, definitions in found.items() if definitions}


def report_makers(config: pytest.Config, hooks: HookRelay) -> tuple[HookCaller, bool]:
    """The hook `pytest_runtest_makereport` for items that go through no phases, and whether anyone but pytest and us is in it.

    Plugins with a protocol of their own (pytest-rerunfailures) expect to have had the item before; `tmpdir` notes on each what
    its fixtures need.
    """
    manager = config.pluginmanager
    of_phases = [impl.plugin for impl in manager.hook.pytest_runtest_protocol.get_hookimpls()]
    out = {id(plugin) for plugin in (*of_phases, manager.get_plugin("tmpdir"))} - {id(manager.get_plugin("runner"))}
    makers = [impl for impl in hooks.pytest_runtest_makereport.get_hookimpls() if id(impl.plugin) not in out]
    others = any(not impl.function.__module__.startswith(("_pytest.", f"{__package__}.")) for impl in makers)
    stay = {id(impl.plugin) for impl in makers}
    left_out = [plugin for plugin in manager.get_plugins() if id(plugin) not in stay]
    return manager.subset_hook_caller("pytest_runtest_makereport", remove_plugins=left_out), others


_NO_TEARDOWNS = ("session", "terminalreporter", "terminalprogress", "lfplugin", "stepwiseplugin", "logging-plugin")


def teardown_logger(config: pytest.Config, hooks: HookRelay) -> HookCaller:
    """The hook `pytest_runtest_logreport` without those of pytest's own that make nothing of a teardown that passed: they take
    a quarter of the time, and the terminal would keep a second report of each test. Often nobody is left."""
    manager = config.pluginmanager
    own = [manager.get_plugin(name) for name in _NO_TEARDOWNS]
    applies = {id(impl.plugin) for impl in hooks.pytest_runtest_logreport.get_hookimpls()}
    applies -= {id(plugin) for plugin in own if type(plugin).__module__.startswith("_pytest.")}
    left_out = [plugin for plugin in manager.get_plugins() if id(plugin) not in applies]
    return manager.subset_hook_caller("pytest_runtest_logreport", remove_plugins=left_out)


def log_unremembered(session: pytest.Session, report: pytest.TestReport) -> None:
    """Sends a report that is no item's to everyone but `--lf` and `--sw`, whose caches it would pollute for good.

    It is one more than was collected, or the terminal would count up to 103%.
    """
    session.testscollected += report.when == "setup"
    manager = session.config.pluginmanager
    remembering = [manager.get_plugin(name) for name in ("lfplugin", "stepwiseplugin")]
    plugins = [plugin for plugin in remembering if plugin is not None]
    manager.subset_hook_caller("pytest_runtest_logreport", remove_plugins=plugins)(report=report)


@contextmanager
def configured_warnings(config: pytest.Config) -> Iterator[None]:
    """Inside, warnings are filtered as in a test: by the ini file and `-W`, deprecations always. What is left over is shown
    each time, not only the first time a line is reached."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", append=True)
        if not sys.warnoptions:
            warnings.filterwarnings("always", category=DeprecationWarning)
            warnings.filterwarnings("always", category=PendingDeprecationWarning)
        apply_warning_filters(config.getini("filterwarnings"), config.known_args_namespace.pythonwarnings or [])
        yield


def stray_collectors(config: pytest.Config) -> tuple[Callable[[], None], ...]:
    """What warns of exceptions that nobody could catch (of threads, of destructors) since the last time, as pytest does after
    each phase; raises them where that is an error."""
    found = [(plugin, getattr(module, collect)) for plugin, module, collect in _STRAYS]
    return tuple(partial(collect, config) for plugin, collect in found if config.pluginmanager.hasplugin(plugin))


_STRAYS = (
    ("threadexception", threadexception, "collect_thread_exception"),
    ("unraisableexception", unraisableexception, "collect_unraisable"),
)

_LINE_BEGUN = pytest.StashKey[bool]()


def begin_line(config: pytest.Config) -> None:
    """Makes the terminal go on in a new line, once: its last line of letters already ends in 100%."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.stash.get(_LINE_BEGUN, False):
        return
    config.stash[_LINE_BEGUN] = True
    if reporter.showfspath:
        reporter.currentfspath = None  # the next report begins with its file
    elif reporter.verbosity <= 0:
        reporter._tw.line()


def warn(config: pytest.Config, warning: Warning, nodeid: str, place: tuple[str, int]) -> None:
    """Warns of something at `place` (file, line), under an id, outside of any test; raises `warning` where it is an error.

    As `Config.issue_config_time_warning`, which can only name a line of Python.
    """
    if config.pluginmanager.is_blocked("warnings"):
        return
    with warnings.catch_warnings(record=True) as records:
        warnings.simplefilter("always", type(warning))
        apply_warning_filters(config.getini("filterwarnings"), config.known_args_namespace.pythonwarnings or [])
        warnings.warn_explicit(warning, type(warning), *place)
    for record in records:
        told = {"warning_message": record, "when": "runtest", "nodeid": nodeid, "location": None}
        config.hook.pytest_warning_recorded.call_historic(kwargs=told)
