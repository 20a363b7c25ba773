"""What of a commit decides how its cells come out: two commits that agree in that share them."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from ...errors import SpecError, did_you_mean
from ...model import Json, digest
from ...model.bisection import Commit
from .git import Repository

UNREAD = ("docs/*", ".github/*", ".gitlab-ci.yml", ".gitignore", "README*", "CHANGELOG*", "CHANGES*", "LICENSE*", "COPYING*")
"""What no cell reads, unless `--paths` says otherwise. Not `*.md` everywhere: an agent's prompt may be one."""


def inputs_of(repository: Repository, commit: Commit, paths: Sequence[str] = (), *, unread: Sequence[str] = ()) -> str:
    """A hash of the commit's files that matter: those below or fitting `paths`, else all that are not in `UNREAD` or `unread`.

    By path from the top of the repository, mode and content.
    """
    skipped = (*UNREAD, *unread)
    kept: list[Json] = [
        [path, meta]
        for path, meta in repository.files(commit)
        if (fits(path, paths) if paths else not any(fnmatchcase(path, one) for one in skipped))
    ]
    return digest(kept)


def fits(path: str, patterns: Sequence[str]) -> bool:
    """Whether a file is one of these, below one of these folders, or fits one of these globs (`*` also crosses `/`)."""
    return any(path == one or path.startswith(f"{one}/") or fnmatchcase(path, one) for one in patterns)


def checked_paths(repository: Repository, commit: Commit, paths: Sequence[str]) -> tuple[str, ...]:
    """`paths` without a trailing `/` or leading `./`. Raises `SpecError` for one that means no file of `commit`."""
    files = [path for path, _ in repository.files(commit)] if paths else []
    found = tuple(dict.fromkeys(path.removeprefix("./").rstrip("/") for path in paths))
    for path in found:
        if not any(fits(file, (path,)) for file in files):
            tops = {file.partition("/")[0] for file in files}
            raise SpecError(f"--paths {path!r} is no file of {commit.hash[:10]}; {did_you_mean(path, {*tops, *files})}")
    return found
