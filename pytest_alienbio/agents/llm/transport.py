"""The HTTP client that providers' own clients are given: no redirect is followed, and no answer is endless."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from ...errors import Complaint, SpecError
from ...model import inert

MOST_BYTES = 16 * 2**20
"""Of one answer; a model's has a few thousand."""
CONNECT_S = 10.0
_CONNECTIONS = 1000
"""Open at once: the engine's threads are the limit, not this."""

_KEY_HEADERS = ("authorization", "x-api-key")
_PLAIN_HEADERS = {
    *("accept", "accept-encoding", "anthropic-version", "connection", "content-length", "content-type", "host"),
    *("transfer-encoding", "user-agent"),
}
_ODD = re.compile(r"[^!-~]|\\")
"""What no address has, and what one reads otherwise than another: spaces, line breaks, letters that look like others."""


class TooLargeError(Exception):
    """Raised while an answer is read that is larger than any model's."""


class EndlessError(Exception):
    """Raised while an answer is read that does not come to its end in time."""


def check_url(url: str) -> None:
    """Raises `SpecError` for an address that no model is asked at: keys and prompts would go there."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise SpecError(Complaint(f"base_url is no address: {error}", expected=_EXPECTED)) from None
    shown = inert(f"{parts.scheme}://{host}", most=120)
    if parts.username is not None or parts.password is not None:
        raise SpecError(Complaint(f"base_url {shown} holds a user or a password", hint="say `api_key: {env: NAME}` instead"))
    if parts.scheme not in ("http", "https") or not host or port == 0 or _ODD.search(url):
        raise SpecError(Complaint(f"base_url {shown} is no address", expected=_EXPECTED))
    if parts.query or parts.fragment:
        raise SpecError(Complaint(f"base_url {shown} has a query", hint="a key stands in `api_key`, other params in `extra`"))
    if parts.scheme == "http" and not is_near(host):
        what = f"base_url {shown}: keys and prompts would cross the network in clear text"
        raise SpecError(Complaint(what, hint="say https://; http:// is for this machine and private networks"))


_EXPECTED = "https://HOST/PATH, or http:// on this machine or a private network"


def is_near(host: str) -> bool:
    """Whether a host is this machine, or one of a private network, by its name alone: nothing is asked of the network."""
    from ipaddress import ip_address

    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))
    return address.is_loopback or address.is_private or address.is_link_local


def host_of(url: str) -> str:
    """Host and port of an address, to be told."""
    try:
        return inert(urlsplit(url).netloc.rpartition("@")[2], most=120) or "(no host)"
    except ValueError:
        return "(no host)"


def http_of(sdk: ModuleType) -> ModuleType:
    """The HTTP library that an SDK is built on: `httpx`, or `httpx2` for newer ones."""
    return sys.modules[sdk.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]]


def make_client(sdk: ModuleType, *, foreign_key: str | None = None) -> Any:
    """A client for `sdk`, to be shared by threads.

    With `foreign_key` its host is not the provider's own: such a host is sent this key, and nothing else that an SDK finds in
    the environment (`OPENAI_ORG_ID`, `OPENAI_PROJECT_ID`, `*_CUSTOM_HEADERS`).
    """
    http = http_of(sdk)

    def plain(request: Any) -> None:
        if foreign_key is None:
            return
        for name in list(request.headers):
            is_key = name in _KEY_HEADERS and foreign_key in request.headers[name]
            if not (is_key or name in _PLAIN_HEADERS or name.startswith("x-stainless-")):
                del request.headers[name]
        if not any(name in request.headers for name in _KEY_HEADERS):
            request.headers["authorization"] = f"Bearer {foreign_key}"

    class Bounded(http.SyncByteStream):  # type: ignore[misc, name-defined]
        """A body that is read up to its bound, and up to its time."""

        def __init__(self, stream: Any, until: float) -> None:
            self._stream, self._until = stream, until

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self._stream:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise TooLargeError(f"more than {MOST_BYTES // 2**20} MiB")
                if time.monotonic() > self._until:
                    raise EndlessError("it does not come to its end")
                yield chunk

        def close(self) -> None:
            self._stream.close()

    def bound(response: Any) -> None:
        if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            raise TooLargeError("it is compressed, which was not asked for, and may be any size")
        timeout_s = response.request.extensions.get("timeout", {}).get("read") or CONNECT_S
        response.stream = Bounded(response.stream, time.monotonic() + timeout_s)

    return http.Client(
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        limits=http.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=64),
        event_hooks={"request": [plain], "response": [bound]},
    )
