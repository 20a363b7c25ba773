"""What a report says it is: category, letter and word. Every report of every session passes here, so it imports nothing."""

from __future__ import annotations

import pytest

Status = tuple[str, str, str]

UNSURE = "INCONCLUSIVE"
"""What a gate says that cannot tell: its report passes, and is no plain pass."""
_CAPPED = {"over_limit": "over limit", "not_run": "not run"}
_BROKEN = {"timed_out": ("T", "TIMEOUT"), "over_limit": ("L", "LIMIT"), "not_run": ("L", "LIMIT")}


def status_of(report: pytest.TestReport, *, scored: bool = True) -> Status | None:
    """Category, letter and word of a cell's report, the word with its score, or of a gate that cannot tell; None leaves it
    to pytest.

    Left to it: what is no cell, the phases around the call, skipped cells, and outcomes of other plugins
    (pytest-rerunfailures' "rerun": an attempt that is tried again is neither passed nor failed). Without `scored` the word
    is alone.
    """
    if not report.user_properties or (report.when == "setup" and report.passed):
        return None
    shown = dict(report.user_properties)
    if report.when == "call" and report.passed and shown.get("verdict") == UNSURE and "gate" in shown:
        return "passed", "?", UNSURE
    if "outcome" not in shown or "scenario" not in shown or "agent" not in shown:
        return None
    if report.outcome not in (("skipped",) if hasattr(report, "wasxfail") else ("passed", "failed")):
        return None
    outcome, score = str(shown["outcome"]), shown.get("score")
    if score is None and report.failed and outcome not in ("completed", "truncated"):
        # Caps stop many cells at once: the report says it in a line, not each cell in a section of its own
        return _CAPPED.get(outcome, "failed"), *_BROKEN.get(outcome, ("E", "ERROR"))
    points = f" {score:.2f}" if scored and isinstance(score, float) else ""
    if report.skipped:
        return "xfailed", "x", f"XFAIL{points}"
    if report.failed:
        return "failed", "F", f"FAILED{points}"
    below = shown.get("passed") == "false"
    return "passed", "b" if below else ".", f"{'BELOW' if below else 'PASSED'}{points}"
