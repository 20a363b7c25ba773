"""A server on 127.0.0.1 that only reads: standard library, one thread a request, a random token in every address."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import inf
from typing import Any
from urllib.parse import parse_qsl, unquote

from ..errors import AlienBioError, SpecError
from ..model import inert
from .site import Answer, Asked, Site

HOST = "127.0.0.1"
IDLE_S = 30.0
"""A connection that says nothing for so long is closed."""
MOST_AT_ONCE = 32
"""Connections at once. A browser keeps six; where one more comes, the one that has asked for nothing the longest is closed."""
PIECE = 65536
"""Bytes that are sent at once: for each there are `IDLE_S`, so that a slow line gets a large report, and who reads none of it
holds a thread for no longer."""
_LONGEST = 8000
"""Characters of an address."""
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HERE = "open the address that bio printed when it began to serve: it is another one each time"


class Server:
    """Serves `site` at `url`, from `serve` (or `start`) until it is closed. Raises `SpecError` for a port that is taken."""

    def __init__(self, site: Site, *, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(24)
        try:
            self._http = _Http((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise SpecError(f"cannot serve on {HOST}:{port}: {said}; leave --port out for one that is free") from error
        self._http.site, self._http.token = site, self.token
        self._site: Site | None = site
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The one it listens on."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """Where the site is; without the token there is nothing."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    def serve(self) -> None:
        """Answers until it is interrupted, in this thread."""
        self._http.serve_forever(poll_interval=0.1)

    def start(self) -> Server:
        """Answers in a thread of its own."""
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Stops, and frees the port; a second time does nothing."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.server_close()
        self._http.hang_up()
        if self._site:
            self._site.close()
            self._site = None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64
    site: Site
    token: str

    def __init__(self, *args: Any) -> None:
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._idle_since: dict[socket.socket, float] = {}
        """Connections by when they began to ask for nothing; `inf` while one is answered."""
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            self._make_room()
            if not self._room.acquire(timeout=IDLE_S):
                self.shutdown_request(request)
                return
        self.waits(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._idle_since.pop(request, None)
            self._room.release()

    def waits(self, connection: socket.socket) -> None:
        """It asks for nothing, from now on."""
        self._idle_since[connection] = time.monotonic()

    def is_answered(self, connection: socket.socket) -> None:
        """It has asked for something, from now on."""
        self._idle_since[connection] = inf

    def hang_up(self) -> None:
        """Ends all connections, those included that browsers keep for their next request."""
        for connection in list(self._idle_since):
            _end(connection)

    def _make_room(self) -> None:
        """Ends the connection that has asked for nothing the longest, be it kept or not through with its first request."""
        since, connection = min(((since, each) for each, since in list(self._idle_since.items())), key=_first, default=_NONE)
        if connection and since < inf:
            _end(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to be told of, and nothing else gets here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "bio", ""
    timeout = IDLE_S

    def do_GET(self) -> None:
        """Reading."""
        self.server.is_answered(self.connection)
        try:
            self._send(self._answer())
        finally:
            self.server.waits(self.connection)

    def do_HEAD(self) -> None:
        """Reading, too."""
        self.do_GET()

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # any other method
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        self.close_connection = True  # whatever it wanted to hand over is not read
        self._send(plain(405, "only reading", "this server answers GET and HEAD, and changes nothing"), Allow="GET, HEAD")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What was no request at all, in our own words."""
        self.close_connection = True
        self._send(plain(code, "no request that can be read", _HERE))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: an address holds the token."""

    def _answer(self) -> Answer:
        refused = self._refused()
        if refused:
            return refused
        target, _, query = self.path.partition("?")
        # No part of the path is ever joined to one on the disk: sites look names up among those they know.
        token, *parts = [unquote(part, errors="replace") for part in target.split("/")[1:]] or [""]
        if not secrets.compare_digest(token.encode(errors="replace"), self.server.token.encode()):
            return plain(404, "nothing here", _HERE)
        if not parts:
            return plain(404, "nothing here", "the address ends in a slash")
        try:
            # Names hold what was recorded, halves of letters included.
            asked = Asked(tuple(parts), dict(parse_qsl(query, max_num_fields=50, errors="surrogatepass") if query else ()))
        except ValueError:
            return plain(400, "no address that can be read", "what stands behind its question mark is no text")
        return answered(self.server.site, asked)

    def _refused(self) -> Answer | None:
        """Why this is not answered, whatever it asks for."""
        port = self.server.server_address[1]
        if self.headers.get("Host", "") not in (f"{HOST}:{port}", f"localhost:{port}"):
            # A name of the web that was made to mean 127.0.0.1 would make its pages ours.
            return plain(421, "not by this name", f"ask for {HOST} or localhost, with the port")
        if len(self.path) > _LONGEST or not self.path.startswith("/"):
            return plain(400, "no address that can be read", _HERE)
        from_elsewhere = self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if from_elsewhere and self.headers.get("Sec-Fetch-Mode") != "navigate":
            return plain(403, "not for other sites", "a page of another site asked for this")
        return None

    def _send(self, answer: Answer, **more: str) -> None:
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("Content-Security-Policy", f"{answer.policy}; frame-ancestors 'none'")
            for name, value in (_HEADERS | more).items():
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                for start in range(0, len(answer.body), PIECE):
                    self.wfile.write(answer.body[start : start + PIECE])
        except (TimeoutError, OSError, ValueError):  # it went away
            self.close_connection = True


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


_NONE: tuple[float, socket.socket | None] = (inf, None)


def _first(of: tuple[float, socket.socket | None]) -> float:
    return of[0]


def answered(site: Site, asked: Asked) -> Answer:
    """What the site says; what goes wrong in it is a plain page, and nothing else of what went wrong."""
    try:
        found = site.answer(asked)
    except AlienBioError as error:
        return plain(422, "that cannot be shown", inert(str(error), most=2000))
    except FileNotFoundError:
        return plain(410, "that is gone", "it was removed while it was looked at")
    except OSError as error:
        return plain(500, "that cannot be read", inert(error.strerror or type(error).__name__, most=400))
    except Exception as error:  # noqa: BLE001 - a page that breaks must not end the server, nor tell of its insides
        return plain(500, "something broke inside", f"{type(error).__name__}; please report it")
    return found or plain(404, "nothing here", "there is no such page, or no longer such a run")


def plain(status: int, what: str, why: str) -> Answer:
    """A page of two sentences."""
    from html import escape

    known = HTTPStatus(status).phrase if status in {each.value for each in HTTPStatus} else "Error"
    title = escape(f"{status} {known}")
    head = f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>'
    body = f"{head}<h1>{escape(what)}</h1><p>{escape(why)}</p></html>\n"
    return Answer(body.encode(), status=status)
