"""The zip of a log: what real ones hold is read, what would fill the memory or lie is refused by name."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from pytest_alienbio.exchange.inspect_log import archive
from pytest_alienbio.exchange.inspect_log.archive import ZSTD, Archive
from pytest_alienbio.store import packing

HEAD = b'{"version": 2}'


def with_zstd(path: Path, name: str, data: bytes, *, frames: int = 1, crc: int | None = None, size: int | None = None) -> Path:
    """A zip with one member packed by zstd, as Inspect writes them: `zipfile` of Python 3.11 can only do it by hand."""
    step = -(-len(data) // frames)
    packed = b"".join(packing.compress(data[at : at + step]) for at in range(0, len(data), step))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        made.writestr(zipfile.ZipInfo(name), packed)
    whole = bytearray(out.getvalue())
    told = struct.pack("<LLL", zlib.crc32(data) if crc is None else crc, len(packed), len(data) if size is None else size)
    directory = whole.index(b"PK\1\2")
    for method, crc_at in ((8, 14), (directory + 10, directory + 16)):
        whole[method : method + 2] = struct.pack("<H", ZSTD)
        whole[crc_at : crc_at + 12] = told
    path.write_bytes(bytes(whole))
    return path


def zipped(path: Path, **members: bytes) -> Path:
    """A deflated zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


@pytest.mark.parametrize("frames", [1, 3])
def test_a_member_packed_by_zstd_is_read_in_one_frame_or_several(tmp_path: Path, frames: int) -> None:
    """Inspect begins a new frame every 200 MB."""
    with Archive(with_zstd(tmp_path / "x.eval", "header.json", HEAD, frames=frames)) as log:
        assert log.read_json("header.json") == {"version": 2}


def test_a_deflated_member_is_read_and_names_come_in_order(tmp_path: Path) -> None:
    with Archive(
        zipped(tmp_path / "x.eval", **{"samples/b.json": b"[1]", "samples/a.json": b"[2]", "header.json": HEAD})
    ) as log:
        assert log.names("samples/") == ["samples/b.json", "samples/a.json"]
        assert log.read_json("samples/a.json") == [2]


def test_a_member_that_lies_about_its_size_is_refused_before_the_memory_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb says that it is small."""
    monkeypatch.setattr(archive, "MAX_MEMBER", 1000)
    with (
        Archive(with_zstd(tmp_path / "x.eval", "a", b" " * 5000, size=10)) as log,
        pytest.raises(ValueError, match="unpacks to"),
    ):
        log.read_json("a")
    bomb = zipped(tmp_path / "y.eval", a=b" " * 5000).read_bytes()
    small = bomb.replace(struct.pack("<L", 5000), struct.pack("<L", 10))
    (tmp_path / "y.eval").write_bytes(small)
    with Archive(tmp_path / "y.eval") as log, pytest.raises(ValueError, match="damaged"):
        log.read_json("a")


@pytest.mark.parametrize("zstd", [True, False])
def test_a_member_that_is_honestly_too_big_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zstd: bool) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER", 1000)
    path = tmp_path / "x.eval"
    made = with_zstd(path, "big.json", b" " * 5000) if zstd else zipped(path, **{"big.json": b" " * 5000})
    with Archive(made) as log, pytest.raises(ValueError, match=r"big\.json: 5,000 bytes; at most 1,000"):
        log.read_json("big.json")


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 1)
    with pytest.raises(ValueError, match="2 members; at most 1"):
        Archive(zipped(tmp_path / "x.eval", a=b"", b=b""))


def test_many_members_that_are_small_each_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL", 25)
    with Archive(zipped(tmp_path / "x.eval", a=b"[1,2,3,4,5]", b=b"[1,2,3,4,5]", c=b"[1,2,3,4,5]")) as log:
        assert log.read_json("a") == log.read_json("b")
        with pytest.raises(ValueError, match="c: with it, more than 25 bytes were unpacked"):
            log.read_json("c")


def test_a_wrong_checksum_is_damage(tmp_path: Path) -> None:
    with Archive(with_zstd(tmp_path / "x.eval", "a", HEAD, crc=1)) as log, pytest.raises(ValueError, match="checksum"):
        log.read_json("a")


def test_frames_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty ones cost nothing to write."""
    monkeypatch.setattr(packing, "MAX_FRAMES", 3)
    with (
        Archive(with_zstd(tmp_path / "x.eval", "a", HEAD, frames=7)) as log,
        pytest.raises(ValueError, match="more than 3 frames"),
    ):
        log.read_json("a")


@pytest.mark.parametrize("cut", [0, 10, 40, 70])
def test_a_cut_zip_is_damaged(tmp_path: Path, cut: int) -> None:
    whole = with_zstd(tmp_path / "x.eval", "a", HEAD).read_bytes()
    (tmp_path / "x.eval").write_bytes(whole[:cut])
    with pytest.raises(ValueError, match="damaged"):
        Archive(tmp_path / "x.eval")


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    whole = bytearray(zipped(tmp_path / "x.eval", a=HEAD).read_bytes())
    for flags in (6, whole.index(b"PK\1\2") + 8):
        whole[flags] |= 1
    (tmp_path / "x.eval").write_bytes(bytes(whole))
    with Archive(tmp_path / "x.eval") as log, pytest.raises(ValueError, match="a: encrypted"):
        log.read_json("a")


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000, b"\xff"])
def test_what_is_no_json_is_named(tmp_path: Path, data: bytes) -> None:
    with Archive(zipped(tmp_path / "x.eval", a=data)) as log, pytest.raises(ValueError, match="a: "):
        log.read_json("a")
