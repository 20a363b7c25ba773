"""Trials read back from `run-*/summary.json`, whoever wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.store.runs import trial_summary, write_run
from pytest_alienbio.store.summaries import Summaries, read_summaries, run_folders

from ..run.analysis.parts import summary, write


def read(runs: Path, task: str = "") -> Summaries:
    return read_summaries(run_folders(runs), task)


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    write(tmp_path / "first", summary())
    [(result, params)] = read(tmp_path / "first", "count").trials
    written = trial_summary(result, params, {})
    write_run(tmp_path / "second", written, ())
    [(again, _)] = read(tmp_path / "second", "count").trials
    assert trial_summary(again, params, {}) == written
    assert {name: written[name] for name in summary()} == summary()


def test_how_a_trial_ended(tmp_path: Path) -> None:
    """Failed without metrics, it broke; with metrics, it ended and missed a criterion."""
    runs = write(
        tmp_path, summary(), summary(status="failed", error="no", metrics={}), summary(status="failed", error="too slow")
    )
    good, broke, missed = (result for result, _ in read(runs).trials)
    assert (good.outcome, good.passed) == (Outcome.COMPLETED, True)
    assert (broke.outcome, broke.passed, broke.reason) == (Outcome.ENVIRONMENT_ERROR, None, "no")
    assert (missed.outcome, missed.passed, missed.reason) == (Outcome.COMPLETED, False, "too slow")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "ends before it is whole"),
        ("[]", "no summary of a trial"),
        ('{"variation": 3}', "`variation`"),
        ('{"variation": "a", "trial": true}', "`trial`"),
        ('{"variation": "a", "trial": 1, "metrics": [1]}', "`metrics`"),
        ('{"variation": "a", "trial": 1, "metrics": {"x": NaN}}', "not a finite number"),
        ('{"variation": "a", "trial": 1, "started_at": "soon"}', "`started_at`"),
        ('{"variation": "a", "trial": 1, "variation": "b"}', "twice"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_said(tmp_path: Path, text: str, why: str) -> None:
    """With its file; the others are read."""
    found = read(write(tmp_path, text, summary()))
    assert len(found.trials) == 1
    [note] = found.notes
    assert why in note
    assert "run-001/summary.json" in note


def test_a_file_that_is_no_text_or_huge_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, summary())
    file = tmp_path / "run-001/summary.json"
    monkeypatch.setattr("pytest_alienbio.store.summaries.MOST_BYTES", 10)
    assert "larger than 10 bytes" in read(tmp_path).notes[0]
    monkeypatch.undo()
    file.write_bytes(b"\xff\xfe{}")
    assert "no text in UTF-8" in read(tmp_path).notes[0]
