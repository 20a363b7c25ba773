"""Leave for a call that may be paid: of the meter of its cell, or of nobody where an agent plays outside of a run."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from ..model import Meter, MeteredCall


class _Unheard:
    """A call that no meter counts."""

    waited_s = 0.0

    def settle(self, *, tokens: int | None = None, usd: float | None = None) -> None:
        pass

    def slow_down(self, seconds: float) -> None:
        pass


def leave(meter: Meter | None, provider: str, *, tokens: int | None, usd: float | None) -> AbstractContextManager[MeteredCall]:
    """The call as a context, see `model.Meter`; without a meter it is allowed, and nobody hears what it took."""
    return nullcontext(_Unheard()) if meter is None else meter.call(provider, tokens=tokens, usd=usd)
