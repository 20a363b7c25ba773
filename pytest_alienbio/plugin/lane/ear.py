"""What cells that play at the same time write, log and warn of, each told apart by the thread it plays in."""

from __future__ import annotations

import io
import sys
import threading
import warnings
from logging import LogRecord
from typing import Any

_ALWAYS = (DeprecationWarning, PendingDeprecationWarning)


class Ear:
    """What one cell let out while it played."""

    __slots__ = ("_said", "err", "logged", "out", "records", "warned")

    def __init__(self) -> None:
        self.out: io.TextIOWrapper | None = None
        self.err: io.TextIOWrapper | None = None
        self.logged: list[str] = []
        """Its log, as it stands in a report."""
        self.records: list[LogRecord] = []
        """The same unformatted, for live logs; kept only where they are shown."""
        self.warned: list[warnings.WarningMessage] = []
        self._said: set[tuple[object, ...]] = set()

    @property
    def heard(self) -> bool:
        """Whether it wrote or logged anything."""
        return self.out is not None or self.err is not None or bool(self.logged)

    def warn(self, message: warnings.WarningMessage) -> None:
        """Keeps a warning. One of the same place and text once, as Python does by default, unless it is of a kind that pytest
        always shows."""
        said = message.category, str(message.message), message.filename, message.lineno
        if said not in self._said or (not sys.warnoptions and issubclass(message.category, _ALWAYS)):
            self._said.add(said)
            self.warned.append(message)

    def stream(self, name: str) -> io.TextIOWrapper:
        """What takes the place of `sys.stdout` or `sys.stderr`, by the names `out` and `err`."""
        stream: io.TextIOWrapper | None = getattr(self, name)
        if stream is None:
            stream = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", newline="", write_through=True)
            setattr(self, name, stream)
        return stream

    def text(self, name: str) -> str:
        """What was written to a stream; '' if nothing was."""
        stream: io.TextIOWrapper | None = getattr(self, name)
        if stream is None or stream.closed:
            return ""
        written = stream.buffer
        assert isinstance(written, io.BytesIO)
        return written.getvalue().decode("utf-8", "backslashreplace")


class Ears(threading.local):
    """Whose ear the calling thread has."""

    mine: Ear | None = None


class Listening:
    """The ears of the cells that play now.

    A thread that a cell started has no ear of its own: what it lets out is the cell's if that is the only one that plays,
    else nobody's. Only the main thread is never taken for such a one.
    """

    def __init__(self) -> None:
        self._ears = Ears()
        self._playing: dict[int, Ear] = {}
        self._main = threading.main_thread().ident

    @property
    def ear(self) -> Ear | None:
        """The ear for what the calling thread lets out; None = nobody's."""
        mine = self._ears.mine
        if mine is None and len(self._playing) == 1 and threading.get_ident() != self._main:
            return next(iter(self._playing.values()), None)
        return mine

    def hearing(self, ear: Ear) -> Attention:
        """Inside, what this thread lets out is `ear`'s."""
        return Attention(self, ear)

    def lend(self, ear: Ear) -> Ear | None:
        """Gives the calling thread this ear; gives back the one that it had."""
        before, self._ears.mine = self._ears.mine, ear
        self._playing[id(ear)] = ear
        return before

    def take_back(self, ear: Ear, before: Ear | None) -> None:
        """Ends what `lend` began."""
        self._ears.mine = before
        self._playing.pop(id(ear), None)

    def forget(self, ear: Ear) -> None:
        """The cell is over, even if its thread is not: one that cannot be stopped is left behind with its ear."""
        self._playing.pop(id(ear), None)


class Attention:
    """A context in which the calling thread has an ear. Twice for each cell, hence no generator: those take thrice as long."""

    __slots__ = ("_before", "_ear", "_listening")

    def __init__(self, listening: Listening, ear: Ear) -> None:
        self._listening, self._ear = listening, ear

    def __enter__(self) -> None:
        self._before = self._listening.lend(self._ear)

    def __exit__(self, *_: object) -> None:
        self._listening.take_back(self._ear, self._before)


class Router(io.TextIOBase):
    """Stands in for `sys.stdout` or `sys.stderr`: what a cell writes goes to its ear, everything else where it would go.

    With `tee` it goes there, too.
    """

    def __init__(self, listening: Listening, name: str, *, tee: bool = False) -> None:
        self._listening, self._name, self._tee = listening, name, tee
        self._stream = sys.stdout if name == "out" else sys.stderr

    def _target(self) -> io.TextIOBase:
        ear = self._listening.ear
        return ear.stream(self._name) if ear is not None else self._stream  # type: ignore[return-value]

    def __getattr__(self, name: str) -> Any:
        """What only some streams have (`reconfigure`, `mode`): of the one that is written to."""
        return getattr(self._target(), name)

    def write(self, text: str) -> int:
        target = self._target()
        if self._tee and target is not self._stream:
            self._stream.write(text)
        return target.write(text)

    def flush(self) -> None:
        self._target().flush()

    def isatty(self) -> bool:
        return self._target().isatty()

    def fileno(self) -> int:
        return self._target().fileno()

    @property
    def name(self) -> str:
        """As the terminal's is called; what takes its place has none."""
        return f"<std{self._name}>"

    @property
    def mode(self) -> str:
        """Likewise."""
        return "w"

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """It is not its streams' owner: nothing is closed."""

    @property
    def buffer(self) -> io.BufferedIOBase:
        """Where bytes are written."""
        return self._target().buffer  # type: ignore[attr-defined,no-any-return]

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._target(), "encoding", None) or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return getattr(self._target(), "errors", None)
