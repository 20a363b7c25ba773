"""Baselines on a terminal: which there are, what one holds, what a new one moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell, Blessing
from pytest_alienbio.report.baseline import render_baseline, render_baselines, render_moved

X = "mutualism/x"


def held(**more: str | bool) -> Baseline:
    """Two seeds of greedy, of which one timed out, and one of noop."""
    cells = (
        BatchCell("greedy", X, 0, 2, values={"score": 0.5, "usd": 0.25}),
        BatchCell("greedy", X, 1, 2, why="timed_out"),
        BatchCell("noop", X, 0, 2, values={"score": 0.0}),
    )
    batch = Batch(
        "mine",
        cells,
        {"score": "higher", "usd": "lower"},
        agents={"greedy": AgentVersion(), "noop": AgentVersion()},
        commit="0123456789abcdef",
        dirty=True,
        at="2026-11-01T10:00:00Z",
        dat="data/results/mine/001",
    )
    said = Blessing("Kim <kim@example.org>", "2026-11-02T10:30:00Z", "first release")
    return Baseline(batch, "baselines/mine.json", "file", replace(said, **more), frozenset({("noop", X)}))  # type: ignore[arg-type]


def test_one_with_its_blessing_and_the_mean_of_each_leaf() -> None:
    assert render_baseline("baselines/mine.json", held(), 100) == [
        "baselines/mine.json",
        "battery   mine",
        "blessed   2026-11-02 10:30:00 by Kim <kim@example.org>: first release",
        "run       data/results/mine/001, 2026-11-01",
        "commit    0123456789ab+",
        "metrics   score (higher is better), usd (lower is better)",
        "",
        "agent   scenario     seeds  cells  score  usd    missing  same twice",
        "greedy  mutualism/x  2      2      0.500  0.250  1",
        "noop    mutualism/x  1      1      0.000  -               yes",
    ]


def test_what_the_gate_said_when_it_was_blessed() -> None:
    assert "verdict   FAIL" in render_baseline("f", held(verdict="FAIL"), 100)
    assert "forced    the run was INVALID" in render_baseline("f", held(verdict="INVALID", forced=True), 100)


def test_those_that_can_be_read_and_those_that_cannot() -> None:
    lines = render_baselines([("a.json", held()), ("b.json", "b.json:1:1: ends before it is whole")], 120)
    assert lines == [
        "file    battery  cells  agents        blessed     by   commit         why",
        "a.json  mine     3      greedy, noop  2026-11-02  Kim  0123456789ab+  first release",
        "b.json cannot be read: b.json:1:1: ends before it is whole",
    ]
    assert render_baselines([], 100) == []


def test_what_moved_is_told_to_a_bound() -> None:
    rows = [("greedy", 0.5, 0.25), ("noop", None, 0.125), ("old", 0.75, None)]
    assert render_moved(rows, "score", 100) == [
        "        score before  now    change",
        "greedy  0.500         0.250  -0.25",
        "noop    -             0.125  new",
        "old     0.750         -      gone",
    ]
    assert render_moved([], "score", 100) == ["no mean of score moved"]
    many = render_moved([(f"a{n}", 0.0, 1.0) for n in range(100)], "score", 100)
    assert (len(many), many[-1]) == (14, "... and 88 more means")


@pytest.mark.parametrize("width", [20, 60, 100])
def test_foreign_names_do_nothing_to_a_terminal_of_any_width(width: int) -> None:
    made = held(why="evil \x1b[2J\u202e\n why", by="\x1b]0;x\x07Kim")
    evil = replace(made.batch, battery="\x1b[31mred", dat="a\nb", agents={"\x1b[2Jx": AgentVersion()})
    made = replace(made, batch=evil)
    lines = [
        *render_baseline("f\x1b[2J", made, width),
        *render_baselines([("f\x1b[2J", made), ("g", "\x1b[2J")], width, ascii=True),
        *render_moved([("\x1b[2Jx", 0.0, 1.0)], "\x1b[2Jscore", width),
    ]
    assert all(line.isprintable() for line in lines)
