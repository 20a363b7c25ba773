"""How far an episode has come, as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model.canonical import Json
from ..model.turn import ActionResult


@dataclass(frozen=True, slots=True)
class Progress:
    """All that changes in an episode. `path`: the states so far; `taken`: (lever, dose) of each step that has passed."""

    path: list[list[float]]
    taken: list[tuple[int, float]]
    spent: float
    calls: int
    done: bool
    last: ActionResult | None

    def as_json(self) -> Json:
        """The same as JSON, exactly: a float's text gives the same float back."""
        return {
            "path": [list(state) for state in self.path],
            "taken": [[lever, dose] for lever, dose in self.taken],
            "spent": self.spent,
            "calls": self.calls,
            "done": self.done,
            "last": told(self.last),
        }


def read_progress(state: Json, width: int, steps: int) -> Progress:
    """What `as_json` gave, for states of `width` numbers in an episode of at most `steps`. Raises `ValueError`."""
    raw: Any = state
    try:
        found = Progress(
            [[float(value) for value in row] for row in raw["path"]],
            [(int(lever), float(dose)) for lever, dose in raw["taken"]],
            float(raw["spent"]),
            int(raw["calls"]),
            bool(raw["done"]),
            heard(raw["last"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no place in an episode: {type(error).__name__}: {error}") from error
    if {len(row) for row in found.path} != {width} or not len(found.path) == len(found.taken) + 1 <= steps + 1:
        raise ValueError("no place in an episode of this world: its states are of other sizes, or too many")
    return found


def told(last: ActionResult | None) -> Json:
    """What the last call gave, as JSON; None if there was none."""
    return None if last is None else {"ok": last.ok, "reason": last.reason, "cost": last.cost, "reading": dict(last.reading)}


def heard(told: Any) -> ActionResult | None:
    """The same back. Raises `KeyError` or `TypeError`."""
    if told is None:
        return None
    if not isinstance(told["reading"], Mapping):
        raise TypeError("the last reading is no mapping")
    return ActionResult(bool(told["ok"]), str(told["reason"]), float(told["cost"]), dict(told["reading"]))
