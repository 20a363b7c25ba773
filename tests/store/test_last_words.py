"""What a process says if a cell freezes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Outcome
from pytest_alienbio.store import LastWords, dat
from pytest_alienbio.store.last_words import heard

from .samples import a_dat, a_result

RESULT = a_result(outcome=Outcome.TIMED_OUT).with_(run="r1", reason="it took too long", attempt=2)
DUMP = b"""Timeout (0:00:07.000000)!
Thread 0x00007f0000000001 (most recent call first):
  File "/lib/execnet/gateway_base.py", line 534 in read

Thread 0x00007f0000000002 (most recent call first):
  File "/x/pytest_alienbio/play/limits.py", line 232 in _run
  File "/lib/threading.py", line 982 in run

Thread 0x00007f0000000003 (most recent call first):
  File "/lib/re/__init__.py", line 166 in match
  File "/home/me/agents.py", line 20 in decide
  File "/x/pytest_alienbio/play/session.py", line 134 in take_turn
  File "/lib/runpy.py", line 88 in _run_code
"""
WHERE = ['  File "/lib/re/__init__.py", line 166 in match', '  File "/home/me/agents.py", line 20 in decide']


def test_nothing_was_said_unless_the_process_was_ended_for_it(tmp_path: Path) -> None:
    words = LastWords(tmp_path, "r1", "gw0")
    assert heard(tmp_path, "r1", "gw0") is None
    words.prepare(RESULT)
    assert heard(tmp_path, "r1", "gw0") is None


def test_the_last_cell_is_heard_once_with_where_it_stood(tmp_path: Path) -> None:
    """Of the threads only the one that plays, and of that only what is not ours."""
    words = LastWords(tmp_path, "r1", "gw0")
    words.prepare(RESULT.with_(id="another"))
    os.write(words.prepare(RESULT), DUMP)
    found = heard(tmp_path, "r1", "gw0")
    assert found is not None
    assert (found.id, found.reason, found.outcome, found.worker) == (RESULT.id, RESULT.reason, Outcome.TIMED_OUT, "gw0")
    assert found.error is not None
    assert found.error.traceback.splitlines() == WHERE
    assert heard(tmp_path, "r1", "gw0") is None


def test_words_that_are_damaged_say_nothing(tmp_path: Path) -> None:
    words = LastWords(tmp_path, "r1", "gw0")
    os.write(words.prepare(RESULT), DUMP)
    words.path.write_bytes(b"no record\n" + words.path.read_bytes().partition(b"\n")[2])
    assert heard(tmp_path, "r1", "gw0") is None


def test_nothing_is_left_of_a_process_that_ended_well(tmp_path: Path) -> None:
    words = LastWords(tmp_path, "r1", "gw0")
    words.close()
    words = LastWords(tmp_path, "r1", "gw1")
    words.prepare(RESULT)
    words.close()
    assert list((tmp_path / "frozen").iterdir()) == []


def test_a_file_that_is_there_is_not_written_into(tmp_path: Path) -> None:
    """Two writers of one name, or a link that somebody planted."""
    LastWords(tmp_path, "r1", "gw0").prepare(RESULT)
    with pytest.raises(StoreError, match="frozen"):
        LastWords(tmp_path, "r1", "gw0").prepare(RESULT)


@pytest.mark.parametrize("froze", [True, False])
def test_where_nobody_watches_a_shell_says_it_and_keeps_the_record(froze: bool, tmp_path: Path) -> None:
    opened = a_dat(tmp_path)
    words = LastWords(opened.path, "r1", "main", "It has ended.")
    with (tmp_path / "stderr").open("wb") as said:
        words.have_told(said.fileno())
    fd = words.prepare(RESULT)
    if froze:
        os.write(fd, DUMP)
    herald = words._herald
    assert herald is not None
    assert herald.stdin is not None
    herald.stdin.close()  # as when the process ends
    assert herald.wait(30) == 0
    text = (tmp_path / "stderr").read_text()
    results = [(result.id, result.outcome, result.attempt, result.worker) for result in opened.results()]
    if froze:
        assert text.split("\n") == ["", "", f"{RESULT.id}: it took too long.", "It has ended.", *WHERE, ""]
        assert results == [(RESULT.id, Outcome.TIMED_OUT, 2, "main-frozen")]
    else:
        assert (text, results) == ("", [])
    assert not words.path.exists()
    dat.close(opened, status={})
    assert not (opened.path / "frozen").exists()


def test_what_a_killed_process_had_prepared_goes_when_the_run_is_closed(tmp_path: Path) -> None:
    opened = a_dat(tmp_path)
    LastWords(opened.path, "r1", "gw0").prepare(RESULT)
    dat.close(opened, status={})
    assert not (opened.path / "frozen").exists()
