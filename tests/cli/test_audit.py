"""`bio audit`: who did what, when, with which command, on which commit."""

from __future__ import annotations

import json
import subprocess

import pytest

from pytest_alienbio.report.columns import width_of
from pytest_alienbio.store import log

from .conftest import WORLD, Desk

BATCH = ("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1", "--difficulty", "1")


def rows(desk: Desk, *argv: str) -> list[dict[str, object]]:
    """What `bio audit --json` gives."""
    return [json.loads(line) for line in desk.bio("audit", *argv, "--json").lines]


def test_a_run_is_told_with_its_commit_and_command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """First on a clean tree, then on one with something more in it; the latest deed first."""

    def git(*argv: str) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@t", *argv]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    (desk.path / ".gitignore").write_text("data/\n")
    git("add", "-A")
    git("commit", "-qm", "x")
    monkeypatch.setattr("sys.argv", ["bio", *BATCH])
    monkeypatch.setenv("ALIENBIO_AUTHOR", "Kim")
    assert desk.bio(*BATCH).code == 0
    (desk.path / "new").touch()
    assert desk.bio(*BATCH).code == 0
    found = rows(desk)
    assert [row["event"] for row in found] == ["closed", "created", "closed", "created"]
    commit = git("rev-parse", "HEAD")
    assert [(row["commit"], row["dirty"]) for row in found if row["event"] == "created"] == [(commit, True), (commit, False)]
    assert found[-1]["command"] == ["bio", *BATCH]
    assert found[-1]["battery"] == "batch"
    assert found[-1]["author"] == "Kim"
    monkeypatch.setenv("COLUMNS", "200")
    shown = desk.bio("audit").out
    assert f"{commit[:9]}+" in shown
    assert "+ after a commit: the work tree held more than was committed" in shown
    assert "bio batch --scenarios mutualism/competition" in shown


@pytest.mark.parametrize("columns", ["80", "200"])
def test_the_table_fits(played: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """What gives way is command, host and commit: who did what to which run stays."""
    monkeypatch.setenv("COLUMNS", columns)
    played.bio("note", "batch", "word " * 100, "--author", "Ünal 王 <u@example.org>")
    played.bio("tag", "batch", "release-3", "--author", "Kim")
    lines = played.bio("audit").lines
    assert lines[0].split()[:3] == ["when", "(UTC)", "who"]
    assert max(map(width_of, lines)) <= int(columns)
    assert lines[-1] == "4 of 4 deeds in the logs of 1 DAT"
    assert all(word in lines[1] for word in ("Kim", "tagged", "results/", "_001"))
    assert ("release-3" in lines[1]) is (columns == "200")


def test_filters(played: Desk) -> None:
    played.bio("tag", "batch", "a", "--author", "Kim <kim@example.org>")
    assert [row["event"] for row in rows(played, "--user", "KIM@")] == ["tagged"]
    assert rows(played, "batch") == rows(played)
    assert rows(played, "--until", "2020-01-01") == []
    assert len(rows(played, "--since", "2020-01-01", "--until", "today")) == 3
    assert played.bio("audit", "--until", "2020-01-01").lines == ["0 of 3 deeds in the logs of 1 DAT"]
    assert "--since: 'soon' is no time" in played.refused("audit", "--since", "soon")
    assert "no DAT matches 'nothing'" in played.refused("audit", "nothing")


def test_without_any_run_it_says_so(desk: Desk) -> None:
    said = desk.bio("audit")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("no results yet below ")
    assert desk.bio("audit", "--json").out == ""


def test_secrets_are_hidden_once_more(played: Desk) -> None:
    """A log that another program wrote may hold what ours never writes."""
    path = played.dat().path / "log.jsonl"
    with path.open("a") as out:
        out.write('{"event": "ran", "command": ["x", "--api-key", "abcdef"], "text": "t", "file": "https://a:b@c/d"}\n')
    log.append(played.dat().path, "noted", {"text": "sk-abcdefghijklmnop"})
    told = str(rows(played)) + played.bio("audit").out + played.bio("log").out
    assert "abcdef" not in told
    assert "a:b@" not in told
