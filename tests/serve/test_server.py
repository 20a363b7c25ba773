"""The server answers who knows its address, asks it by its own name, and only reads; it outlives whatever it is sent."""

from __future__ import annotations

import http.client
import socket
import socketserver
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_alienbio.errors import AlienBioError, SpecError
from pytest_alienbio.serve.server import HOST, IDLE_S, MOST_AT_ONCE, PIECE, Server, plain
from pytest_alienbio.serve.site import Answer, Asked

from .conftest import Serving


@dataclass
class Echo:
    """Says what it was asked for, or breaks as it is told to."""

    asked: list[Asked] = field(default_factory=list)
    closed: int = 0

    def answer(self, asked: Asked) -> Answer | None:
        """By the first part of the path."""
        self.asked.append(asked)
        match asked.path:
            case ("error",):
                raise AlienBioError("a run <b>broke</b> \x1b[31m")
            case ("gone",):
                raise FileNotFoundError(2, "No such file", "/secret/place")
            case ("disk",):
                raise OSError(5, "Input/output error", "/secret/place")
            case ("bug",):
                raise RuntimeError("/secret/place")
            case ("large",):
                return Answer(b"x" * 5_000_000)
            case ("nothing",):
                return None
        return Answer(b"here")

    def close(self) -> None:
        """Counted."""
        self.closed += 1


def test_without_the_token_there_is_nothing(serving: Serving) -> None:
    """At any path, with any part of it: nor is it told apart from a page that is not there."""
    echo = Echo()
    client = serving(echo)
    token = client.server.token
    assert len(token) >= 32
    for wrong in ("", "x", token[:-1], token + "x", token.swapcase(), "%00", "%C3%A9"):
        got = client.get("bug", token=wrong)
        assert (got.status, b"nothing here" in got.body) == (404, True)
    assert client.raw("/").status == client.raw(f"/{token}").status == 404
    assert echo.asked == []
    assert client.get().body == b"here"
    assert serving(echo).server.token != token


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost:1", "evil.example:{port}", "", "127.0.0.1:{port}.evil.example"]
)
def test_a_name_that_was_made_to_mean_this_machine_is_refused(serving: Serving, host: str) -> None:
    """DNS rebinding: the page of another site asks us under its own name, with the right token even."""
    echo = Echo()
    client = serving(echo)
    got = client.get(Host=host.format(port=client.server.port))
    assert (got.status, echo.asked) == (421, [])
    assert client.get(Host=f"localhost:{client.server.port}").status == 200


def test_pages_of_other_sites_get_nothing_but_may_lead_here(serving: Serving) -> None:
    client = serving(Echo())
    for mode in ("no-cors", "cors", "same-origin", ""):
        assert client.get(Sec_Fetch_Site="cross-site", Sec_Fetch_Mode=mode).status == 403
    assert client.get(Sec_Fetch_Site="same-site").status == 403
    assert client.get(Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200
    assert client.get(Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_only_reading(serving: Serving, method: str) -> None:
    echo = Echo()
    client = serving(echo)
    got = client.get(method=method)
    assert (got.status, got.headers["Allow"], echo.asked) == (405, "GET, HEAD", [])


def test_a_head_is_an_answer_without_its_body(serving: Serving) -> None:
    client = serving(Echo())
    got = client.get(method="HEAD")
    assert (got.status, got.body, got.headers["Content-Length"]) == (200, b"", "4")


@pytest.mark.parametrize("path", ["", "error", "bug", "nothing"])
def test_every_answer_may_do_nothing_and_is_kept_nowhere(serving: Serving, path: str) -> None:
    got = serving(Echo()).get(path)
    policy = got.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    kept = {
        name: got.headers[name] for name in ("Cache-Control", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options")
    }
    assert kept == {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }
    assert "Python" not in got.headers["Server"]
    assert "Access-Control-Allow-Origin" not in got.headers


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("error", 422, "&lt;b&gt;broke&lt;/b&gt;"),
        ("gone", 410, "gone"),
        ("disk", 500, "Input/output"),
        ("bug", 500, "RuntimeError"),
    ],
)
def test_what_goes_wrong_is_a_plain_page_that_tells_no_insides(serving: Serving, path: str, status: int, told: str) -> None:
    client = serving(Echo())
    got = client.get(path)
    assert (got.status, told in got.text, "/secret" in got.text) == (status, True, False)
    assert "\x1b" not in got.text
    assert client.get().status == 200


def test_paths_come_decoded_and_are_never_walked(serving: Serving) -> None:
    echo = Echo()
    client = serving(echo)
    client.get("a%2Fb/..%2f..%2fetc%2fpasswd/../%00?q=1&q=%3Cb%3E")
    assert echo.asked == [Asked(("a/b", "../../etc/passwd", "..", "\0"), {"q": "<b>"})]
    assert client.get("x" * 9000).status == client.get("?q=%FF").status == client.get("?" + "&q=1" * 60).status == 400
    assert client.get("?q=%ED%A0%80").status == 200
    assert echo.asked[-1].query == {"q": "\ud800"}
    assert client.raw("http://evil.example/").status == 421


def test_it_outlives_clients_that_go_away_and_those_that_send_rubbish(serving: Serving) -> None:
    client = serving(Echo())
    for sent in (b"", b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"X" * 70_000 + b"\r\n"):
        with socket.create_connection((HOST, client.server.port), timeout=20) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
    line = f"GET /{client.server.token}/large HTTP/1.1\r\nHost: {HOST}:{client.server.port}\r\n\r\n".encode()
    for _ in range(5):
        connection = socket.create_connection((HOST, client.server.port), timeout=20)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(line)
        connection.recv(100)
        connection.close()  # with a reset, in the middle
    assert client.get().body == b"here"


def test_many_ask_at_once(serving: Serving) -> None:
    client = serving(Echo())
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(client.get("large").body))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [5_000_000] * 12


def test_a_connection_that_is_kept_ends_with_its_server(serving: Serving) -> None:
    """Else a page would be answered by a server that was stopped."""
    client = serving(Echo())
    connection = http.client.HTTPConnection(HOST, client.server.port, timeout=20)
    connection.request("GET", f"/{client.server.token}/")
    assert connection.getresponse().read() == b"here"
    client.server.close()
    assert connection.sock.recv(100) == b""
    connection.close()


def test_connections_that_ask_for_nothing_keep_nobody_out(serving: Serving) -> None:
    """Tabs keep theirs for a while, and somebody may open more and never end a request: who asks is answered at once."""
    client = serving(Echo())
    kept: list[socket.socket] = []
    for number in range(MOST_AT_ONCE + 20):
        connection = socket.create_connection((HOST, client.server.port), timeout=20)
        connection.sendall(b"GET / HTTP/1.1\r\nX: " if number % 2 else b"")
        kept.append(connection)
    began = time.monotonic()
    assert client.get().body == b"here"
    assert time.monotonic() - began < IDLE_S / 2
    assert kept[0].recv(10) == b"", "the one that has waited the longest is closed"
    assert kept[-1].fileno() > 0
    for connection in kept:
        connection.close()


def test_a_slow_line_gets_all_of_a_large_answer(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a client may take is for each piece: one write of all of it would have to be through within that."""
    client, sizes = serving(Echo()), list[int]()
    write = socketserver._SocketWriter.write  # type: ignore[attr-defined]

    def noted(self: Any, piece: bytes) -> int:
        sizes.append(len(piece))
        return int(write(self, piece))

    monkeypatch.setattr(socketserver._SocketWriter, "write", noted)  # type: ignore[attr-defined]
    assert len(client.get("large").body) == 5_000_000
    assert sum(sizes) > 5_000_000
    assert max(sizes) <= PIECE


def test_it_listens_to_this_machine_alone_and_frees_its_port() -> None:
    site = Echo()
    server = Server(site).start()
    assert server._http.server_address[0] == "127.0.0.1"
    with pytest.raises(SpecError, match=rf"cannot serve on 127.0.0.1:{server.port}: .*leave --port out"):
        Server(site, port=server.port)
    server.close()
    server.close()
    assert site.closed == 1
    Server(site, port=server.port).close()


def test_a_plain_page_says_what_and_why_and_nothing_of_it_is_markup() -> None:
    assert b"<h1>&lt;i&gt;</h1><p>&quot;why&quot;</p>" in plain(404, "<i>", '"why"').body
