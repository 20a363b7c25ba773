"""How the fake model plays: from what it is told alone, as a real one would."""

from __future__ import annotations

from collections.abc import Callable

from .formats import Asked, Body

POLICIES: dict[str, Callable[[Asked], Body]] = {}


def act(name: str, asked: Asked) -> Body:
    """What the policy `name` says. Raises `KeyError` for one that is not there."""
    return POLICIES[name](asked)
