"""A person who plays: `bio run SCENARIO --agent human` on a real terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.store import dat, find_dats, trajectory_of

from ..plugin.screen import Terminal
from .conftest import WORLD, Desk

COMMAND = [sys.executable, "-m", "pytest_alienbio", "run", WORLD, "--agent", "human", "--difficulty", "1"]


def recorded(folder: Path) -> Result:
    """The one cell that was played there, with its trace."""
    newest = dat.open(find_dats(folder / "data")[0])
    (result,) = newest.results()
    trace = newest.trace(result)
    assert trace is not None
    return result.with_(trajectory=trajectory_of(trace))


def type_in(terminal: Terminal, *lines: str) -> None:
    """Types each line once the one before is answered with a new prompt."""
    for line in lines:
        seen = len(terminal.raw)
        terminal.press(f"{line}\n".encode())
        terminal.until(lambda seen=seen, line=line: b"> " in terminal.raw[seen:].replace(line.encode(), b"", 1))  # type: ignore[misc]


@pytest.mark.parametrize("columns", [80, 200])
def test_a_cell_is_played_by_hand_and_scored(desk: Desk, columns: int) -> None:
    """A measurement, half a dose, some waiting, an `undo`, and `done`; no line is wider than the screen."""
    with Terminal(COMMAND, desk.path, columns=columns, rows=50) as terminal:
        terminal.until(lambda: terminal.at_cursor.endswith("step 0> "))
        type_in(terminal, "assay K", "8", "", "1", "undo", "1 0.5", "", "wait 2!", "done")
        terminal.press(b"\n")
        assert terminal.end() == 0
    lines = terminal.lines
    assert max(map(len, lines)) <= columns
    assert any(line.startswith("The episode is over: score ") for line in lines)
    assert f"{WORLD}[d1-human-s0]: completed" in lines
    result = recorded(desk.path)
    assert (result.outcome, result.agent, result.score is not None) == (Outcome.COMPLETED, "human", True)
    assert result.trajectory is not None
    turns = [(turn.action, turn.params.get("dose")) for turn in result.trajectory.turns]
    assert turns == [("assay", None), (turns[1][0], 0.5), ("wait", None), ("wait", None), ("done", None)]
    assert all(turn.ok for turn in result.trajectory.turns)


@pytest.mark.parametrize("way", [b"quit\n", b"\x04", b"\x03"], ids=["quit", "Ctrl-D", "Ctrl-C"])
def test_leaving_is_clean_and_keeps_what_was_done(desk: Desk, way: bytes) -> None:
    """Exit code 1 as for every cell without a score; a trace with the call; no traceback."""
    with Terminal(COMMAND, desk.path, LC_ALL="C", PYTHONIOENCODING="ascii", NO_COLOR="1") as terminal:
        terminal.until(lambda: terminal.at_cursor.endswith("step 0> "))
        type_in(terminal, "1!", "2")
        terminal.press(way)
        assert terminal.end() == 1
    shown = "\n".join(terminal.lines)
    assert "You left after 1 call. What you did is kept, and not scored." in shown
    assert f"{WORLD}[d1-human-s0]: agent_error" in shown
    assert "Traceback" not in shown
    result = recorded(desk.path)
    assert (result.outcome, result.score) == (Outcome.AGENT_ERROR, None)
    assert result.trajectory is not None
    assert result.trajectory.steps == 1


def test_without_a_terminal_it_is_skipped_at_once(desk: Desk) -> None:
    """As in a pipe or a batch job: exit code 1, and what to do."""
    said = desk.process("run", WORLD, "--agent", "human", "--difficulty", "1")
    assert said.code == 1
    assert "skipped" in said.lines[0]
    assert "a person plays at a terminal" in said.out


def test_lines_that_are_pasted_are_a_call_each(desk: Desk) -> None:
    """With the marks that a terminal puts around them, whatever reads the line."""
    with Terminal(COMMAND, desk.path) as terminal:
        terminal.until(lambda: terminal.at_cursor.endswith("step 0> "))
        terminal.press(b"\x1b[200~wait!\nwait!\x1b[201~\n")
        terminal.until(lambda: terminal.at_cursor.endswith("step 2> "))
        terminal.press(b"quit\n")
        assert terminal.end() == 1
    result = recorded(desk.path)
    assert result.trajectory is not None
    assert [turn.action for turn in result.trajectory.turns] == ["wait", "wait"]
