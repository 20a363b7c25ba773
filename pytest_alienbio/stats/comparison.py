"""Two agents, compared on what both of them played."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..model import Comparison
from .units import Unit


def compare(
    a: Sequence[Unit],
    b: Sequence[Unit],
    *,
    names: tuple[str, str] = ("A", "B"),
    better: str = "higher",
    measure: Literal["score", "passed"] = "score",
    unpaired: bool = False,
    margin: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    level: float = 0.95,
    draws: int = 9999,
    resamples: int = 2000,
    seed: int = 0,
) -> Comparison:
    """Agent A against agent B: A - B over the cells both have a score of, each scenario weighing the same.

    `a`, `b`: one unit a cell of each agent, in any order. Cells pair on scenario, difficulty, params, seed (`Unit.key`);
    those without a score or a partner are counted, by why. Where fewer than half of either side's cells have a partner
    there is no comparison (`why`), unless `unpaired` says to compare the sides as two samples, level by level.
    Raises `ValueError` for two units of one key on one side.
    """
    raise NotImplementedError("compare")
