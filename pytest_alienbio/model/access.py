"""How a language model is reached and paid: what changes nothing of how it acts, so that it is in no hash."""

from __future__ import annotations

from dataclasses import dataclass

from .price import Price


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """What a configuration says of all agents of a provider; '' = nothing."""

    key: str = ""
    """See `Endpoint.key`."""
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """Beside an agent's params. Holds no secret."""

    key: str = ""
    """Where its key is found; see `Endpoint.key`."""
    price: Price | None = None
    """What its file says; None: as the price data says."""
    cache: bool = False
    """Whether answers are taken from the response cache, and put there."""
