"""What is asked of git. Nothing here writes to a checkout, an index or a branch."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import AlienBioError, SpecError
from ...model import inert, storable
from ...model.bisection import Commit

_FORMAT = "%H%x00%P%x00%an%x00%aI%x00%s"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, by the top folder of the checkout that we stand in."""

    top: Path

    @classmethod
    def at(cls, folder: Path) -> Repository:
        """The one that `folder` lies in. Raises `SpecError` outside of any, and in a bare one."""
        told = run_git(folder, "rev-parse", "--show-toplevel", check=False)
        if told is None:
            raise SpecError(f"{folder} is in no git checkout: a bisection goes through the commits of one; start it there")
        return cls(Path(told.removesuffix("\n")))

    def git(self, *arguments: str) -> str:
        """What git says here. Raises `AlienBioError` with its own words."""
        told = run_git(self.top, *arguments)
        assert told is not None
        return told

    def commit(self, revision: str) -> Commit:
        """The commit that `revision` means. Raises `SpecError` for one that git does not know."""
        found = run_git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", check=False)
        if not revision or found is None:
            shallow = run_git(self.top, "rev-parse", "--is-shallow-repository", check=False) == "true\n"
            hint = (
                "this clone is shallow: git fetch --unshallow brings the rest"
                if shallow
                else "git log --oneline names what there is"
            )
            raise SpecError(f"git knows no commit {inert(revision, most=80)!r}; {hint}")
        return next(self._commits("-1", found.strip()))

    def range(self, typed: str) -> tuple[Commit, Commit]:
        """The ends of `GOOD..BAD`; `GOOD..` goes to HEAD. Raises `SpecError` for what is none, or not one behind the other."""
        good, dots, bad = typed.partition("..")
        if not dots or not good or bad.startswith("."):
            raise SpecError(
                f"{inert(typed, most=80)!r} is no range; expected GOOD..BAD, a commit where the score was right and a later one"
            )
        first, last = self.commit(good), self.commit(bad or "HEAD")
        shown = f"{inert(good, most=60)} and {inert(bad or 'HEAD', most=60)}"
        if first.hash == last.hash:
            raise SpecError(f"{shown} are the same commit, {first.hash[:10]}; name an earlier one as GOOD")
        if run_git(self.top, "merge-base", "--is-ancestor", first.hash, last.hash, check=False) is None:
            if run_git(self.top, "merge-base", "--is-ancestor", last.hash, first.hash, check=False) is not None:
                raise SpecError(f"{shown} are the wrong way round; write the earlier commit first")
            base = run_git(self.top, "merge-base", first.hash, last.hash, check=False)
            hint = f"; where they parted is {base[:10]}: try {base[:10]}..{last.hash[:10]}" if base else ""
            raise SpecError(f"{shown} are on different branches: a bisection needs a GOOD that BAD comes from{hint}")
        return first, last

    def between(self, good: Commit, bad: Commit) -> tuple[Commit, ...]:
        """The commits that come from `good` and lead to `bad`, itself included, parents first.

        What was merged from a branch that left before `good` is not among them: it lacks what `good` has, and cannot be held
        against it.
        """
        return tuple(self._commits("--ancestry-path", "--topo-order", "--reverse", f"{good.hash}..{bad.hash}"))

    def files(self, commit: Commit) -> list[tuple[str, str]]:
        """Every file of a commit by path, with its mode and content's hash."""
        told = self.git("ls-tree", "-r", "-z", "--full-tree", commit.hash)
        rows = (entry.partition("\t") for entry in told.split("\0") if entry)
        return [(path, meta) for meta, _, path in rows]

    def is_dirty(self) -> bool:
        """Whether the checkout holds more than is committed: changed, added or new files."""
        return bool(self.git("status", "--porcelain", "--untracked-files=normal").strip())

    def _commits(self, *arguments: str) -> Iterator[Commit]:
        told = self.git("log", "-z", "--encoding=UTF-8", f"--format={_FORMAT}", "--no-show-signature", *arguments, "--")
        fields = told.removesuffix("\0").split("\0") if told else []
        for at in range(0, len(fields) - 4, 5):
            hash_, parents, author, date, subject = fields[at : at + 5]
            yield Commit(hash_, storable(author), date, storable(subject), tuple(parents.split()))


def run_git(folder: Path, *arguments: str, check: bool = True) -> str | None:
    """What git says in `folder`; None if it fails and that is an answer (`check=False`). Raises `AlienBioError` otherwise.

    Without the hooks of the repository, and without what a hook that we run in says of another one.
    """
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            env={**without_git(dict(os.environ)), "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            process_group=0,  # a Ctrl-C is ours to hear, and not to end git in the middle of cleaning up
        )
    except FileNotFoundError:
        raise AlienBioError("a bisection needs git, and there is none on the PATH") from None
    if done.returncode == 0:
        return done.stdout.decode(errors="surrogateescape")
    if check:
        raise AlienBioError(f"git {arguments[0]} failed: {_words(done.stderr)}")
    return None


def without_git(environ: dict[str, str]) -> dict[str, str]:
    """An environment that says nothing of a repository."""
    return {name: value for name, value in environ.items() if not name.startswith("GIT_")}


def _words(stderr: bytes) -> str:
    lines: Sequence[str] = stderr.decode(errors="replace").split("\n")
    return inert(" ".join(lines), most=400) or "it does not say why"
