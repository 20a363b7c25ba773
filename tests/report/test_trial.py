"""A trial as `bio show` shows it."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.model import Outcome, Result, TaskRecord, Trajectory, Turn
from pytest_alienbio.report import render_cell
from pytest_alienbio.report.trial import MAX_EVENTS, MAX_PRINTED

EXECUTED = Turn(0, "execute", {"agent_count": 5, "trial": 3, "random_seed": 7})


def cell(**fields: Any) -> Result:
    """A trial that passed."""
    base: dict[str, Any] = {"battery": "EXP-1", "key": "k", "id": "work[Fast-s3]", "scenario": "work", "scenario_hash": ""}
    base |= {"difficulty": None, "agent": "Fast", "agent_hash": "", "role": "candidate", "seed": 3, "started_at": 100.0}
    base |= {"outcome": Outcome.COMPLETED, "passed": True, "metrics": {"ms": 12}, "task": TaskRecord(7)}
    return Result(**{**base, **fields})


def shown(*turns: Turn, **fields: Any) -> list[str]:
    """The lines of a trial with these turns."""
    return render_cell(cell(**fields), Trajectory((EXECUTED, *turns)), 80)


def test_params_metrics_seed_events_and_output() -> None:
    lines = shown(
        Turn(1, "metric", {"at": 100.25, "name": "loss", "value": 0.5, "step": 2}),
        Turn(2, "metric", {"at": 101.5, "event": "done", "n": 3}),
        Turn(3, "print", {"stream": "stdout"}, reasoning="one\ntwo\n"),
        Turn(4, "return", reading={"ms": 12}),
    )
    assert "passed    yes" in lines
    assert "metrics   ms 12" in lines
    assert "seed      random and numpy were seeded with 7" in lines
    start = lines.index("params    agent_count 5")
    assert [" ".join(line.split()) for line in lines[start:]] == [
        "params agent_count 5",
        "events, by the second of the trial",
        "0.250 loss 0.5 step 2",
        "1.500 event done, n 3",
        "stdout",
        "one",
        "two",
    ]


def test_a_trial_that_was_not_seeded_says_so() -> None:
    assert "seed      nothing was seeded: the trial is not deterministic" in shown(task=TaskRecord(None))


def test_a_trial_that_missed_its_criteria_says_no() -> None:
    assert "passed    no" in shown(passed=False, reason="ms is 12, expected < 5")


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\u202eb", "\x00", "x" * 5000])
def test_what_a_task_printed_is_harmless(text: str) -> None:
    """Escape sequences, controls and endless lines."""
    for line in shown(Turn(1, "print", {"stream": "stderr"}, reasoning=text), Turn(2, "metric", {"at": text, text: text})):
        assert "\x1b" not in line
        assert "\u202e" not in line
        assert len(line) <= 80


def test_much_is_cut_and_counted() -> None:
    events = [Turn(n, "metric", {"at": 100.0 + n, "name": "x", "value": n}) for n in range(1, MAX_EVENTS + 11)]
    printed = Turn(999, "print", {"stream": "stdout"}, reasoning="\n".join(f"line {n}" for n in range(200)))
    lines = [line.strip() for line in shown(*events, Turn(0, "events", {"more": 5}), printed)]
    assert "and 10 more" in lines
    assert any(line.startswith("and 5 more, in the result folder") for line in lines)
    assert f"stdout, its last {MAX_PRINTED} lines" in lines
    assert ("line 199" in lines, "line 139" in lines, "line 140" in lines) == (True, False, True)
