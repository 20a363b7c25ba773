"""The file of the index is a cache: whatever becomes of it, questions are answered."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Query
from pytest_alienbio.store import encode
from pytest_alienbio.store.index import Index, schema
from pytest_alienbio.store.layout import INDEX
from tests.store.index.parts import a_run, ids
from tests.store.samples import a_result

ALL = [a_result(seed).id for seed in range(3)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data root with a folder of three cells, and an index of it."""
    folder = tmp_path / "data"
    a_run(folder, [a_result(seed) for seed in range(3)])
    with Index.open(folder) as index:
        assert index.refresh() == ()
    return folder


def asked(root: Path) -> tuple[tuple[str, ...], list[str]]:
    """What a new look at the index says of itself, and what it holds."""
    with Index.open(root) as index:
        notes = index.refresh()
        return notes, ids(index)


def test_no_index_is_left_open_or_locked(root: Path) -> None:
    """Once closed it is one file."""
    assert sorted(path.name for path in root.iterdir() if "index" in path.name) == [".bio-index.lock", INDEX]
    with closing(sqlite3.connect(root / INDEX)) as connection:
        assert schema.fault(connection) == ""


def test_a_deleted_one_is_made_again_without_a_word(root: Path) -> None:
    (root / INDEX).unlink()
    assert asked(root) == ((), ALL)


def test_an_empty_one_is_of_a_process_that_was_killed_while_making_it(root: Path) -> None:
    (root / INDEX).write_bytes(b"")
    assert asked(root) == ((), ALL)


def _schema(root: Path) -> None:
    with closing(sqlite3.connect(root / INDEX)) as connection:
        connection.execute("PRAGMA user_version = 99")


def _tables(root: Path) -> None:
    with closing(sqlite3.connect(root / INDEX)) as connection:
        connection.execute("DROP INDEX twin")


def _trigger(root: Path) -> None:
    with closing(sqlite3.connect(root / INDEX)) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON dat BEGIN DELETE FROM dat; END")


def _foreign(root: Path) -> None:
    (root / INDEX).unlink()
    with closing(sqlite3.connect(root / INDEX)) as connection:
        connection.execute("CREATE TABLE photos (name)")


def _link(root: Path) -> None:
    (root / INDEX).unlink()
    (root / INDEX).symlink_to(root / "elsewhere.sqlite")


def _directory(root: Path) -> None:
    (root / INDEX).unlink()
    (root / INDEX).mkdir()


def _pipe(root: Path) -> None:
    (root / INDEX).unlink()
    os.mkfifo(root / INDEX)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda root: (root / INDEX).write_bytes(bytes(range(256)) * 64), "file is not a database"),
        (lambda root: (root / INDEX).write_bytes(b"SQLite format 3\0" + b"\xff" * 5000), ""),
        (lambda root: os.truncate(root / INDEX, 5000), ""),
        (lambda root: os.truncate(root / INDEX, 100), ""),
        (_schema, "it is of version 99, and this is"),
        (_tables, "its tables are others"),
        (_trigger, "its tables are others"),
        (_foreign, "it is no index"),
        (_link, "it was no file"),
        (_directory, "it was no file"),
        (_pipe, "it was no file"),
    ],
    ids=["bytes", "header", "truncated", "stump", "version", "tables", "trigger", "foreign", "link", "directory", "pipe"],
)
def test_a_damaged_one_is_made_anew_with_a_note(root: Path, spoil: object, why: str) -> None:
    """Once: the next look finds it sound. What a link points to is never written."""
    assert callable(spoil)
    spoil(root)
    notes, found = asked(root)
    assert found == ALL
    assert len(notes) == 1
    assert notes[0].startswith(f"{root / INDEX} was made anew: {why}")
    assert asked(root) == ((), ALL)
    assert not (root / "elsewhere.sqlite").exists()


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_damage_inside_is_found_when_it_is_met(root: Path, part: float) -> None:
    """The head of the file is sound, a table is not: the answer comes from an index made anew."""
    for seed in range(3, 200):
        add_one(root, seed)
    asked(root)
    size = (root / INDEX).stat().st_size
    with (root / INDEX).open("r+b") as file:
        file.seek(start := max(4096 * 2, int(size * part)))
        file.write(b"\xff" * (size - start))
    with Index.open(root) as index:
        notes = list(index.refresh())
        assert index.count() == 200
        assert len(list(index.rows(Query(), ["id", "scores", "reason"], order=["-seed"]))) == 200
        assert len(index.leaves()) == 1
        notes += index.refresh()
    assert len(notes) == 1
    assert "was made anew: database disk image is malformed" in notes[0]


def test_damage_met_in_the_midst_is_said_and_gone_the_next_time(root: Path) -> None:
    """Rows were given already, so they are not given twice; nobody has to delete the file by hand."""
    for seed in range(3, 1000):
        add_one(root, seed)
    asked(root)
    with Index.open(root) as index:
        index.refresh()
        rows = index.rows(Query(), ["seed", "passing_score"])
        given = [next(rows) for _ in range(150)]
        with closing(sqlite3.connect(root / INDEX)) as other:
            other.execute("UPDATE record SET seed = CAST(x'ff' AS TEXT) WHERE no > (SELECT max(no) FROM record) - 20")
            other.commit()
    with Index.open(root) as index:
        index.refresh()
        rows = index.rows(Query(), ["seed", "passing_score"])
        with pytest.raises(StoreError, match=r"was damaged \(Could not decode to UTF-8.*\); ask again"):
            list(rows)
        assert list(index.rows(Query(), ["seed", "passing_score"]))[:150] == given
        assert index.count() == 1000
    assert asked(root)[0] == ()


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("UPDATE name SET text = '{' WHERE kind = 'params'", lambda index: list(index.rows(Query(), ["params"]))),
        ("UPDATE name SET text = '5' WHERE kind = 'tags'", lambda index: index.count(Query(tags=("a",)))),
        ("UPDATE record SET agent = 99999", lambda index: list(index.rows(Query(), ["agent"]))),
        ("UPDATE detail SET scores = '[1'", lambda index: list(index.rows(Query(), ["scores"]))),
        ("UPDATE file SET no = no + 7", lambda index: list(index.results())),
        ("UPDATE dat SET path = x'00ff'", lambda index: list(index.results())),
        ("UPDATE answer SET text = '{'", lambda index: index.recall("what", Query()) in (1, None)),
    ],
    ids=["params", "tags", "agent", "scores", "file", "path", "answer"],
)
def test_values_that_are_garbled_are_damage_too(root: Path, statement: str, question: Callable[[Index], object]) -> None:
    """A sound database that holds nonsense: the question is answered as if the index were new."""
    with Index.open(root) as index:
        index.refresh()
        index.remember("what", Query(), 1)
        truth = question(index)
    with closing(sqlite3.connect(root / INDEX)) as other:
        other.execute(statement)
        other.commit()
    with Index.open(root) as index:
        index.refresh()
        assert question(index) == truth
    assert asked(root)[1] == ALL


def add_one(root: Path, seed: int) -> None:
    """One more cell."""
    (journal,) = root.rglob("cells/*.jsonl")
    with journal.open("a", encoding="utf-8") as file:
        file.write(f"{encode(a_result(seed))}\n")


def test_a_folder_with_files_in_its_place_is_left_alone(root: Path) -> None:
    """Somebody else's files are not deleted: a temporary index answers, and says so."""
    (root / INDEX).unlink()
    (root / INDEX).mkdir()
    (root / INDEX / "mine").write_text("precious", "utf-8")
    notes, found = asked(root)
    assert found == ALL
    assert "a temporary index does instead" in notes[0]
    assert (root / INDEX / "mine").read_text("utf-8") == "precious"


def test_where_there_is_no_data_root_none_is_made(tmp_path: Path) -> None:
    assert asked(tmp_path / "nothing") == ((), [])
    assert not (tmp_path / "nothing").exists()


AS_NOBODY = """
import os, sys
from pathlib import Path
import fnmatch, hashlib, csv, yaml, filelock, pytest_alienbio.store.index.take, pytest_alienbio.store.index.lines
from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Query
from pytest_alienbio.store.index import Index
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
"""
READ_ONLY = """
with Index.open(Path(sys.argv[1])) as index:
    notes = index.refresh()
    index.remember("q", Query(), 1)
    print(index.count(), index.recall("q"), len(notes), "cannot be written" in notes[0])
"""


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A data root that nobody but its owner could write, and that its owner may not either."""
    root = Path(tempfile.mkdtemp())
    a_run(root, [a_result(seed) for seed in range(3)])
    yield root
    for folder, _, _ in os.walk(root):
        os.chmod(folder, 0o700)
    shutil.rmtree(root)


@pytest.mark.parametrize("indexed", [True, False])
def test_on_a_read_only_disk_a_temporary_one_answers(read_only: Path, indexed: bool) -> None:
    """Also about cells that the index there does not know yet; nothing is written."""
    if indexed:
        asked(read_only)
        add_one(read_only, 3)
    for folder, _, files in os.walk(read_only, topdown=False):
        for file in files:
            os.chmod(Path(folder, file), 0o444)
        os.chmod(folder, 0o555)  # noqa: S103 - as on a disk that is read by everybody
    before = sorted(path.name for path in read_only.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY + READ_ONLY, str(read_only)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split() == ["4" if indexed else "3", "1", "1", "True"], done.stderr
    assert sorted(path.name for path in read_only.iterdir()) == before


NOT_READ = """
with Index.open(Path(sys.argv[1])) as index:
    index.refresh()
    print(index.count(), *index.notes(), sep="|", end="|")
    index.refresh()
    print(len(index.notes()))
"""


def test_what_may_not_be_read_is_named_and_the_rest_taken(read_only: Path) -> None:
    """A journal, a folder of journals, a log and a spec that this user may not open."""
    for number, name in enumerate(["cells", "cells/r2-main.jsonl", "log.jsonl", "_spec_.yaml"], start=1):
        dat = a_run(read_only, [a_result(number)], run=f"r{number}", battery=f"b{number}")
        os.chmod(dat.path / name, 0)
    os.chmod(read_only, 0o755)  # noqa: S103 - for the other user
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY + NOT_READ, str(read_only)], capture_output=True, text=True, check=False, timeout=60
    )
    count, *notes, again = done.stdout.strip().split("|")
    assert (count, again) == ("4", "4"), done.stderr
    named = {Path(note.split(": ")[0]).parent.name: note.split(": ", 1)[1] for note in notes}
    assert named == {
        "b1": "cells: Permission denied",
        "b2": "cannot read cells/r2-main.jsonl: Permission denied",
        "b3": "cannot read log.jsonl: Permission denied",
        "b4": "cannot read _spec_.yaml: Permission denied",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE file SET name = '../../../../secret.jsonl'",
        "UPDATE file SET name = 'r1-main.jsonl/'",
        "UPDATE dat SET path = '../outside'",
        "UPDATE dat SET path = '/etc'",
    ],
)
def test_an_index_from_elsewhere_leads_to_no_other_file(root: Path, statement: str) -> None:
    """Its tables are ours, its contents somebody's: what is read is a journal below the data root, or nothing."""
    line = f"{encode(a_result(0))}\n"
    outside = root.parent / "outside" / "cells"
    outside.mkdir(parents=True)
    (outside / "r1-main.jsonl").write_text(line * 3, "utf-8")
    (root.parent / "secret.jsonl").write_text(line * 3, "utf-8")
    with closing(sqlite3.connect(root / INDEX)) as connection, connection:
        connection.execute(statement)
    with Index.open(root) as index:
        assert list(index.results()) == []
        assert index.dats() == [] or "a line is no longer the one that was read" in index.notes()[0]


def test_asking_imports_nothing_heavy(root: Path) -> None:
    """Nor does anything that merely uses the store import SQLite."""
    code = (
        "import sys; from pathlib import Path; before = set(sys.modules)\n"
        "import pytest_alienbio.store; assert 'sqlite3' not in set(sys.modules) - before\n"
        "from pytest_alienbio.store.index import Index\n"
        "with Index.open(Path(sys.argv[1])) as index:\n    index.refresh(); index.count(); index.leaves(); index.recall(1)\n"
        "heavy = 'numpy', 'scipy', 'pandas', 'pydantic', 'yaml', 'filelock', 'importlib.metadata'\n"
        "print([name for name in heavy if name in set(sys.modules) - before])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_an_answer_survives_the_process_and_the_oldest_go(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_alienbio.store.index.answers.MOST", 3)
    with Index.open(root) as index:
        index.refresh()
        for number in range(5):
            index.remember(number, Query(), number + 1)
    with Index.open(root) as index:
        index.refresh()
        assert [index.recall(number) for number in range(5)] == [None, None, 3, 4, 5]
