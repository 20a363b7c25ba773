"""The chance to pass against difficulty, as an S-curve with its middle."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Logistic


def logistic(
    scenarios: Sequence[str],
    x: Sequence[float | None],
    passed: Sequence[float | bool | None],
    *,
    name: str = "difficulty",
    level: float = 0.95,
) -> Logistic:
    """`P(pass)` over x, fitted to cells: three columns of one length; `passed` is 0, 1 or a fraction (a score in [0, 1]).

    Raises `ValueError` for a fraction outside [0, 1]. No finite slope (separation): no fit, but the bracket.
    """
    raise NotImplementedError("logistic")
