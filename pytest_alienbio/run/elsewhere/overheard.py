"""What a cell wrote and logged while a worker played it, carried to where it belongs: beside its result."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...model import Json

MOST = 1_000_000
"""Characters that are kept of each stream of a cell; what is more is left out, and said so."""
MOST_RECORDS = 10_000

_here = threading.local()


class Overheard:
    """What the thread inside `listening` lets out: text by stream, and records of its log."""

    def __init__(self) -> None:
        self._text: dict[str, io.StringIO] = {}
        self._left_out: dict[str, int] = {}
        self._records: list[dict[str, Json]] = []
        self._more = 0

    def write(self, stream: str, text: str) -> None:
        """Keeps `text` of a stream, as far as there is room."""
        into = self._text.setdefault(stream, io.StringIO())
        room = max(MOST - into.tell(), 0)
        into.write(text[:room])
        self._left_out[stream] = self._left_out.get(stream, 0) + len(text) - len(text[:room])

    def log(self, record: logging.LogRecord) -> None:
        """Keeps a record, formatted as far as only this process can."""
        if len(self._records) >= MOST_RECORDS:
            self._more += 1
            return
        try:
            said = record.getMessage()
        except Exception as error:  # noqa: BLE001 - a wrong `%s` of an agent is its own
            said = f"{record.msg} ({type(error).__name__}: {error})"
        broke = logging.Formatter().formatException(record.exc_info) if record.exc_info else record.exc_text
        place: dict[str, Json] = {"pathname": record.pathname, "lineno": record.lineno, "funcName": record.funcName}
        row: dict[str, Json] = {"name": record.name, "levelno": record.levelno, "levelname": record.levelname}
        self._records.append({**row, **place, "created": record.created, "msg": said[:MOST], "exc_text": broke})

    def row(self) -> dict[str, Json]:
        """As JSON; {} if nothing was heard."""
        said: dict[str, Json] = {}
        for stream, text in self._text.items():
            more = self._left_out[stream]
            said[stream] = text.getvalue() + (f"\n[{more:,} more characters are left out]\n" if more else "")
        if self._records:
            said["log"] = self._records
        if self._more:
            said["more"] = self._more
        return said


class _Stream(io.TextIOBase):
    """Stands in for a stream of this process: what a listening thread writes is overheard, everything else goes on."""

    def __init__(self, name: str) -> None:
        self._name, self._stream = name, getattr(sys, name)

    def write(self, text: str) -> int:
        heard: Overheard | None = getattr(_here, "heard", None)
        if heard is None:
            return int(self._stream.write(text))
        heard.write(self._name, text)
        return len(text)

    def flush(self) -> None:
        if getattr(_here, "heard", None) is None:
            self._stream.flush()

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """It is not the stream's owner."""


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        heard: Overheard | None = getattr(_here, "heard", None)
        if heard is not None:
            heard.log(record)


@contextmanager
def listening(level: int) -> Iterator[Overheard]:
    """What the calling thread lets out inside; records of `level` and above."""
    _install(level)
    heard = _here.heard = Overheard()
    try:
        yield heard
    finally:
        del _here.heard


def replay(row: Mapping[str, Any]) -> None:
    """Lets out again, in the calling thread, what `Overheard.row` holds: whoever listens here hears it as if it were ours."""
    for name in ("stdout", "stderr"):
        if text := row.get(name):
            getattr(sys, name).write(text)
    records: Sequence[Mapping[str, Any]] = row.get("log", ())
    for told in records:
        logger = logging.getLogger(str(told["name"]))
        if logger.isEnabledFor(int(told["levelno"])):
            logger.handle(logging.makeLogRecord(dict(told)))
    if more := row.get("more"):
        logging.getLogger(__name__).warning("%s more log records of this cell are left out", f"{more:,}")


_lock = threading.Lock()


def _install(level: int) -> None:
    """Once a process: the stand-ins, and the handler at the root."""
    with _lock:
        root = logging.getLogger()
        if not any(isinstance(handler, _Handler) for handler in root.handlers):
            root.addHandler(_Handler())
        if root.level > level:
            root.setLevel(level)
        for name in ("stdout", "stderr"):
            if not isinstance(getattr(sys, name), _Stream):
                setattr(sys, name, _Stream(name))
