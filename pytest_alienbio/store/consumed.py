"""What a cell consumed, and which model it asked, as a journal line has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import Json, ModelUse, Tokens, Usage
from ..model.price import price_as_json, price_from_json

SPLIT = ("input", "cached", "cache_written", "output", "reasoning")
"""Kinds of tokens: the fields of `Tokens`."""
ALWAYS = frozenset({"tokens", "usd", "requests"})
"""What a line's usage always says, if only that it is not known."""
_NO_USAGE = Usage()


COLUMNS = ("requests", "retries", *(f"{name}_tokens" for name in SPLIT), "latency_s", "model")
"""In tables, beside tokens and usd: what a cell's model was asked, and what answered."""
_NOTHING = (None,) * len(COLUMNS)


def columns_of(usage: Mapping[str, Any], model: Mapping[str, Any] | None) -> tuple[Any, ...]:
    """The values of `COLUMNS` in a row's `usage` and `model`; of the model, the names of what answered, else what was asked."""
    if usage.keys() <= ALWAYS and not model:
        requests = usage.get("requests")
        return _NOTHING if requests is None else (requests, *_NOTHING[1:])
    split = usage.get("split") or {}
    name = (", ".join(model.get("resolved", ())) or model.get("requested") or None) if model else None
    kinds = (split.get(kind) for kind in SPLIT)
    return usage.get("requests"), usage.get("retries"), *kinds, usage.get("latency_s"), name


def usage_row(usage: Usage) -> dict[str, Json]:
    """`usage` in a line; what only language models have is left out where there is none."""
    row: dict[str, Json] = {"tokens": usage.tokens, "usd": usage.usd, "requests": usage.requests}
    if usage.split is not None:
        row["split"] = {name: value for name in SPLIT if (value := getattr(usage.split, name)) is not None}
    if usage.retries is not None:
        row["retries"] = usage.retries
    if usage.latency_s is not None:
        row["latency_s"] = usage.latency_s
    return row


def usage_of(row: Mapping[str, Any]) -> Usage:
    """What a row says was consumed; one value for all that say nothing."""
    return usage_from(row["usage"])


def usage_from(told: Mapping[str, Any]) -> Usage:
    """What `usage_row` made."""
    get = told.get
    tokens, usd, requests = get("tokens"), get("usd"), get("requests")
    if told.keys() <= ALWAYS:
        return _NO_USAGE if tokens is usd is requests is None else Usage(tokens, usd, requests)
    split = get("split")
    kinds = None if split is None else Tokens(*(split.get(name) for name in SPLIT))
    return Usage(tokens, usd, requests, kinds, get("retries"), get("latency_s"))


def model_row(use: ModelUse) -> dict[str, Json]:
    """`use` in a line; what is empty is left out."""
    row: dict[str, Json] = {"provider": use.provider, "requested": use.requested}
    if use.resolved:
        row["resolved"] = list(use.resolved)
    if use.sdk:
        row["sdk"] = use.sdk
    if use.price is not None:
        row["price"] = price_as_json(use.price)
    if use.responses:
        row["responses"] = list(use.responses)
    return row


def model_of(told: Mapping[str, Any] | None) -> ModelUse | None:
    """What `model_row` made."""
    if told is None:
        return None
    get = told.get
    price = get("price")
    return ModelUse(
        get("provider", ""),
        get("requested", ""),
        tuple(get("resolved", ())),
        get("sdk", ""),
        None if price is None else price_from_json(price),
        tuple(get("responses", ())),
    )
