"""What one tiny call shows of an endpoint: each thing that can be wrong is told as what it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from anthropic.resources.messages import messages

from pytest_alienbio.agents.llm.keys import Secret
from pytest_alienbio.agents.llm.ping import ping
from pytest_alienbio.model import Endpoint, WireFormat

from .fake import Fake

GOOD = {"calls": [{"name": "wait", "arguments": {"steps": 2}}]}
FORMATS: tuple[WireFormat, ...] = ("openai", "anthropic", "openai-compatible")
FakeMaker = Callable[..., Fake]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"answers": [GOOD]}, [("good", "answered")]),
        ({"answers": [{"text": "I cannot call tools."}]}, [("bad", "no_tools"), ("good", "answered")]),
        ({"answers": [{"calls": [{"name": "wait"}]}]}, [("doubt", "no_tools"), ("good", "answered")]),
        ({"answers": [GOOD], "no_usage": True}, [("doubt", "no_usage"), ("good", "answered")]),
        ({"script": ["revoked"]}, [("bad", "bad_key")]),
        ({"script": ["unknown_model"]}, [("bad", "unknown_model")]),
        ({"script": ["no_tools"]}, [("bad", "no_tools")]),
        ({"script": ["html"]}, [("bad", "wrong_url")]),
        ({"script": ["redirect"]}, [("bad", "redirect")]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_call_shows(format: WireFormat, rules: dict[str, object], found: list[tuple[str, str]], fake: FakeMaker) -> None:
    """Worst first, in one call, each bad thing with what to try."""
    here = fake(**rules)
    findings = ping(Endpoint(format, "model-1", base_url=here.openai), Secret(here.key))
    assert [(each.level, each.kind) for each in findings] == found
    assert here.counts["calls"] == 1
    assert all(each.hint for each in findings if each.level == "bad")
    assert not any(here.key in each.text for each in findings)


def test_a_model_that_retires_is_told_of(fake: FakeMaker) -> None:
    """Its package knows when; by name, so that the test outlives the models."""
    here = fake(answers=[GOOD])
    endpoint = Endpoint("anthropic", next(iter(messages.DEPRECATED_MODELS)), base_url=here.anthropic)  # type: ignore[attr-defined]
    findings = ping(endpoint, Secret(here.key))
    assert [each.kind for each in findings] == ["retiring", "answered"]


@pytest.mark.parametrize(
    ("url", "key", "kind"),
    [
        ("http://127.0.0.1:9/v1", "sk-0123456789", "connection"),
        ("https://user:pass@host.example/v1", "sk-0123456789", "bad_url"),
        ("http://127.0.0.1:9/v1", "", "no_key"),
    ],
)
def test_nothing_is_raised_where_there_is_nothing(url: str, key: str, kind: str) -> None:
    assert [each.kind for each in ping(Endpoint("openai", "m", base_url=url), Secret(key))] == [kind]
