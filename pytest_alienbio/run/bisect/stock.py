"""The cells of all commits: those that are kept, and those that are played now."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...errors import AlienBioError
from ...model import digest, inert
from ...model.bisection import Commit
from ...store.provenance import PACKAGES, versions
from ..project import user_file
from .git import Repository
from .inputs import inputs_of
from .probe import Kept, Play, Player, kept, own_package, play_at
from .question import Question
from .worktree import Worktree

FOLDER = ".bio-bisect"
"""In the data root: a data root of its own, so that what is played at old commits gets into no other answer."""
_NO_INPUT = ("ALIENBIO_DATA", "ALIENBIO_AUTHOR", "ALIENBIO_RUN_ID")


class CannotTellError(AlienBioError):
    """Raised for a commit whose cells cannot be played, or held against the others'; says why."""


class Stock:
    """Which cells there are, by what decides how they come out: commits with equal inputs share them."""

    def __init__(self, repository: Repository, question: Question, data_root: Path, player: Player = play_at) -> None:
        self._player = player
        self.base = data_root / FOLDER
        self._repository, self._asked = repository, question
        self._own = own_package(repository.top) is not None
        self._around = _surroundings(question.play)
        self._keys: dict[str, str] = {}
        self._tried: set[tuple[str, int, int]] = set()
        self._runs: set[str] = set()
        self._played: Counter[str] = Counter()
        self._seeds: dict[str, tuple[int, ...]] = {}

    def key(self, commit: Commit) -> str:
        """Under which a commit's cells are kept: a hash of its files that matter, of what is played, and of the versions."""
        if commit.hash not in self._keys:
            inputs = inputs_of(self._repository, commit, self._asked.paths, unread=self._asked.unread)
            self._keys[commit.hash] = digest([inputs, self._around])[:24]
        return self._keys[commit.hash]

    def kept(self, commit: Commit, seeds: Sequence[int]) -> Kept:
        """Its cells on these seeds, as far as there are any."""
        key = self.key(commit)
        return kept(self._root(key), key, self._asked.play, seeds)

    def cells(self, worktree: Worktree, commit: Commit, seeds: Sequence[int], times: int = 1) -> Kept:
        """Its cells on these seeds, each played `times` times: what is missing is played now, once; what failed before, again.

        Raises `CannotTellError` if it cannot be played at all.
        """
        key = self.key(commit)
        self._seeds[commit.hash] = max(self._seeds.get(commit.hash, ()), tuple(seeds), key=len)
        found = self.kept(commit, seeds)
        for turn in range(1, times + 1):
            lacking = [seed for seed in seeds if found.whole.get(seed, 0) < turn and (key, seed, turn) not in self._tried]
            if not lacking:
                continue
            self._tried |= {(key, seed, turn) for seed in lacking}
            log = self.base / "logs" / f"{commit.hash[:12]}-{os.getpid()}-{len(self._tried)}.txt"
            before = set(found.counts)
            why = self._player(worktree, commit, self._asked.play, lacking, self._root(key), key, log=log)
            if why:
                raise CannotTellError(f"it cannot be played: {why}")
            found = self.kept(commit, seeds)
            new = set(found.counts) - before
            self._runs |= new
            self._played[commit.hash] += sum(found.counts[run] for run in new)
        return found

    def seeds(self, commit: Commit) -> int:
        """How many of its seeds were asked for."""
        return len(self._seeds.get(commit.hash, ()))

    def played(self, commit: Commit) -> int:
        """Cells that were played for it now, a cell that was played twice counting twice."""
        return self._played[commit.hash]

    def reused(self, commit: Commit) -> int:
        """Cells of the seeds that were asked for that were there before."""
        found = self.kept(commit, self._seeds.get(commit.hash, ()))
        return sum(run not in self._runs for run in found.runs.values())

    def _root(self, key: str) -> Path:
        # Where the generator itself is bisected, no commit may meet the worlds that another one cached.
        return self.base / key if self._own else self.base


def counted(reasons: Iterable[str]) -> str:
    """`2 timed_out, 1 agent_error`."""
    return ", ".join(f"{count:,} {inert(why, most=60)}" for why, count in Counter(reasons).most_common(4))


def _surroundings(play: Play) -> list[str]:
    """What else decides how cells come out, beside the files of a commit."""
    own = user_file()
    try:
        text = own.read_bytes() if own else b""
    except OSError:
        text = b""
    said = [f"{name}={os.environ[name]}" for name in sorted(os.environ) if name.startswith("ALIENBIO_")]
    said = [one for one in said if not one.partition("=")[0].endswith("_API_KEY") and one.partition("=")[0] not in _NO_INPUT]
    return [
        play.file, play.head, play.folder, play.agent, *play.scenarios, "--set", *play.assignments, "--", *play.arguments,
        "here", f"{sys.version_info.major}.{sys.version_info.minor}", hashlib.sha256(text).hexdigest(), *said,
        *(f"{name} {version}" for name, version in versions(PACKAGES).items()),
    ]  # fmt: skip
