"""The providers' real clients as a process shares them: by many threads, silent; and what goes back to a model."""

from __future__ import annotations

import json
import logging
import threading
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
from anthropic.resources.messages import messages

from pytest_alienbio.agents.llm.keys import Secret
from pytest_alienbio.agents.llm.live import wire_of
from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import Answer, Endpoint, Json, Message, Request, Tokens, Tool, ToolCall, Wire, WireFormat

from .fake import Fake

FORMATS = get_args(WireFormat)
DOSE: Mapping[str, Json] = {"type": "object", "properties": {"what": {"enum": ["MEka", "MEko"]}}, "required": ["what"]}
FEED = Tool("feed", "Adds some.", DOSE)
SYSTEM = "You tend a world."
FakeMaker = Callable[..., Fake]


def request(*said: Message, model: str = "model-1", params: Mapping[str, Json] | None = None) -> Request:
    return Request(model, SYSTEM, (FEED,), said or (Message("user", "What now?"),), 500, params or {})


def wire(format: WireFormat, fake: Fake) -> Wire:
    url = fake.anthropic if format == "anthropic" else fake.openai
    return wire_of(Endpoint(format, "model-1", base_url=url), Secret(fake.key))


def ask(format: WireFormat, fake: Fake, asked: Request | None = None) -> Answer:
    return wire(format, fake).ask(asked or request(), timeout_s=20)


@pytest.fixture(params=FORMATS)
def format(request: pytest.FixtureRequest) -> WireFormat:
    found: WireFormat = request.param
    return found


def test_64_threads_share_one_client(format: WireFormat, fake: FakeMaker) -> None:
    """At once: all have begun before any is answered, and each has its own answer."""
    here = fake(latency_s=0.3)
    gate = threading.Barrier(64)

    def one(_: int) -> Answer:
        mine = wire(format, here)
        gate.wait(timeout=60)
        return mine.ask(request(), timeout_s=30)

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(one, range(64)))
    assert len({answer.id for answer in answers}) == here.counts["answered"] == 64


def test_clients_log_neither_keys_nor_what_is_said(
    format: WireFormat, fake: FakeMaker, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where everything is logged; not even where they ask."""
    here = fake(script=["", "revoked"])
    with caplog.at_level(logging.DEBUG):
        ask(format, here)
        with pytest.raises(ProviderError):
            ask(format, here)
    assert [record for record in caplog.records if record.name.startswith(("openai", "anthropic", "http"))] == []


def test_models_that_retire_warn_nobody(fake: FakeMaker) -> None:
    """The package's warning would be an exception where warnings are errors; `ping` tells it."""
    retiring = next(iter(messages.DEPRECATED_MODELS))  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ask("anthropic", fake(), request(model=retiring)).calls


def test_reasoning_goes_back_as_it_came(format: WireFormat, fake: FakeMaker) -> None:
    """Anthropic signs it and wants it back word for word, before the calls that follow from it."""
    here = fake(answers=[{"reasoning": "It starves.", "calls": [{"name": "feed", "arguments": {"what": "MEka"}}]}])
    first = ask(format, here)
    said = Message("assistant", first.text, first.calls, native=first.native)
    ask(format, here, request(Message("user", "Go."), said, Message("tool", "ok", of=first.calls[0].id)))
    back = here.requests[1]["messages"][-2]
    if format == "anthropic":
        assert [block["type"] for block in back["content"]] == ["thinking", "tool_use"]
        assert back["content"][0]["signature"].startswith("signed-")
    else:
        assert back["reasoning_content"] == "It starves."
        assert (first.tokens.reasoning or 0) > 0


def test_malformed_calls_go_back_as_json(format: WireFormat, fake: FakeMaker) -> None:
    """A server that parses arguments would refuse the whole conversation for them; params go as they are spelled."""
    here = fake()
    call = ToolCall("feed", None, "a", "{broken")
    said = (Message("user", "Go."), Message("assistant", "", (call,)), Message("tool", "no JSON", of="a"))
    ask(format, here, request(*said, params={"temperature": 0.5}))
    body = here.requests[0]
    assert body["temperature"] == 0.5
    back = body["messages"][-2]
    if format == "anthropic":
        assert body["tools"][0]["input_schema"] == DOSE
        assert back["content"][0]["input"] == {"malformed": "{broken"}
    else:
        assert body["tools"][0]["function"]["parameters"] == DOSE
        assert json.loads(back["tool_calls"][0]["function"]["arguments"]) == {"malformed": "{broken"}
        assert body["max_completion_tokens" if format == "openai" else "max_tokens"] == 500


def test_what_is_not_counted_is_not_known(format: WireFormat, fake: FakeMaker) -> None:
    """None, not 0: a cap then counts the worst case."""
    assert ask(format, fake(no_usage=True)).tokens == Tokens()


@pytest.mark.parametrize("fault", ["rate_limit", "redirect", "temperature"])
def test_what_a_reader_needs_is_said(format: WireFormat, fake: FakeMaker, fault: str) -> None:
    """The pause that is asked for; both hosts; the parameter that a newer model refuses."""
    here = fake(script=[fault], redirect_to="https://collector.example/take")
    with pytest.raises(ProviderError, match=here.url.removeprefix("http://")) as caught:
        ask(format, here)
    if fault == "rate_limit":
        assert caught.value.retry_after_s == pytest.approx(0.05)
    else:
        assert {"redirect": "collector.example", "temperature": "temperature"}[fault] in str(caught.value)
    assert ask(format, here).calls, "the client is whole after it"


def test_a_server_that_is_not_there_and_a_path_where_nothing_is(fake: FakeMaker) -> None:
    here = fake()
    for url, kind in (("http://127.0.0.1:9/v1", "connection"), (f"{here.url}/elsewhere", "wrong_url")):
        with pytest.raises(ProviderError) as caught:
            wire_of(Endpoint("openai-compatible", "m", base_url=url), Secret(here.key)).ask(request(), timeout_s=5)
        assert caught.value.kind == kind


def test_a_host_that_is_not_the_providers_is_sent_the_key_alone(
    format: WireFormat, fake: FakeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not what clients find in the environment: an organization, a project, headers, somebody's other key."""
    here = fake()
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "acme-secret")
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "X-Corp: acme-secret\nAuthorization: Bearer acme-secret")
    ask(format, here)
    assert here.counts["calls"] == 1, "under this key, and no other"
    assert not {"x-corp", "openai-organization", "openai-project"} & set(here.headers)
    assert ("authorization" in here.headers) + ("x-api-key" in here.headers) == 1
