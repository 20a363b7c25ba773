"""A server on this machine, asked as a browser asks, and as one would that means no good."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.serve.server import HOST, Server
from pytest_alienbio.serve.site import Site

from ..run.parts import Lab, make_plan


@dataclass(frozen=True, slots=True)
class Got:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """As text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """As the value that it is."""
        return json.loads(self.body)


@dataclass(slots=True)
class Client:
    """What asks one server, one connection a question."""

    server: Server
    host: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str = "", *, method: str = "GET", token: str | None = None, **headers: str) -> Got:
        """What is below the token; `token`: another one."""
        target = f"/{self.server.token if token is None else token}/{path}"
        return self.raw(target, method=method, **headers)

    def raw(self, target: str, *, method: str = "GET", **headers: str) -> Got:
        """Any target."""
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=20)
        try:
            spelled = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, target, skip_host="Host" in spelled)
            for name, value in spelled.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Got(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()


class Serving:
    """Makes clients of sites; all servers end with the test."""

    def __init__(self) -> None:
        self._servers: list[Server] = []

    def __call__(self, site: Site) -> Client:
        server = Server(site).start()
        self._servers.append(server)
        return Client(server)

    def close(self) -> None:
        """Ends them."""
        for server in self._servers:
            server.close()


@pytest.fixture
def serving() -> Iterator[Serving]:
    """See `Serving`."""
    made = Serving()
    yield made
    made.close()


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Six cells, of agents that play and one that breaks."""
    return Lab(tmp_path, make_plan(agents=("right", "half", "crash"), seeds=(0, 1)))
