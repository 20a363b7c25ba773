"""Both wire formats by the real clients: what is sent, what comes back, and every way to fail."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import get_args

import pytest

from pytest_alienbio.agents.llm import anthropic_wire, live
from pytest_alienbio.errors import CannotPlayError, ProviderError, SpecError
from pytest_alienbio.model import Endpoint, Message, Request, Tool, ToolCall, Wire, WireFormat

from .fake import Fake

FORMATS = get_args(WireFormat)
WAIT = Tool("wait", "waits", {"type": "object", "properties": {"steps": {"type": "integer"}}, "required": ["steps"]})
FAULTS = {
    "rate_limit": "rate_limit",
    "quota": "no_credit",
    "server": "server",
    "overloaded": "server",
    "stall": "timeout",
    "drop_before": "connection",
    "drop_after": "truncated",
    "cut": "truncated",
    "cut_json": "truncated",
    "not_json": "truncated",
    "list": "wrong_url",
    "no_choices": "truncated",
    "context_overflow": "context_overflow",
    "revoked": "bad_key",
    "forbidden": "bad_key",
    "redirect": "redirect",
    "huge": "too_large",
    "endless": "timeout",
    "html": "wrong_url",
    "gateway_html": "server",
    "unknown_model": "unknown_model",
    "no_tools": "no_tools",
    "temperature": "bad_request",
    "bad_request": "bad_request",
    "refusal": "refusal",
}
"""What the server does, and the class it is told as."""


def wire(fake: Fake, wire_format: WireFormat, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A way to the fake provider."""
    monkeypatch.setenv("TESTS_KEY", fake.key)
    url = fake.anthropic if wire_format == "anthropic" else fake.openai
    return live(None, Endpoint(wire_format, "m", base_url=url, key="env:TESTS_KEY", provider="p"))


def request(*messages: Message) -> Request:
    return Request("m", "Be brief.", (WAIT,), messages or (Message("user", "hi"),), 100)


def test_an_empty_system_prompt_is_left_out() -> None:
    """Anthropic refuses an empty text with a mark; tools are then the first that stays."""
    body = anthropic_wire.body_of(Request("m", " ", (WAIT,), (Message("user", "hi"),), 100))
    assert "system" not in body
    assert body["tools"][-1]["cache_control"] == {"type": "ephemeral"}  # type: ignore[index, call-overload]
    assert "cache_control" not in anthropic_wire.body_of(request())["tools"][-1]  # type: ignore[operator, index]


@pytest.mark.parametrize("wire_format", FORMATS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_is_told_by_its_class_and_without_the_key(
    fake: Callable[..., Fake], fault: str, wire_format: WireFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the provider echoes; with the host that it happened at."""
    made = fake(script=[fault], stall_s=2.0)
    with pytest.raises(ProviderError) as caught:
        wire(made, wire_format, monkeypatch).ask(request(), timeout_s=0.5)
    assert caught.value.kind == FAULTS[fault]
    assert made.key not in repr(caught.value)
    assert made.key not in repr(caught.value.__context__), "nor does anything lead to what the provider said in full"
    assert made.counts["calls"] == 1, "nothing is tried again below"
    if fault == "refusal":
        assert caught.value.tokens


@pytest.mark.parametrize("wire_format", FORMATS)
def test_a_conversation_with_calls_is_taken_by_both(
    fake: Callable[..., Fake], wire_format: WireFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several calls with an answer each, text without a call, and a call that was malformed."""
    made = fake(
        answers=[{"text": "so", "calls": [{"name": "wait", "arguments": {"steps": 2}}, {"name": "wait", "arguments": {}}]}]
    )
    spoken = wire(made, wire_format, monkeypatch)
    answer = spoken.ask(request(), timeout_s=5)
    assert (answer.text, [call.arguments for call in answer.calls]) == ("so", [{"steps": 2}, {}])
    assert answer.tokens.total == made.counts["input"] + made.counts["output"]
    assert answer.id
    answer = spoken.ask(
        request(
            Message("user", "hi"),
            Message("assistant", answer.text, answer.calls),
            *(Message("tool", "done", of=call.id) for call in answer.calls),
            Message("assistant", "hm"),
            Message("user", "call one"),
            Message("assistant", "", (ToolCall("wait", None, "x1", "{broken"),)),
            Message("tool", "refused", of="x1"),
        ),
        timeout_s=5,
    )
    assert answer.calls[0].name == "wait"
    roles = [message["role"] for message in made.requests[-1]["messages"]]
    alternating = roles == ["user", "assistant"] * 3 + ["user"]
    assert alternating if wire_format == "anthropic" else roles.count("tool") == 3


def test_anthropics_cache_is_used_from_turn_to_turn(fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the turn before had written is read by the next; input is all of it."""
    made = fake()
    spoken = wire(made, "anthropic", monkeypatch)
    messages = [Message("user", "turn " * 300)]
    cached = []
    for turn in range(4):
        answer = spoken.ask(request(*messages), timeout_s=5)
        cached.append((answer.tokens.cached, answer.tokens.input))
        messages += [Message("assistant", "", answer.calls), Message("tool", f"turn {turn} " * 100, of=answer.calls[0].id)]
    assert cached[0][0] == 0
    for (_, before), (read, _) in pairwise(cached):
        assert read
        assert before
        assert read >= 0.9 * before


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("ftp://x/v1", "is no address"),
        ("https://me:secret@x/v1", "holds a user or a password"),
        ("https://x/v1?key=abc", "has a query"),
        ("http://api.example.com/v1", "in clear text"),
        ("file:///etc/passwd", "is no address"),
        ("https://[::1", "is no address"),
    ],
)
def test_an_address_that_keys_must_not_go_to_is_refused(url: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTS_KEY", "sk-x")
    with pytest.raises(SpecError, match=complaint) as caught:
        live(None, Endpoint("openai-compatible", "m", base_url=url, key="env:TESTS_KEY"))
    assert "secret" not in str(caught.value)


def test_without_a_key_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TESTS_KEY", raising=False)
    with pytest.raises(CannotPlayError, match="TESTS_KEY"):
        live(None, Endpoint("openai", "m", key="env:TESTS_KEY"))


@pytest.mark.parametrize("wire_format", FORMATS)
def test_a_server_that_others_wrote_is_understood(
    llmock: str, wire_format: WireFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """llmock, over both formats."""
    monkeypatch.setenv("TESTS_KEY", "sk-llmock")
    url = f"{llmock}/anthropic" if wire_format == "anthropic" else f"{llmock}/v1"
    model = "claude-sonnet-4-5" if wire_format == "anthropic" else "gpt-4o"
    spoken = live(None, Endpoint(wire_format, model, base_url=url, key="env:TESTS_KEY", provider="p"))
    answer = spoken.ask(Request(model, "Be brief.", (), (Message("user", "hello there"),), 100), timeout_s=20)
    assert answer.text
    assert answer.tokens.output
