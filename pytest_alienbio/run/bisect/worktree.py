"""A checkout to throw away, beside the one that is worked in."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ...errors import AlienBioError
from ...model.bisection import Commit
from .git import Repository, run_git

PREFIX = "bio-bisect-"
TREE, LOCK = "tree", "lock"
"""In the temporary folder: the checkout, and the file that whoever uses it holds."""


@dataclass(frozen=True, slots=True)
class Worktree:
    """A checkout of its own, to stand at one commit after the other."""

    repository: Repository
    path: Path
    lock: int
    """A file descriptor. Who has it, a child too, is using the checkout."""

    def stand_at(self, commit: Commit) -> None:
        """Every file as `commit` has it, and no other. Raises `AlienBioError` with git's words."""
        run_git(self.path, "checkout", "--force", "--detach", "--quiet", commit.hash)
        run_git(self.path, "clean", "-ffdxq")


@contextmanager
def throw_away(repository: Repository, commit: Commit) -> Iterator[Worktree]:
    """A worktree at `commit` in a temporary folder, gone at the end, however it comes.

    Those that a killed process left are removed first. HEAD, index, files and branches of the checkout are never touched.
    """
    sweep(repository)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = -1
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        repository.git("worktree", "add", "--detach", "--force", "--quiet", str(folder / TREE), commit.hash)
        yield Worktree(repository, folder / TREE, lock)
    finally:
        with _undisturbed():
            _remove(repository, folder)
            if lock >= 0:
                os.close(lock)


def sweep(repository: Repository) -> list[Path]:
    """Removes the worktrees that nobody uses any more: their process, and every child of it, is gone. Gives their folders."""
    told = repository.git("worktree", "list", "--porcelain", "-z")
    trees = [Path(line.removeprefix("worktree ")) for line in told.split("\0") if line.startswith("worktree ")]
    left = [tree.parent for tree in trees if tree.name == TREE and tree.parent.name.startswith(PREFIX)]
    gone = [folder for folder in left if _is_free(folder / LOCK)]
    for folder in gone:
        _remove(repository, folder)
    return gone


def _is_free(lock: Path) -> bool:
    try:
        found = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # not ours to open, so not ours to remove
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(found)
    return True


def _remove(repository: Repository, folder: Path) -> None:
    # Once more without the folder, if git could not do it before. Not `worktree prune`: that would forget other people's, too.
    for _ in range(2):
        with suppress(AlienBioError):
            run_git(repository.top, "worktree", "remove", "--force", "--force", str(folder / TREE))
            shutil.rmtree(folder, ignore_errors=True)
            return
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and the like are not heard for the moment that cleaning up takes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = {kind: signal.signal(kind, signal.SIG_IGN) for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for kind, handler in heard.items():
            signal.signal(kind, signal.SIG_DFL if handler is None else handler)
