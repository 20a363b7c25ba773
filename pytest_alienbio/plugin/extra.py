"""Reports of a session's own, for what is no item: they count, they are in JUnit, and neither `--lf` nor `--sw` knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import pytest

from .compat import begin_line, log_unremembered


class Place(NamedTuple):
    """Where something is reported, as pytest's `location`: file, line from 0, name."""

    file: str
    line: int
    name: str


class _Crash(NamedTuple):
    """What pytest shows of a failure where it has room for one line."""

    message: str

    def __str__(self) -> str:
        return self.message


class _Told(str):
    """A failure's text. Where pytest has room for one line it takes the first."""

    @property
    def reprcrash(self) -> _Crash:
        return _Crash(self.partition("\n")[0])


def report(
    session: pytest.Session,
    nodeid: str,
    where: Place,
    outcome: Literal["passed", "failed", "skipped"],
    text: str = "",
    properties: Sequence[tuple[str, object]] = (),
) -> None:
    """A whole test's reports with this outcome. `text`: of a failure, or why it was skipped; `properties`: built-ins only."""
    hook = session.config.hook
    begin_line(session.config)
    hook.pytest_runtest_logstart(nodeid=nodeid, location=tuple(where))
    for when in ("setup", "call", "teardown"):
        told: Any = None
        if when == "call" and outcome != "passed":
            told = _Told(text) if outcome == "failed" else (where.file, where.line + 1, f"Skipped: {text}")
        made = pytest.TestReport(
            nodeid=nodeid,
            location=where,
            keywords={},
            outcome=outcome if when == "call" else "passed",
            longrepr=told,
            when=when,
            user_properties=list(properties),
        )
        log_unremembered(session, made)
    hook.pytest_runtest_logfinish(nodeid=nodeid, location=tuple(where))
