"""What a run took, beside its caps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

from ..model import Json, Tokens, Usage, inert
from ..model.cap_use import CapUse
from . import figures
from .document import Note, Notes
from .forecast import seconds


def spend(
    usage: Usage, unknown: tuple[int, float], uses: Sequence[CapUse], replayed: int = 0, recalled: int = 0
) -> Notes | None:
    """A line of what was spent, and one for each cap; None if nothing was and there is none.

    `unknown`: calls of which nobody knows what they cost, and their worst case in dollars. `replayed`: attempts that were
    played from a record; `recalled`: answers that were kept from before. Neither took anything.
    """
    free: list[Note] = []
    if replayed:
        free.append(Note("$0 (replayed)", "spent", {"usd": 0.0, "replayed": replayed}))
    if recalled:
        many = f"{figures.many(recalled, 'answer')} kept from before, for $0 (`cache: true`)"
        free.append(Note(many, "recalled", {"recalled": recalled}))
    notes = [*_spent(usage, *unknown), *free, *map(_cap, uses)]
    return Notes("spend", tuple(notes)) if notes else None


def _spent(usage: Usage, calls: int, worst: float) -> Iterator[Note]:
    split = kinds(usage.split) if usage.split else ""
    again = f" ({usage.retries:,} of them again)" if usage.retries else ""
    parts = [
        *([money(usage.usd)] if usage.usd is not None else []),
        *([f"{usage.tokens:,} tokens" + (f" ({split})" if split else "")] if usage.tokens is not None else []),
        *([f"{figures.many(usage.requests, 'request')}{again}"] if usage.requests else []),
    ]
    told = usage.split or Tokens()
    values = {
        "usd": usage.usd,
        "tokens": usage.tokens,
        "requests": usage.requests,
        "retries": usage.retries,
        **{f"{each.name}_tokens": getattr(told, each.name) for each in fields(Tokens)},
        "latency_s": usage.latency_s,
    }
    if calls:
        many = figures.many(calls, "call")
        parts.append(f"and {many} of unknown price, at most {money(worst)}{' together' if calls > 1 else ''}")
    if parts:
        yield Note(", ".join(parts), "spent", {**values, "unsettled_calls": calls, "unsettled_usd": worst})


def kinds(split: Tokens) -> str:
    """`12,034 in (8,000 cached, 1,000 put into the cache), 830 out (200 of reasoning)`; '' if nothing was told."""
    parts = (
        _kind(split.input, "in", ((split.cached, "cached"), (split.cache_written, "put into the cache"))),
        _kind(split.output, "out", ((split.reasoning, "of reasoning"),)),
    )
    return ", ".join(filter(None, parts))


def _kind(whole: int | None, name: str, parts: Sequence[tuple[int | None, str]]) -> str:
    told = ", ".join(f"{part:,} {what}" for part, what in parts if part)
    return "" if whole is None else f"{whole:,} {name}" + (f" ({told})" if told else "")


def money(value: float) -> str:
    """Dollars to a hundredth of a cent, so that what is left of a small cap can be seen: `$0.1488`, `$12.5`."""
    return f"${f'{value:,.4f}'.rstrip('0').rstrip('.')}" if value >= 0.001 or not value else f"${figures.usd(value)}"


def _amounts(quantity: str) -> Callable[[float], str]:
    if quantity == "usd":
        return money
    if quantity == "seconds":
        return seconds
    return lambda value: f"{value:,.0f} {quantity}"


def _reached(use: CapUse) -> str:
    """Whether it was, and why that may be though something is left."""
    if not use.reached:
        return ""
    left = use.quantity in ("usd", "tokens") and round(use.spent + use.unknown, 9) < use.most
    return "; reached: another call might not fit" if left else "; reached"


def _cap(use: CapUse) -> Note:
    amount = _amounts(use.quantity)
    started = use.quantity == "cells"
    parts = [f"{amount(use.spent)} {'started' if started else 'have passed' if use.quantity == 'seconds' else 'spent'}"]
    if use.reserved:
        parts.append(f"{amount(use.reserved)} reserved")
    if use.unknown:
        parts.append(f"{amount(use.unknown)} perhaps spent, by calls whose end nobody saw")
    where = " by all batteries of the session" if use.together and not started and use.quantity != "seconds" else ""
    text = f"{', '.join(parts)}{where}{_reached(use)}"
    values: dict[str, Json] = {
        "cap": use.label.rstrip("="),
        "quantity": use.quantity,
        "most": use.most,
        "spent": use.spent,
        "reserved": use.reserved,
        "unknown": use.unknown,
        "reached": use.reached,
    }
    return Note(text, inert(use.said, most=120), values)
