"""Providers on loopback: the fake one in one process for all workers of a session, llmock where a test asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_server
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from .fake import Fake

ROOT = Path(__file__).parents[2]
_URL = "ALIENBIO_TESTS_PROVIDER"
_SESSION = ExitStack()


@contextmanager
def serving() -> Iterator[str]:
    """The fake provider in a process of its own, which ends when this one does; gives its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.providers.server"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts it before its workers, which find it in their environment."""
    if not hasattr(config, "workerinput") and _URL not in os.environ:
        os.environ[_URL] = _SESSION.enter_context(serving())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever started it ends it."""
    if not hasattr(config, "workerinput"):
        os.environ.pop(_URL, None)
        _SESSION.close()


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """The URL of the fake provider."""
    if url := os.environ.get(_URL):
        yield url
        return
    with serving() as url:  # this folder was not named to the controller
        yield url


@pytest.fixture
def fake(provider: str) -> Callable[..., Fake]:
    """Makes a new key at the fake provider: `fake(script=["rate_limit"])`."""
    return lambda **rules: Fake.at(provider, **rules)


@pytest.fixture(scope="session")
def llmock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of llmock, which others wrote: `/v1` speaks as OpenAI, `/anthropic` as Anthropic.

    By a subprocess: its own fixture starts one for each test.
    """
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = (tmp_path_factory.mktemp("llmock") / "said.txt").open("w+")
    process = subprocess.Popen(
        [Path(sys.executable).with_name("llmock"), "serve", "--host", "127.0.0.1", "--port", str(port)],
        stdout=said,
        stderr=said,
    )
    url, until = f"http://127.0.0.1:{port}", monotonic() + 60
    direct = build_opener(ProxyHandler({}))
    try:
        while True:
            try:
                direct.open(f"{url}/v1/models", timeout=5).close()
                break
            except (URLError, OSError):
                said.seek(0)
                assert process.poll() is None, said.read()
                assert monotonic() < until, said.read()
                sleep(0.05)  # it opens its door itself; there is nothing to wait on
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
        said.close()
