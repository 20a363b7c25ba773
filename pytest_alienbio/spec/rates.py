"""How often a provider may be asked, as texts. Light: standard library only."""

from __future__ import annotations

import re

from ..model.canonical import Json
from .scalars import shorten

PROVIDER = re.compile(r"[A-Za-z0-9_.-]{1,100}")
RATE = re.compile(r"([1-9][0-9]{0,8})(/([1-9][0-9]{0,11}))?")
"""Requests a minute, and tokens a minute."""


def provider_problem(name: str) -> str:
    """Why nothing can be a provider's name; '' if it can be one."""
    return (
        "" if PROVIDER.fullmatch(name) else f"{shorten(name)!r} is no provider's name: one of letters, digits, '_', '.' and '-'"
    )


def rate_problem(text: str) -> str:
    """Why `text` is no rate; '' if it is one."""
    return "" if RATE.fullmatch(text) else f"{shorten(text)!r} is no rate"


def per_minute(text: str) -> tuple[int, int | None]:
    """Requests and tokens a minute that a rate means; None = tokens are not limited. Raises `ValueError`."""
    found = RATE.fullmatch(text)
    if found is None:
        raise ValueError(rate_problem(text))
    requests, _, tokens = found.groups()
    return int(requests), int(tokens) if tokens else None


def rates(text: str) -> Json:
    """`openai=500/200000,anthropic=50` as each provider's rate. Raises `ValueError`."""
    found: dict[str, Json] = {}
    for part in text.split(","):
        provider, equals, rate = (word.strip() for word in part.partition("="))
        problem = provider_problem(provider) or (rate_problem(rate) if equals else f"{shorten(part)!r} names no rate")
        if problem:
            raise ValueError(problem)
        if provider in found:
            raise ValueError(f"{provider} is given twice")
        found[provider] = rate
    return found
