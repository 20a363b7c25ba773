"""Whether a process still lives, or another has its number."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_alienbio.resources import holder


def test_who_asks_lives() -> None:
    assert holder.this_process().startswith(f"{os.getpid()}:")
    assert not holder.is_dead(holder.this_process())


def test_who_ended_is_dead_before_and_after_its_parent_looked() -> None:
    code = "from pytest_alienbio.resources.holder import this_process; print(this_process(), flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    assert not holder.is_dead(name)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert holder.is_dead(name)
    process.communicate()
    assert holder.is_dead(name)


def test_a_number_that_another_process_has_by_now_is_not_the_one_meant() -> None:
    pid, _, rest = holder.this_process().partition(":")
    started, _, host = rest.rpartition("@")
    assert holder.is_dead(f"{pid}:{started}0@{host}")


@pytest.mark.parametrize("name", ["", "nobody", "1:x@elsewhere", "0:x@here", "99999999999:x@here", "-1:@", "1:@\n"])
def test_what_is_not_known_is_not_dead(name: str) -> None:
    """Another host's process, and what is no process at all."""
    assert not holder.is_dead(name)


def test_without_a_start_only_the_number_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where neither `/proc` nor `ps` can be asked."""
    monkeypatch.setattr(holder, "PROC", tmp_path)
    monkeypatch.setattr(holder, "_from_ps", lambda pid: None)
    name = holder.this_process()
    assert ":@" in name
    assert not holder.is_dead(name)


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="there is no ps")
def test_ps_tells_where_proc_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on macOS."""
    monkeypatch.setattr(holder, "PROC", tmp_path)
    name = holder.this_process()
    assert ":@" not in name
    assert not holder.is_dead(name)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    other = f"{process.pid}:{holder._started(process.pid)}@{name.rpartition('@')[2]}"
    assert not holder.is_dead(other)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert holder.is_dead(other)
    process.communicate()
    assert holder.is_dead(other)
