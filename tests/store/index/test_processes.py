"""Several processes at one index: nobody waits for long, nobody fails, nothing is lost or counted twice."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from pytest_alienbio.model import Query
from pytest_alienbio.store.index import Index
from pytest_alienbio.store.layout import INDEX
from tests.store.index.parts import a_run, add, stored
from tests.store.samples import a_result

WRITER = """
import sys
from pathlib import Path
from pytest_alienbio.store.index import Index
from tests.store.index.parts import a_run, add
from tests.store.samples import a_result
root, name = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
dat = a_run(root, run=name, battery=name)
for seed in range(6):
    add(dat, a_result(seed, agent=name), run=name)
    with Index.open(root) as index:
        notes = index.refresh()
        assert not notes, notes
        known = [seed for (seed,) in index.rows(index_query(name), ["seed"])]
        assert known == list(range(seed + 1)), known
""".replace("index_query(name)", "__import__('pytest_alienbio.model').model.Query(agents=(name,))")

READER = """
import sys
from pathlib import Path
from pytest_alienbio.store.index import Index
print("ready", flush=True)
sys.stdin.readline()
last = 0
while last < 24:
    with Index.open(Path(sys.argv[1])) as index:
        notes = index.refresh()
        assert not notes, notes
        count = index.count()
        rows = list(index.rows(__import__('pytest_alienbio.model').model.Query(), ["agent", "seed"]))
        assert count == len(rows) == len(set(rows)) == sum(leaf.n for leaf in index.leaves()), (count, len(rows))
        assert count >= last, (count, last)
        last = count
"""

BUILDER = """
import sys
from pathlib import Path
from pytest_alienbio.store.index import Index
print("ready", flush=True)
with Index.open(Path(sys.argv[1])) as index:
    index.refresh()
"""


def start(code: str, *args: str) -> subprocess.Popen[str]:
    """A process that says when it is ready to begin."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def test_four_write_and_refresh_while_two_read(tmp_path: Path) -> None:
    """Each writer finds every cell it has written at once; readers see whole states, and never fewer cells than before."""
    processes = [start(WRITER, str(tmp_path), f"w{number}") for number in range(4)]
    processes += [start(READER, str(tmp_path)) for _ in range(2)]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
    assert len(stored(tmp_path)) == 24
    with closing(sqlite3.connect(tmp_path / INDEX)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_builder_killed_in_the_midst_leaves_an_index_that_works(tmp_path: Path) -> None:
    """At ever later moments; what it had finished is kept, and no cell is there twice."""
    for number in range(6):
        a_run(tmp_path, [a_result(seed, agent=f"a{number}") for seed in range(300)], run=f"r{number}", battery=f"b{number}")
    for moment in (0.0, 0.02, 0.05, 0.1):
        process = start(BUILDER, str(tmp_path))
        deadline = time.monotonic() + moment
        while time.monotonic() < deadline and process.poll() is None:
            pass
        process.kill()  # SIGKILL, unless it was done already
        process.communicate(timeout=60)
    with Index.open(tmp_path) as index:
        assert index.refresh() == ()
        assert index.count() == len(set(index.rows(Query(), ["agent", "seed"]))) == 1800
    with closing(sqlite3.connect(tmp_path / INDEX)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_while_another_process_writes_what_there_is_is_used(tmp_path: Path) -> None:
    """It does not go away: after a while a note says that something may be missing."""
    dat = a_run(tmp_path, [a_result(0)])
    assert len(stored(tmp_path)) == 1
    add(dat, a_result(1))
    with closing(sqlite3.connect(tmp_path / INDEX, isolation_level=None)) as other, Index.open(tmp_path) as index:
        other.execute("BEGIN IMMEDIATE")
        index._opened.connection.execute("PRAGMA busy_timeout = 50")
        assert "another process is writing" in index.refresh()[0]
        assert index.count() == 1
        index.remember("q", Query(), 1)
        other.execute("ROLLBACK")
        assert index.refresh() == ()
        assert index.count() == 2


def test_an_index_deleted_while_it_is_open_harms_nobody(tmp_path: Path) -> None:
    """Whoever has it open goes on; the next one makes another."""
    dat = a_run(tmp_path, [a_result(0)])
    with Index.open(tmp_path) as index:
        index.refresh()
        for path in tmp_path.glob(f"{INDEX}*"):
            path.unlink()
        add(dat, a_result(1))
        assert index.refresh() == ()
        assert index.count() == 2
        assert len(stored(tmp_path)) == 2
        assert index.count() == 2
