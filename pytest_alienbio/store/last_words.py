"""What a process says if one of its cells freezes it: written beforehand, by the cell, and told by whoever outlives it.

One file a writer in `frozen/`: the journal line that the cell gets then, the sentence for people, and, only if it came to
that, what `faulthandler` adds when it ends the process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock

from ..errors import StoreError
from ..model import CellError, Result
from . import codec
from .disk import MAX_LINE, above_standard, store_error
from .layout import frozen_path, journal_path

ENDED = b"\nTimeout ("
"""With this `faulthandler` begins."""
WORKER = "{}-frozen"
"""Under which name a worker's last words are in the books."""
_TELL = r"""
cat >/dev/null
if grep -q '^Timeout (' "$1" 2>/dev/null; then
  mkdir -p "${2%/*}" && head -n 1 "$1" >"$2.tmp" && mv "$2.tmp" "$2"
  awk 'NR == 1 { next } /^Timeout \(/ { stack = 1; next } !stack { print; next }
    /^(Thread|Current thread) / { on = 1; theirs = ""; next }
    /pytest_alienbio/ { if (on) printf "%s", theirs; on = 0 }
    on && NF { theirs = theirs $0 "\n" }' "$1" >&2
fi
rm -f "$1"
"""
"""Waits for the end of the process that holds the other end of its input; then keeps its last words and says them: of each
thread that plays a cell the frames (the innermost first) before the first of ours."""
MOST_SAID = 100_000


class LastWords:
    """The last words of one writer, for one cell at a time. Thread-safe."""

    def __init__(self, dat_path: Path, run_id: str, worker: str, sentence: str = "") -> None:
        self.path = frozen_path(Path(dat_path), run_id, worker)
        self._journal = journal_path(Path(dat_path), run_id, WORKER.format(worker))
        self._worker, self._sentence = worker, sentence
        self._fd: int | None = None
        self._herald: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def prepare(self, result: Result) -> int:
        """Writes down what `result` says, in place of what was there; gives the descriptor to add to. Raises `StoreError`."""
        line = codec.sealed(codec.encode(result.with_(worker=WORKER.format(self._worker), trajectory=None)))
        text = line + f"\n\n\n{result.id}: {result.reason}.\n{self._sentence}\n".encode()
        with self._lock:
            try:
                if self._fd is None:
                    self.path.parent.mkdir(exist_ok=True)
                    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
                    self._fd = above_standard(os.open(self.path, flags, 0o666))
                os.ftruncate(self._fd, 0)
                os.write(self._fd, text)
            except OSError as error:
                raise store_error("write", self.path, error) from error
            return self._fd

    def have_told(self, stderr: int) -> None:
        """Has a shell wait for the end of this process, to say on `stderr` what froze it and to put it into the books.

        For a process that nobody watches over. Where there is no shell, nothing is said.
        """
        shell = shutil.which("sh")
        if shell is None:
            return
        with suppress(OSError):
            self._herald = subprocess.Popen(  # noqa: S603 - a script of ours, paths as its arguments
                [shell, "-c", _TELL, "sh", str(self.path), str(self._journal)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )

    def close(self) -> None:
        """There is nothing to say any more."""
        with self._lock:
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None
                with suppress(OSError):
                    self.path.unlink(missing_ok=True)
            herald, self._herald = self._herald, None
        if herald is not None and herald.stdin is not None:
            herald.stdin.close()
            herald.wait()


def heard(dat_path: Path, run_id: str, worker: str) -> Result | None:
    """The result of the cell that froze a process, with where it was; None if none did. To be asked once: the file goes."""
    path = frozen_path(Path(dat_path), run_id, worker)
    try:
        with path.open("rb") as source:
            line, said = source.readline(MAX_LINE), source.read(MOST_SAID)
    except OSError:
        return None
    with suppress(OSError):
        path.unlink()
    _, ended, where = said.partition(ENDED)
    if not ended:
        return None
    try:
        result = codec.decode(line, dat_path=str(dat_path))
    except (ValueError, StoreError):
        return None
    return result.with_(worker=worker, error=CellError("CellTimeout", result.reason, "\n".join(_frames(where))))


def _frames(said: bytes) -> Iterator[str]:
    """Of each thread that plays a cell the frames, the innermost first, before the first of ours."""
    theirs: list[str] = []
    for line in said.decode("utf-8", "replace").splitlines()[1:]:
        if line.startswith(("Thread ", "Current thread ")):
            theirs = []
        elif "pytest_alienbio" in line:
            yield from theirs
            theirs = []
        elif line:
            theirs.append(line)
