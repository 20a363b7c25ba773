"""Do scores go with a property of what was played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ..model import Correlation


def correlate(
    scenarios: Sequence[str],
    x: Sequence[float | str | bool | None],
    scores: Sequence[float | None],
    *,
    name: str = "difficulty",
    method: Literal["spearman", "kendall", "eta2"] | None = None,
    level: float = 0.95,
    draws: int = 9999,
    seed: int = 0,
) -> Correlation:
    """How scores go with the property `x`: three columns of one length, one row a cell, in any order.

    The unit is a scenario's mean score (at each level of x, where a scenario has several), not a cell. Method None:
    Spearman for numbers, eta2 for texts and truth values. Rows without an x or a score are missing, and counted.
    """
    raise NotImplementedError("correlate")


def correlate_all(
    scenarios: Sequence[str],
    properties: Mapping[str, Sequence[float | str | bool | None]],
    scores: Sequence[float | None],
    *,
    method: Literal["spearman", "kendall"] = "spearman",
    partial: bool = False,
    level: float = 0.95,
    draws: int = 9999,
    seed: int = 0,
) -> tuple[Correlation, ...]:
    """`correlate` for several properties, p values adjusted by Benjamini-Hochberg over them.

    `partial`: each number with the other numbers held constant (ranks), to tell confounded properties apart.
    """
    raise NotImplementedError("correlate_all")
