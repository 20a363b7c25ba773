"""The short protocol: a cell that has been played becomes two reports, `call` and `teardown`; nothing is set up for it."""

from __future__ import annotations

from typing import Literal

import pytest

from .hearing import Hearing
from .item import LaneItem

_PASSED_ON = (pytest.exit.Exception, KeyboardInterrupt)


def report_cell(item: LaneItem, hearing: Hearing) -> None:
    """Reports `item`, whose cell has been played, to everyone whom pytest's own protocol would tell.

    What its cell let out goes with it. Passes on Ctrl-C, `pytest.exit` and what is raised by a hook that listens to reports.
    """
    lane = item.lane
    hook, nodeid, location = lane.hooks, item.nodeid, item.location
    hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
    ear = hearing.take(item.cell)
    hearing.show_live(ear)
    with hearing.at(ear):  # what the hooks let out is the cell's, too
        call, ended = _phases(item)
    if ear.heard:
        for key, text in hearing.sections(ear):
            item.add_report_section("call", key, text)
    report = _passed(item, "call", location) if call is None else lane.make_report(item=item, call=call)
    hook.pytest_runtest_logreport(report=report)
    excinfo = call and call.excinfo
    if excinfo and not hasattr(report, "wasxfail") and not isinstance(excinfo.value, pytest.skip.Exception):
        hook.pytest_exception_interact(node=item, call=call, report=report)
    if ended and ended.excinfo:
        hook.pytest_runtest_logreport(report=lane.make_report(item=item, call=ended))
    elif lane.others_make_reports:
        lane.log_teardown(report=lane.make_report(item=item, call=ended))
    elif lane.teardowns_are_logged:
        lane.log_teardown(report=_passed(item, "teardown", location))
    hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)
    hearing.tell_warnings(ear, nodeid, hook)
    item.let_go()


def _phases(item: LaneItem) -> tuple[pytest.CallInfo[None] | None, pytest.CallInfo[None] | None]:
    """Takes the item through what stands for its call and its teardown. None: nothing was raised there, and nobody but us
    makes a report of it."""
    raised: BaseException | None = None
    try:
        _conclude(item)
    except BaseException as error:  # noqa: BLE001 - pytest's own way to tell is asked below, as of any phase
        raised = error
    if raised is None and not item.lane.others_make_reports:
        return None, None
    call = pytest.CallInfo.from_call(lambda: _raise(raised), when="call", reraise=_PASSED_ON)
    return call, pytest.CallInfo.from_call(lambda: _tear_down(item, raised), when="teardown", reraise=_PASSED_ON)


def _passed(item: LaneItem, when: Literal["call", "teardown"], location: tuple[str, int | None, str]) -> pytest.TestReport:
    """The report of a phase in which nothing was raised, as pytest's own hook makes it with the cell's own times."""
    result = item.result
    start, stop, duration = (result.started_at, result.ended_at, result.duration_s) if result else (0.0, 0.0, 0.0)
    if when == "teardown":
        start, duration = stop, 0.0
    sections = [(f"Captured {key} {phase}", text) for phase, key, text in item._report_sections]
    keywords: dict[str, Literal[1]] = {item.name: 1, "cell": 1, **item.lane.keywords}
    return pytest.TestReport(
        getattr(item, "id", item.nodeid),  # pytest < 9.2 has only the text
        location,
        keywords,
        "passed",
        None,
        when,
        sections,
        duration,
        start,
        stop,
        user_properties=item.user_properties,
    )


def _conclude(item: LaneItem) -> None:
    item.conclude()
    for collect in item.lane.collect_strays:
        collect()


def _raise(error: BaseException | None) -> None:
    """Raises it from where it came, as if it had not been caught in between."""
    if error is not None:
        trace = error.__traceback__
        raise error.with_traceback(trace and trace.tb_next)


def _tear_down(item: LaneItem, raised: BaseException | None) -> None:
    """There is nothing to tear down; of a cell that failed, strays are still to be collected."""
    if raised is not None:
        for collect in item.lane.collect_strays:
            collect()
