"""Language models as agents that files name: what each kind takes, and the profiles that come along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ...errors import Complaint, SpecError
from ...model import FREE, Access, AgentEntry, Endpoint, Json, WireFormat
from ..parameter import number, whole

if TYPE_CHECKING:
    from .agent import LLMAgent

MAX_TOKENS = 4096
"""Of an answer: room for some reasoning and a call, and a worst case that a cap can hold."""
TIMEOUT_S = 120.0
RETRIES = 8
MOST_TOKENS = 10_000_000
MOST_SECONDS = 3600.0
MOST_RETRIES = 20
_OURS = frozenset({"model", "messages", "system", "tools", "max_tokens", "max_completion_tokens", "stream", "n", "api_key"})
"""What a request says already, so that `extra` may not."""


def _model(
    wire_format: WireFormat,
    access: Access,
    params: Mapping[str, Json],
    *,
    model: str,
    base_url: str,
    provider: str,
    max_context: int | None,
    prompt: Mapping[str, Json] | None,
    max_tokens: int,
    timeout_s: float,
    retries: int,
    keep_readings: int | None,
    extra: Mapping[str, Json] | None,
) -> LLMAgent:
    """An agent that is not connected yet. Raises `SpecError` for values that cannot be."""
    for name, text in (("model", model), ("base_url", base_url), ("provider", provider)):
        if not isinstance(text, str) or (name == "model" and not text.strip()):
            raise SpecError(Complaint(f"agent {wire_format!r}: {name} cannot be {text!r:.80}", expected="text"))
    if extra is not None and (not isinstance(extra, Mapping) or not all(isinstance(key, str) for key in extra)):
        raise SpecError(Complaint("extra is no mapping", expected="params as the provider spells them, {top_k: 40}"))
    more = dict(extra or {})
    if taken := sorted(_OURS & more.keys()):
        what = f"extra cannot hold {', '.join(taken)}"
        raise SpecError(Complaint(what, hint="model and api_key stand beside kind, max_tokens in params"))
    said = {name: value for name, value in params.items() if value is not None}
    if twice := sorted(said.keys() & more.keys()):
        raise SpecError(f"{', '.join(twice)}: given twice, as a param and in extra")
    endpoint = Endpoint(
        wire_format,
        model,
        base_url,
        access.key,
        provider or ("" if wire_format == "openai-compatible" else wire_format),
        access.price,
        None if max_context is None else whole(wire_format, "max_context", max_context, low=256, high=MOST_TOKENS),
        {**said, **more},
    )
    from .agent import LLMAgent  # late: what is named in a battery need not play
    from .prompt import read_prompt

    return LLMAgent(
        endpoint,
        prompt=read_prompt(prompt),
        max_tokens=whole(wire_format, "max_tokens", max_tokens, low=1, high=MOST_TOKENS),
        timeout_s=number(wire_format, "timeout_s", timeout_s, low=0.001, high=MOST_SECONDS),
        retries=whole(wire_format, "retries", retries, high=MOST_RETRIES),
        keep_readings=None if keep_readings is None else whole(wire_format, "keep_readings", keep_readings, low=1, high=10_000),
    )


def _sampling(kind: WireFormat, temperature: float | None, top_p: float | None, most: float) -> dict[str, Json]:
    return {
        "temperature": None if temperature is None else number(kind, "temperature", temperature, high=most),
        "top_p": None if top_p is None else number(kind, "top_p", top_p, high=1.0),
    }


def openai(
    *,
    model: str,
    base_url: str = "",
    provider: str = "",
    max_context: int | None = None,
    prompt: Mapping[str, Json] | None = None,
    max_tokens: int = MAX_TOKENS,
    timeout_s: float = TIMEOUT_S,
    retries: int = RETRIES,
    keep_readings: int | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    seed: int | None = None,
    reasoning_effort: str | None = None,
    extra: Mapping[str, Json] | None = None,
    access: Access = Access(),  # noqa: B008 - frozen
) -> LLMAgent:
    """A language model of OpenAI's, asked through its chat completions. It acts by calling tools."""
    told: dict[str, Json] = {**_sampling("openai", temperature, top_p, 2.0), "seed": seed, "reasoning_effort": reasoning_effort}
    return _model(
        "openai",
        access,
        told,
        model=model,
        base_url=base_url,
        provider=provider,
        max_context=max_context,
        prompt=prompt,
        max_tokens=max_tokens,
        timeout_s=timeout_s,
        retries=retries,
        keep_readings=keep_readings,
        extra=extra,
    )


def openai_compatible(
    *,
    model: str,
    base_url: str,
    provider: str = "",
    max_context: int | None = None,
    prompt: Mapping[str, Json] | None = None,
    max_tokens: int = MAX_TOKENS,
    timeout_s: float = TIMEOUT_S,
    retries: int = RETRIES,
    keep_readings: int | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    seed: int | None = None,
    extra: Mapping[str, Json] | None = None,
    access: Access = Access(),  # noqa: B008 - frozen
) -> LLMAgent:
    """A language model behind any server that speaks as OpenAI's chat completions do (Ollama, vLLM, a proxy)."""
    told: dict[str, Json] = {**_sampling("openai-compatible", temperature, top_p, 2.0), "seed": seed}
    return _model(
        "openai-compatible",
        access,
        told,
        model=model,
        base_url=base_url,
        provider=provider,
        max_context=max_context,
        prompt=prompt,
        max_tokens=max_tokens,
        timeout_s=timeout_s,
        retries=retries,
        keep_readings=keep_readings,
        extra=extra,
    )


def anthropic(
    *,
    model: str,
    base_url: str = "",
    provider: str = "",
    max_context: int | None = None,
    prompt: Mapping[str, Json] | None = None,
    max_tokens: int = MAX_TOKENS,
    timeout_s: float = TIMEOUT_S,
    retries: int = RETRIES,
    keep_readings: int | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    top_k: int | None = None,
    extra: Mapping[str, Json] | None = None,
    access: Access = Access(),  # noqa: B008 - frozen
) -> LLMAgent:
    """A language model of Anthropic's, asked through its messages. It acts by calling tools."""
    told: dict[str, Json] = {**_sampling("anthropic", temperature, top_p, 1.0), "top_k": top_k}
    return _model(
        "anthropic",
        access,
        told,
        model=model,
        base_url=base_url,
        provider=provider,
        max_context=max_context,
        prompt=prompt,
        max_tokens=max_tokens,
        timeout_s=timeout_s,
        retries=retries,
        keep_readings=keep_readings,
        extra=extra,
    )


KINDS: Mapping[str, Callable[..., LLMAgent]] = {
    "openai": openai,
    "anthropic": anthropic,
    "openai-compatible": openai_compatible,
}


def _shipped(name: str, kind: WireFormat, model: str = "", base_url: str = "", max_context: int | None = None) -> AgentEntry:
    local = kind == "openai-compatible"
    said: dict[str, Json] = {
        "model": model,
        "base_url": base_url,
        "provider": name if local else "",
        "max_context": max_context,
    }
    params = {key: value for key, value in said.items() if value}
    return AgentEntry(name, kind, params, price=FREE if local else None)


SHIPPED: Mapping[str, AgentEntry] = {
    entry.name: entry
    for entry in (
        _shipped("claude-opus", "anthropic", "claude-opus-5-5", max_context=1_000_000),
        _shipped("claude-sonnet", "anthropic", "claude-sonnet-5-5", max_context=1_000_000),
        _shipped("claude-haiku", "anthropic", "claude-haiku-5-5", max_context=1_000_000),
        _shipped("gpt-6", "openai", "gpt-6.1-sol", max_context=1_050_000),
        _shipped("gpt-5", "openai", "gpt-5.5", max_context=1_000_000),
        _shipped("gpt-5-mini", "openai", "gpt-5-mini", max_context=400_000),
        _shipped("gpt-4", "openai", "gpt-4", max_context=8192),
        _shipped("gpt-4.1", "openai", "gpt-4.1", max_context=1_000_000),
        _shipped("ollama", "openai-compatible", base_url="http://127.0.0.1:11434/v1"),
        _shipped("vllm", "openai-compatible", base_url="http://127.0.0.1:8000/v1"),
    )
}
"""Profiles by name. Families go by their newest model that the price data knows; which one that is stands in each result.
Servers on one's own machine are free, and `model` is to be given."""


def endpoint_of(kind: str, params: Mapping[str, Json], access: Access) -> Endpoint:
    """Where a profile's model is. Raises `SpecError` or `TypeError` for params it cannot be built with."""
    return KINDS[kind](**params, access=access).endpoint
