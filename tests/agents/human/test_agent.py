"""A person at a terminal, played by a script of what is typed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import pytest

from pytest_alienbio.agents import HumanAgent
from pytest_alienbio.model import AgentProfile, Case, Cell, Outcome, Result
from pytest_alienbio.play import Catalog, builtin_agents, run_cell
from pytest_alienbio.testing import Pond

CELL = Cell("b", Case("pond"), AgentProfile("human", "human"), 0, "pond[human-s0]")


class Keyboard(io.StringIO):
    """Lines somebody types; at the end of them Ctrl-C, or the end of the stream."""

    def __init__(self, lines: Iterable[str], *, interrupt: bool = False) -> None:
        super().__init__("".join(f"{line}\n" for line in lines))
        self._interrupt = interrupt

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed: bytes in _IOBase
        line = super().readline()
        if not line and self._interrupt:
            raise KeyboardInterrupt
        return line


def play(*lines: str, interrupt: bool = False, width: int = 80, stubborn: bool = False) -> tuple[Result, str]:
    """A cell in the pond, and what stood on the screen."""
    screen = io.StringIO()
    agent = HumanAgent(source=Keyboard(lines, interrupt=interrupt), screen=screen, width=lambda: width)
    result = run_cell(CELL, Catalog(), agent=agent, environment=Pond(stubborn=stubborn))
    return result, screen.getvalue()


def calls(result: Result) -> list[str]:
    """Every call that reached the world."""
    assert result.trajectory is not None
    return [
        " ".join([turn.action, *(f"{key}={value}" for key, value in turn.params.items())]) for turn in result.trajectory.turns
    ]


def test_what_is_typed_and_confirmed_is_carried_out() -> None:
    """By number or name; `done` ends it, and it is scored."""
    result, shown = play("1 0.5", "", "cull", "", "done", "")
    assert (result.outcome, calls(result)) == (Outcome.COMPLETED, ["feed species=fish dose=0.5", "cull species=algae", "done"])
    assert result.score is not None
    assert f"The episode is over: score {result.score:.3f}" in shown


def test_a_mistyped_call_costs_nothing() -> None:
    """It is only pending: `undo` drops it, another call takes its place, a slip forgets it, Enter alone does nothing then."""
    result, shown = play("1", "undo", "", "2", "1 0.5", "", "2", "fly", "", "undo", "done!")
    assert calls(result) == ["feed species=fish dose=0.5", "done"]
    assert "dropped: feed species=fish" in shown
    assert shown.count("nothing is pending") == 3


def test_looking_something_up_leaves_a_pending_call_as_it_is() -> None:
    """And says again what Enter would do."""
    result, shown = play("1", "actions", "", "done!")
    assert calls(result) == ["feed species=fish", "done"]
    assert shown.count("pending: feed species=fish") == 2


def test_a_bang_carries_out_at_once() -> None:
    assert calls(play("1!", "2 0.5!", "done!")[0]) == ["feed species=fish", "feed species=algae dose=0.5", "done"]


class Paste(Keyboard):
    """All lines at once, as readline hands over what was pasted and confirmed with Enter."""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        return self.read()


def pasted(text: str) -> tuple[Result, str]:
    screen = io.StringIO()
    agent = HumanAgent(source=Paste([text]), screen=screen, width=lambda: 80)
    return run_cell(CELL, Catalog(), agent=agent, environment=Pond()), screen.getvalue()


@pytest.mark.parametrize("text", ["wait!\nwait!\r\ndone!", "\x1b[200~wait!\rwait!\ndone!\x1b[201~"])
def test_pasted_lines_are_a_call_each(text: str) -> None:
    """As if typed one by one, each shown at its own prompt; with and without the marks of the terminal."""
    result, shown = pasted(text)
    assert (result.outcome, calls(result)) == (Outcome.COMPLETED, ["wait", "wait", "done"])
    assert "step 1> wait!" in shown
    assert "step 2> done!" in shown


def test_what_was_pasted_behind_a_slip_is_dropped() -> None:
    """It was meant for another state of things; and the end of a pasted text confirms nothing."""
    result, shown = pasted("wait!\nfly\nwait!\ndone!")
    assert calls(result) == ["wait"]
    assert "dropped with it: 2 pasted after it" in shown
    assert calls(pasted("wait\n\n")[0]) == []


def test_waiting_several_steps_asks_once() -> None:
    """One call a step, in any world."""
    result, shown = play("wait 3", "", "done!")
    assert calls(result) == ["wait", "wait", "wait", "done"]
    assert shown.count("step 3> ") == 1
    assert "step 1> " not in shown
    assert "last: wait (3 of 3): done" in shown


def test_waiting_longer_than_it_lasts_ends_with_the_episode() -> None:
    result, _ = play("wait 50!")
    assert (result.outcome, len(calls(result))) == (Outcome.COMPLETED, 10)


@pytest.mark.parametrize(("lines", "interrupt"), [(["quit"], False), (["exit"], False), ([], False), ([], True)])
def test_leaving_keeps_what_was_done_and_scores_nothing(lines: list[str], interrupt: bool) -> None:
    """`quit`, the end of input (Ctrl-D) and Ctrl-C alike: the cell is not scored as if it had waited to the end."""
    result, shown = play("1!", "wait!", "2", *lines, interrupt=interrupt)
    assert (result.outcome, result.score, result.error) == (Outcome.AGENT_ERROR, None, None)
    assert result.reason == "the person at the terminal left after 2 calls, before the end"
    assert calls(result) == ["feed species=fish", "wait"]
    assert "You left after 2 calls." in shown


def test_leaving_before_the_first_call() -> None:
    result, _ = play("help")
    assert result.reason == "the person at the terminal left after 0 calls, before the end"


def test_differences_are_to_the_step_before_and_a_measurement_leaves_them() -> None:
    """An assay lets no time pass: its result is told, the readings on the screen still hold."""
    _, shown = play("wait!", "assay!", "state", "wait!", "quit")
    first, one, assayed, again, two = (part.split("\n", 1)[1] for part in shown.split("| budget ")[1:])
    rows = [line for line in one.splitlines() if line.startswith(("  algae  ", "  fish  "))]
    assert len(rows) == 2
    assert all(re.search(r"[+-]\d\.\d{3}", row) for row in rows)
    assert not re.search(r"[+-]\d\.\d{3}", first)
    assert "reading" not in assayed
    assert re.search(r"last: assay quantity=algae: done, cost 0.2\n  algae: \d", one + assayed)
    assert [line for line in again.splitlines() if line.startswith(("  algae  ", "  fish  "))] == rows
    assert "reading" in two


def test_the_briefing_actions_history_and_help_can_be_seen_again() -> None:
    _, shown = play("1 0.5!", "history", "brief", "actions", "help", "quit")
    after = shown.split("step 1> ", 1)[1]
    assert "feed species=fish dose=0.5" in after
    assert after.count("BRIEFING") == after.count("ALWAYS: wait, done") == 1
    assert "undo drops it" in after


def test_a_refusal_of_the_world_is_told() -> None:
    """And whether its step has passed: beforehand that it may, of what is not listed, afterwards if it did."""
    _, shown = play("1!", "assay!", "quit", stubborn=True, width=200)
    assert "last: feed species=fish: REFUSED: not today; its step has passed all the same\n" in shown
    assert "last: assay quantity=algae: REFUSED: not today\n" in shown
    _, shown = play("call fly a=1", "", "quit", width=200)
    assert "pending: fly a=1; it is not listed; refused, it may use up a step all the same\n" in shown
    assert "last: fly a=1: REFUSED: unknown action or params; its step has passed all the same\n" in shown


def test_a_narrow_terminal_is_kept_to() -> None:
    """Every line of every page, help too; and no name is cut."""
    _, shown = play("1", "help", "actions", "history", "call " + "abc" * 6 + " a=1", "undo", "", "x", "done!", width=20)
    assert max(map(len, re.sub(r"step \d+> ", "\n", shown).splitlines())) <= 20
    assert "..." not in shown


def test_what_the_screen_cannot_show_is_spelled_out() -> None:
    """An ASCII terminal, and a name in another alphabet."""

    class Foreign(Pond):
        def reset(self, seed: int, /):  # type: ignore[no-untyped-def]
            from dataclasses import replace

            return replace(super().reset(seed), state={"водоросль": 1.0})

    raw = io.BytesIO()
    screen = io.TextIOWrapper(raw, encoding="ascii")
    agent = HumanAgent(source=Keyboard(["quit"]), screen=screen, width=lambda: 80)
    assert run_cell(CELL, Catalog(), agent=agent, environment=Foreign()).outcome is Outcome.AGENT_ERROR
    screen.flush()
    assert b"\\u0432" in raw.getvalue()


def test_bytes_that_are_no_text_end_nothing() -> None:
    """An accent typed into a terminal that knows ASCII only: the next line is read as ever."""

    class Garbled(Keyboard):
        def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
            line = super().readline()
            return line.encode().decode("ascii")

    screen = io.StringIO()
    result = run_cell(CELL, Catalog(), agent=HumanAgent(source=Garbled(["é", "done!"]), screen=screen), environment=Pond())
    assert "no text in the encoding of this terminal" in screen.getvalue()
    assert result.outcome is Outcome.COMPLETED


def test_without_a_terminal_the_cell_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """It never hangs, and says what to do."""
    catalog = Catalog({}, builtin_agents())
    for stream in ("stdin", "stdout"):
        with monkeypatch.context() as patch:
            for name in ("stdin", "stdout"):
                patch.setattr(f"sys.{name}", Tty() if name != stream else io.StringIO("1\n\n"))
            result = run_cell(CELL, catalog, environment=Pond())
        assert result.outcome is Outcome.SKIPPED
        assert f"standard {stream.removeprefix('std')}put is none" in result.reason
        assert "bio run SCENARIO --agent human" in result.reason
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin", None)
        assert run_cell(CELL, catalog, environment=Pond()).outcome is Outcome.SKIPPED
    closed = Tty()
    closed.close()
    monkeypatch.setattr("sys.stdin", closed)
    assert run_cell(CELL, catalog, environment=Pond()).outcome is Outcome.SKIPPED


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return not self.closed or bool(super().isatty())
