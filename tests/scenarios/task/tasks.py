"""Small tasks as source text, and how to write them to a folder."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pytest_alienbio.model import Task

ECHO = """
    def execute(params, data_path, metrics_file):
        return {"metrics": {"doubled": 2 * params["x"]}}
"""

SLEEPER = """
    import os, subprocess, sys, time
    from pathlib import Path
    def execute(params, data_path, metrics_file):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(params["pids"]).write_text(f"{os.getpid()} {child.pid}")
        print("waiting", flush=True)
        time.sleep(600)
        print("nobody came", flush=True)
"""
"""Never ends, but to say so, and has a process of its own that never ends either."""


def write_task(folder: Path, source: str, name: str = "task", **more: Any) -> Task:
    """A task in a file of its own, with what else it is."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.py"
    file.write_text(textwrap.dedent(source), "utf-8")
    return Task(name, file=str(file), folder=str(folder), paths=(str(folder),), **more)


def all_gone(pids: Iterable[int], within_s: float = 20.0) -> bool:
    """Whether these processes end in time: a kill takes its moment."""
    due = time.monotonic() + within_s
    pending = set(pids)
    while pending and time.monotonic() < due:
        pending = {pid for pid in pending if _is_alive(pid)}
        time.sleep(0.005)
    return not pending


def _is_alive(pid: int) -> bool:
    """A zombie that nobody has waited for is not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # no /proc here, or gone in between
        return sys.platform != "linux"
    return state != "Z"
