"""The checksum of a trace that is kept as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Json
from pytest_alienbio.store import TraceWriter, traces
from pytest_alienbio.store.trace_seal import sealed, unsealed

TRACE: dict[str, Json] = {"v": 1, "steps": 2, "cost": 0.5, "turns": [{"step": 0, "action": "wait"}, {"step": 1, "action": "x"}]}
TEXT = sealed(traces.readable(TRACE).encode())


@given(st.integers(0, 8 * len(TEXT) - 1))
def test_no_flipped_bit_changes_what_is_read(bit: int) -> None:
    """It is damaged, no JSON any more, or says what it said."""
    flipped = bytearray(TEXT)
    flipped[bit // 8] ^= 1 << bit % 8
    try:
        read = json.loads(unsealed(bytes(flipped), "here"))
    except (StoreError, ValueError):
        return
    assert {key: value for key, value in read.items() if key in TRACE} == TRACE


def test_one_that_was_sealed_is_sealed_anew() -> None:
    """What hides secrets in it hands on a whole trace."""
    assert json.loads(TEXT) == {**TRACE, "crc": json.loads(TEXT)["crc"]}
    assert sealed(TEXT) == TEXT
    assert json.loads(unsealed(sealed(TEXT.replace(b"wait", b"*")), "here"))["turns"][0]["action"] == "*"


def test_without_a_checksum_nothing_is_checked() -> None:
    """As earlier versions wrote it."""
    assert unsealed(traces.readable(TRACE).encode(), "here") == traces.readable(TRACE).encode()


@pytest.mark.parametrize("mode", ["json", "packed"])
def test_a_changed_trace_is_damaged(tmp_path: Path, mode: str) -> None:
    """And it is said where."""
    ref = TraceWriter(tmp_path, "r1", "w0", mode).write("x", TRACE)
    path = tmp_path / ref.file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="damaged"):
        traces.read(tmp_path, ref)
