"""One session at a time plays into a DAT; the dead hold nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.store import holding, log
from pytest_alienbio.store.holding import Hold, Presence, is_held

HOLDER = "import sys; from pytest_alienbio.store import holding; from pathlib import Path\n"


def other(path: Path, what: str) -> subprocess.Popen[str]:
    """Another process that holds the DAT until it is killed."""
    code = f"{HOLDER}held = holding.{what}(Path({str(path)!r})); print('held', flush=True); sys.stdin.read()"
    made = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert made.stdout is not None
    assert made.stdout.readline() == "held\n"
    return made


def test_who_holds_it_is_named_by_the_last_who_began(tmp_path: Path) -> None:
    log.append(tmp_path, "created", {"run": "r1"})
    first = Hold(tmp_path)
    with pytest.raises(StoreError, match=rf"^{tmp_path} is being played by \S+ on \S+ since 20..-..-..T..:..:..Z; wait for"):
        Hold(tmp_path)
    first.release()
    first.release()
    Hold(tmp_path).release()


def test_another_thread_may_give_it_up(tmp_path: Path) -> None:
    """As the clock of a cell that cannot be stopped does."""
    held = Hold(tmp_path)
    thread = threading.Thread(target=held.release)
    thread.start()
    thread.join()
    Hold(tmp_path).release()


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    process = other(tmp_path, "Hold")
    with pytest.raises(StoreError, match="is being played"):
        Hold(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    Hold(tmp_path).release()


def test_workers_play_together_and_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that was killed leaves workers behind, which end with the cell that they play."""
    mine, process = Presence(tmp_path), other(tmp_path, "Presence")
    monkeypatch.setattr(holding, "ORPHANS_S", 0.0)
    with pytest.raises(StoreError, match="workers of a session that was killed still play"):
        Hold(tmp_path)
    mine.release()
    mine.release()
    with pytest.raises(StoreError, match="still play"):
        Hold(tmp_path)
    monkeypatch.setattr(holding, "ORPHANS_S", 60.0)
    threading.Timer(0.2, process.kill).start()
    held = Hold(tmp_path)
    process.communicate()
    Presence(tmp_path).release()
    held.release()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    os.mkdir(tmp_path / ".running")
    with pytest.raises(StoreError, match=r"cannot lock .*\.running"):
        Hold(tmp_path)


def test_who_looks_on_sees_whether_it_is_held_and_is_in_nobodys_way(tmp_path: Path) -> None:
    """By another process, too, until that dies; looking makes no file, and a DAT that was never held is not."""
    assert is_held(tmp_path) is False
    assert list(tmp_path.iterdir()) == []
    process = other(tmp_path, "Hold")
    assert is_held(tmp_path) is True
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert is_held(tmp_path) is False
    Hold(tmp_path).release()


def test_who_wants_to_play_while_somebody_looks_waits_for_that_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock of a look is shared, and soon gone."""
    import fcntl

    Hold(tmp_path).release()
    with (tmp_path / ".running").open("rb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        timer = threading.Timer(0.03, fcntl.flock, (looking, fcntl.LOCK_UN))
        timer.start()
        Hold(tmp_path).release()
        timer.join()
        fcntl.flock(looking, fcntl.LOCK_SH)
        monkeypatch.setattr(holding, "GLANCE_S", 0.02)
        with pytest.raises(StoreError, match="is being played"):
            Hold(tmp_path)


def test_where_it_cannot_be_told_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / ".running").mkdir()
    assert is_held(tmp_path / "no such" / "folder") is False
    (tmp_path / ".running").rmdir()
    (tmp_path / ".running").symlink_to(tmp_path / ".running")
    assert is_held(tmp_path) is None
