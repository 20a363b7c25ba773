"""The shared file: what happens to it in the wild. A limit that cannot be kept is an error, never silence."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pytest_alienbio.errors import LimitStoreError
from pytest_alienbio.model import Rate, Spent
from pytest_alienbio.resources import FileLedger, FileLimiter
from pytest_alienbio.resources.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "limits.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[FileLedger]:
    with closing(FileLedger(path, create=True)) as made:
        made.cap("session", tokens=100)
        made.reserve(["session"], tokens=10)
        yield made


def test_it_is_made_once_and_for_nobody_else(ledger: FileLedger, path: Path) -> None:
    """Who makes it again finds what is there; others on the machine do not read it."""
    with closing(FileLedger(path, create=True)) as again:
        assert again.spent("session").reserved_tokens == 10
    assert path.stat().st_mode & 0o777 == 0o600
    ledger.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_many_may_make_it_at_the_same_moment(path: Path) -> None:
    """All of them then have the same one."""
    barrier, made = threading.Barrier(8), list[Database]()

    def make() -> None:
        barrier.wait()
        made.append(Database(path, create=True))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    with made[0].writing() as file:
        file.execute("INSERT INTO scopes (scope) VALUES ('a')")
    for each in made:
        with each.reading() as file:
            assert file.execute("SELECT scope FROM scopes").fetchall() == [("a",)]
        each.close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(4096, len(content)):
        content[at] ^= 0xFF
    path.write_bytes(content)


def _cut(path: Path) -> None:
    os.truncate(path, 5000)


def _emptied(path: Path) -> None:
    os.truncate(path, 0)


def _another(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE scopes (scope)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")


def _words(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE scopes SET tokens = 'none'")


def _less_than_nothing(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE scopes SET tokens = -1000000")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_garbage, "the file is damaged"),
        (_flipped, "the file is damaged"),
        (_cut, "the file is damaged"),
        (_emptied, "the file is something else"),
        (_another, "the file is something else"),
        (_newer, "of another version"),
        (_words, "the file is damaged"),
        (_less_than_nothing, "the file is damaged"),
        (_folder, "it cannot be opened"),
        (Path.unlink, "there is no such file"),
    ],
)
def test_a_file_that_is_not_what_it_was_is_an_error(
    ledger: FileLedger, path: Path, damage: Callable[[Path], None], words: str
) -> None:
    """Whoever opens it next is told, and books nothing."""
    ledger.close()
    damage(path)
    with pytest.raises(LimitStoreError, match=words), closing(FileLedger(path)) as other:
        other.reserve(["session"], tokens=1)


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_a_file_that_is_removed_in_use_is_noticed(ledger: FileLedger, path: Path, replaced: bool) -> None:
    """Else each process would go on with a file, and a cap, of its own."""
    path.rename(path.with_name("away"))
    if replaced:
        FileLedger(path, create=True).close()
    with pytest.raises(LimitStoreError, match="replaced by another" if replaced else "no such file"):
        ledger.reserve(["session"], tokens=1)


_FULL = """
import resource, sys
from pathlib import Path
from pytest_alienbio.errors import LimitStoreError
from pytest_alienbio.resources import FileLedger
path = Path(sys.argv[1])
ledger = FileLedger(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
booked = 0
try:
    while booked < 10_000:
        ledger.reserve([f"scope {booked}"], tokens=1)
        booked += 1
except LimitStoreError as error:
    print(booked, error)
"""


def test_a_full_disk_is_an_error_and_loses_nothing(ledger: FileLedger, path: Path) -> None:
    """The system refuses to let the file grow: what was booked before is there, what was refused is not."""
    done = subprocess.run([sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=True, timeout=60)
    booked, _, said = done.stdout.partition(" ")
    assert "cannot be used: the disk" in said
    assert "nothing more is paid for" in said
    assert int(booked) > 0
    assert ledger.spent(f"scope {int(booked) - 1}") == Spent(reserved_tokens=1)
    assert ledger.spent(f"scope {booked}") == Spent()
    ledger.reserve([f"scope {booked}"], tokens=1)


_READ_ONLY = """
import os, sys
from pathlib import Path
from pytest_alienbio.errors import LimitStoreError
from pytest_alienbio.resources import FileLedger
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    ledger = FileLedger(Path(sys.argv[1]))
    ledger.reserve(["session"], tokens=1)
except LimitStoreError as error:
    print(error)
"""


@pytest.mark.parametrize("mode", [0o400, 0o444], ids=["not read", "read only"])
def test_a_file_that_cannot_be_written_is_an_error(mode: int) -> None:
    """Not a ledger in which nothing is ever spent."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "limits.sqlite")
        FileLedger(path, create=True).close()
        path.chmod(mode)
        path.parent.chmod(0o555)
        done = subprocess.run([sys.executable, "-c", _READ_ONLY, str(path)], capture_output=True, text=True, check=True)
        path.parent.chmod(0o700)
    assert f"the shared limits in {path} cannot be used: it cannot be " in done.stdout


@pytest.mark.parametrize("place", ["/proc/limits.sqlite", "/dev/null/limits.sqlite"])
def test_where_none_can_be_made_none_is(place: str) -> None:
    with pytest.raises(LimitStoreError, match="cannot be used"):
        FileLedger(Path(place), create=True)


def test_who_keeps_it_locked_is_not_waited_for_for_ever(
    ledger: FileLedger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_alienbio.resources.database.WAIT_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder, closing(FileLedger(path)) as other:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(LimitStoreError, match="others kept it locked"):
            other.reserve(["session"], tokens=1)
        assert other.spent("session").reserved_tokens == 10
        holder.execute("ROLLBACK")
        other.reserve(["session"], tokens=1)


def test_what_raises_books_nothing(path: Path) -> None:
    """Whatever the reason, a Ctrl-C too; the next one finds no lock."""

    def interrupted(database: Database) -> None:
        with database.writing() as file:
            file.execute("INSERT INTO scopes (scope) VALUES ('a')")
            raise KeyboardInterrupt

    with closing(Database(path, create=True)) as database:
        with pytest.raises(KeyboardInterrupt):
            interrupted(database)
        with database.writing() as file:
            assert file.execute("SELECT count(*) FROM scopes").fetchone() == (0,)


_FORKS = """
import os, sys
from pathlib import Path
from pytest_alienbio.resources import FileLedger

def child(what):
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if what() else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

ledger = FileLedger(Path(sys.argv[1]))
with ledger._file.writing():
    child(lambda: ledger.spent("session").reserved_tokens == 10)
child(lambda: ledger.reserve(["session"], tokens=25))
print([one.tokens for one in ledger.release_dead()])
own = ledger.reserve(["session"], tokens=7)
child(lambda: ledger.release(own) is None)
"""


def test_a_forked_child_has_a_connection_of_its_own(ledger: FileLedger, path: Path) -> None:
    """Also if it was forked in the middle of something; what it reserves is its own, and ends with it."""
    command = [sys.executable, "-W", "ignore", "-c", _FORKS, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("[25]\n", "", 0)
    assert ledger.spent("session") == Spent(reserved_tokens=10, unknown_tokens=25, unknown_requests=1)


def test_a_queue_that_is_no_number_is_an_error(path: Path) -> None:
    with closing(FileLimiter(path, {"p": Rate(60)}, create=True)) as limiter:
        limiter.acquire("p")
        with limiter._file.writing() as file:
            file.execute("UPDATE providers SET last_at = 'soon'")
        with pytest.raises(LimitStoreError, match="the file is damaged"):
            limiter.acquire("p")
