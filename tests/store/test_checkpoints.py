"""Checkpoint files: what is read back is what was saved, or nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import (
    ActionResult,
    Answer,
    Checkpoint,
    Json,
    Message,
    ModelCall,
    Observation,
    Request,
    Trajectory,
    Turn,
)
from pytest_alienbio.model.call_record import calls_as_json, calls_of
from pytest_alienbio.store import CheckpointFile
from pytest_alienbio.store.calls import kept_request
from pytest_alienbio.store.checkpoints import saved_cells

IDENTITY = "a1" * 32
TINY = 5e-324
KEPT = Checkpoint(
    Trajectory(
        (
            Turn(0, "feed", {"molecule": "x"}, cost=0.1 + 0.2, seen={"a": TINY, "b": -0.0}, state={"a": 1e308, "c": 3.0}),
            Turn(
                1, "nonsense", {}, False, "no", seen={"b": 2.0}, reading={"n": [1, {"m": None}]}, reasoning="\u2028 \x1b[31m é"
            ),
        ),
        {"a": 1 / 3, "c": 2.0},
        12.5,
    ),
    Observation(2, {"a": 1 / 3}, 10, 12.5, 0.3, ActionResult(True, "", 0.25, {"value": 2 / 3}), {"frame": [0, True]}),
    {"dice": {"at": "0x1"}, "rows": [["z", 1], ["a", 2.0]]},
    [1, 2.5, None],
    1000.25,
    17.5,
)


def a_file(folder: Path, identity: str = IDENTITY, cell: str = "x[a-s0]") -> CheckpointFile:
    return CheckpointFile(folder, identity, cell)


def test_what_is_read_back_is_what_was_saved(tmp_path: Path) -> None:
    """To the last bit, in the same order, by another process that knows only whose it is."""
    a_file(tmp_path).save(KEPT)
    found = a_file(tmp_path).load()
    assert found == KEPT
    assert repr(found) == repr(KEPT)
    assert a_file(tmp_path).path.parent == tmp_path / "checkpoints"


def test_there_is_none_before_the_first_and_after_the_last(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    assert file.load() is None
    file.save(KEPT)
    file.remove()
    assert a_file(tmp_path).load() is None


def test_a_cell_that_is_over_saves_nothing_any_more(tmp_path: Path) -> None:
    """One that could not be stopped may go on after it was recorded."""
    file = a_file(tmp_path)
    file.remove()
    file.save(KEPT)
    assert file.load() is None


def test_what_a_killed_writer_left_goes_with_it(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    file.save(KEPT)
    left = file.path.with_name(f".{file.path.name}.4711-1.tmp")
    left.write_bytes(b"half")
    other = a_file(tmp_path, "b2" * 32)
    other.save(KEPT)
    file.remove()
    assert [path.name for path in file.path.parent.iterdir()] == [other.path.name]


def test_a_bit_that_flipped_anywhere_gives_nothing_else(tmp_path: Path) -> None:
    """In the cell's id, which is there for people only, it does not matter."""
    file, refused = a_file(tmp_path, cell=""), 0
    file.save(KEPT)
    whole = file.path.read_bytes()
    places = range(0, len(whole), 7)
    for place in places:
        file.path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert file.load() == KEPT
        except StoreError:
            refused += 1
    assert refused >= len(places) - 2


@pytest.mark.parametrize("length", [0, 1, 40, 200, -1])
def test_a_torn_file_is_noticed(length: int, tmp_path: Path) -> None:
    file = a_file(tmp_path)
    file.save(KEPT)
    file.path.write_bytes(file.path.read_bytes()[:length])
    with pytest.raises(StoreError):
        file.load()


def forged(body: bytes, **head: Any) -> bytes:
    said = {"v": 1, "identity": IDENTITY, "cell": "", "sha256": sha256(body).hexdigest(), **head}
    return json.dumps(said).encode() + b"\n" + body


@pytest.mark.parametrize(
    "content",
    [
        lambda body: forged(body, identity="c3" * 32),
        lambda body: forged(body, v=2),
        lambda body: forged(b"[]"),
        lambda body: forged(b"{}"),
        lambda body: forged(body.replace(b"17.5", b"-1.0")),
        lambda body: forged(body.replace(b"17.5", b"NaN")),
        lambda body: forged(body.replace(b'"info"', b'"infos"')),
        lambda body: forged(b"[" * 100_000),
        lambda body: b"[]\n" + body,
        lambda body: b"\xff\xfe\n",
    ],
)
def test_what_is_no_checkpoint_of_this_cell_is_refused_whatever_its_checksum_says(
    content: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    file = a_file(tmp_path)
    file.save(KEPT)
    body = file.path.read_bytes().partition(b"\n")[2]
    file.path.write_bytes(content(body))
    with pytest.raises(StoreError, match=file.path.name):
        file.load()


def test_one_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    file.save(KEPT)
    broken = Checkpoint(KEPT.trajectory, KEPT.observation, float("nan"), None, 0.0, 1.0)
    with pytest.raises(ValueError, match="JSON"):
        file.save(broken)
    assert file.load() == KEPT
    (tmp_path / "other").mkdir()
    blocked = a_file(tmp_path / "other")
    (tmp_path / "other" / "checkpoints").write_text("a file stands here")
    with pytest.raises(StoreError, match="checkpoints"):
        blocked.save(KEPT)


def test_no_key_lies_in_a_models_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its calls come back as a trace keeps them: their hashes are those of what is kept."""
    monkeypatch.setenv("MY_API_KEY", "plain words of mine")
    key = "sk-live-0123456789abcdefghij"
    asked = Request("m", f"be {key}", (), (Message("user", "plain words of mine"),), 10)
    calls = (ModelCall(0, 1, asked, Answer(f"so {key}")),)
    state: dict[str, Json] = {"conversation": [f"so {key}"], "calls": calls_as_json(calls), "turns": 1}
    turn = Turn(0, "feed", {"note": key}, reasoning=f"so {key}")
    file = a_file(tmp_path)
    file.save(replace(KEPT, agent=state, trajectory=Trajectory((turn,), {"a": 1.0}, 1.0)))
    text = file.path.read_text()
    assert key not in text
    assert "plain words" not in text
    found = file.load()
    assert found is not None
    assert isinstance(found.agent, dict)
    (call,) = calls_of(found.agent["calls"])
    assert call.request == kept_request(asked)
    assert found.trajectory.turns[0].reasoning == "so ***"


def test_a_checkpoint_with_a_key_that_cannot_be_left_out_is_not_written(tmp_path: Path) -> None:
    """Nobody knows what another agent, or a world, would do without it."""
    file = a_file(tmp_path)
    with pytest.raises(ValueError, match="it holds an API key, which is written nowhere"):
        file.save(replace(KEPT, environment={"said": "sk-live-0123456789abcdefghij"}))
    assert file.load() is None


def test_which_cells_are_played_is_told_by_the_heads_the_newest_first(tmp_path: Path) -> None:
    """What is no checkpoint, or half of one, is passed over; nothing is read but the first line."""
    assert saved_cells(tmp_path, 5) == []
    for number, identity in enumerate(("a" * 64, "b" * 64, "c" * 64)):
        file = CheckpointFile(tmp_path, identity, f"cell {number}")
        file.save(KEPT)
        os.utime(file.path, (100 + number, 100 + number))
    (tmp_path / "checkpoints" / "half.json").write_bytes(b'{"v": 1, "cel')
    (tmp_path / "checkpoints" / "list.json").write_bytes(b"[]\n{}")
    (tmp_path / "checkpoints" / ".x.json").write_bytes(b'{"cell": "hidden"}\n')
    os.utime(tmp_path / "checkpoints" / "half.json", (1, 1))
    os.utime(tmp_path / "checkpoints" / "list.json", (2, 2))
    assert saved_cells(tmp_path, 9) == [("cell 2", 102.0), ("cell 1", 101.0), ("cell 0", 100.0)]
    assert saved_cells(tmp_path, 1) == [("cell 2", 102.0)]
