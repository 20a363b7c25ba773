"""Who answers to `bio`, and whether processes can be started at all."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from .symptom import Symptom

LEAST_FILES = 256
"""Open files that a process must be allowed: a run with many threads has some each."""
START_S = 30.0


def of_path(path: str, scripts: Path) -> Iterator[Symptom]:
    """Whether `bio` means ours in a shell whose PATH is `path`. `scripts`: where this environment's commands are."""
    found = [Path(folder, "bio") for folder in path.split(os.pathsep) if folder and os.access(Path(folder, "bio"), os.X_OK)]
    todo = (
        "use pytest-alienbio or python -m pytest_alienbio, which nobody else is called, or put this environment first on PATH"
    )
    if found and os.path.realpath(found[0].parent) != os.path.realpath(scripts):
        whose = "pytest-alienbio of another environment" if _is_ours(found[0]) else "another program"
        yield Symptom(
            "bio", f"`bio` in a shell is {found[0]}: {whose}", "what you type is not what you read about", todo, grave=True
        )


def _is_ours(command: Path) -> bool:
    try:
        with command.open("rb") as file:
            return b"pytest_alienbio" in file.read(4096)
    except OSError:
        return False


def of_processes() -> Iterator[Symptom]:
    """Whether this Python can start another, as xdist, tasks and `bio run` do; and how many files it may open."""
    try:
        subprocess.run([sys.executable, "-S", "-c", ""], check=True, capture_output=True, timeout=START_S)
    except (OSError, subprocess.SubprocessError) as error:
        why = "pytest -n, tasks and `bio run` of a battery start processes"
        yield Symptom(
            "processes", f"Python cannot be started from here: {error}", why, "look at ulimit -u, seccomp, noexec", grave=True
        )
    try:
        import resource
    except ImportError:
        return
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < LEAST_FILES:
        why = "with many threads or workers it runs out of them, and cells end as errors"
        yield Symptom("processes", f"a process may open only {most} files", why, "ulimit -n 1024")


def of_this_shell() -> Iterator[Symptom]:
    """All of it, as it is here."""
    yield from of_path(os.environ.get("PATH", ""), Path(sysconfig.get_path("scripts")))
    yield from of_processes()
