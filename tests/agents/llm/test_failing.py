"""Words of many servers, each told as the class of failure that it is; and keys in none of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.llm.failing import conceal, kind_of, message_in, without
from pytest_alienbio.agents.llm.faults import REMEDIES
from pytest_alienbio.model import inert

KEY = "sk-proj-Q7xZ93mTbN4kWvL2"


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens", "context_overflow"),
        (400, "prompt is too long: 212000 tokens > 200000 maximum", "context_overflow"),
        (400, "The decoder prompt (length 9000) is longer than the maximum model length of 8192.", "context_overflow"),
        (400, "the request exceeds the available context size, try increasing it", "context_overflow"),
        (500, "input length exceeds the context length", "context_overflow"),
        (413, "Request too large", "context_overflow"),
        (400, "registry.ollama.ai/library/gemma:2b does not support tools", "no_tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', "no_tools"),
        (404, "No endpoints found that support tool use.", "no_tools"),
        (404, 'model "tiny" not found, try pulling it first', "unknown_model"),
        (404, "The model `gpt-9` does not exist or you do not have access to it.", "unknown_model"),
        (400, "gpt-9 is not a valid model ID", "unknown_model"),
        (404, "Not Found", "wrong_url"),
        (405, "Method Not Allowed", "wrong_url"),
        (400, "Your credit balance is too low to access the Anthropic API.", "no_credit"),
        (402, "Payment Required", "no_credit"),
        (429, "You exceeded your current quota, please check your plan and billing details.", "no_credit"),
        (429, "Rate limit reached for gpt-5 in organization org-1", "rate_limit"),
        (401, "invalid x-api-key", "bad_key"),
        (403, "Your key may not use this model", "bad_key"),
        (408, "Request Timeout", "timeout"),
        (503, "The engine is currently overloaded", "server"),
        (529, "Overloaded", "server"),
        (400, "The response was filtered due to the prompt triggering Azure's content management policy.", "refusal"),
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model.", "bad_request"),
        (422, "temperature: must be at most 1", "bad_request"),
    ],
)
def test_the_class_of_a_failure(status: int, said: str, kind: str) -> None:
    """As OpenAI wraps it, as FastAPI does, and as a bare text; each class has its remedy."""
    for body in (json.dumps({"error": {"message": said}}), json.dumps({"detail": said}), json.dumps({"error": said}), said):
        assert kind_of(status, message_in(body.encode())) == kind, body
    assert kind in REMEDIES


@pytest.mark.parametrize(
    "said",
    [
        f"Incorrect API key provided: {KEY}.",
        f"Incorrect API key provided: {KEY[:12]}**********{KEY[-4:]}. You can find it",
        f"invalid x-api-key: {KEY[3:]}",
        f"Bearer {KEY} is not allowed",
        f"key {KEY[:10]}... is revoked",
        "Incorrect API key provided: sk-of-someone-else-12345.",
    ],
)
def test_no_part_of_a_key_is_repeated(said: str) -> None:
    shown = conceal(message_in(json.dumps({"error": {"message": said}}).encode()), KEY)
    assert "***" in shown
    assert not any(KEY[at : at + 6] in shown for at in range(len(KEY) - 5))
    assert "someone-else" not in shown


@given(st.text(max_size=30), st.integers(0, len(KEY)), st.integers(0, len(KEY)), st.text(max_size=30))
def test_six_signs_of_a_key_never_stand(before: str, start: int, end: int, after: str) -> None:
    shown = conceal(before + KEY[start:end] + after, KEY)
    assert not any(KEY[at : at + 6] in shown for at in range(len(KEY) - 5))


@given(st.text(max_size=200) | st.binary(max_size=50).map(lambda raw: raw.decode("latin-1")))
def test_whatever_a_server_says_is_told_inertly(body: str) -> None:
    """No escape sequence, no line break, no huge text."""
    shown = conceal(message_in(body.encode("utf-8", "replace")), KEY)
    assert inert(shown) == shown
    assert len(shown) <= 301


@pytest.mark.parametrize("body", ["[" * 100_000, '{"error": ' * 2000, '{"error": {"message": {"a": 1}}}', "null", "<html>", ""])
def test_bodies_of_any_shape(body: str) -> None:
    assert kind_of(500, message_in(body.encode())) == "server"


def test_an_answer_is_without_the_key_wherever_it_stands() -> None:
    """In names, lists and texts, after JSON has spelled it out; a word that is no key stays."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
    said = json.loads(json.dumps({KEY: [f"it is {KEY}!", {"deep": KEY, "count": 3}]}).replace(KEY, escaped))
    assert KEY not in json.dumps(without(said, KEY))
    assert without(said, KEY)["***"][1] == {"deep": "***", "count": 3}
    assert without({"a": "none of it"}, "none") == {"a": "none of it"}
