"""What people see: a letter for each cell, and the summary at the end."""

from __future__ import annotations

import pytest

from .stash import state_if_any

Status = tuple[str, str, str]

_BROKEN = {"timed_out": ("T", "TIMEOUT"), "over_limit": ("L", "LIMIT"), "not_run": ("L", "LIMIT")}


def status_of(report: pytest.TestReport) -> Status | None:
    """Category, letter and word of a cell's report, the word with its score; None leaves it to pytest.

    Left to it: what is no cell, the phases around the call, skipped and expectedly failed cells.
    """
    shown = dict(report.user_properties)
    if (
        not {"scenario", "agent", "outcome"} <= shown.keys()
        or report.outcome == "skipped"
        or (report.when == "setup" and report.passed)
    ):
        return None
    outcome, score = str(shown["outcome"]), shown.get("score")
    if score is None and report.failed and outcome not in ("completed", "truncated"):
        return "failed", *_BROKEN.get(outcome, ("E", "ERROR"))
    points = f" {score:.2f}" if isinstance(score, float) else ""
    if report.failed:
        return "failed", "F", f"FAILED{points}"
    below = shown.get("passed") == "false"
    return "passed", "b" if below else ".", f"{'BELOW' if below else 'PASSED'}{points}"


def write_summary(reporter: pytest.TerminalReporter) -> None:
    """Prints each battery's summary. Nothing in a worker, nothing with `-qq`."""
    state = state_if_any(reporter.config)
    if state is None or reporter.config.option.verbose < -1:
        return
    from ..report import ascii_only, render

    encoding = getattr(reporter._tw._file, "encoding", None)
    for document in state.documents:
        reporter.write_sep("=", "alienbio")
        reporter.write_line(render(document, reporter._tw.fullwidth, ascii=ascii_only(encoding)))
