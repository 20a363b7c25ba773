"""HTTP clients for other people's frameworks: whatever these ask of a model passes the cell's meter, attempt by attempt."""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from ssl import SSLContext, create_default_context
from types import ModuleType
from typing import Any

from ...errors import OverLimitError, ProviderError, SpecError
from ...model import FREE, Endpoint, Json, Meter, ModelUse, Price, Tokens, Usage, inert
from ...model.price import price_from_json
from .bodies import answer_in, worst_in
from .failing import conceal, kind_of, message_in
from .faults import ASKED_S, remedy
from .hints import asked_s
from .live import hush
from .prices import price_of
from .transport import MOST_BYTES, EndlessError, TooLargeError, host_of, http_of

_READ_S = 600.0
"""For one answer, if its client says nothing."""
_STALE = ("content-encoding", "transfer-encoding", "content-length")
"""Headers of an answer that are not true of it any more, once it was read."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that was sent."""

    model: str
    """As it was asked for."""
    tokens: Tokens = field(default_factory=Tokens)
    usd: float | None = None
    latency_s: float = 0.0
    fault: ProviderError | None = None
    resolved: str = ""
    """Which model answered, as the provider calls it."""
    response: str = ""
    """The provider's name for the answer."""


class Metered:
    """What one cell's agent asks of one provider. For one cell, and one request at a time.

    `price`: `"free"`, or US dollars for a million tokens, `{"input": 3, "output": 15}`; None: as the price data says. Raises
    `SpecError` for a price that is none.
    """

    def __init__(self, provider: str, *, price: Price | Mapping[str, Json] | str | None = None) -> None:
        self.provider = provider
        self.attempts: list[Attempt] = []
        """All that were sent, in order; a request that got no leave was not."""
        self.refused: OverLimitError | None = None
        """Why the last request got no leave."""
        self._price, self._sdk = _priced(price), ""
        self._meter: Meter | None = None

    def attach(self, meter: Meter, /) -> None:
        """From now on each request asks `meter` for leave, and is booked there."""
        self._meter = meter

    def client(self, sdk: ModuleType, **options: Any) -> Any:
        """A client for `sdk` (the module `openai` or `anthropic`), as its `http_client`. `options`: those of `httpx.Client`.

        Answers are read whole before they are handed on, 16 MiB at most, and no redirect is followed: the key would go along.
        """
        made = _kinds(self._opened(sdk))[0](**_options(options))
        made.books = weakref.ref(self)  # not itself: the client is closed once nobody has the books any more
        weakref.finalize(self, made.close)
        return made

    def async_client(self, sdk: ModuleType, **options: Any) -> Any:
        """The same for `async` frameworks: `options` are those of `httpx.AsyncClient`. It keeps no connection open, since no
        event loop is there to close it."""
        http = self._opened(sdk)
        made = _kinds(http)[1](**_options({"limits": http.Limits(max_keepalive_connections=0), **options}))
        made.books = weakref.ref(self)
        return made

    @property
    def fault(self) -> ProviderError | OverLimitError | None:
        """Why nothing came of the last request; None if something did, or nothing was asked."""
        if self.refused is not None or not self.attempts:
            return self.refused
        fault = self.attempts[-1].fault
        if fault is None:
            return None
        hint = remedy(fault.kind).hint
        text = f"{fault}; {hint}" if hint else str(fault)
        return ProviderError(text, kind=fault.kind, status=fault.status, retry_after_s=fault.retry_after_s, tokens=fault.tokens)

    @property
    def usage(self) -> Usage:
        """What all attempts took, as far as the provider says."""
        tried = self.attempts
        if not tried:
            return Usage(0, 0.0, 0, Tokens(), 0, 0.0)
        tokens, usd = sum((each.tokens for each in tried), Tokens()), [each.usd for each in tried if each.usd is not None]
        again = sum(one.fault is not None for one in tried[:-1])
        latency = sum(each.latency_s for each in tried)
        return Usage(tokens.total, round(sum(usd), 9) if usd else None, len(tried), tokens, again, latency)

    @property
    def use(self) -> ModelUse | None:
        """Which models were asked, and answered; None before the first request."""
        if not self.attempts:
            return None
        asked = dict.fromkeys(each.model for each in self.attempts)
        resolved = dict.fromkeys(each.resolved for each in self.attempts if each.resolved)
        responses = tuple(each.response for each in self.attempts if each.response)
        price = self._price_of(self.attempts[0].model) if len(asked) == 1 else None
        return ModelUse(self.provider, ", ".join(asked), tuple(resolved), self._sdk, price, responses)

    def _opened(self, sdk: ModuleType) -> ModuleType:
        """The HTTP library of `sdk`."""
        self._sdk = f"{sdk.__name__} {sdk.__version__}"
        hush()
        return http_of(sdk)

    def _price_of(self, model: str) -> Price | None:
        return self._price or price_of(Endpoint("openai-compatible", model, provider=self.provider))

    @contextmanager
    def _attempt(self, http: ModuleType, request: Any) -> Iterator[_Pending]:
        """Leave for one request, and its entry in the books, whatever becomes of it."""
        request.headers["accept-encoding"] = "identity"
        pending = _Pending(http, request)
        price = self._price_of(pending.model) if request.method == "POST" else FREE
        most_in, most_out = worst_in(pending.asked, request.content) if request.method == "POST" else (0, 0)
        most = None if most_out is None else most_in + most_out
        usd = None if price is None or most_out is None else price.most(most_in, most_out)
        leave = nullcontext(None) if self._meter is None else self._meter.call(self.provider, tokens=most, usd=usd)
        self.refused = None
        try:
            call = leave.__enter__()
        except OverLimitError as refused:
            # An answer that says not to try again: an exception would be, by the client.
            self.refused = refused
            pending.answer = http.Response(
                403, headers={"x-should-retry": "false"}, json={"error": {"message": str(refused)}}, request=request
            )
            yield pending
            return
        try:
            yield pending
        except Exception as error:
            pending.broke(error)
            raise
        finally:
            fault = pending.fault
            took = pending.tokens if fault is None or isinstance(fault.tokens, Tokens) else _free(fault)
            cost = price.of(took) if price else None
            latency = time.monotonic() - pending.began
            self.attempts.append(Attempt(pending.model, took, cost, latency, fault, pending.resolved, pending.response))
            if call is not None:
                asked = fault.retry_after_s if fault else None
                if asked and asked <= ASKED_S:
                    call.slow_down(asked)
                call.settle(tokens=took.total, usd=cost)


@lru_cache(maxsize=4)
def _kinds(http: ModuleType) -> tuple[Any, Any]:
    """Two kinds of clients of an HTTP library, sync and async, that write what they send into their `books`."""

    class Client(http.Client):  # type: ignore[misc, name-defined]
        def send(self, request: Any, **how: Any) -> Any:
            with self.books()._attempt(http, request) as pending:
                if pending.answer is None:
                    heard = super().send(request, **{**how, "stream": True, "follow_redirects": False})
                    try:
                        for chunk in heard.iter_bytes():
                            pending.read(chunk)
                    finally:
                        heard.close()
                    pending.answered(heard)
            return pending.answer

    class AsyncClient(http.AsyncClient):  # type: ignore[misc, name-defined]
        async def send(self, request: Any, **how: Any) -> Any:
            with self.books()._attempt(http, request) as pending:
                if pending.answer is None:
                    heard = await super().send(request, **{**how, "stream": True, "follow_redirects": False})
                    try:
                        async for chunk in heard.aiter_bytes():
                            pending.read(chunk)
                    finally:
                        await heard.aclose()
                    pending.answered(heard)
            return pending.answer

    return Client, AsyncClient


class _Pending:
    """One attempt on its way."""

    def __init__(self, http: ModuleType, request: Any) -> None:
        self._http, self._request = http, request
        self.asked = _object(request.content)
        self.model = inert(str(self.asked.get("model") or ""), most=200)
        self.began = time.monotonic()
        self._until = self.began + ((request.extensions.get("timeout") or {}).get("read") or _READ_S)
        self._content = bytearray()
        self.answer: Any = None
        """What the framework gets."""
        self.tokens = Tokens()
        self.fault: ProviderError | None = None
        self.resolved = self.response = ""

    @property
    def _key(self) -> str:
        headers = self._request.headers
        return str(headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer "))

    def read(self, chunk: bytes) -> None:
        """Adds a piece of the answer. Raises `TooLargeError` or `EndlessError` for what no model's is."""
        self._content += chunk
        if len(self._content) > MOST_BYTES:
            raise TooLargeError(f"more than {MOST_BYTES // 2**20} MiB")
        if time.monotonic() > self._until:
            raise EndlessError("it does not come to its end")

    def answered(self, heard: Any) -> None:
        """It is whole: what it says of tokens and of failure."""
        content, status, url = bytes(self._content), heard.status_code, str(self._request.url)
        headers = {name: value for name, value in heard.headers.items() if name.lower() not in _STALE}
        self.answer = self._http.Response(status, headers=headers, content=content, request=self._request)
        host = host_of(url)
        if status >= 300:
            said = message_in(content)
            kind = "redirect" if status < 400 else kind_of(status, said)
            wait = asked_s(heard.headers, datetime.now(UTC), said) if kind in ("rate_limit", "server") else None
            told = f": {conceal(said, self._key)}" if said else ""
            self.fault = ProviderError(f"{host} answered {status}{told}", kind=kind, status=status, retry_after_s=wait)
            return
        try:
            found = answer_in(self._request.url.path, heard.headers.get("content-type", ""), content, host)
        except ProviderError as fault:
            self.fault, found = fault, None
            self.tokens = fault.tokens if isinstance(fault.tokens, Tokens) else Tokens()
        if found is not None:
            self.tokens, self.resolved, self.response = found.tokens, found.model, found.id

    def broke(self, error: Exception) -> None:
        """No answer came, or not all of it."""
        host, said = host_of(str(self._request.url)), conceal(str(error), self._key)
        if isinstance(error, TooLargeError):
            self.fault = ProviderError(f"the answer of {host} is not read: {said}", kind="too_large")
        elif isinstance(error, EndlessError | self._http.TimeoutException):
            self.fault = ProviderError(f"{host} did not answer in time", kind="timeout")
        elif self._content or "complete message body" in str(error) or "incomplete" in str(error):
            self.fault = ProviderError(f"the answer of {host} broke off: {said}", kind="truncated")
        else:
            self.fault = ProviderError(f"no connection to {host}, or it was dropped: {said}", kind="connection")


def _free(fault: ProviderError) -> Tokens:
    """A provider that answered with an error has billed nothing; whether one that fell silent has, nobody knows."""
    return Tokens(input=0, output=0) if fault.status is not None and fault.status != 200 else Tokens()


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _priced(price: Price | Mapping[str, Json] | str | None) -> Price | None:
    if price is None or isinstance(price, Price):
        return price
    if price == "free":
        return FREE
    try:
        return price_from_json(price)
    except ValueError as error:
        raise SpecError(f"{error}; write `free`, or `{{input: 3, output: 15}}` in US dollars for a million tokens") from None


@lru_cache(maxsize=1)
def _certificates() -> SSLContext:
    """Read once: it takes longer than all else of a client."""
    return create_default_context()


def _options(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"timeout": 120.0, "verify": _certificates(), **said, "follow_redirects": False}
