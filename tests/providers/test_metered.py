"""HTTP clients for other frameworks: every attempt of the real SDKs takes leave, is booked, and fails by its class."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import anthropic
import openai
import pytest

from pytest_alienbio import FrameworkAgent, Metered, OverLimitError, ProviderError, SpecError
from pytest_alienbio.agents.llm.bodies import answer_in, worst_in
from pytest_alienbio.agents.llm.transport import TooLargeError
from pytest_alienbio.model import FREE, Action, Briefing, CellLimits, Observation, Tokens
from pytest_alienbio.play.meter import CellMeter

from .fake import Fake
from .test_wires import FAULTS

FakeMaker = Callable[..., Fake]
PRICE = {"input": 1.0, "output": 2.0}
SAID: Any = [{"role": "user", "content": "hi"}]
WAYS = ("openai", "openai async", "anthropic", "anthropic async")


def ask(books: Metered, fake: Fake, way: str = "openai", *, retries: int = 0, timeout_s: float = 5.0, **more: Any) -> Any:
    """Once, by an SDK."""
    sdk: Any = anthropic if "anthropic" in way else openai
    is_async = "async" in way
    kind = getattr(sdk, ("Async" if is_async else "") + ("Anthropic" if sdk is anthropic else "OpenAI"))
    client = kind(
        api_key=fake.key,
        base_url=fake.anthropic if sdk is anthropic else fake.openai,
        max_retries=retries,
        timeout=timeout_s,
        http_client=(books.async_client if is_async else books.client)(sdk),
    )
    create = client.messages.create if sdk is anthropic else client.chat.completions.create
    body: dict[str, Any] = {"model": "m", "max_tokens": 100, "messages": SAID, **more}
    if not is_async:
        return create(**{name: value for name, value in body.items() if value is not None})

    async def once() -> Any:
        return await create(**body)

    return asyncio.run(once())


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_what_an_answer_took_is_booked(fake: FakeMaker, way: str) -> None:
    here, books, meter = fake(model="m-2026"), Metered("p", price=PRICE), CellMeter()
    books.attach(meter)
    assert ask(books, here, way).model == "m-2026"
    took = here.counts
    usd = (took["input"] * PRICE["input"] + took["output"] * PRICE["output"]) / 1e6
    assert books.usage.split is not None
    assert (books.usage.split.input, books.usage.split.output) == (took["input"], took["output"])
    assert books.usage.usd == pytest.approx(usd)
    assert meter.usage.tokens == books.usage.tokens == took["input"] + took["output"]
    assert (meter.usage.usd, meter.unknown_calls, meter.exceeded) == (books.usage.usd, 0, "")
    assert books.use is not None
    assert (books.use.requested, books.use.resolved, len(books.use.responses)) == ("m", ("m-2026",), 1)
    assert books.fault is None


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_is_told_by_its_class_and_without_the_key(fake: FakeMaker, fault: str) -> None:
    """As of our own models, whatever the SDK makes of it; also of those that it takes for an answer."""
    here, books, meter = fake(script=[fault], stall_s=2.0), Metered("p", price=PRICE), CellMeter()
    books.attach(meter)
    with suppress(Exception):  # it may say what it likes
        ask(books, here, timeout_s=0.5)
    found = books.fault
    assert isinstance(found, ProviderError)
    assert found.kind == FAULTS[fault], found
    assert here.key not in str(found)
    assert here.key[:12] not in str(found)
    assert (here.counts["calls"], len(books.attempts), meter.usage.requests) == (1, 1, 1)
    silent = fault in ("stall", "drop_before", "drop_after", "cut", "cut_json", "not_json", "list", "no_choices", "huge")
    assert bool(meter.unknown_calls) == (silent or fault in ("endless", "html")), "who fell silent may have billed it"


def test_async_clients_fail_alike(fake: FakeMaker) -> None:
    for fault in ("server", "drop_before", "cut", "huge"):
        books = Metered("p", price="free")
        with suppress(openai.OpenAIError, TooLargeError):
            ask(books, fake(script=[fault]), "openai async")
        assert isinstance(books.fault, ProviderError)
        assert books.fault.kind == FAULTS[fault]


def test_what_the_sdk_tries_again_is_an_attempt_of_its_own(fake: FakeMaker, way: str) -> None:
    here, books, meter = fake(script=["rate_limit", "rate_limit"]), Metered("p", price=PRICE), CellMeter()
    books.attach(meter)
    ask(books, here, way, retries=3)
    assert here.counts["calls"] == meter.usage.requests == books.usage.requests == 3
    assert books.usage.retries == 2
    assert books.fault is None


def test_without_leave_nothing_is_sent_and_nothing_tried_again(fake: FakeMaker, way: str) -> None:
    """The SDK is answered so that it gives up at once."""
    here, books, meter = fake(), Metered("p", price=PRICE), CellMeter(CellLimits(usd=1e-6))
    books.attach(meter)
    with pytest.raises((openai.APIStatusError, anthropic.APIStatusError)):
        ask(books, here, way, retries=5)
    assert here.counts.get("calls", 0) == len(books.attempts) == 0
    assert isinstance(books.fault, OverLimitError)
    assert meter.refused is not None


def test_what_has_no_bound_gets_no_leave_under_a_cap(fake: FakeMaker) -> None:
    """Without a cap it may go; its cost is then what it says."""
    here, books = fake(), Metered("p", price=PRICE)
    books.attach(CellMeter(CellLimits(tokens=10**6)))
    with pytest.raises(openai.APIStatusError, match="no worst case"):
        ask(books, here, max_tokens=None)
    books.attach(CellMeter())
    ask(books, here, max_tokens=None)
    assert here.counts["calls"] == 1


def test_a_cost_that_nobody_knows_is_missing(fake: FakeMaker) -> None:
    """Never 0: neither without a price, nor without a count."""
    unknown, uncounted = Metered("nobody"), Metered("p", price=PRICE)
    ask(unknown, fake())
    ask(uncounted, fake(no_usage=True))
    assert unknown.usage.tokens
    assert unknown.usage.usd is None
    assert (uncounted.usage.tokens, uncounted.usage.usd, uncounted.usage.requests) == (None, None, 1)


def test_prices() -> None:
    assert Metered("p", price="free")._price is FREE
    for wrong in ("cheap", {"input": 1}, {"input": -1, "output": 2}):
        with pytest.raises(SpecError, match="write `free`"):
            Metered("p", price=wrong)


def test_nothing_is_logged_and_clients_are_closed_with_their_agent(fake: FakeMaker, caplog: pytest.LogCaptureFixture) -> None:
    books = Metered("p", price="free")
    with caplog.at_level(logging.DEBUG):
        ask(books, fake())
    assert [record for record in caplog.records if record.name.startswith(("openai", "http"))] == []
    client, gone = books.client(openai), weakref.ref(books)
    del books
    gc.collect()
    assert gone() is None
    assert client.is_closed


@pytest.mark.parametrize(
    ("body", "worst"),
    [
        ({"max_tokens": 50}, 50),
        ({"max_completion_tokens": 60, "n": 3}, 180),
        ({"max_output_tokens": 70}, 70),
        ({"max_tokens": "many"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_may_be(body: Mapping[str, Any], worst: int | None) -> None:
    most_in, most_out = worst_in(body, b"hello there")
    assert most_in >= 6
    assert most_out == worst


@pytest.mark.parametrize(
    ("path", "body", "tokens"),
    [
        (
            "/v1/responses",
            b'{"usage": {"input_tokens": 9, "output_tokens": 4, "input_tokens_details": {"cached_tokens": 3}}}',
            Tokens(9, 3, None, 4),
        ),
        ("/v1/embeddings", b'{"usage": {"prompt_tokens": 9, "total_tokens": 9}}', Tokens(9)),
        ("/v1/other", b"{}", Tokens()),
    ],
)
def test_other_places_tell_what_they_took(path: str, body: bytes, tokens: Tokens) -> None:
    assert answer_in(path, "application/json", body, "h").tokens == tokens


def test_a_stream_tells_it_in_pieces() -> None:
    """OpenAI at its end, if asked; Anthropic the input first, the output last."""
    one = b'data: {"id": "x", "model": "m"}\n\ndata: {"usage": {"prompt_tokens": 5, "completion_tokens": 2}}\n\ndata: [DONE]\n'
    two = (
        b'event: message_start\ndata: {"message": {"id": "y", "model": "c", "usage": {"input_tokens": 5, '
        b'"cache_read_input_tokens": 2, "output_tokens": 1}}}\n\ndata: {"usage": {"output_tokens": 8}}\n\n'
    )
    for body, tokens, name in ((one, Tokens(5, None, None, 2), "x"), (two, Tokens(7, 2, None, 8), "y")):
        found = answer_in("/v1/any", "text/event-stream", body, "h")
        assert (found.tokens, found.id) == (tokens, name)


class Swallows(FrameworkAgent):
    """Makes light of everything: whatever goes wrong, it waits."""

    def __init__(self, fake: Fake, *, tries: int = 1) -> None:
        super().__init__("p", price=PRICE)
        self.fake, self.tries = fake, tries

    def choose(self, text: str) -> tuple[str, str] | None:
        for _ in range(self.tries):
            try:
                ask(self.metered, self.fake)
            except Exception:  # noqa: BLE001, S112 - the point
                continue
            break
        return "wait", '{"steps": 2}'


SEEN = Observation(0, {"x": 1.0}, 10, 10.0, 0.0)


def test_an_outage_that_is_hidden_is_an_outage(fake: FakeMaker) -> None:
    """One that a later attempt mended is none, and a turn in which nothing is asked does not hear of an older one."""
    agent = Swallows(fake(script=["server"]))
    agent.start(Briefing(""))
    with pytest.raises(ProviderError) as caught:
        agent.decide(SEEN)
    assert caught.value.kind == "server"
    assert caught.value.__context__ is None
    mended = Swallows(fake(script=["server"]), tries=2)
    mended.start(Briefing(""))
    assert mended.decide(SEEN) == Action("wait")
    assert (mended.usage.requests, mended.usage.retries) == (2, 1)
    assert mended.decide(SEEN) == Action("wait"), "the second step of the two; nobody is asked"
    assert mended.usage.requests == 2


def test_a_refused_call_that_is_hidden_ends_the_cell(fake: FakeMaker) -> None:
    agent = Swallows(fake())
    agent.attach(CellMeter(CellLimits(usd=0.0)))
    agent.start(Briefing(""))
    with pytest.raises(OverLimitError):
        agent.decide(SEEN)
