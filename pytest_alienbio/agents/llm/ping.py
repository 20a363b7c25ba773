"""One tiny call to a model: can it be reached, may we ask it, and can it do what an agent must?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...errors import CannotPlayError, MissingExtraError, ProviderError, SpecError
from ...model import Answer, Endpoint, Message, Request, Tool, inert
from .faults import remedy
from .keys import Secret
from .live import wire_of

_TOOL = Tool(
    "wait",
    "Lets time pass.",
    {
        "type": "object",
        "properties": {"steps": {"type": "integer", "enum": [1, 2, 3]}},
        "required": ["steps"],
        "additionalProperties": False,
    },
)
MAX_TOKENS = 1000
"""Enough for one that reasons first; others need 20."""
MOST_INPUT = 300
"""Tokens of what is sent, at most."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a call showed."""

    level: Literal["good", "doubt", "bad"]
    """`bad`: no cell can be played; `doubt`: it can, and this is to be known."""
    kind: str
    """As in `ProviderError`; else `missing_extra`, `no_key`, `bad_url`, `no_tools`, `no_usage`, `retiring`, `answered`."""
    text: str
    hint: str = ""


def ping(endpoint: Endpoint, key: Secret, *, timeout_s: float = 30.0) -> tuple[Finding, ...]:
    """Asks once, for one call of one tool; what it showed, worst first. Raises nothing, and costs about 200 tokens."""
    if not key.reveal():
        return (Finding("bad", "no_key", "there is no key", "set one in the environment, or say where it is: `api_key`"),)
    try:
        answer = wire_of(endpoint, key).ask(_request(endpoint), timeout_s=timeout_s)
    except MissingExtraError as error:
        return (Finding("bad", "missing_extra", str(error)),)
    except SpecError as error:
        return tuple(Finding("bad", "bad_url", each.what, each.advice) for each in error.complaints)
    except ProviderError as error:
        return (Finding("bad", error.kind, str(error), remedy(error.kind).hint),)
    except CannotPlayError as error:
        return (Finding("bad", "no_key", str(error)),)
    found = _shown(endpoint, answer)
    return tuple(sorted(found, key=lambda each: ("bad", "doubt", "good").index(each.level)))


def _request(endpoint: Endpoint) -> Request:
    said = Message("user", "Call the tool wait with steps = 2. Say nothing else.")
    return Request(endpoint.model, "You act by calling tools.", (_TOOL,), (said,), MAX_TOKENS, endpoint.params)


def _shown(endpoint: Endpoint, answer: Answer) -> list[Finding]:
    found = []
    if not answer.calls:
        what = "it was given a tool and told to call it, and did not: " + (inert(answer.text, most=80) or "it said nothing")
        hint = "without tools it can only wait; take a model that has them (vLLM: --enable-auto-tool-choice)"
        found.append(Finding("bad", "no_tools", what, hint))
    elif any(call.name != _TOOL.name or call.arguments != {"steps": 2} for call in answer.calls):
        told = ", ".join(f"{inert(call.name, most=40)} {inert(str(call.arguments), most=80)}" for call in answer.calls)
        found.append(Finding("doubt", "no_tools", f"told to call wait with steps = 2, it called {told}"))
    if answer.tokens.total is None:
        hint = "caps in tokens and dollars then count its worst case, and no cost can be told"
        found.append(Finding("doubt", "no_usage", "it does not say how many tokens it took", hint))
    if ends := retires(endpoint):
        found.append(Finding("doubt", "retiring", f"{inert(endpoint.model, most=100)} will not be there after {ends}"))
    tokens = f", {answer.tokens.input} + {answer.tokens.output} tokens" if answer.tokens.total is not None else ""
    found.append(Finding("good", "answered", f"{inert(answer.model or endpoint.model, most=100)} answered{tokens}"))
    return found


def retires(endpoint: Endpoint) -> str:
    """From when on a model of Anthropic's is gone, as its package knows; '' if it does not."""
    if endpoint.wire_format != "anthropic":
        return ""
    try:
        from anthropic.resources.messages import messages
    except ImportError:
        return ""
    return str(getattr(messages, "DEPRECATED_MODELS", {}).get(endpoint.model, ""))
