"""What was seen and what was true, quantity by quantity, in rows of one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...model import Json, Trajectory, inert
from ...model.trajectory import Turn
from ..changes import MISSING, is_number, moved
from ..facts import mapping
from ..page import short

Row = list[Json]
"""A value for each quantity: a number in four significant digits, else its text, None where there is none."""


class Quantities:
    """The quantities of a trajectory: those that were seen, then the hidden ones, each in the order they come up."""

    def __init__(self, of: Trajectory) -> None:
        seen = dict.fromkeys(name for turn in of.turns for name in mapping(turn.seen))
        true = dict.fromkeys(name for state in (of.initial, *(turn.state for turn in of.turns)) for name in mapping(state))
        self.names: tuple[str, ...] = tuple(dict.fromkeys([*seen, *true]))
        self.hidden = tuple(name not in seen for name in self.names)

    def row(self, values: object) -> Row | None:
        """`values` in the order of `names`; None if there are none."""
        found = mapping(values)
        return [spelled(found.get(name)) for name in self.names] if any(name in found for name in self.names) else None

    def moves(self, now: object, before: object) -> Row | None:
        """What became of each since the step before: `↑3.34`, `+0.3`, `new`, `gone`, '' for the same; None: of none."""
        one, other = mapping(now), mapping(before)
        told: Row = [moved(one.get(name, MISSING), other.get(name, MISSING))[0] for name in self.names]
        return told if any(told) else None

    def places(self, names: Iterable[str]) -> list[int]:
        """Where quantities stand; those that nobody knows have no place."""
        known = {name: place for place, name in enumerate(self.names)}
        return [known[name] for name in names if name in known]


def spelled(value: object) -> Json:
    """A quantity as a page shows it."""
    if value is None:
        return None
    if is_number(value) and (short_one := float(f"{value:.4g}")) - short_one == 0:
        return int(short_one) if short_one.is_integer() and abs(short_one) < 1e15 else short_one
    return inert(short(value))


def times(of: Trajectory, end: int | None = None) -> list[int | float | None]:
    """The step of time of each true state, from the start on: one more than there are turns; None is not known.

    After the last turn no other tells it: then it is as long as the action says, or one step if the state has changed. Who is
    done lets all steps pass that are left, up to the `end`.
    """
    steps: list[int | float | None] = [turn.step if is_number(turn.step) else at for at, turn in enumerate(of.turns)]
    if not steps:
        return [0]
    before = of.turns[-2].state if len(of.turns) > 1 else of.initial
    last, passed = steps[-1] or 0, _lasted(of.turns[-1], before)
    return [*steps, end if passed is None else last + passed]


def _lasted(turn: Turn, before: Mapping[str, float]) -> int | None:
    if turn.state == before:
        return 0
    if turn.action == "done" and turn.ok:
        return None
    told = mapping(turn.params).get("steps") if turn.action == "wait" else None
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else 1


def truths(of: Trajectory, by: Quantities, end: int | None = None) -> list[Json]:
    """`[step, row]` of the start and after each turn, the row None where no state is told, the step where `times` does not
    know it; [] where no state is told at all."""
    states: Sequence[object] = (of.initial, *(turn.state for turn in of.turns))
    rows: list[Json] = [[step, by.row(state)] for step, state in zip(times(of, end), states, strict=True)]
    return rows if any(row[1] for row in rows) else []  # type: ignore[index]
