"""The lines of a trial's `metrics.jsonl`, read while the trial appends them."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite

from ...model import Json, MetricEvent

MAX_LINE = 1_000_000
"""Bytes of a line that are read at most."""
_CHUNK = 1 << 20
_TAIL = 64
"""Bytes before the place read so far that must still be there: else the file was written anew."""


class EventReader:
    """Follows one file; what does not exist yet, or is no ordinary file, has no lines.

    Events are lost if the file is taken away, or is written anew; then it is read from its start again. `note` tells.
    """

    def __init__(self, path: str, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._offset = 0
        self._rest = self._tail = b""
        self._lines = 0
        self._seen = False
        self._lost: dict[str, None] = {}
        """What happened to the file."""
        self.count = self.unread = 0
        self.first_unread = ""
        """The first line that was no event, with its number."""

    def read(self, *, last: bool = False) -> list[MetricEvent]:
        """The events that were appended since. With `last`, a line without its end is taken too, if it is whole."""
        found: list[MetricEvent] = []
        while chunk := self._more():
            *whole, self._rest = (self._rest + chunk).split(b"\n")
            found += [event for line in whole if (event := self._event(line)) is not None]
            if len(self._rest) > MAX_LINE:
                self._rest = self._rest[: MAX_LINE + 1]  # it is refused when its end comes
        if last and self._rest:
            event = self._event(self._rest, torn=True)
            found += [event] if event else []
            self._rest = b""
        if last and self._seen and not os.path.lexists(self._path):
            self._lost["it was deleted"] = None
        self.count += len(found)
        return found

    def note(self) -> str:
        """What could not be read, in a sentence; '' if nothing was."""
        told = []
        if self.unread:
            many = "1 line" if self.unread == 1 else f"{self.unread:,} lines"
            first = self.first_unread if self.unread == 1 else f"the first is {self.first_unread}"
            told.append(f"{many} could not be read: {first}")
        if self._lost:
            told.append(f"events can be missing: {', '.join(self._lost)}")
        return f"metrics.jsonl: {'; '.join(told)}" if told else ""

    def _more(self) -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            if not stat.S_ISREG(os.lstat(self._path).st_mode):
                self._lost["it is no ordinary file"] = None
                return b""
            handle = os.open(self._path, flags)
        except OSError:
            return b""
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return b""  # just now: the next look says so
            self._seen = True
            if os.pread(handle, len(self._tail), self._offset - len(self._tail)) != self._tail:
                self._begin_again()
            chunk = os.pread(handle, _CHUNK, self._offset)
        except OSError:
            return b""
        finally:
            os.close(handle)
        self._offset += len(chunk)
        self._tail = (self._tail + chunk)[-_TAIL:]
        return chunk

    def _begin_again(self) -> None:
        self._lost["it was cut short or written anew, and was read again from its start"] = None
        if self._rest:
            self._event(self._rest, torn=True)
        self._offset = self._lines = 0
        self._rest = self._tail = b""

    def _event(self, line: bytes, *, torn: bool = False) -> MetricEvent | None:
        self._lines += 1
        if not line.strip():
            return None
        data: object = None
        if len(line) <= MAX_LINE:
            try:
                data = json.loads(line, parse_constant=_refuse, parse_float=_finite)
            except (ValueError, RecursionError):
                data = None
        if isinstance(data, dict):
            return MetricEvent(_time_of(data, self._clock()), data)
        self.unread += 1
        if not self.first_unread:
            what = "is cut off" if torn else "is no JSON object"
            self.first_unread = f"line {self._lines} {what}: {line[:60].decode(errors='replace')!r}"
        return None


def _time_of(data: dict[str, Json], seen: float) -> float:
    """When an event happened: what its `timestamp` says, in Unix seconds or ISO 8601, else when it was seen."""
    said: object = data.get("timestamp")
    if isinstance(said, str):
        try:
            when = datetime.fromisoformat(said)
            said = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError, OSError):
            return seen
    # Until the year 5138: what is beyond is no time in Unix seconds.
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 1e11 else seen


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number
