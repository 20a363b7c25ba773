"""Which process holds something, and whether it still lives; the number alone may be another's by then."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_TEXT = re.compile(r"([1-9][0-9]{0,9}):([^@]*)@(.*)", re.DOTALL)


def this_process() -> str:
    """`<process id>:<when it started>@<host>` of the process that asks."""
    pid = os.getpid()
    return f"{pid}:{_started(pid) or ''}@{socket.gethostname()}"


def is_dead(holder: str) -> bool:
    """Whether a process is surely gone: killed, ended, or its number given to another. Not known is False.

    Of another host nothing is known. A process that ended and that its parent has not looked after yet is dead.
    """
    found = _TEXT.fullmatch(holder)
    if not found or found[3] != socket.gethostname():
        return False
    pid = int(found[1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    started = _started(pid)
    return started is not None and found[2] != "" and started != found[2]


def _started(pid: int) -> str | None:
    """When a process started, as a text that no other process of its number has; '' if it has ended, None if not known."""
    with suppress(OSError):
        # The name may hold anything, brackets too; the state is the first field after it, the start the twentieth.
        fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
        if len(fields) > 19:
            return "" if fields[0] in (b"Z", b"X") else f"{_boot()}-{int(fields[19])}"
    if PROC.joinpath("self").exists():
        return "" if not (PROC / str(pid)).exists() else None
    return _from_ps(pid)


def _boot() -> str:
    """Which start of the machine this is: process times count from it."""
    with suppress(OSError):
        return (PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()[:8]
    return ""


def _from_ps(pid: int) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - a number
            ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
            env={"LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    state, _, started = done.stdout.strip().partition(" ")
    if not state:
        return "" if done.returncode == 1 else None
    return "" if state.startswith("Z") else " ".join(started.split())
