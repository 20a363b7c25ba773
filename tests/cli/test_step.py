"""`bio show CELL --step` and `--calls`: turns whole."""

from __future__ import annotations

import json
import shlex
import unicodedata

import pytest

from pytest_alienbio.report.page import MOST_BLOCK
from pytest_alienbio.store import trajectory_of

from .conftest import WORLD, Desk

READER, HOSTILE, SHUT = (f"{WORLD}[d1-{name}-s0]" for name in ("reader", "hostile", "shut"))


def test_the_first_step_has_all_that_a_model_is_told(talked: Desk) -> None:
    """System prompt, tools and params once, then what it was sent for this turn, and what came of it."""
    said = talked.bio("show", READER, "--step", "0")
    assert said.code == 0
    assert said.lines[0] == READER
    assert said.lines.index("system") < said.lines.index("tools")
    assert "    Rules" in said.lines
    assert "  wait(steps: integer)" in said.lines
    assert "      Step 0/20 | budget left 16/16" in said.lines
    assert said.out.count("    Rules") == 1
    assert "  does    investigate(" in said.out


def test_a_later_step_says_only_what_is_new(talked: Desk) -> None:
    """What was sent before is counted; the system prompt comes with --system."""
    said = talked.bio("show", READER, "--step", "3-4")
    assert {line.split()[1] for line in said.lines if line.startswith("step ")} == {"3", "4"}
    assert "1 new message after" in said.out
    assert "    Rules" not in said.lines
    assert "      Step 3/20" in said.out
    assert "      Step 2/20" not in said.out
    assert "    Rules" in talked.bio("show", READER, "--step", "3", "--system").lines


def test_an_attempt_that_failed_stands_before_the_one_that_did_not(talked: Desk) -> None:
    lines = talked.bio("show", READER, "--step", "0").lines
    failed = next(at for at, line in enumerate(lines) if line.startswith("  failed  rate_limit (429): busy"))
    assert any("attempt 2: the same request again" in line for line in lines[failed:])


def test_an_open_end_has_the_last_turn(talked: Desk) -> None:
    trajectory = trajectory_of(json.loads(talked.bio("show", READER, "--json").out)["trace"])
    last = len(trajectory.turns)
    assert f"turn {last} of {last}" in talked.bio("show", READER, "--step", "15-").out


def test_a_call_after_which_nothing_was_done_is_shown(talked: Desk) -> None:
    """The provider was down from the start."""
    said = talked.bio("show", SHUT, "--step", "0")
    assert "after turn 0: nothing was done any more" in said.out
    assert "  failed  rate_limit (429): come back later" in said.lines


def test_calls_are_a_table_with_their_sum(talked: Desk) -> None:
    said = talked.bio("show", READER, "--calls")
    trajectory = trajectory_of(json.loads(talked.bio("show", READER, "--json").out)["trace"])
    rows = [line for line in said.lines if line[:1].isdigit() and len(line.split()) > 3]
    assert len([row for row in rows if not row.split()[1].startswith("call")]) == len(trajectory.calls)
    assert f"{len(trajectory.calls)} calls, 1 of them failed" in said.out


def test_an_agent_that_is_no_model_saw_and_did(talked: Desk) -> None:
    cell = f"{WORLD}[d1-greedy-s0]"
    lines = talked.bio("show", cell, "--step", "3").lines
    labels = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert labels == ["sees", "does", "truth", "then", "so"]
    assert "no call to a model" in talked.bio("show", cell, "--calls").out
    assert "no call to a model" in talked.refused("show", cell, "--system")


@pytest.mark.parametrize("columns", ["20", "80", "200"])
@pytest.mark.parametrize("options", [("--step", "0-"), ("--calls",)])
def test_hostile_answers_are_shown_harmlessly(
    talked: Desk, monkeypatch: pytest.MonkeyPatch, columns: str, options: tuple[str, ...]
) -> None:
    """Escapes, NUL, bidi, a lone surrogate, a megabyte: no line steers the terminal or is wider than it, and it ends."""
    monkeypatch.setenv("COLUMNS", columns)
    said = talked.bio("show", HOSTILE, *options)
    assert said.code == 0
    assert "]0;" not in said.out
    for line in said.out.split("\n")[1:]:
        assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in line)
        assert len(line) <= int(columns)
    assert len(said.out) < 60_000


def test_json_has_it_whole(talked: Desk) -> None:
    """As it is kept: what is left out on the screen is there."""
    found = json.loads(talked.bio("show", HOSTILE, "--step", "0-", "--json").out)
    first, *rest = found["steps"]
    (call,) = first["calls"]
    assert call["request"]["system"]
    assert call["request"]["tools"]
    assert len(call["answer"]["text"]) > MOST_BLOCK
    assert first["action"] == "wait"
    assert first["state"]
    assert "system" not in rest[0]["calls"][0]["request"]
    every = json.loads(talked.bio("show", READER, "--calls", "--json").out)
    assert [call["call"] for step in every["steps"] for call in step["calls"]] == list(range(1, 1 + len(_calls(every))))


def _calls(found: dict[str, list[dict[str, list[object]]]]) -> list[object]:
    return [call for step in found["steps"] for call in step["calls"]]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--step", "x"), "cannot be read as steps; expected 3, 3-5 or 3- (to the last)"),
        (("--step", "5-3"), "runs backwards"),
        (("--step", "99"), "has no turn at step 99; its turns are at the steps 0 to"),
        (("--step", "1", "--calls"), "leave one of them out"),
        (("--system", "--calls"), "leave one of them out"),
    ],
)
def test_what_is_no_step_is_refused(talked: Desk, options: tuple[str, ...], words: str) -> None:
    assert words in talked.refused("show", READER, *options)


def test_the_examples_of_its_help_can_be_typed(talked: Desk) -> None:
    """With a cell that is there."""
    for line in talked.bio("show", "--help").out.partition("examples:")[2].splitlines():
        if "--step" in line or "--calls" in line:
            argv = shlex.split(line.replace("[d2-greedy-s3]", "[d1-reader-s0]"))[1:]
            assert talked.bio(*argv).code == 0, line
