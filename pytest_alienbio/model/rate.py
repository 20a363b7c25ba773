"""How fast a model provider may be asked, and when one call may start."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rate:
    """What a provider allows a minute; None = no limit.

    In no 60 seconds start more than `requests` calls (rounded up; with a `burst`, that many less one more). A call's tokens
    count when it starts: in no 60 seconds more than `tokens`, and those of one call.
    """

    requests: float | None = None
    tokens: float | None = None
    burst: int = 1
    """Calls that may start at once after a pause; 1: evenly spaced."""

    def __post_init__(self) -> None:
        for name, value in (("requests", self.requests), ("tokens", self.tokens)):
            if value is not None and not 0.001 <= value <= 1e9:
                raise ValueError(f"{name} a minute: expected 0.001 to 1e9, got {value!r}")
        if not 1 <= self.burst <= 1000:
            raise ValueError(f"burst: expected 1 to 1000, got {self.burst!r}")


@dataclass(frozen=True, slots=True)
class Permit:
    """A place in a provider's queue: this call may start in `wait_s`, and nobody else's instead of it."""

    provider: str
    wait_s: float
    """Seconds from when it was asked for."""
    at: int
    """When, by the limiter's own clock, microseconds."""
    shift: int
    """How far the whole queue had been put off when this place was given, microseconds."""
    id: str = field(default="", compare=False)
    """The limiter's name for it; '' where it keeps none."""


def pause_s(*, retry_after_s: float | None = None, remaining: int | None = None, reset_s: float | None = None) -> float:
    """For how long nobody should call a provider, by the numbers in its answer's headers; 0: go on.

    `reset_s`: until the first call is possible again, which counts once `remaining` is 0. Where a provider gives the time
    until *all* are possible again, that is this time divided by its limit.
    """
    paused = retry_after_s or 0.0
    if remaining is not None and remaining <= 0:
        paused = max(paused, reset_s or 0.0)
    return max(0.0, paused)
