"""Append-only journals, metric events and artifacts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.store import Journal, add_artifact, journal_of

from .samples import a_dat, a_result


def test_a_line_is_on_disk_when_append_returns(tmp_path: Path) -> None:
    """Nothing is buffered, and there is no file before the first result."""
    journal = Journal(tmp_path, "r1", "gw0")
    assert not (tmp_path / "cells").exists()
    for seed in range(3):
        journal.append(a_result(seed))
        assert journal.path.read_text().count("\n") == seed + 1
    assert journal.path == tmp_path / "cells" / "r1-gw0.jsonl"
    assert [(r.seed, r.run, r.worker) for r in journal_of(tmp_path, "r1", "gw0")] == [(n, "r1", "gw0") for n in range(3)]
    assert list(journal_of(tmp_path, "r1", "gw1")) == []


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    """A name taken by another writer is refused, and what stands in it is left alone."""
    first = Journal(tmp_path, "r1", "w")
    first.append(a_result(1))
    with pytest.raises(StoreError, match="two writers of one run"):
        Journal(tmp_path, "r1", "w").append(a_result(2))
    first.append(a_result(3))
    assert [r.seed for r in journal_of(tmp_path, "r1", "w")] == [1, 3]


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    """It is never reopened."""
    journal = Journal(tmp_path, "r1", "w")
    journal.append(a_result(1))
    journal.close()
    journal.close()
    with pytest.raises(StoreError, match="closed"):
        journal.append(a_result(2))


def test_a_result_that_cannot_be_written_leaves_no_trace(tmp_path: Path) -> None:
    """The journal stays as it was and takes the next one."""
    journal = Journal(tmp_path, "r1", "w")
    with pytest.raises(ValueError, match="nan"):
        journal.append(a_result(1, score=float("nan")))
    journal.append(a_result(2))
    assert [r.seed for r in journal_of(tmp_path, "r1", "w")] == [2]


def test_threads_may_share_a_journal(tmp_path: Path) -> None:
    """Lines never mix."""
    journal = Journal(tmp_path, "r1", "w")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seed: journal.append(a_result(seed)), range(200)))
    assert sorted(r.seed for r in journal_of(tmp_path, "r1", "w")) == list(range(200))


_KILLED = """
import os, signal, sys
from pathlib import Path
from pytest_alienbio.store import Journal
from tests.store.samples import a_result
journal = Journal(Path(sys.argv[1]), "r1", "w")
for seed in range(25):
    journal.append(a_result(seed))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_right_after_loses_nothing(tmp_path: Path) -> None:
    """SIGKILL between two cells: every recorded one is there."""
    dat = a_dat(tmp_path)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(dat.path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [r.seed for r in dat.results()] == list(range(25))
    assert dat.notes == ()


_FULL = """
import resource, sys
from pathlib import Path
from pytest_alienbio.errors import StoreError
from pytest_alienbio.store import Journal
from tests.store.samples import a_result
journal = Journal(Path(sys.argv[1]), "r1", "w")
resource.setrlimit(resource.RLIMIT_FSIZE, (2500, resource.RLIM_INFINITY))
refused = 0
for seed in range(10):
    try:
        journal.append(a_result(seed))
    except StoreError as error:
        refused += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append(a_result(77))
print(refused)
"""


def test_a_full_disk_is_an_error_and_the_file_stays_whole(tmp_path: Path) -> None:
    """A line that fits in part is taken back; once there is room again, writing goes on."""
    dat = a_dat(tmp_path)
    done = subprocess.run([sys.executable, "-c", _FULL, str(dat.path)], capture_output=True, text=True, check=True)
    refused = int(done.stdout)
    assert 0 < refused < 10
    assert [r.seed for r in dat.results()] == [*range(10 - refused), 77]
    assert dat.notes == ()


def test_no_room_and_no_way_back_still_costs_one_line_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When even taking back fails, the scrap is cut off before the next line."""
    journal = Journal(tmp_path, "r1", "w")
    journal.append(a_result(1))
    write, truncate = os.write, os.ftruncate

    def half(fd: int, data: bytes) -> int:
        write(fd, bytes(data)[:50])
        raise OSError(28, "No space left on device")

    def refuse(fd: int, size: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "write", half)
    monkeypatch.setattr(os, "ftruncate", refuse)
    with pytest.raises(StoreError, match="No space left"):
        journal.append(a_result(2))
    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(os, "ftruncate", truncate)
    journal.append(a_result(3))
    assert [r.seed for r in journal_of(tmp_path, "r1", "w")] == [1, 3]


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    """The error says what is in the way."""
    (tmp_path / "cells").write_text("")
    with pytest.raises(StoreError, match="cells"):
        Journal(tmp_path, "r1", "w").append(a_result())


@pytest.mark.parametrize("worker", ["../../x", "a/b", "", "x" * 400])
def test_odd_worker_names_stay_in_cells(tmp_path: Path, worker: str) -> None:
    """A name never moves the journal elsewhere."""
    journal = Journal(tmp_path, "r1", worker)
    journal.append(a_result())
    assert journal.path.parent == tmp_path / "cells"
    assert len(journal.path.name) < 150


def test_artifacts_never_replace_each_other(tmp_path: Path) -> None:
    """Same cell, same name: both are kept."""
    source = tmp_path / "plot.png"
    source.write_bytes(b"one")
    first = add_artifact(tmp_path / "dat", "a/../cell", source)
    source.write_bytes(b"two")
    second = add_artifact(tmp_path / "dat", "a/../cell", source)
    assert (first.read_bytes(), second.read_bytes(), second.name) == (b"one", b"two", "plot-2.png")
    assert first.parent.parent == tmp_path / "dat" / "artifacts"
    with pytest.raises(StoreError, match="not a file"):
        add_artifact(tmp_path / "dat", "cell", tmp_path)


_CLOSED = """
import os, sys
from pathlib import Path
from pytest_alienbio.store import Journal
from tests.store.samples import a_result
journal, free = Journal(Path(sys.argv[1]), "r1", "main"), [int(fd) for fd in sys.argv[2]]
for fd in free: os.close(fd)
journal.append(a_result(0))
for fd in free: os.dup2(os.open(os.devnull, os.O_RDWR), fd)
journal.append(a_result(1))
"""


@pytest.mark.parametrize("free", ["0", "1", "012"])
def test_a_journal_never_takes_the_number_of_an_output_that_somebody_closed(tmp_path: Path, free: str) -> None:
    """Else who puts the output back, as pytest's capture does, closes the journal, and results go to the terminal."""
    dat = a_dat(tmp_path)
    subprocess.run([sys.executable, "-c", _CLOSED, str(dat.path), free], check=True)
    assert [result.seed for result in dat.results()] == [0, 1]
