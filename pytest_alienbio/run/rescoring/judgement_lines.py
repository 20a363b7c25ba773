"""A line of `judgements.jsonl`: what a scorer that was asked several times gave one cell, and the calls it made of a model."""

from __future__ import annotations

from ...model import Json, ModelCall, Result
from ...model.conversation import call_as_json, message_as_json
from .method import Given


def line_of(result: Result, given: Given) -> dict[str, Json]:
    """The cell's id and key, every score, and every call with its request whole: enough to judge again without a network."""
    return {
        "v": 1,
        "id": result.id,
        "key": result.key,
        "score": result.score,
        "replicates": list(given.replicates),
        "calls": [call_line(call) for call in given.calls],
    }


def call_line(call: ModelCall) -> dict[str, Json]:
    """One call as JSON; what is empty is left out."""
    request, answer, tokens = call.request, call.answer, call.tokens
    line: dict[str, Json] = {
        "replicate": call.step,
        "attempt": call.attempt,
        "hash": request.hash,
        "request": {
            "model": request.model,
            "system": request.system,
            "tools": [{"name": t.name, "description": t.description, "schema": dict(t.schema)} for t in request.tools],
            "messages": [message_as_json(message) for message in request.messages],
            "max_tokens": request.max_tokens,
            "params": dict(request.params),
        },
        "tokens": {name: count for name in _TOKENS if (count := getattr(tokens, name)) is not None},
        "latency_s": call.latency_s,
        "at": call.at,
    }
    if call.usd is not None:
        line["usd"] = call.usd
    if answer is not None:
        line["answer"] = {
            "text": answer.text,
            "calls": [call_as_json(each) for each in answer.calls],
            "stop": answer.stop,
            "model": answer.model,
            "id": answer.id,
        }
    if call.fault:
        line |= {"fault": call.fault, "said": call.said, "status": call.status}
    return line


_TOKENS = ("input", "cached", "cache_written", "output", "reasoning")
