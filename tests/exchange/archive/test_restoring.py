"""`restore`: an archive that somebody else made, and nothing in it is trusted."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import AlienBioError, StoreError
from pytest_alienbio.exchange.archive import Limits, is_archive, restore, share
from pytest_alienbio.store import find_dats, log, open_for_reading

from .samples import SPEC, a_zip, entry, full_dat, tree

STANDARD = Limits()
NAMES = [
    "/etc/passwd",
    "../outside",
    "dat/../../outside",
    "dat/traces/../../../outside",
    "dat/./x",
    "dat//cells/x.jsonl",
    "dat\\..\\..\\outside",
    "C:/x",
    "dat/artifacts/x:stream",
    "dat/artifacts/NUL",
    "dat/artifacts/com1.txt",
    "dat/artifacts/x. ",
    "dat/artifacts/.ssh",
    "dat/artifacts/x\x1b[2J",
    "dat/artifacts/x\u202ey",
    f"dat/artifacts/{'n' * 201}",
    f"dat/artifacts/{'d/' * 9}x",
    "dat/conftest.py",
    "dat/cells/x.py",
    "dat/cells/deep/x.jsonl",
    "evil.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_astray_is_refused(tmp_path: Path, name: str) -> None:
    """Absolute, upwards, devices, hidden, for another system, too long, no file of a DAT: named, and nothing is left."""
    path = a_zip(tmp_path / "a.zip", extra=[(entry(name), b"x")])
    refused(path, tmp_path, "nothing was unpacked")


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o666, stat.S_IFIFO | 0o666, stat.S_IFDIR | 0o777])
def test_only_files_are_unpacked(tmp_path: Path, mode: int) -> None:
    """No link to anywhere, no device, no pipe."""
    path = a_zip(tmp_path / "a.zip", extra=[(entry("dat/artifacts/x", mode), b"/etc/passwd")])
    refused(path, tmp_path, "a link or a device")


@pytest.mark.parametrize(
    "names",
    [
        ("dat/traces/A.json", "dat/traces/a.json"),
        ("dat/traces/a.json", "dat/traces/a.json"),
        ("dat/traces/\u00e9.json", "dat/traces/e\u0301.json"),
        ("dat/traces/stra\u00dfe", "dat/traces/STRASSE"),
        ("dat/artifacts/x", "dat/artifacts/x/y"),
        ("dat/artifacts/x/y", "dat/artifacts/x"),
        ("dat/artifacts/x/a", "dat/artifacts/X/b"),
        ("dat/_spec_.yaml", "dat/_spec_.yaml"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_for_one_place_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    """Also where only some file systems would take them for one."""
    path = a_zip(tmp_path / "a.zip", extra=[(entry(name), b"x") for name in names])
    refused(path, tmp_path, "nothing was unpacked")


def test_bombs_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    """By what it says of itself: all files together, one file, how much smaller it is packed, how many there are."""
    zeros = {"_spec_.yaml": SPEC, "artifacts/zeros": bytes(3 * 2**20)}
    path = a_zip(tmp_path / "a.zip", zeros)
    refused(path, tmp_path, "more than 200 times its size")
    noise = {"_spec_.yaml": SPEC, **{f"artifacts/{n}": os.urandom(2**19) for n in range(3)}}
    path = a_zip(tmp_path / "b.zip", noise)
    refused(path, tmp_path, "unpacks to more than 1 MiB", Limits(total=2**20))
    refused(path, tmp_path, "unpacks to 524,288 bytes, more than 0 MiB", Limits(file=2**18))
    refused(path, tmp_path, "entries, more than", Limits(files=1))
    assert restore(path, tmp_path / "data", limits=Limits(total=2**21, ratio=1000)).new


def test_a_bomb_that_lies_about_its_size_is_cut_off(tmp_path: Path) -> None:
    """The list says few bytes, the packed data give many: what comes is counted."""
    path = a_zip(tmp_path / "a.zip", {"_spec_.yaml": SPEC, "artifacts/zeros": bytes(2**20)})
    data = path.read_bytes()
    for size in (b"PK\x01\x02", b"PK\x03\x04"):
        at = data.rfind(size, 0, data.rfind(b"artifacts/zeros") if size == b"PK\x01\x02" else data.find(b"artifacts/zeros"))
        place = at + (24 if size == b"PK\x01\x02" else 22)
        assert struct.unpack_from("<I", data, place)[0] == 2**20
        data = data[:place] + struct.pack("<I", 1000) + data[place + 4 :]
    path.write_bytes(data)
    refused(path, tmp_path, "is not as long as manifest.json says")


def test_a_list_of_very_many_entries_is_refused_unread(tmp_path: Path) -> None:
    """Told from the bytes at the end, not from the number that stands there."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(3000):
            archive.writestr(f"dat/artifacts/{number}", b"")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    struct.pack_into("<HH", data, data.rfind(b"PK\x05\x06") + 8, 1, 1)
    (tmp_path / "a.zip").write_bytes(data)
    refused(tmp_path / "a.zip", tmp_path, "3,000 entries, more than 1,000", Limits(files=1000))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: a_zip(path, {}), "no dat/_spec_.yaml in it"),
        (lambda path: a_zip(path, extra=[(entry("dat/log.jsonl"), b"x")]), "'log.jsonl' is not in manifest.json"),
        (lambda path: a_zip(path, listed={"log.jsonl": b"x"}), "'log.jsonl' is missing"),
        (lambda path: a_zip(path, change={"v": 2}), "an archive of format version 2, newer than 1"),
        (lambda path: a_zip(path, change={"v": True}), "v: expected 1 to 1"),
        (lambda path: a_zip(path, change={"format": "x"}), "is none of an archive that `bio share` wrote"),
        (lambda path: a_zip(path, change={"dat": 7}), "dat: expected str, got 7"),
        (lambda path: a_zip(path, change={"files": {"_spec_.yaml": {"bytes": 13}}}), "expected bytes and sha256"),
        (lambda path: a_zip(path, {"_spec_.yaml": b"v: 99\nrun: r1\n"}), "format version 99 is newer"),
        (lambda path: a_zip(path, {"_spec_.yaml": b"\0"}), "dat/_spec_.yaml"),
        (lambda path: path.write_bytes(b"PK\x03\x04 no zip"), "no zip, or cut off"),
        (lambda path: path.write_bytes(b""), "no zip, or cut off"),
        (lambda path: path.write_bytes(a_zip(path).read_bytes()[:-30]), "no zip, or cut off"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "no manifest.json in it"),
    ],
)
def test_what_is_no_whole_archive_is_refused(tmp_path: Path, make: Callable[[Path], object], why: str) -> None:
    make(tmp_path / "a.zip")
    refused(tmp_path / "a.zip", tmp_path, why)


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    """Also by one who mends the zip's own checksum: the manifest's holds."""
    path = a_zip(
        tmp_path / "a.zip", {"_spec_.yaml": SPEC, "cells/r.jsonl": b""}, listed={"_spec_.yaml": SPEC.replace(b"r1", b"r2")}
    )
    refused(path, tmp_path, "'dat/_spec_.yaml' is not what manifest.json says")
    path = a_zip(tmp_path / "b.zip", {"_spec_.yaml": SPEC})
    data = path.read_bytes()
    at = data.find(b"_spec_.yaml", data.find(b"PK\x03\x04", 10)) + len("_spec_.yaml")
    path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    refused(path, tmp_path, "'dat/_spec_.yaml' is damaged")


def test_locked_and_strange_packings_are_refused(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    refused(path, tmp_path, "encrypted")
    info = entry("dat/artifacts/x")
    info.compress_type = zipfile.ZIP_LZMA
    refused(a_zip(tmp_path / "b.zip", extra=[(info, b"x")]), tmp_path, "packed in a way (14)")


@pytest.mark.parametrize("told", ["/etc", "../up", "", "a/../../b", ".hidden/x", "x" * 300, "a/b\x00c", "/".join("abcdefghij")])
def test_the_place_that_an_archive_asks_for_cannot_be_elsewhere(tmp_path: Path, told: str) -> None:
    """It is below `imported/` then."""
    made = restore(a_zip(tmp_path / "a.zip", dat=told), tmp_path / "data")
    assert made.path.parent == tmp_path / "data" / "imported"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "data"]


def test_a_link_on_the_way_and_a_dat_around_it_are_not_entered(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "elsewhere").mkdir()
    data.mkdir()
    (data / "results").symlink_to(tmp_path / "elsewhere")
    assert restore(a_zip(tmp_path / "a.zip"), data).path.parent == data / "imported"
    assert list((tmp_path / "elsewhere").iterdir()) == []
    outer = restore(a_zip(tmp_path / "b.zip", dat="outer"), data).path
    made = restore(a_zip(tmp_path / "c.zip", {"_spec_.yaml": SPEC + b"x: 1\n"}, dat="outer/inner/x"), data).path
    assert not made.is_relative_to(outer)


def test_the_same_again_changes_nothing_and_another_one_stands_beside_it(tmp_path: Path) -> None:
    """What is there is never written to."""
    here, data = full_dat(tmp_path / "here"), tmp_path / "data"
    share(here.path, tmp_path / "a.zip", root=tmp_path / "here")
    first = restore(tmp_path / "a.zip", data)
    log.append(first.path, "tagged", {"tags": ["x"]})  # said here, since
    before = tree(data)
    again = restore(tmp_path / "a.zip", data)
    assert (again.path, again.new) == (first.path, False)
    assert tree(data) == before
    back = restore(tmp_path / "a.zip", tmp_path / "here")  # where it came from
    assert (back.path, back.new) == (here.path, False)
    share(here.path, tmp_path / "b.zip", root=tmp_path / "here", traces="none")
    other = restore(tmp_path / "b.zip", data)
    assert (other.path, other.new) == (first.path.with_name(f"{first.path.name}_002"), True)
    assert {name: content for name, content in tree(data).items() if "_002/" not in name} == before
    assert restore(tmp_path / "b.zip", data).new is False
    assert not list(data.glob(".bio-import*"))


def test_an_imported_run_is_as_old_as_it_is(tmp_path: Path) -> None:
    """It does not become the latest of its battery by being imported."""
    old = full_dat(tmp_path / "old")
    share(old.path, tmp_path / "a.zip", root=tmp_path / "old")
    mine = full_dat(tmp_path / "mine")
    restore(a_zip(tmp_path / "b.zip", dat="results/b/other"), tmp_path / "mine")
    restored = restore(tmp_path / "a.zip", tmp_path / "mine2").path
    assert find_dats(tmp_path / "mine", "b") == [mine.path]
    assert abs(restored.joinpath("_spec_.yaml").stat().st_mtime - old.path.joinpath("_spec_.yaml").stat().st_mtime) < 5


_RESTORE = """
import sys
from pathlib import Path
from pytest_alienbio.exchange.archive import restore
print(restore(Path(sys.argv[1]), Path(sys.argv[2])).new)
"""


def start(archive: Path, root: Path) -> subprocess.Popen[str]:
    """A process that imports."""
    return subprocess.Popen([sys.executable, "-c", _RESTORE, str(archive), str(root)], text=True, stdout=subprocess.PIPE)


def test_two_processes_import_one_file(tmp_path: Path) -> None:
    """One of them makes the folder, the other finds it there."""
    share(full_dat(tmp_path / "here").path, tmp_path / "a.zip", root=tmp_path / "here")
    both = [start(tmp_path / "a.zip", tmp_path / "data") for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert said == ["False", "True"]
    assert len(find_dats(tmp_path / "data")) == 1


def test_a_killed_import_leaves_nothing_that_counts(tmp_path: Path) -> None:
    """SIGKILL while it unpacks: no DAT is there, the next import is whole, and what was left goes a day later."""
    data = tmp_path / "data"
    path = a_zip(tmp_path / "a.zip", {"_spec_.yaml": SPEC, **{f"artifacts/{n}": os.urandom(2**20) for n in range(24)}})
    process = start(path, data)
    deadline = time.monotonic() + 60
    while not any(data.glob(".bio-import.*/artifacts/*")) and time.monotonic() < deadline:
        assert process.poll() is None
    process.kill()
    process.communicate()
    assert find_dats(data) == []
    (left,) = data.glob(".bio-import.*")
    assert restore(path, data).new
    assert left.exists()
    os.utime(left, (1, 1))
    assert not restore(path, data).new
    assert not left.exists()


def test_check_only_writes_nothing(tmp_path: Path) -> None:
    share(full_dat(tmp_path / "here").path, tmp_path / "a.zip", root=tmp_path / "here")
    made = restore(tmp_path / "a.zip", tmp_path / "data", check_only=True)
    assert made.path.is_relative_to(tmp_path / "data")
    assert not (tmp_path / "data").exists()
    path = a_zip(tmp_path / "b.zip", listed={"_spec_.yaml": SPEC.replace(b"r1", b"r2")})
    with pytest.raises(StoreError, match="is not what"):
        restore(path, tmp_path / "data", check_only=True)


def test_a_data_root_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    with pytest.raises(StoreError, match="cannot import into"):
        restore(a_zip(tmp_path / "a.zip"), tmp_path / "data")


def test_archives_are_told_by_their_beginning(tmp_path: Path) -> None:
    share(full_dat(tmp_path / "here").path, tmp_path / "a.zip", root=tmp_path / "here")
    assert is_archive(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "log.eval", "w") as archive:
        archive.writestr("header.json", "{}")
    assert not is_archive(tmp_path / "log.eval")
    assert not is_archive(tmp_path / "none")


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_no_damage_gets_past(data: st.DataObject) -> None:
    """Whatever is changed, cut or put in: it is the same DAT, or a refusal of ours, and never a file elsewhere."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = a_zip(folder / "a.zip", {"_spec_.yaml": SPEC, "cells/r.jsonl": b"x\n" * 50, "traces/a.json": b"{}"})
        raw = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(raw) - 1))
            raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        path.write_bytes(raw)
        try:
            made = restore(path, folder / "data")
        except AlienBioError:
            assert not any(file.is_file() for file in (folder / "data").rglob("*") if not file.name.startswith(".bio"))
        else:
            assert made.path.is_relative_to(folder / "data")
            assert (made.path / "_spec_.yaml").read_bytes() == SPEC
            assert open_for_reading(made.path)
        assert {path.name for path in folder.iterdir()} <= {"a.zip", "data"}


def refused(path: Path, folder: Path, why: str, limits: Limits = STANDARD) -> None:
    """The archive is refused for this reason, by one sentence that names the file, and nothing of it is anywhere."""
    before = {each.name for each in folder.iterdir()}
    with pytest.raises(StoreError) as caught:
        restore(path, folder / "data", limits=limits)
    assert why in str(caught.value)
    assert str(path) in str(caught.value)
    assert str(caught.value).isprintable()
    assert {each.name for each in folder.iterdir()} - before <= {"data"}
    if (folder / "data").exists():
        assert list((folder / "data").iterdir()) == []
        (folder / "data").rmdir()
