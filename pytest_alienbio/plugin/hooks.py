"""The entry module: hooks only, each one or two lines. Nothing heavy is imported until a battery appears.

These hooks fire in every project that has the plugin installed; without batteries they do nothing.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from .fixtures import agent, bio, cell, record_artifact, record_metric, record_score, scenario
from .stash import state_if_any
from .status import Status, status_of

__all__ = ["agent", "bio", "cell", "record_artifact", "record_metric", "record_score", "scenario"]

MARKERS = (
    "battery(path, head=None): play the function once for each cell of a battery file; the path is relative to the test's.",
    "cell(scenario, difficulty, variant, agent, seed, ...): on every cell, with its params, for exact selection: "
    "-m \"cell(agent='oracle', seed=3)\".",
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    from .compat import import_plainly

    import_plainly(pluginmanager)
    from .options import add_options

    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from . import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    if getattr(early_config.known_args_namespace, "bio_dry_run", False):
        from .dryrun import prepare

        prepare(early_config)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config.pluginmanager.register(EngineLoop(), "alienbio-engine")
    if config.pluginmanager.hasplugin("xdist"):
        from .xdist import XdistHooks

        config.pluginmanager.register(XdistHooks(), "alienbio-xdist")


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, int | None, int | None]:
    try:
        return (yield)
    except pytest.UsageError as error:
        from .preflight import ended

        return ended(config, error)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    from .preflight import preflight

    preflight(session)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    from .discover import is_battery

    if file_path.suffix not in (".yaml", ".yml", ".py"):
        return None
    globs = tuple(parent.config.getini("bio_batteries"))
    if not is_battery(file_path, parent.session.isinitpath(file_path), globs):
        return None
    from .collect import BatteryFile

    return BatteryFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    from .discover import is_no_test_module

    if not is_no_test_module(module_path, parent.config):
        return None
    from .collect import NoModule

    return NoModule.from_parent(parent, path=module_path)


def pytest_report_header(config: pytest.Config) -> list[str]:
    state = state_if_any(config)
    return state.tell() if state else []


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    state = state_if_any(config)
    if state is None:
        return []
    if not config.option.collectonly or config.option.verbose < 0 or config.option.bio_dry_run:
        return state.tell()
    from .gates import lines

    return [*state.tell(), *lines(state)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("battery"):
        from .collect import parametrize

        parametrize(metafunc)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if state := state_if_any(config):
        from .selecting import deselect

        deselect(state, items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if state := state_if_any(item.config):
        state.finish_report(item, call, report)
    return report


def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport, config: pytest.Config) -> Status | None:
    if not isinstance(report, pytest.TestReport) or report.when == "teardown" or not report.user_properties:
        return None
    # In the summary at the end other tools expect an id behind the word.
    state = state_if_any(config)
    return status_of(report, scored=state is None or not state.closed)


class EngineLoop:
    """pytest's test loop for sessions in which an engine plays cells; a plugin of its own, since one is there already."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        state = state_if_any(session.config)
        if state is None or not state.has_lanes:
            return None
        from .lane.loop import run_session
        from .preflight import plays_nothing

        if plays_nothing(session.config):
            return None

        return run_session(session)


def stoppable_loop(session: pytest.Session) -> AbstractContextManager[None]:
    state = state_if_any(session.config)
    if state is None:
        return nullcontext()
    from .stopping import stopping

    return stopping(session, state)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    from .closing import close_session, describe_suite, ended_by, refuse
    from .terminal import live_progress

    describe_suite(session)
    if state_if_any(session.config):
        from .collect import begin_batteries

        begin_batteries(session)
    try:
        with live_progress(session), stoppable_loop(session):
            result = yield
    except BaseException as error:  # noqa: BLE001 - whatever ended the loop, results are closed first; it goes on
        raise ended_by(session, error) from None
    close_session(session)
    refuse(session)
    return result


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    from .closing import close_session

    result = yield
    close_session(session)
    if state := state_if_any(session.config):
        from .resuming import nothing_left

        session.exitstatus = pytest.ExitCode.OK if nothing_left(session, state) else session.exitstatus
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from .terminal import write_summary

    write_summary(terminalreporter)
    state = state_if_any(terminalreporter.config)
    if state and state.told:
        from .github import tell_github

        tell_github(terminalreporter, state.told, os.environ, strict=state.strict)
