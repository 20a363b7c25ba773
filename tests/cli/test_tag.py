"""`bio tag`, `bio note`, `bio log`: what people say of runs, and where it is read."""

from __future__ import annotations

import json
import re

import pytest

from pytest_alienbio.store import annotated, log

from .conftest import WORLD, Desk

CELL = f"{WORLD}[d1-greedy-s0]"


@pytest.fixture
def kim(played: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A project with a run, in which Kim works."""
    monkeypatch.setenv("ALIENBIO_AUTHOR", "Kim <kim@example.org>")
    return played


def test_a_tag_names_the_run_everywhere(kim: Desk) -> None:
    path = kim.dat().path
    said = kim.bio("tag", "batch", "release-3", "paper")
    assert (said.code, said.out) == (0, f"{path}: tagged release-3, paper\n")
    assert kim.bio("tag", "tag:release-3", "paper").out == f"{path}: was tagged paper before\n"
    assert kim.bio("results", "tag:release-3", "--json").out.count("\n") == 4
    assert kim.bio("show", f"tag:paper::{CELL}").lines[0] == CELL
    kim.bio("tag", "batch", "release-3", "--remove")
    assert "no DAT has the tag 'release-3'; known: paper" in kim.refused("results", "tag:release-3")


def test_who_said_so_when_and_why(kim: Desk) -> None:
    """The environment's name, or the one given; the login name stands beside it."""
    kim.bio("tag", "batch", "a", "--reason", "the figures of section 3")
    kim.bio("note", "batch", "slow provider", "--author", "nightly robot")
    tagged, noted = log.read(kim.dat().path)[-2:]
    assert (tagged["author"], tagged["reason"]) == ("Kim <kim@example.org>", "the figures of section 3")
    assert (noted["author"], noted["text"]) == ("nightly robot", "slow provider")
    assert noted["user"]
    assert noted["at"]
    assert "is no name" in kim.refused("tag", "batch", "b", "--author", " ")


@pytest.mark.parametrize(
    "spelled", [CELL, f"batch::{CELL}", f"a.battery.yaml::batch::{CELL}", f"test_x.py::test_it[{CELL[:-1].replace('[', '-')}]"]
)
def test_a_cell_however_it_is_spelled(kim: Desk, spelled: str) -> None:
    """By its id, with its DAT, or as pytest's output has it."""
    if spelled.startswith("a.battery"):
        assert "recorded from arguments" in kim.refused("tag", spelled, "odd")
        return
    assert kim.bio("tag", spelled, "odd").code == 0
    assert annotated(kim.dat().path).cells[CELL].tags == ("odd",)


def test_show_and_log_print_them(kim: Desk) -> None:
    """Beside the cell: what was said of its run, then of itself; other cells have the run's only."""
    kim.bio("tag", "batch", "release-3")
    kim.bio("tag", CELL, "odd")
    kim.bio("note", CELL, "gives up\nat step 4")
    lines = kim.bio("show", CELL).lines
    assert "tags      release-3, odd" in lines
    assert any(line.startswith("note      gives up at step 4 (Kim <kim@example.org>, 20") for line in lines)
    assert "tags      release-3" in kim.bio("show", CELL.replace("greedy", "noop")).lines
    shown = json.loads(kim.bio("show", CELL, "--json").out)
    assert shown["tags"] == ["release-3", "odd"]
    assert [note["text"] for note in shown["notes"]] == ["gives up\nat step 4"]
    told = kim.bio("log").lines
    assert told[0] == str(kim.dat().path)
    assert [line.split()[2] for line in told if line.startswith("  20")] == ["created", "closed", "tagged", "tagged", "noted"]
    last = json.loads(kim.bio("log", "--json").lines[-1])
    assert (last["event"], last["cell"], last["about"]) == ("noted", CELL, "gives up\nat step 4")


def test_a_note_never_keeps_a_secret(kim: Desk) -> None:
    """It would be in every copy of the folder for ever."""
    said = kim.bio("note", "batch", "ran with sk-abcdefghijklmnopq")
    assert "what looked like a secret was hidden: ran with ***" in said.err
    assert "abcdefghijklmnopq" not in (kim.dat().path / "log.jsonl").read_text()


def test_what_cannot_be_meant_is_refused(kim: Desk) -> None:
    """Nothing, too much, something unknown: named, with what there is."""
    kim.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1", "--difficulty", "1")
    assert "names 2 DATs" in kim.refused("tag", "results", "x")
    assert "the target is empty" in kim.refused("tag", "", "x")
    assert "no DAT matches 'bach'" in kim.refused("note", "bach", "x")
    assert f"did you mean '{CELL}'?" in kim.refused("tag", CELL.replace("greedy", "greedi"), "x")
    assert "is no tag" in kim.refused("tag", "batch", "two words")
    assert "has no tag 'x'; it has none" in kim.refused("tag", "batch", "x", "--remove")
    assert "the note is empty" in kim.refused("note", "batch", " ")


def test_a_log_from_elsewhere_cannot_speak_to_the_terminal(kim: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Escape sequences in a log that came with a folder do nothing."""
    path = kim.dat().path
    log.append(path, "no\x1b[2Jted", {"text": "\x1b]0;title\x07x", "author": "\x1b[31mred\u202e"})
    log.append(path, "noted", {"text": "\x1b[2Jgone", "cell": CELL, "author": "\x1b[31mred\u202e"})
    monkeypatch.setenv("COLUMNS", "200")
    for command in (["log"], ["audit"], ["show", CELL]):
        out = kim.bio(*command).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "gone" in out


def test_a_log_that_cannot_be_written_says_so(kim: Desk) -> None:
    """Nothing is claimed to be tagged."""
    path = kim.dat().path
    (path / "log.jsonl").unlink()
    (path / "log.jsonl").mkdir()
    assert f"cannot write {path / 'log.jsonl'}" in kim.refused("tag", str(path), "x")


def test_a_narrow_log_shows_when_and_what_was_done(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, on a line of their own, where there is no room for more beside them."""
    monkeypatch.setenv("COLUMNS", "40")
    played.bio("tag", "batch", "x", "--author", "Kim")
    lines = played.bio("log", "batch").lines[1:]
    heads = [line for line in lines if re.match(r"  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  [a-z]+$", line)]
    assert [line.split()[-1] for line in heads] == ["created", "closed", "tagged"]
    assert all(len(line) <= 40 for line in lines)
