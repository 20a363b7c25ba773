"""Where results come from, without secrets."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from pytest_alienbio.store import provenance


def test_capture_says_what_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python, platform and packages; never the environment's variables."""
    monkeypatch.setenv("SOME_API_KEY", "very-secret-value")
    found = provenance.capture(tmp_path, ["pytest"])
    assert {"python", "platform", "packages", "git", "command", "user", "host"} <= set(found)
    packages = found["packages"]
    assert isinstance(packages, dict)
    assert {"pytest", "PyYAML", "numpy"} <= set(packages)
    assert "very-secret-value" not in str(found)


def test_where_and_when_a_run_was_started_is_told_without_a_machines_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The working directory as seen from the project; a time in UTC."""
    (tmp_path / "experiments" / "one").mkdir(parents=True)
    for folder, told in (("experiments/one", "experiments/one"), (".", "."), ("..", "..")):
        monkeypatch.chdir(tmp_path / folder)
        found = provenance.capture(tmp_path, ["pytest"])
        assert found["working_directory"] == told
    stamp = found["timestamp"]
    assert isinstance(stamp, str)
    assert datetime.fromisoformat(stamp).tzinfo is not None


def test_git_commit_and_dirt_are_recorded(tmp_path: Path) -> None:
    """A clean tree, then one with an untracked file."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "-q", "-b", "main")
    empty = provenance.git_state(tmp_path)
    assert empty is not None
    assert empty["commit"] is None
    git("commit", "-q", "--allow-empty", "-m", "x")
    commit = git("rev-parse", "HEAD").strip()
    assert provenance.git_state(tmp_path) == {"commit": commit, "branch": "main", "dirty": False}
    (tmp_path / "new").write_text("")
    assert provenance.git_state(tmp_path) == {"commit": commit, "branch": "main", "dirty": True}


def test_outside_git_or_without_it_there_is_no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent git is no failure."""
    assert provenance.git_state(tmp_path) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.git_state(tmp_path) is None


def test_who_works_here_is_what_git_has_for_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the login name; and whoever says who they are is believed."""
    monkeypatch.delenv("ALIENBIO_AUTHOR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "kim")
    assert provenance.identity(tmp_path) == "kim"
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name, value in (("user.name", "Kim Ünal"), ("user.email", "kim@example.org")):
        subprocess.run(["git", "-C", str(tmp_path), "config", name, value], check=True)
    assert provenance.identity(tmp_path) == "Kim Ünal <kim@example.org>"
    monkeypatch.setenv("ALIENBIO_AUTHOR", "nightly robot")
    assert provenance.identity(tmp_path) == "nightly robot"
