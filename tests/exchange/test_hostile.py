"""Whatever bytes a file holds: cells or complaints, never anything else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import Complaint, SpecError
from pytest_alienbio.exchange import Columns
from pytest_alienbio.model import Result
from pytest_alienbio.store import codec

from .cells import a_cell, read, written

HEADS = {
    "csv": b"scenario,agent,seed,score,outcome,params,started_at,passed\n",
    "jsonl": b"",
    "json": b"[",
    "junit": b"<testsuite name='s'>",
}
WORDS = [
    *(b',', b';', b'\t', b'"', b"'", b"\n", b"\r\n", b"x", b"=x", b"1", b"0.5", b"nan", b"1e999", b"-", b"timed_out", b"true"),
    *(b"{", b"}", b"[", b"]", b":", b'"scenario"', b'"agent":"a"', b'"seed":1', b'"score":0.5', b'{"v":1}', b"null", b"\xff"),
    *(b"<testcase name='t'>", b"</testcase>", b"<failure/>", b"</testsuite>", b"<property name='seed' value='x'/>", b"&lt;"),
    *(b"\x00", b"\xe2\x80\xae", b"9" * 50, b"2026-01-01", b"\xef\xbb\xbf"),
]  # fmt: skip


def tried(path: Path, columns: Columns, format: str) -> tuple[Sequence[Complaint], Sequence[Result]]:
    """The complaints about a file, or its cells."""
    try:
        return (), read(path, columns, format=format)
    except SpecError as error:
        return error.complaints, ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(b"".join) | st.binary(max_size=60), st.booleans())
@pytest.mark.parametrize("format", sorted(HEADS))
def test_a_reader_gives_cells_or_complaints(format: str, body: bytes, with_head: bool) -> None:
    """And every cell it gives can be stored."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "t")
        path.write_bytes((HEADS[format] if with_head else b"") + body)
        complaints, found = tried(path, Columns(fixed={"agent": "a"}), format)
    assert all(complaint.what and complaint.file for complaint in complaints)
    assert all(codec.decode(codec.encode(result)) == result for result in found)


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("format", sorted(HEADS))
def test_a_damaged_export_is_no_other_crash(format: str, data: st.DataObject) -> None:
    """Bytes of a real file are cut out, doubled or overwritten."""
    whole = written([a_cell(seed, scores={"safety": 1.0}, params={"n": 1}, started_at=1e9) for seed in range(3)], format)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    damaged = whole[:start] + data.draw(st.sampled_from([b"", *WORDS])) + whole[end:]
    with TemporaryDirectory() as folder:
        path = Path(folder, "t")
        path.write_bytes(damaged)
        _, found = tried(path, Columns(), format)
    assert all(codec.decode(codec.encode(result)) == result for result in found)
