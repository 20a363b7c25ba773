"""Which language model an agent is, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .canonical import Json
from .price import Price

WireFormat = Literal["openai", "anthropic", "openai-compatible"]
WIRE_FORMATS: tuple[WireFormat, ...] = ("openai", "anthropic", "openai-compatible")
"""Kinds of agents that are language models: whose wire format they speak. The last is OpenAI's, spoken by somebody else."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at a provider. Holds no secret: `key` says where one is found."""

    wire_format: WireFormat
    model: str
    base_url: str = ""
    """'' = the provider's own."""
    key: str = ""
    """`env:NAME`, `keyring:NAME`, `user:agents/NAME` or `user:providers/NAME` (in the user's own file); '' = the variables that
    the provider is known by."""
    provider: str = ""
    """Whose rates and prices these are: `openai`, `anthropic`, or of an `openai-compatible` one whatever its profile says."""
    price: Price | None = None
    """None: as the price data says."""
    max_context: int | None = None
    """Tokens of a request and its answer; None: not known."""
    params: Mapping[str, Json] = field(default_factory=dict)
    """See `Request.params`."""
