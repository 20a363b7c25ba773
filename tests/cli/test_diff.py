"""`bio diff CELL CELL`: two cells beside each other."""

from __future__ import annotations

import json
import shlex
import unicodedata

import pytest

from .conftest import WORLD, Desk

READER, WARM, HOSTILE, SHUT, GREEDY = (f"{WORLD}[d1-{name}-s0]" for name in ("reader", "warm", "hostile", "shut", "greedy"))


def test_a_cell_is_the_same_as_itself(talked: Desk) -> None:
    said = talked.bio("diff", READER, f"talk::{READER}")
    assert said.code == 0
    assert any(line.startswith("the same: ") and "calls to a model" in line for line in said.lines)
    assert "first difference" not in said.out


def test_two_conversations_part_at_an_answer(talked: Desk) -> None:
    """Other params are told apart from that; the world's answers are the same until then."""
    said = talked.bio("diff", READER, WARM)
    found = json.loads(talked.bio("diff", READER, WARM, "--json").out)
    assert said.code == 1
    assert [each["what"] for each in found["setup"]] == ["the params"]
    first = found["first"]
    assert (first["what"], first["call"]) == ("answered", 7)
    assert found["same_calls"] == 6
    assert found["first_other_deed"] == first["turn"] == found["same_turns"] + 1
    assert [each["what"] for each in first["differs"]] == ["what it said", "what it called"]
    assert first["differs"][1]["other"] == "done()"
    assert f"first difference: turn {first['turn']}, call 7: its model answered something else" in said.lines
    assert f"what was done from turn {first['turn']} on" in said.lines


def test_names_that_a_provider_gives_are_no_difference(talked: Desk) -> None:
    """Response ids, ids of calls, times: they are others in every run."""
    found = json.loads(talked.bio("diff", READER, WARM, "--json").out)
    assert found["same_turns"] > 2


def test_a_model_beside_an_agent_that_is_none(talked: Desk) -> None:
    """By what they did."""
    found = json.loads(talked.bio("diff", READER, GREEDY, "--json").out)
    assert found["first"]["what"] == "turn"
    assert found["first"]["call"] is None
    assert found["b"]["calls"] == 0
    assert found["setup"] == []


def test_one_that_ended_beside_one_that_went_on(talked: Desk) -> None:
    found = json.loads(talked.bio("diff", GREEDY, SHUT, "--json").out)
    assert found["first"]["what"] == "end"
    assert found["first"]["differs"][0]["other"] == "nothing: it ended after turn 0"
    said = talked.bio("diff", READER, SHUT)
    assert "what came back" in said.out
    assert "rate_limit (429)" in said.out


@pytest.mark.parametrize("columns", ["20", "80", "200"])
def test_hostile_answers_are_shown_harmlessly(talked: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """Beside each other where there is room, else one below the other; nothing steers the terminal, and lines fit."""
    monkeypatch.setenv("COLUMNS", columns)
    said = talked.bio("diff", READER, HOSTILE)
    assert said.code == 1
    for line in said.out.split("\n"):
        assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in line)
        assert len(line) <= int(columns) or "data/results" in line or line.startswith(("A ", "B "))
    assert any("A" in line.split() and "B" in line.split() for line in said.lines[-40:])
    assert len(said.out) < 20_000


def test_a_cell_without_a_trace_is_refused(desk: Desk) -> None:
    desk.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1", "--difficulty", "1", "--set", "traces=none")
    cell = f"{WORLD}[d1-noop-s0]"
    assert "no trace was kept" in desk.refused("diff", cell, cell)
    assert "no trace was kept" in desk.refused("show", cell, "--step", "0")
    assert "kept no trace" in desk.refused("replay", cell)


def test_the_examples_of_its_help_can_be_typed(talked: Desk) -> None:
    for line in talked.bio("diff", "--help").out.partition("examples:")[2].splitlines():
        if line.strip():
            line = line.replace("[d2-greedy-s3]", "[d1-reader-s0]").replace("[d2-noop-s3]", "[d1-greedy-s0]")
            argv = shlex.split(line.replace("mine::", "talk::").replace("other::", "talk::"))[1:]
            assert talked.bio(*argv).code in (0, 1), line
