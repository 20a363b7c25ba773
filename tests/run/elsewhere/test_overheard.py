"""What a cell lets out on a worker is let out again where its result is taken."""

from __future__ import annotations

import json
import logging
import sys
from threading import Thread

import pytest

from pytest_alienbio.run.elsewhere import overheard
from pytest_alienbio.run.elsewhere.overheard import MOST, listening, replay


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams and root logger of this process come back after the test."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)


def test_only_the_listening_thread_is_heard_and_all_of_it_comes_out_again(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with listening(logging.INFO) as heard:
        sys.stdout.write("one\n")
        sys.stderr.write("two\n")
        logging.getLogger("mine").info("three %d", 3)
        try:
            raise OSError("broke")
        except OSError:
            logging.getLogger("mine").exception("four")
        other = Thread(target=lambda: sys.stdout.write("another's\n"))
        other.start()
        other.join()
    assert capsys.readouterr() == ("another's\n", "")
    row = json.loads(json.dumps(heard.row()))
    caplog.clear()
    with caplog.at_level(logging.INFO):
        replay(row)
    assert capsys.readouterr() == ("one\n", "two\n")
    told = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [("mine", "INFO", "three 3"), ("mine", "ERROR", "four")]
    assert "OSError: broke" in caplog.text
    with listening(logging.INFO) as silent:
        pass
    assert silent.row() == {}


def test_what_is_too_much_is_cut_and_counted(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million characters travel, not a hundred million."""
    monkeypatch.setattr(overheard, "MOST_RECORDS", 2)
    with listening(logging.INFO) as heard:
        sys.stdout.write("x" * (MOST + 5))
        for at in range(5):
            logging.getLogger("mine").warning("%s", at)
    row = heard.row()
    assert str(row["stdout"]) == "x" * MOST + "\n[5 more characters are left out]\n"
    caplog.clear()
    replay({"log": row["log"], "more": row["more"]})
    assert [record.getMessage() for record in caplog.records] == ["0", "1", "3 more log records of this cell are left out"]


def test_a_record_that_cannot_be_formatted_still_tells_what_it_was() -> None:
    """A wrong `%d` is the agent's own, and no reason to lose the cell."""
    heard = overheard.Overheard()
    heard.log(logging.makeLogRecord({"name": "mine", "msg": "wrong %d", "args": ("text",)}))
    [record] = json.loads(json.dumps(heard.row()))["log"]
    assert record["msg"].startswith("wrong %d (TypeError: ")
