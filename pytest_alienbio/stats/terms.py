"""How agents are to be compared."""

from __future__ import annotations

from dataclasses import dataclass

from .pairing import Measure


@dataclass(frozen=True, slots=True)
class Terms:
    """How two agents are compared. `alpha` for tests, `level` for intervals; `tests`: how many are asked at once."""

    better: str = "higher"
    measure: Measure = "score"
    unpaired: bool = False
    margin: float | None = None
    alpha: float = 0.05
    power: float = 0.8
    level: float = 0.95
    draws: int = 9999
    resamples: int = 2000
    seed: int = 0
    tests: int = 1

    def __post_init__(self) -> None:
        if self.measure == "passed" and self.better == "lower":
            object.__setattr__(self, "better", "higher")  # of passes more are better, whichever way scores go
        if self.better not in ("higher", "lower"):
            raise ValueError(f"better is higher or lower, got {self.better!r}")
        if self.measure not in ("score", "passed"):
            raise ValueError(f"measure is score or passed, got {self.measure!r}")
        if not 0.0 < self.alpha < self.power < 1.0 or not 0.0 < self.level < 1.0:
            raise ValueError(f"expected 0 < alpha < power < 1 and 0 < level < 1, got {self.alpha}, {self.power}, {self.level}")
        if self.draws < 99 or self.resamples < 0:
            raise ValueError(f"expected at least 99 draws and no negative resamples, got {self.draws} and {self.resamples}")
