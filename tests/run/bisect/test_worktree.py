"""The checkout to throw away: as the commit has it, and gone in the end, however that comes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_alienbio.run.bisect import Repository
from pytest_alienbio.run.bisect.worktree import sweep, throw_away

from .parts import SCORE, History

HOLD = """
import subprocess, sys
from pathlib import Path
from pytest_alienbio.run.bisect.git import Repository
from pytest_alienbio.run.bisect.worktree import throw_away
repository = Repository.at(Path(sys.argv[1]))
with throw_away(repository, repository.commit("HEAD")) as worktree:
    print(worktree.path, flush=True)
    subprocess.run(["cat"], pass_fds=(worktree.lock,))
"""


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """Two commits whose files have one size, with changes that are not committed, and a hook that would leave a trace."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "temporary").mkdir()
    made = History(tmp_path / "repository")
    made.commit("one", "0.5", only__txt="x", __gitignore="ignored/\n")
    made.git("rm", "-q", "only.txt")
    made.commit("two", "0.6")
    (made.path / SCORE).write_text("staged")
    made.git("add", "-A")
    (made.path / SCORE).write_text("changed")
    (made.path / "untracked.txt").write_text("x")
    hook = made.path / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'hooked'}'\n")
    hook.chmod(0o755)
    return made


def test_it_is_what_the_commit_is_and_nothing_of_ours_changes(history: History, tmp_path: Path) -> None:
    """Staged, changed and untracked files stay as they are; what a commit left behind is gone at the next. No hook runs."""
    repository, before = Repository.at(history.path), history.state()
    one, two = repository.commit("HEAD~1"), repository.commit("HEAD")
    with throw_away(repository, two) as worktree:
        for commit, score, files in ((one, "0.5", {"only.txt"}), (two, "0.6", set()), (one, "0.5", {"only.txt"})):
            worktree.stand_at(commit)
            assert (worktree.path / SCORE).read_text() == score
            assert {path.name for path in worktree.path.iterdir()} == {".git", ".gitignore", "agent"} | files
            (worktree.path / "ignored").mkdir()
            (worktree.path / "ignored" / "left").touch()
            (worktree.path / SCORE).write_text("played with")
    assert history.state() == before
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "hooked").exists()


def test_an_error_inside_passes_on_and_leaves_nothing(history: History, tmp_path: Path) -> None:
    repository, before = Repository.at(history.path), history.state()
    with pytest.raises(KeyboardInterrupt), throw_away(repository, repository.commit("HEAD")):
        raise KeyboardInterrupt
    assert history.state() == before
    assert list((tmp_path / "temporary").iterdir()) == []


def test_what_a_killed_process_left_is_removed_once_its_last_child_is_gone(history: History, tmp_path: Path) -> None:
    """Killed outright, it can clean up nothing; its pytest may still be playing, in a checkout that must stay until then.

    A worktree of somebody else whose folder is away for a while is not ours to forget.
    """
    repository = Repository.at(history.path)
    history.git("worktree", "add", "-q", "--detach", str(tmp_path / "another"))
    (tmp_path / "another").rename(tmp_path / "away")
    before = history.state()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(history.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    tree = Path(process.stdout.readline().strip())
    process.stdin.write("played\n")
    process.stdin.flush()
    assert process.stdout.readline() == "played\n"  # by `cat`, which has the lock by now
    process.kill()
    process.wait()
    assert sweep(repository) == []
    assert tree.exists()
    process.stdin.close()  # which ends `cat`
    assert process.stdout.read() == ""
    process.stdout.close()
    while sweep(repository) == []:
        os.sched_yield()
    assert not tree.parent.exists()
    assert history.state() == before
