"""Units for tests, in one short call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pytest_alienbio.stats import Unit


def units(table: Mapping[str, Sequence[float | None]], *, first: int = 0, bar: float = 0.5) -> list[Unit]:
    """One unit a score, by scenario, seeds from `first` on; None is a cell that timed out."""
    return [
        Unit(name, seed, score, passed=None if score is None else score >= bar, why="timed_out" if score is None else "")
        for name, scores in table.items()
        for seed, score in enumerate(scores, first)
    ]


def drawn(seed: int, scenarios: int = 6, seeds: int = 8, *, shift: float = 0.0, first: int = 0) -> list[Unit]:
    """Continuous scores between 0 and 1; scenarios differ in their means, alike for every `seed`."""
    rng = np.random.default_rng(seed)
    return units(
        {
            f"s{at:02}": np.clip(0.3 + 0.4 * at / max(1, scenarios) + shift + rng.normal(0, 0.1, seeds), 0, 1).tolist()
            for at in range(scenarios)
        },
        first=first,
    )
