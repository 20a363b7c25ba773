"""What was consumed, spelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import ModelUse, Price, Usage, inert
from . import figures
from .spend import kinds, money

_IDS = 3
"""Response ids that are shown."""


def used(usage: Usage) -> str:
    """All of it in one line; what was not measured is not there."""
    split = "" if usage.split is None else kinds(usage.split)
    parts = (
        *([] if usage.tokens is None else [f"{usage.tokens:,} tokens" + (f" ({split})" if split else "")]),
        *([] if usage.tokens is not None or not split else [split]),
        *([] if usage.usd is None else [money(usage.usd)]),
        *([] if usage.requests is None else [figures.many(usage.requests, "request") + _again(usage.retries)]),
        *([] if usage.latency_s is None else [f"{usage.latency_s:.3g} s of waiting for answers"]),
    )
    return ", ".join(parts)


def price_line(price: Price) -> str:
    """`$3 in, $15 out, $0.3 cached for a million tokens (genai-prices 0.2.3)`."""
    if price.is_free:
        return "free"
    rates = ((price.input, "in"), (price.output, "out"), (price.cached, "cached"), (price.cache_written, "put into the cache"))
    told = ", ".join(f"${rate:,.6g} {name}" for rate, name in rates if rate is not None)
    dearer = "".join(f", dearer over {above:,} tokens" for above, _ in price.over[:1])
    return f"{told} for a million tokens{dearer}" + (f" ({inert(price.source, most=100)})" if price.source else "")


def model_lines(use: ModelUse) -> Iterator[tuple[str, str]]:
    """Which model was asked and what answered, as (label, text); foreign text, made harmless."""
    asked = inert(use.requested, most=100) + (f" of {inert(use.provider, most=60)}" if use.provider else "")
    other = [name for name in use.resolved if name != use.requested]
    answered = f"; what answered calls itself {_some(other)}" if other else ""
    yield "model", f"{asked}{answered}" + (f", by {inert(use.sdk, most=60)}" if use.sdk else "")
    if use.price is not None:
        yield "price", price_line(use.price)
    if use.responses:
        yield "responses", _some(use.responses)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(inert(name, most=100) for name in names[:_IDS])
    return shown + (f" and {len(names) - _IDS:,} more" if len(names) > _IDS else "")


def _again(retries: int | None) -> str:
    return "" if not retries else f", {retries:,} of them again"
