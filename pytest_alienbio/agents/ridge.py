"""Linear regression with a small penalty, one observation at a time, in plain floats.

No library for linear algebra is used: its last bits depend on the processor, and an agent must act the same on all of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Json
from .kept import Kept

Row = Mapping[str, float]
"""An observation's features by name; one that is left out is 0."""


class Ridge:
    """Several responses explained by the same features: the weights minimise sum (y - w x)^2 + `penalty` x sum w^2.

    Every observation updates the solution exactly: one step of Gaussian elimination on the bordered normal equations, which
    is the formula of Sherman and Morrison for their inverse. It takes time of the order of (features met so far)^2.
    """

    __slots__ = ("_inverse", "_penalty", "_weights")

    def __init__(self, penalty: float) -> None:
        self._penalty = penalty
        self._inverse: dict[str, dict[str, float]] = {}
        self._weights: dict[str, dict[str, float]] = {}

    def learn(self, row: Row, responses: Mapping[str, float]) -> None:
        """One observation. A response that it does not have counts, in this row, as just what was predicted."""
        row = {name: value for name, value in row.items() if value}
        spread: dict[str, float] = {}
        for name, value in row.items():
            for other, entry in self._inverse.setdefault(name, {name: 1.0 / self._penalty}).items():
                spread[other] = spread.get(other, 0.0) + entry * value
        pivot = 1.0 + sum(value * spread[name] for name, value in row.items())
        for response, value in responses.items():
            surprise = (value - self.predict(response, row)) / pivot
            weights = self._weights.setdefault(response, {})
            for name, share in spread.items():
                weights[name] = weights.get(name, 0.0) + share * surprise
        for name, share in spread.items():
            line, factor = self._inverse[name], share / pivot
            for other, entry in spread.items():
                line[other] = line.get(other, 0.0) - factor * entry

    def checkpoint(self) -> Json:
        """The solution so far."""
        return {"inverse": _copied(self._inverse), "weights": _copied(self._weights)}

    def restore(self, state: Json) -> None:
        """As `checkpoint` had it. Raises `ValueError`."""
        kept = Kept(state)
        self._inverse, self._weights = kept.tables("inverse"), kept.tables("weights")

    def predict(self, response: str, row: Row) -> float:
        """What `row` is expected to give; 0 for a response or for features that were never met."""
        weights = self._weights.get(response)
        return sum(weights.get(name, 0.0) * value for name, value in row.items()) if weights else 0.0


def _copied(tables: Mapping[str, Mapping[str, float]]) -> dict[str, Json]:
    return {name: dict(line) for name, line in tables.items()}
