"""What rooms are handed from outside instead of importing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Event
from typing import Protocol

from .canonical import Json
from .spend import Abandoned, Excess, Spent


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


class AnswerStore(Protocol):
    """Keeps answers of language models by key, as JSON. Never raises: what cannot be kept or read is not there."""

    def get(self, key: str, /) -> Mapping[str, Json] | None:
        """What is kept under `key`. It may come from anywhere."""

    def put(self, key: str, value: Mapping[str, Json], /) -> None:
        """Keeps `value` under `key`."""


class Ledger(Protocol):
    """What is spent and reserved under each scope (a session, a run, a cell), shared by all threads and processes.

    Every method is atomic. What is spent, reserved and unknown never exceeds a cap, but for a call that cost more than its
    worst case. All raise `LimitStoreError` if the shared place cannot be used: nobody then knows what is left.
    """

    def cap(
        self, scope: str, *, tokens: int | None = None, usd: float | None = None, cells: int | None = None, label: str = ""
    ) -> None:
        """At most so much under a scope, in place of what was said of it before; None = no such cap.

        `label` is what refusals call it: `--bio-max-usd`. A scope without a cap is only counted.
        """

    def start(self, scopes: Sequence[str]) -> None:
        """Counts a cell as started under every scope. Raises `OverLimitError`, counting nothing, if a cap leaves none."""

    def reserve(self, scopes: Sequence[str], *, tokens: int | None = 0, usd: float | None = 0.0) -> str:
        """Books the worst case of one call under every scope; gives the reservation's id. None: no worst case is known.

        Raises `OverLimitError`, and books nothing, if a cap of one of them leaves no room for it; with `for_now`, if there
        may be room once the calls on their way are settled.
        """

    def settle(self, reservation: str, *, tokens: int | None = None, usd: float | None = None) -> tuple[Excess, ...]:
        """Books what the call took in place of its worst case; None = unknown, which stays booked at its worst case.

        Gives the caps that are exceeded by what was spent. Raises `ValueError` for what is not reserved (any more):
        nothing is booked twice.
        """

    def release(self, reservation: str) -> None:
        """Takes a reservation back: the call was never made. Raises `ValueError` for what is not reserved (any more)."""

    def spent(self, scope: str) -> Spent:
        """What is booked under a scope; zeros for one that nobody used."""

    def release_dead(self) -> tuple[Abandoned, ...]:
        """Books what dead workers had reserved as unknown, each once, and gives it."""

    def close(self) -> None:
        """Lets go of the shared place. What is reserved stays so."""


class Limiter(Protocol):
    """The rates of providers (requests and tokens a minute), shared by all threads and processes.

    All raise `LimitStoreError` if the shared place cannot be used: nobody then knows how fast the others go.
    """

    def acquire(self, provider: str, *, tokens: int = 0, cancel: Event | None = None) -> float:
        """Waits until a call of `tokens` may be made; gives the seconds waited. A provider without a rate never waits,
        but for a pause. Who asks first goes first.

        Raises `concurrent.futures.CancelledError` if `cancel` was set first; the place in the queue stays empty.
        """

    def correct(self, provider: str, *, expected: int, used: int) -> None:
        """Says what a call really used of the tokens it was acquired for: later ones start sooner, or later."""

    def slow_down(self, provider: str, seconds: float) -> None:
        """Nobody calls `provider` for so long: the server said so (see `model.rate.pause_s`)."""

    def close(self) -> None:
        """Lets go of the shared place."""


class MeteredCall(Protocol):
    """One call to a provider, from its reservation on."""

    @property
    def waited_s(self) -> float:
        """What it waited for leave: its provider's rate, a pause, or room under a cap."""

    def settle(self, *, tokens: int | None = None, usd: float | None = None) -> None:
        """What it took, as the provider says; None = unknown."""

    def slow_down(self, seconds: float) -> None:
        """The server asked for a pause, of everybody."""


class Meter(Protocol):
    """What each paid call of an agent passes: the shared rate of its provider, and the caps of cell, run and session."""

    def call(self, provider: str, *, tokens: int | None = 0, usd: float | None = 0.0) -> AbstractContextManager[MeteredCall]:
        """`with meter.call("openai", tokens=2000, usd=0.02) as call: ...; call.settle(tokens=812, usd=0.006)`.

        `tokens` and `usd` are the worst case; None: none is known. Raises `OverLimitError` if a cap leaves no room: the cell
        then ends `over_limit`. Left without `settle`, the call is booked at its worst case as unknown.
        """
