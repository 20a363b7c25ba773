"""A way to a model by its provider's own client: `openai` or `anthropic`, imported when one is asked for."""

from __future__ import annotations

import atexit
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from ...errors import MissingExtraError, ProviderError
from ...model import Answer, Cell, Endpoint, Request, Wire, inert
from . import anthropic_wire, openai_wire
from .failing import failure_of, without
from .keys import Secret, key_of
from .transport import CONNECT_S, check_url, host_of, http_of, make_client

INSTALL = "pip install 'pytest-alienbio[llm]'"
_LOGGERS = ("openai", "anthropic", "httpx", "httpx2", "httpcore", "httpcore2")
"""What they would log below a warning are requests, headers and addresses: nobody is told those, whoever logs everything."""
_OFFICIAL: Mapping[str, str] = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}


@dataclass(frozen=True, slots=True)
class _Client:
    """A provider's client, shared by the threads of a process."""

    sdk: ModuleType
    raw: Any = field(repr=False)
    key: Secret
    url: str


class LiveWire:
    """One model, asked for real."""

    __slots__ = ("_client", "_endpoint", "provider", "version")

    def __init__(self, endpoint: Endpoint, client: _Client) -> None:
        self._endpoint, self._client = endpoint, client
        self.provider = endpoint.provider or endpoint.wire_format
        self.version = f"{client.sdk.__name__} {client.sdk.__version__}"

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        """One attempt. Raises `ProviderError` with its kind; nothing of the key is in it, nor in the answer."""
        __tracebackhide__ = True  # what a provider said in full stands in variables here, which pytest may show
        client, http = self._client, http_of(self._client.sdk)
        is_anthropic = self._endpoint.wire_format == "anthropic"
        if is_anthropic:
            path, body = anthropic_wire.PATH, anthropic_wire.body_of(request)
        else:
            path, body = openai_wire.PATH, openai_wire.body_of(request, newer=self._endpoint.wire_format == "openai")
        failed: ProviderError | None = None
        response, content = None, b""
        try:
            response = client.raw.post(
                path,
                cast_to=http.Response,
                body=body,
                options={"timeout": http.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))},
            )
            content = response.content
        except Exception as error:  # noqa: BLE001 - whatever a client raises is an outage, and told apart there
            failed = failure_of(error, client.sdk, client.url, client.key.reveal())
        if failed is not None:  # raised out here: providers echo keys, and no traceback is to lead to what they said
            raise failed
        told = self._read(content, response)
        host = host_of(client.url)
        return anthropic_wire.answer_of(told, host) if is_anthropic else openai_wire.answer_of(told, host)

    def close(self) -> None:
        """The client is the process', for all cells."""

    def _read(self, content: bytes, response: Any) -> Mapping[str, Any]:
        __tracebackhide__ = True
        host, kind = host_of(self._client.url), str(response.headers.get("content-type", ""))
        try:
            told = without(json.loads(content), self._client.key.reveal())
        except (ValueError, RecursionError):
            if "html" in kind.lower() or content.lstrip()[:1] == b"<":
                what = f"{host} answered with a web page, not as a model: is base_url right?"
                raise ProviderError(what, kind="wrong_url", status=response.status_code) from None
            what = f"the answer of {host} is no whole JSON ({len(content):,} bytes, {inert(kind, most=60) or 'of no kind'})"
            raise ProviderError(what, kind="truncated", status=response.status_code) from None
        if not isinstance(told, Mapping):
            raise ProviderError(f"the answer of {host} is JSON, but no object", kind="wrong_url", status=response.status_code)
        return told


_clients: dict[tuple[int, str, str, str], _Client] = {}
_lock = Lock()


def live(cell: Cell | None, endpoint: Endpoint) -> Wire:
    """The client of `endpoint`'s provider. Raises `MissingExtraError` without it, `CannotPlayError` without a key, `SpecError`
    for an address that nothing is sent to."""
    return wire_of(endpoint, key_of(endpoint))


def wire_of(endpoint: Endpoint, secret: Secret) -> Wire:
    """The same, with this key."""
    __tracebackhide__ = True
    url = endpoint.base_url or _OFFICIAL.get(endpoint.wire_format, "")
    check_url(url)
    name = "anthropic" if endpoint.wire_format == "anthropic" else "openai"
    place = (os.getpid(), name, url, secret.reveal())
    with _lock:
        client = _clients.get(place)
        if client is None:
            client = _clients[place] = _made(name, url, secret)
    return LiveWire(endpoint, client)


def _made(name: str, url: str, key: Secret) -> _Client:
    __tracebackhide__ = True
    try:
        sdk = import_module(name)
    except ImportError:
        raise MissingExtraError(f"a model that speaks as {name}'s needs the package {name!r}: {INSTALL}") from None
    hush()
    make: Callable[..., Any] = sdk.Anthropic if name == "anthropic" else sdk.OpenAI
    is_theirs, said = urlsplit(url).hostname == urlsplit(_OFFICIAL[name]).hostname, key.reveal()
    raw = make(api_key=said, base_url=url, max_retries=0, http_client=make_client(sdk, foreign_key=None if is_theirs else said))
    return _Client(sdk, raw, key, url)


def hush() -> None:
    """Keeps what a provider's client would log of requests from everybody."""
    for logger in map(logging.getLogger, _LOGGERS):
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)


def _close_all() -> None:
    with _lock:
        for (process, *_), client in _clients.items():
            if process == os.getpid():
                client.raw.close()
        _clients.clear()


atexit.register(_close_all)
