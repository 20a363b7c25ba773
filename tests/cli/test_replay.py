"""`bio replay CELL`: one recorded cell again, from its record."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from pytest_alienbio.agents.llm import LLMAgent

from .conftest import WORLD, Desk

READER, HOSTILE, SHUT, GREEDY = (f"{WORLD}[d1-{name}-s0]" for name in ("reader", "hostile", "shut", "greedy"))


def files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted((root / "results").rglob("*")) if path.is_file()}


@pytest.mark.parametrize("cell", [READER, HOSTILE, SHUT, GREEDY])
def test_what_was_recorded_comes_out_again(talked: Desk, cell: str) -> None:
    """Models with their faults and hostile answers, outages, and agents that play themselves; nothing is written."""
    before = files(talked.path / "data")
    said = talked.bio("replay", cell)
    assert said.code == 0, said.out
    assert "identical: " in said.out
    assert files(talked.path / "data") == before


def test_both_scores_are_said(talked: Desk) -> None:
    found = json.loads(talked.bio("replay", READER, "--dat", "talk", "--json").out)
    assert found["identical"]
    assert found["first"] is None
    assert found["recorded"] == found["now"]
    assert found["same_calls"] == found["recorded"]["calls"] > 20
    lines = talked.bio("replay", READER).lines
    assert f"recorded  completed, score {found['recorded']['score']:.4f}" in lines
    assert f"now       completed, score {found['recorded']['score']:.4f}" in lines


def test_another_prompt_is_shown_where_it_parts(talked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first request that is not the recorded one, and both sides of it."""
    start = LLMAgent.start

    def other(self: LLMAgent, briefing: object) -> None:
        start(self, briefing)  # type: ignore[arg-type]
        self._system = self._system.replace("Play until the steps are used up", "Stop when you like")

    monkeypatch.setattr(LLMAgent, "start", other)
    said = talked.bio("replay", READER)
    assert said.code == 1
    assert "not identical" in said.lines
    assert "first difference: turn 1, call 1: its model was asked something else" in said.lines
    assert "  the system prompt" in said.lines
    assert "Play until the steps are used up" in said.out
    assert "Stop when you like" in said.out


def test_another_score_of_the_same_turns_is_said(talked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_alienbio.store import Dat

    read = Dat.results

    def shifted(self: Dat) -> object:
        return (result.with_(score=None if result.score is None else result.score / 2) for result in read(self))

    monkeypatch.setattr(Dat, "results", shifted)
    said = talked.bio("replay", GREEDY)
    assert said.code == 1
    assert "the same turns are scored in another way" in said.out


def test_what_cannot_be_replayed_is_refused(talked: Desk) -> None:
    assert "no record of" in talked.refused("replay", f"{WORLD}[d1-nobody-s0]")
    assert "leave one of them out" in talked.refused("replay", f"talk::{READER}", "--dat", "talk")
    assert "no DAT matches" in talked.refused("replay", READER, "--dat", "other")


def test_the_examples_of_its_help_can_be_typed(talked: Desk) -> None:
    for line in talked.bio("replay", "--help").out.partition("examples:")[2].splitlines():
        if line.strip():
            argv = shlex.split(line.replace("[d2-greedy-s3]", "[d1-greedy-s0]").replace("mine", "talk"))[1:]
            assert talked.bio(*argv).code == 0, line
