"""A terminal for tests: a process on a pseudo-terminal, what it writes shown by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import pyte

PATIENCE_S = 120.0
"""How long a screen may take to show what a test waits for. A deadline, no delay: reading goes on as output comes."""

QUIET = ("CI", "BUILD_NUMBER", "TERM", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "COLUMNS", "LINES", "PYTEST_ADDOPTS")
"""Variables of the outside that would change what is shown."""


class Terminal:
    """A child process that believes it talks to a terminal of `columns` x `rows`; ended when the block is left."""

    def __init__(self, command: Sequence[str], cwd: Path, *, columns: int = 80, rows: int = 24, **environment: str) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=10_000, ratio=1)
        self.raw = b""
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        outside = {name: value for name, value in os.environ.items() if name not in QUIET}
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**outside, "TERM": "xterm", **environment},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_own_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        os.close(self._master)

    def until(self, shown: Callable[[], object]) -> None:
        """Reads until `shown()` holds; fails if the process ends before or takes too long."""
        while not shown():
            if not self._read():
                raise AssertionError("the process ended; on the screen:\n" + "\n".join(self.lines))

    def end(self) -> int:
        """Reads to the end; gives the exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def press(self, keys: bytes) -> None:
        """Sends what somebody types."""
        os.write(self._master, keys)

    @property
    def lines(self) -> list[str]:
        """All there is to see, what has scrolled off included, without trailing blanks."""
        columns = range(self.screen.columns)
        above = ["".join(line[x].data for x in columns).rstrip() for line in self.screen.history.top]
        return [*above, *self.rows]

    @property
    def rows(self) -> list[str]:
        """The rows on the screen."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def at_cursor(self) -> str:
        """The row pytest writes in, as far as the cursor."""
        return self.screen.display[self.screen.cursor.y][: self.screen.cursor.x]

    @property
    def below_cursor(self) -> str:
        """The row below that; "" at the bottom."""
        return "".join(self.rows[self.screen.cursor.y + 1 : self.screen.cursor.y + 2])

    def _read(self) -> bool:
        deadline = time.monotonic() + PATIENCE_S
        if not select.select([self._master], [], [], deadline - time.monotonic())[0]:
            raise AssertionError(f"nothing new in {PATIENCE_S:g} s; on the screen:\n" + "\n".join(self.lines))
        try:
            found = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last process has closed the other end
            return False
        self.raw += found
        self._stream.feed(found)
        return bool(found)


def _own_terminal() -> None:
    """Makes the terminal the child's own, so that Ctrl-C reaches it, and lets it hear Ctrl-C."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


PATIENT = '''

class Patient(Right):
    """Waits at a pipe before it starts."""

    def start(self, briefing):
        with open("gate"):
            pass
'''
"""An agent for a conftest, which waits at a `Gate` called `gate`; it needs the agent `Right`."""


class Gate:
    """A named pipe at which a cell waits until the test opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)

    def open(self) -> None:
        """Lets the one that waits (or will wait) go on."""
        with self.path.open("w"):
            pass
