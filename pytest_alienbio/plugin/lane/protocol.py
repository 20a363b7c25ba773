"""The short protocol: a cell that has been played becomes two reports, `call` and `teardown`; nothing is set up for it."""

from __future__ import annotations

import pytest

from .hearing import Hearing
from .item import LaneItem

_PASSED_ON = (pytest.exit.Exception, KeyboardInterrupt)


def report_cell(item: LaneItem, hearing: Hearing) -> None:
    """Reports `item`, whose `result` is there, to everyone whom pytest's own protocol would tell.

    What its cell let out goes with it. Passes on Ctrl-C, `pytest.exit` and what is raised by a hook that listens to reports.
    """
    hook, make_report, nodeid, location = item.ihook, item.lane.make_report, item.nodeid, item.location
    hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
    ear = hearing.take(item.cell)
    hearing.show_live(ear)
    with hearing.at(ear):  # what the hooks let out is the cell's, too
        call = pytest.CallInfo.from_call(item.conclude, when="call", reraise=_PASSED_ON)
    for key, text in hearing.sections(ear):
        item.add_report_section("call", key, text)
    report: pytest.TestReport = make_report(item=item, call=call)
    hook.pytest_runtest_logreport(report=report)
    if call.excinfo and not hasattr(report, "wasxfail") and not isinstance(call.excinfo.value, pytest.skip.Exception):
        hook.pytest_exception_interact(node=item, call=call, report=report)
    report = make_report(item=item, call=pytest.CallInfo.from_call(_nothing, when="teardown"))
    hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)
    hearing.tell_warnings(ear, nodeid, hook)
    item.let_go()


def _nothing() -> None:
    """What there is to tear down."""
