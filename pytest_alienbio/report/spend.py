"""What a run took, beside its caps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..model import Json, Usage, inert
from ..model.cap_use import CapUse
from . import figures
from .document import Note, Notes
from .forecast import seconds


def spend(usage: Usage, unknown: tuple[int, float], uses: Sequence[CapUse]) -> Notes | None:
    """A line of what was spent, and one for each cap; None if nothing was and there is none.

    `unknown`: calls of which nobody knows what they cost, and their worst case in dollars.
    """
    notes = [*_spent(usage, *unknown), *map(_cap, uses)]
    return Notes("spend", tuple(notes)) if notes else None


def _spent(usage: Usage, calls: int, worst: float) -> Iterator[Note]:
    parts = [
        *([money(usage.usd)] if usage.usd is not None else []),
        *([f"{usage.tokens:,} tokens"] if usage.tokens is not None else []),
        *([figures.many(usage.requests, "request")] if usage.requests else []),
    ]
    values = {"usd": usage.usd, "tokens": usage.tokens, "requests": usage.requests}
    if calls:
        many = figures.many(calls, "call")
        parts.append(f"and {many} of unknown price, at most {money(worst)}{' together' if calls > 1 else ''}")
    if parts:
        yield Note(", ".join(parts), "spent", {**values, "unsettled_calls": calls, "unsettled_usd": worst})


def money(value: float) -> str:
    """Dollars to a hundredth of a cent, so that what is left of a small cap can be seen: `$0.1488`, `$12.5`."""
    return f"${f'{value:,.4f}'.rstrip('0').rstrip('.')}" if value >= 0.001 or not value else f"${figures.usd(value)}"


def _amounts(quantity: str) -> Callable[[float], str]:
    if quantity == "usd":
        return money
    if quantity == "seconds":
        return seconds
    return lambda value: f"{value:,.0f} {quantity}"


def _cap(use: CapUse) -> Note:
    amount = _amounts(use.quantity)
    started = use.quantity == "cells"
    parts = [f"{amount(use.spent)} {'started' if started else 'have passed' if use.quantity == 'seconds' else 'spent'}"]
    if use.reserved:
        parts.append(f"{amount(use.reserved)} reserved")
    if use.unknown:
        parts.append(f"{amount(use.unknown)} perhaps spent, by calls whose end nobody saw")
    where = " by all batteries of the session" if use.together and not started and use.quantity != "seconds" else ""
    text = f"{', '.join(parts)}{where}" + ("; reached" if use.reached else "")
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
