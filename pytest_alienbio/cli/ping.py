"""`bio agent test` of a language model: one tiny call, and what is wrong if it fails."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from ..errors import AlienBioError, ProviderError
from ..model import AgentProfile, Answer, Json, Message, Request, Tool

MAX_TOKENS = 256
"""Of the answer: room for a little reasoning before the call."""
TIMEOUT_S = 60.0
_SCHEMA: dict[str, Json] = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
_MOST_INPUT = 300
"""Tokens of the call, at most."""


def ping(agent: AgentProfile, say: Callable[[str, str], None]) -> int:
    """Asks `agent`'s model to call a tool, once, and says what came of it; what it costs is said before. 0 if all is well."""
    from ..agents.llm import live
    from ..agents.llm.keys import key_place
    from ..agents.llm.prices import price_of, unpriced
    from ..agents.llm.profiles import endpoint_of

    endpoint = endpoint_of(agent.kind, agent.params, agent.access)
    say("model", f"{endpoint.model}, {endpoint.wire_format}, at {endpoint.base_url or 'its provider'}")
    place = key_place(endpoint)
    say("key", f"in {place.found}" if place.found else place.problem or ("not needed" if place.ready else "none is there"))
    price = price_of(endpoint)
    say("cost", unpriced(endpoint) if price is None else f"at most ${price.most(_MOST_INPUT, MAX_TOKENS):.4f} for this call")
    tool = Tool("say", "Says one word.", _SCHEMA)
    asked = Message("user", "Call the tool `say` with the word hello.")
    request = Request(endpoint.model, "You call tools.", (tool,), (asked,), MAX_TOKENS, endpoint.params)
    started = perf_counter()
    try:
        wire = live(None, endpoint)
        answer = wire.ask(request, timeout_s=TIMEOUT_S)
    except ProviderError as error:
        say("failed", f"{error.kind.replace('_', ' ')}: {error}" if error.kind else str(error))
        return 1
    except AlienBioError as error:
        say("failed", str(error))
        return 1
    say("answer", f"{answer.model or endpoint.model} in {perf_counter() - started:.1f} s")
    return _judged(answer, say)


def _judged(answer: Answer, say: Callable[[str, str], None]) -> int:
    if any(call.name == "say" and call.arguments is not None for call in answer.calls):
        say("tools", "it calls them: it can play")
        return 0
    say("tools", "it answered without calling the tool: it may not support tools, and agents act by calling them")
    return 1
