"""What is in a request and an answer that somebody else's code wrote and reads: how much it may take, and what it took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...errors import ProviderError
from ...model import Answer, Tokens
from ..tokens import count
from . import anthropic_wire, openai_wire
from .asking import CUT
from .estimate import CAREFUL

_BOUNDS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
"""How a body says how long its answer may become."""


def worst_in(asked: Mapping[str, Any], content: bytes) -> tuple[int, int | None]:
    """Tokens that a request has at most, and its answer; None: it may be as long as the model likes."""
    bounds = [value for name in _BOUNDS if (value := openai_wire.whole(asked.get(name))) is not None]
    many = openai_wire.whole(asked.get("n")) or 1
    return int(CAREFUL * count(content.decode("utf-8", "replace"))) + 1, max(bounds) * many if bounds else None


def answer_in(path: str, kind: str, content: bytes, host: str) -> Answer:
    """What is said by a body of status 200 to what was asked at `path`, as far as it can be read.

    Raises `ProviderError` for what is no answer: cut off, a web page, a refusal, an error inside, nothing at all.
    """
    if "event-stream" in kind.lower():
        return _streamed(content)
    try:
        body: Any = json.loads(content)
    except (ValueError, RecursionError):
        if "html" in kind.lower() or content.lstrip()[:1] == b"<":
            what = f"{host} answered with a web page, not as a model: is base_url right?"
            raise ProviderError(what, kind="wrong_url", status=200) from None
        what = f"the answer of {host} is no whole JSON ({len(content):,} bytes)"
        raise ProviderError(what, kind="truncated", status=200) from None
    if not isinstance(body, Mapping):
        raise ProviderError(f"the answer of {host} is JSON, but no object", kind="wrong_url", status=200)
    wire = next((wire for ending, wire in _WIRES.items() if path.endswith(ending)), None)
    if wire is None:
        return Answer("", (), _tokens(body.get("usage")), "", str(body.get("model") or ""), str(body.get("id") or ""))
    answer: Answer = wire.answer_of(body, host)
    if not (answer.text.strip() or answer.calls or answer.stop in CUT):
        raise ProviderError(f"{host} answered nothing", kind="empty", status=200, tokens=answer.tokens)
    return answer


_WIRES: Mapping[str, Any] = {openai_wire.PATH: openai_wire, anthropic_wire.PATH: anthropic_wire}


def _tokens(usage: object) -> Tokens:
    """What a `usage` of any shape says: OpenAI's chat completions, its responses, Anthropic's messages."""
    if not isinstance(usage, Mapping):
        return Tokens()
    if not {"input_tokens", "output_tokens"} & usage.keys():
        return openai_wire.tokens_of(usage)
    read, made = usage.get("input_tokens_details"), usage.get("output_tokens_details")
    if not isinstance(read, Mapping) and not isinstance(made, Mapping):
        return anthropic_wire.tokens_of(usage)
    named = {"prompt_tokens": usage.get("input_tokens"), "completion_tokens": usage.get("output_tokens")}
    return openai_wire.tokens_of({**named, "prompt_tokens_details": read, "completion_tokens_details": made})


def _streamed(content: bytes) -> Answer:
    """Of an answer in pieces only what the last one that tells it says it took; Anthropic's tell it in two."""
    told, model, name = Tokens(), "", ""
    for line in content.splitlines():
        if not line.startswith(b"data:"):
            continue
        try:
            piece: Any = json.loads(line[5:])
        except (ValueError, RecursionError):
            continue
        for part in (piece, piece.get("message"), piece.get("response")) if isinstance(piece, Mapping) else ():
            if not isinstance(part, Mapping):
                continue
            model, name = model or str(part.get("model") or ""), name or str(part.get("id") or "")
            now = _tokens(part.get("usage"))
            told = Tokens(
                *(
                    one if one is not None else other
                    for one, other in (
                        (now.input, told.input),
                        (now.cached, told.cached),
                        (now.cache_written, told.cache_written),
                        (now.output, told.output),
                        (now.reasoning, told.reasoning),
                    )
                )
            )
    return Answer(tokens=told, model=model, id=name)
