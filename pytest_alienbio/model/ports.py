"""What rooms are handed from outside instead of importing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from .canonical import Json


class InstanceCache(Protocol):
    """Keeps generated instances by content key, and sees to it that each is generated once, across processes."""

    def fetch(
        self,
        key: str,
        make: Callable[[], Mapping[str, Json]],
        verify: Callable[[Mapping[str, Json]], bool],
        /,
    ) -> Mapping[str, Json]:
        """The value under `key` if `verify` accepts it, else `make()`, stored. `verify` and `make` may be slow."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent under one scope of a ledger."""

    tokens: int = 0
    usd: float = 0.0
    requests: int = 0
    """Calls that were settled."""
    reserved_tokens: int = 0
    reserved_usd: float = 0.0
    """The worst case of calls that are on their way."""
    unknown_tokens: int = 0
    unknown_usd: float = 0.0
    """The worst case of calls whose end nobody saw (their worker died): perhaps spent, so it counts against the cap."""


class Ledger(Protocol):
    """What is spent and reserved under each scope (a session, a run, a cell), shared by all threads and processes."""

    def reserve(self, scopes: Sequence[str], *, tokens: int = 0, usd: float = 0.0) -> str:
        """Books the worst case of one call under every scope; gives the reservation's id.

        Raises `OverLimitError`, and books nothing, if a cap of one of them leaves no room for it.
        """

    def settle(self, reservation: str, *, tokens: int | None = None, usd: float | None = None) -> None:
        """Books what the call took in place of its worst case; None = unknown, which stays booked at its worst case."""

    def release(self, reservation: str) -> None:
        """Takes a reservation back: the call was never made."""

    def spent(self, scope: str) -> Spent:
        """What is booked under a scope."""


class Limiter(Protocol):
    """The rates of providers (requests and tokens a minute), shared by all threads and processes."""

    def acquire(self, provider: str, *, tokens: int = 0) -> float:
        """Waits until a call of `tokens` may be made; gives the seconds waited. A provider without a rate never waits."""

    def slow_down(self, provider: str, seconds: float) -> None:
        """Nobody calls `provider` for so long: the server said so."""


class MeteredCall(Protocol):
    """One call to a provider, from its reservation on."""

    def settle(self, *, tokens: int | None = None, usd: float | None = None) -> None:
        """What it took, as the provider says; None = unknown."""

    def slow_down(self, seconds: float) -> None:
        """The server asked for a pause, of everybody."""


class Meter(Protocol):
    """What each paid call of an agent passes: the shared rate of its provider, and the caps of cell, run and session."""

    def call(self, provider: str, *, tokens: int = 0, usd: float = 0.0) -> AbstractContextManager[MeteredCall]:
        """`with meter.call("openai", tokens=2000, usd=0.02) as call: ...; call.settle(tokens=812, usd=0.006)`.

        `tokens` and `usd` are the worst case. Raises `OverLimitError` if a cap leaves no room: the cell then ends
        `over_limit`. Left without `settle`, the call is booked at its worst case as unknown.
        """
