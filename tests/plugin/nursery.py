"""xdist's workers for sessions that tests begin in this process: forked from one that has imported what each of them needs.

Two workers a session, a hundred sessions: a new Python that imports pytest and our rooms takes most of the time that they take.
Each is a process of its own all the same, with its own folder, environment, pipes and signals; only the seed of its hashes is
that of the process it is forked from. Workers that start from nothing are in `tests/journeys`, under controllers of their own.

Run as a script, this file is that process.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

NEEDED = (
    "execnet.gateway_base", "xdist.remote", "xdist.workermanage", "yaml", "filelock", "numpy", "pydantic",
    "pytest_alienbio.plugin.hooks", "pytest_alienbio.plugin.schedule", "pytest_alienbio.plugin.resuming",
    "pytest_alienbio.plugin.closing", "pytest_alienbio.plugin.player", "pytest_alienbio.run.closing",
    "pytest_alienbio.run.batch", "pytest_alienbio.spec.schema", "pytest_alienbio.spec.project_schema",
    "pytest_alienbio.scenarios.environment",
)  # fmt: skip
MOST = 1 << 18
"""Bytes of a message: a worker's environment."""


def serve(here: socket.socket) -> str:
    """Forks whoever is asked for until nobody asks any more. Returns only in one that was forked: with what it is to run."""
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    while True:
        message, files, *_ = socket.recv_fds(here, MOST, 3)
        if not message:
            sys.exit()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # who is not reaped keeps its number
        if not (pid := os.fork()):
            break
        alive = os.pidfd_open(pid)
        socket.send_fds(here, [str(pid).encode()], [alive])
        for file in (*files, alive):
            os.close(file)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    here.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, interrupt)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    asked = json.loads(message)
    os.environ.clear()
    os.environ.update(asked["environ"])
    os.chdir(asked["cwd"])
    sys.argv, sys.path[0] = ["-c"], ""
    return str(eval(sys.stdin.readline()))  # noqa: S307 - as execnet's own first line does


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def prepare(path: Sequence[str]) -> None:
    """Imports what workers need as a session does: with plugins' asserts rewritten."""
    from _pytest.config import _prepareconfig

    sys.path[1:] = path
    config = _prepareconfig(["-p", "no:cacheprovider", "--rootdir=/", "-c", os.devnull])
    for name in NEEDED:
        importlib.import_module(name)
    config._ensure_unconfigure()
    gc.collect()
    gc.freeze()


class Nursery:
    """The other end of it."""

    def __init__(self) -> None:
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # a process with threads is not one to fork
        command = [sys.executable, __file__, str(there.fileno()), json.dumps(sys.path)]
        self._process = subprocess.Popen(command, pass_fds=[there.fileno()], cwd="/", env=environ)
        there.close()

    def worker(self) -> tuple[int, int, int, int]:
        """A new one: its number, what is readable when it has ended, where to write to it, where to read what it says."""
        (read_end, to), (said, write_end) = os.pipe(), os.pipe()
        asked = json.dumps({"cwd": os.getcwd(), "environ": dict(os.environ)}).encode()
        socket.send_fds(self._here, [asked], [read_end, write_end, 2])
        os.close(read_end)
        os.close(write_end)
        answer, [alive], *_ = socket.recv_fds(self._here, 64, 1)
        return int(answer), alive, to, said

    def close(self) -> None:
        self._here.close()
        self._process.wait()


@contextmanager
def forked_workers() -> Iterator[None]:
    """execnet forks instead of starting Python anew, from the first time that it is asked to."""
    from execnet import gateway_base, gateway_io

    start_anew, nurseries = gateway_io.create_io, list[Nursery]()

    class Forked(gateway_base.Popen2IO):
        """The pipes of one worker."""

        def __init__(self, execmodel: Any) -> None:
            if not nurseries:
                nurseries.append(Nursery())
            self._pid, self._alive, to, said = nurseries[0].worker()
            super().__init__(os.fdopen(to, "wb"), os.fdopen(said, "rb"), execmodel=execmodel)

        def wait(self) -> int | None:
            if self._alive >= 0:
                select.select([self._alive], [], [])
                os.close(self._alive)
                self._alive = -1
            return None

        def kill(self) -> None:
            if self._alive >= 0 and not select.select([self._alive], [], [], 0)[0]:
                signal.pidfd_send_signal(self._alive, signal.SIGKILL)

    def create_io(spec: Any, execmodel: Any) -> Any:
        return Forked(execmodel) if spec.popen and not spec.python else start_anew(spec, execmodel)

    gateway_io.create_io = create_io
    try:
        yield
    finally:
        gateway_io.create_io = start_anew
        for nursery in nurseries:
            nursery.close()


if __name__ == "__main__":
    listening = socket.socket(fileno=int(sys.argv[1]))
    prepare(json.loads(sys.argv[2]))
    what = serve(listening)
    exec(what)  # noqa: S102
