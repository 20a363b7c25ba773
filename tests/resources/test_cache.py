"""The instance cache on disk."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Json
from pytest_alienbio.resources import FileCache

KEY = hashlib.sha256(b"one").hexdigest()


class Maker:
    """Makes `value`, and counts how often."""

    def __init__(self, value: Mapping[str, Json]) -> None:
        self.value, self.calls = value, 0

    def __call__(self) -> Mapping[str, Json]:
        self.calls += 1
        return self.value


def _trust(value: Mapping[str, Json]) -> bool:
    return True


def _file(root: Path, key: str = KEY) -> Path:
    return root / key[:2] / f"{key}.json"


def test_made_once_then_read(tmp_path: Path) -> None:
    """In this process and in the next; no lock file stays behind."""
    make = Maker({"a": [1, 0.1, None], "b": {"ä": True}})
    for cache in (FileCache(tmp_path), FileCache(tmp_path)):
        for _ in range(3):
            assert cache.fetch(KEY, make, _trust) == make.value
        assert cache.note == ""
    assert make.calls == 1
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [f"{KEY}.json"]


def test_what_is_returned_is_nobody_elses(tmp_path: Path) -> None:
    """Changing a value changes neither the memory nor the next caller's; made and read are alike."""
    make = Maker({"a": (1, 2)})
    cache = FileCache(tmp_path)
    first = cache.fetch(KEY, make, _trust)
    assert isinstance(first, dict)
    first["a"] = "spoilt"
    assert cache.fetch(KEY, make, _trust) == {"a": [1, 2]}
    assert FileCache(tmp_path).fetch(KEY, make, _trust) == {"a": [1, 2]}


def test_a_value_that_is_not_verified_is_made_again(tmp_path: Path) -> None:
    """And replaced, so that the next one is trusted; a check that raises has refused."""
    FileCache(tmp_path).fetch(KEY, Maker({"n": 1}), _trust)
    make = Maker({"n": 2})

    def broken(value: Mapping[str, Json]) -> bool:
        raise KeyError("steps")

    assert FileCache(tmp_path).fetch(KEY, make, lambda value: value["n"] == 2) == {"n": 2}
    assert FileCache(tmp_path).fetch(KEY, make, lambda value: value["n"] == 2) == {"n": 2}
    assert make.calls == 1
    assert FileCache(tmp_path).fetch(KEY, make, broken) == {"n": 2}
    assert make.calls == 2


@given(st.data())
def test_a_flipped_bit_is_always_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Also in a digit, where the value would still parse and look well."""
    root = tmp_path_factory.mktemp("cache")
    make = Maker({"level": 12.5, "names": ["x", "y"]})
    FileCache(root).fetch(KEY, make, _trust)
    stored = bytearray(_file(root).read_bytes())
    stored[data.draw(st.integers(0, len(stored) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    _file(root).write_bytes(stored)
    assert FileCache(root).fetch(KEY, make, _trust) == make.value
    assert make.calls == 2
    FileCache(root).fetch(KEY, make, _trust)
    assert make.calls == 2


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"\xff" * 100, b'{"sha256":"'])
def test_garbage_is_made_again(tmp_path: Path, content: bytes) -> None:
    """Empty, cut or foreign files are overwritten."""
    _file(tmp_path).parent.mkdir(parents=True)
    _file(tmp_path).write_bytes(content)
    make = Maker({"a": 1})
    assert FileCache(tmp_path).fetch(KEY, make, _trust) == {"a": 1}
    assert FileCache(tmp_path).fetch(KEY, make, _trust) == {"a": 1}
    assert make.calls == 1


@pytest.mark.parametrize("key", ["../../evil", "/etc/passwd", "", "KEY", "a\0b", "é" * 999])
def test_any_text_may_be_a_key(tmp_path: Path, key: str) -> None:
    """What is no SHA-256 becomes one: no key leads out of the folder."""
    make = Maker({"a": 1})
    FileCache(tmp_path / "root").fetch(key, make, _trust)
    FileCache(tmp_path / "root").fetch(key, make, _trust)
    assert make.calls == 1
    assert [p.name for p in tmp_path.iterdir()] == ["root"]


def test_a_folder_that_cannot_be_used_costs_time_only(tmp_path: Path) -> None:
    """Values are made, and the note says why they are not kept."""
    (tmp_path / "file").write_text("")
    cache = FileCache(tmp_path / "file")
    assert cache.fetch(KEY, Maker({"a": 1}), _trust) == {"a": 1}
    assert "not cached" in cache.note
    assert str(tmp_path / "file") in cache.note


def test_a_full_disk_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-written stays."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    cache = FileCache(tmp_path)
    assert cache.fetch(KEY, Maker({"a": 1}), _trust) == {"a": 1}
    assert "No space left" in cache.note
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_what_make_raises_passes_and_frees_the_lock(tmp_path: Path) -> None:
    """The next one may try."""

    def fail() -> Mapping[str, Json]:
        raise RuntimeError("rejected")

    cache = FileCache(tmp_path)
    with pytest.raises(RuntimeError, match="rejected"):
        cache.fetch(KEY, fail, _trust)
    assert cache.fetch(KEY, Maker({"a": 1}), _trust) == {"a": 1}
    with pytest.raises(ValueError, match="JSON compliant"):
        cache.fetch("other", Maker({"a": float("nan")}), _trust)


def test_the_memory_is_bounded(tmp_path: Path) -> None:
    """The last used ones are kept; the others are read again, and verified again."""
    cache = FileCache(tmp_path, memo=2)
    checked: list[Json] = []

    def verify(value: Mapping[str, Json]) -> bool:
        checked.append(value["n"])
        return True

    for n in (1, 2, 1, 3, 1, 2):
        cache.fetch(str(n), Maker({"n": n}), verify)
    assert checked == [2]


def test_a_hung_holder_is_not_waited_for_forever(tmp_path: Path) -> None:
    """After the time allowed the value is made here, and left to the holder to store."""
    _file(tmp_path).parent.mkdir(parents=True)
    cache = FileCache(tmp_path, lock_timeout_s=0.05)
    with FileLock(str(_file(tmp_path).with_suffix(".lock"))):
        assert cache.fetch(KEY, Maker({"a": 1}), _trust) == {"a": 1}
    assert "was held for more than 0.05 s" in cache.note
    assert not _file(tmp_path).exists()


_RACER = """
import sys
from pathlib import Path
from pytest_alienbio.resources import FileCache
root, made, worker = sys.argv[1:]
def make(key):
    with open(made, "a") as out:
        out.write(key + "\\n")
    return {"key": key, "sum": sum(range(200_000))}
sys.stdin.readline()
cache = FileCache(Path(root))
for n in range(8):
    value = cache.fetch(f"k{n}", lambda: make(f"k{n}"), lambda value: "sum" in value)
    assert value["key"] == f"k{n}"
print(cache.note)
"""


def test_many_processes_make_each_value_once(tmp_path: Path) -> None:
    """Four processes, eight keys, eight generations."""
    made = tmp_path / "made"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(tmp_path / "cache"), str(made), str(n)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert [racer.communicate(timeout=60)[0] for racer in racers] == ["\n"] * 4
    assert [racer.returncode for racer in racers] == [0] * 4
    assert sorted(made.read_text().split()) == [f"k{n}" for n in range(8)]
    assert not list((tmp_path / "cache").rglob("*.lock"))


_KILLED = """
import os, signal, sys
from pathlib import Path
from pytest_alienbio.resources import FileCache
FileCache(Path(sys.argv[1])).fetch(sys.argv[2], lambda: os.kill(os.getpid(), signal.SIGKILL), lambda value: True)
"""


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """The lock dies with its process."""
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), KEY], check=False)
    assert done.returncode == -signal.SIGKILL
    cache = FileCache(tmp_path, lock_timeout_s=5)
    assert cache.fetch(KEY, Maker({"a": 1}), _trust) == {"a": 1}
    assert cache.note == ""
    assert json.loads(_file(tmp_path).read_bytes())["value"] == {"a": 1}


def test_what_is_there_is_known_without_a_trace(tmp_path: Path) -> None:
    """Asking makes no folder and no lock, in a root that does not exist either; any text may be a key."""
    root = tmp_path / "cache"
    cache = FileCache(root)
    assert not cache.has(KEY)
    assert not root.exists()
    cache.fetch(KEY, Maker({"a": 1}), _trust)
    cache.fetch("another key", Maker({"a": 2}), _trust)
    before = sorted(root.rglob("*"))
    assert FileCache(root).has(KEY)
    assert FileCache(root).has("another key")
    assert not FileCache(root).has("a third")
    assert sorted(root.rglob("*")) == before


def test_what_is_in_memory_only_is_there_too(tmp_path: Path) -> None:
    """Where the folder cannot be written, this process still need not make it again."""
    (tmp_path / "cache").write_text("a file")
    cache = FileCache(tmp_path / "cache")
    assert not cache.has(KEY)
    cache.fetch(KEY, Maker({"a": 1}), _trust)
    assert cache.has(KEY)


def test_a_folder_in_a_files_place_is_not_there(tmp_path: Path) -> None:
    _file(tmp_path).mkdir(parents=True)
    assert not FileCache(tmp_path).has(KEY)
