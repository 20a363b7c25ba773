"""`bio leaderboard`: who is best in stored results."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

import pytest

from .conftest import Desk

HEAVY = ("numpy", "scipy", "pandas", "pydantic")


def test_candidates_are_ranked_and_the_floor_is_told_apart(played: Desk) -> None:
    said = played.bio("leaderboard")
    assert (said.code, said.err) == (0, "")
    rows = {line.split()[1]: line.split() for line in said.lines if line.lstrip().startswith(("1 ", "- "))}
    assert rows["greedy"][0] == "1"
    assert rows["noop"][:3] == ["-", "noop", "floor"]


def test_json_has_raw_numbers(played: Desk) -> None:
    [first, second] = json.loads(played.bio("leaderboard", "batch", "--json").out)["sections"]["leaderboard"]["standings"]
    scores = [result.score for result in played.dat().results() if result.agent == "greedy" and result.score is not None]
    assert first["mean"] == pytest.approx(sum(scores) / len(scores))
    assert (first["rank"], first["role"], second["rank"], second["role"]) == (1, "candidate", None, "floor")


def test_markdown_is_a_table(played: Desk) -> None:
    lines = played.bio("leaderboard", "--markdown").lines
    assert any(line.startswith("| rank | agent |") for line in lines)
    assert any("`greedy`" in line for line in lines)


def test_filters_and_hints(played: Desk) -> None:
    assert "noop" not in played.bio("leaderboard", "--agent", "greedy").out
    said = played.bio("leaderboard", "--scenario", "none/*")
    assert (said.code, said.lines[-1]) == (0, "note: no cell matches")
    assert "--scenario none/*: known: mutualism/competition" in said.err


def test_asked_again_it_imports_nothing_heavy(played: Desk) -> None:
    """The index remembers the answer."""
    first = played.bio("leaderboard").out
    code = (
        "import sys; from pytest_alienbio.cli.main import main; main(['leaderboard']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=played.path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{first}[]\n"


def test_the_examples_of_its_help_can_be_typed(played: Desk) -> None:
    for line in played.bio("leaderboard", "--help").out.partition("examples:")[2].splitlines():
        if line.strip():
            argv = shlex.split(line.partition("|")[0].replace("mine", "batch"))
            assert argv.pop(0) == "bio"
            assert played.bio(*argv).code == 0, line
