"""The audit log, the one file several processes append to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytest_alienbio.store import log

_WRITER = """
import sys
from pathlib import Path
from pytest_alienbio.store import log
for n in range(20):
    log.append(Path(sys.argv[1]), "annotated", {"n": n, "by": sys.argv[2], "text": "x" * 5000})
"""


def test_entries_of_many_processes_stay_whole(tmp_path: Path) -> None:
    """Every entry of every process is there, none mixed with another."""
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = [(entry["by"], entry["n"]) for entry in log.read(tmp_path)]
    assert sorted(found, key=str) == sorted(((str(w), n) for w in range(3) for n in range(20)), key=str)


def test_a_torn_entry_does_not_spoil_the_next(tmp_path: Path) -> None:
    """A writer killed inside its line costs that line."""
    log.append(tmp_path, "created", command=["bio", "run", "--token=abc"])
    with (tmp_path / "log.jsonl").open("a") as out:
        out.write('{"event": "ta')
    log.append(tmp_path, "closed")
    entries = log.read(tmp_path)
    assert [entry["event"] for entry in entries] == ["created", "closed"]
    assert entries[0]["command"] == ["bio", "run", "--token=***"]


def test_no_log_is_an_empty_log(tmp_path: Path) -> None:
    """An old or hand-made folder may have none."""
    assert log.read(tmp_path) == []
