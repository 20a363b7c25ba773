"""Where results come from: `environment.json`. Never a secret, never the environment's variables, never a failure."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ..model import Json, storable
from .secrets import redact as redact

PACKAGES = (
    "pytest-alienbio",
    "pytest",
    "pytest-xdist",
    "pluggy",
    "numpy",
    "scipy",
    "pydantic",
    "PyYAML",
    "filelock",
    "backports.zstd",
)
"""Those whose version can change what a result is, or what can be read back."""

GIT_TIMEOUT_S = 5.0


def capture(project: Path, command: Sequence[str]) -> dict[str, Json]:
    """What is worth knowing about this run's surroundings, for `environment.json`. What cannot be found out is null."""
    system = os.uname() if hasattr(os, "uname") else None
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": f"{system.sysname} {system.release} {system.machine}" if system else sys.platform,
        "cpus": os.cpu_count(),
        "packages": versions(PACKAGES),
        "git": git_state(project),
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "working_directory": working_directory(project),
        "command": redact(command),
        "user": user_name(),
        "host": host_name(),
    }


def working_directory(project: Path) -> str | None:
    """Where we were started, as seen from the project; None if that folder is gone."""
    try:
        return storable(Path(os.path.relpath(Path.cwd(), project)).as_posix())
    except (OSError, ValueError):
        return None


def versions(names: Sequence[str]) -> dict[str, str]:
    """`{package: version}` of those that are installed, without importing any."""
    from importlib import metadata  # late, as below: whoever only reads DATs must not pay for it

    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except (metadata.PackageNotFoundError, OSError, KeyError, ValueError):
            continue
    return found


def git_state(project: Path) -> dict[str, Json] | None:
    """`{commit, branch, dirty}` of the work tree `project` lies in; None without git or outside of one.

    `dirty` counts untracked files too, and is None when git took too long to say.
    """
    status = _git(project, "status", "--porcelain=v2", "--branch", "--untracked-files=normal")
    if status is None:
        commit = _git(project, "rev-parse", "HEAD")
        return {"commit": commit.strip(), "branch": None, "dirty": None} if commit else None
    heads = dict(line[2:].split(" ", 1) for line in status.splitlines() if line.startswith("# ") and line.count(" ") > 1)
    commit = heads.get("branch.oid", "")
    return {
        "commit": commit if re.fullmatch("[0-9a-f]{40,64}", commit) else None,
        "branch": heads.get("branch.head"),
        "dirty": any(line and not line.startswith("#") for line in status.splitlines()),
    }


def identity(project: Path) -> str:
    """Who works here: `name <email>` as git has them for `project`, else the login name; '' if there is neither.

    `ALIENBIO_AUTHOR` wins, if it is set.
    """
    if named := os.environ.get("ALIENBIO_AUTHOR", "").strip():
        return storable(named)
    # Asked once for both: a config file may hold either several times, and the last counts.
    told = _git(project, "config", "--get-regexp", r"^user\.(name|email)$") or ""
    found = dict(line.split(" ", 1) for line in told.splitlines() if " " in line)
    name, email = found.get("user.name", "").strip(), found.get("user.email", "").strip()
    return storable(" ".join(filter(None, (name, f"<{email}>" if email else "")))) or user_name()


def _git(project: Path, *arguments: str) -> str | None:
    import subprocess

    # A hook's GIT_DIR would speak of another repository, and a repository's own fsmonitor or hooks would run code here.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(project), "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments],  # noqa: S607
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def user_name() -> str:
    """The login name; '' if there is none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def host_name() -> str:
    """This machine's name, without its domain."""
    import socket

    return socket.gethostname().split(".")[0]
