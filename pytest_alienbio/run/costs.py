"""What stored results cost: as it was booked, and beside it by other prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ..agents.llm.prices import price_of, unpriced
from ..model import Endpoint, Price, Result
from .limits.left_behind import said_of
from .reporting import from_here, title_of

if TYPE_CHECKING:
    from ..model import Query
    from ..report import Document
    from ..results.accounts import Reprice
    from ..store.index import Index


def costs_on(
    index: Index,
    query: Query,
    dats: Sequence[Path],
    *,
    by: str = "agent",
    reprice: Reprice | None = None,
    notes: Sequence[str] = (),
) -> Document:
    """What all attempts at the cells that `query` keeps took, by `by`; `reprice` says what they would cost (`repricing`)."""
    from ..report.accounts import accounts_document
    from ..results.accounts import accounts

    attempts = index.results(replace(query, attempts=True, latest=False))
    return accounts_document(title_of(index, query), accounts(attempts, by, reprice), from_here(dats), [*notes, *said_of(dats)])


def repricing(prices: Mapping[str, Price] | None = None) -> Reprice:
    """Prices attempts anew: by `prices` (globs of model names, the first that fits), else by the price data as it is today.

    What was booked by somebody's own price (not by the data) stays at that price where `prices` has none.
    """
    own = prices or {}

    def reprice(result: Result) -> tuple[float | None, str]:
        model, usage = result.model, result.usage
        if not (usage.requests or usage.tokens or usage.usd):
            return None, ""
        if model is None:
            return None, "no model is recorded"
        name = model.resolved[-1] if model.resolved else model.requested
        price = _price(own, model.requested, name) or _kept(model.price)
        if price is None:
            endpoint = Endpoint("openai-compatible", model.requested, provider=model.provider)
            price = price_of(endpoint)
            if price is None:
                return None, unpriced(endpoint)
        if usage.split is None or usage.split.total is None:
            return None, "what kinds of tokens it took is not recorded"
        usd = price.of_all(usage.split, usage.requests)
        if usd is None:
            return None, "long calls are dearer, and which of its calls were long is not recorded"
        return round(usd, 9), price.source or "prices without a source"

    return reprice


def read_prices(path: Path) -> dict[str, Price]:
    """A YAML or JSON file of prices by model. Raises `SpecError` with every complaint about it."""
    from ..spec import read_source
    from ..spec.pricing import price_table

    return price_table(read_source(path))


def _price(own: Mapping[str, Price], *names: str) -> Price | None:
    return next((price for glob, price in own.items() if any(fnmatchcase(name, glob) for name in names)), None)


def _kept(booked: Price | None) -> Price | None:
    """A price that somebody gave, which no data knows better."""
    return booked if booked is not None and booked.source and not booked.source.startswith("genai-prices") else None
