"""How good a path through a world was: goal, safety, efficiency, and their product, the utility.

    up     v = clip((y - low) / (high - low), 0, 1)
    down   v = clip((high - y) / (high - low), 0, 1)
    band   v = clip(1 - max(low - y, y - high, 0) / ((high - low) / 2), 0, 1)
    goal G = sum_g weight_g * mean over its window(v_g) / sum weights
    safety S = min over protected i of clip((r_i - soft_i * floor_i) / (floor_i - soft_i * floor_i), 0, 1)
             with r_i = min over t of y_i / y_i at the start
    efficiency E = 1 - spent / budget        utility U = G * S * (0.9 + 0.1 E)

The same lines serve one episode (floats) and a batch (rows); sums run in time order, never pairwise, so both give the
same bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from ..model.source import shorter
from ..world.state import Number
from .expressions import Expression
from .interpreter import ExpressionError

VERSION = "1"
"""Part of every scoring hash: raise it whenever the same path through the same world would get another score."""

PARTS = ("goal", "safety", "efficiency", "utility")


@dataclass(frozen=True, slots=True)
class Target:
    """One goal: what to do with a variable, over the steps from `start` on."""

    variable: int
    kind: str
    """`up` (reach `high`), `down` (reach `low`) or `band` (stay between)."""
    start: int
    weight: float
    low: float
    high: float
    stated: bool = False
    """Whether the file gives the bounds; else they come from what can be reached."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A population that must not suffer: safety is whole from the fraction `least` of its start on.

    Below it falls, to nothing at the fraction `soft` * `least`.
    """

    variable: int
    least: float
    """In (0, 1]."""
    soft: float = 0.0
    """In [0, 1)."""


@dataclass(frozen=True, slots=True)
class Marks(Generic[Number]):
    """The four parts of a grade."""

    goal: Number
    safety: Number
    efficiency: Number
    utility: Number


class FormulaError(ValueError):
    """Raised when a file's own formula for a part of the grade gives no number; the message names the part."""

    def __init__(self, part: str, text: str, why: str) -> None:
        self.part = part
        super().__init__(f"scoring.{part}: `{shorter(text)}`: {why}")


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a grade depends on besides the path and what was spent."""

    targets: tuple[Target, ...]
    floors: tuple[Floor, ...]
    budget: float
    formulas: Mapping[str, Expression]
    """A file's own `scoring:`, which replaces the standard parts it names; {} for the standard."""
    order: Mapping[str, int]
    """Role -> index, for the formulas."""


def grade(rules: Rules, path: Sequence[Sequence[float]], spent: float) -> Marks[float]:
    """Marks of one episode; `path` is (steps + 1) states. Raises `FormulaError`."""
    standard = _standard(rules, path, spent)
    return _own(rules, path, spent, standard) if rules.formulas else standard


def grade_rows(rules: Rules, path: NDArray[np.float64], spent: NDArray[np.float64]) -> Marks[NDArray[np.float64]]:
    """Marks of a batch; `path` is (steps + 1, variables, episodes), `spent` (episodes,)."""
    if not rules.formulas:
        return _standard(rules, [list(state) for state in path], spent)
    single = [
        grade(rules, path[:, :, episode].tolist(), float(spent[episode]))  # a formula may compare, which rows cannot
        for episode in range(path.shape[2])
    ]
    columns = (np.array([getattr(marks, part) for marks in single]) for part in PARTS)
    return Marks(*columns)


def clip(value: Number) -> Number:
    """`value` held within 0..1."""
    if isinstance(value, np.ndarray):
        return np.minimum(np.maximum(value, 0.0), 1.0)
    return 0.0 if value <= 0.0 else min(value, 1.0)


def attained(kind: str, low: float, high: float, y: Number) -> Number:
    """How far `y` fulfils a goal, 0..1."""
    if kind == "up":
        return clip((y - low) / (high - low))
    if kind == "down":
        return clip((high - y) / (high - low))
    outside = _larger(low - y, y - high)
    return clip(1.0 - _larger(outside, outside * 0.0) / ((high - low) / 2.0))


def window_mean(path: Sequence[Sequence[Number]], variable: int, start: int) -> Number:
    """The mean of a variable over the steps from `start` on, summed in time order."""
    total = path[start][variable]
    for state in path[start + 1 :]:
        total = total + state[variable]
    return total / float(len(path) - start)


def lowest(path: Sequence[Sequence[Number]], variable: int) -> Number:
    """The smallest value of a variable over the whole path."""
    least = path[0][variable]
    for state in path[1:]:
        least = _smaller(least, state[variable])
    return least


def _standard(rules: Rules, path: Sequence[Sequence[Number]], spent: Number) -> Marks[Number]:
    goal = spent * 0.0
    weights = 0.0
    for target in rules.targets:
        low, high, start = target.low, target.high, target.start
        total = attained(target.kind, low, high, path[start][target.variable])
        for state in path[start + 1 :]:
            total = total + attained(target.kind, low, high, state[target.variable])
        goal = goal + total / float(len(path) - start) * target.weight
        weights += target.weight
    goal = goal / weights
    safety = spent * 0.0 + 1.0
    for floor in rules.floors:
        left = lowest(path, floor.variable) / path[0][floor.variable]
        gone = floor.soft * floor.least
        safety = _smaller(safety, clip((left - gone) / (floor.least - gone)))
    efficiency = 1.0 - spent / rules.budget
    return Marks(goal, safety, efficiency, goal * safety * (0.9 + 0.1 * efficiency))


def parts_before(part: str, stated: Sequence[str]) -> list[str]:
    """The parts that a file's formula for `part` may use; `stated` are those that it gives, in its order.

    They are those it gives before, and the standard ones that it leaves out: never `part` itself, nor a `utility` that follows
    from the rest.
    """
    before = stated[: stated.index(part)]
    return [each for each in PARTS if each in before or (each not in stated and each != "utility")]


def _own(rules: Rules, path: Sequence[Sequence[float]], spent: float, standard: Marks[float]) -> Marks[float]:
    """The file's formulas, in their order; each may use the parts before it. `utility` follows from them unless stated."""
    functions = _Functions(rules, path)
    parts: dict[str, float] = {part: getattr(standard, part) for part in PARTS}
    names: dict[str, object] = {**parts, "cost": spent, "budget": rules.budget, "steps": len(path) - 1}
    for part, formula in rules.formulas.items():
        try:
            value = formula.evaluate(names, functions.table)
        except ExpressionError as error:
            raise FormulaError(part, formula.text, str(error)) from error
        if not isinstance(value, int | float):
            raise FormulaError(part, formula.text, f"gave {value!r}, not a number")
        names[part] = parts[part] = float(value)
    if "utility" not in rules.formulas:
        parts["utility"] = parts["goal"] * parts["safety"] * (0.9 + 0.1 * parts["efficiency"])
    return Marks(**parts)


SCORING_NAMES = ("cost", "budget", "steps", *PARTS)
SCORING_FUNCTIONS = ("final", "mean", "low", "initial", "inside", "reach", "ramp", "least", "clip")
OF_A_ROLE = ("final", "mean", "low", "initial", "inside", "reach")
"""Functions whose first argument is a role in quotes."""


class _Functions:
    """What a formula may call, bound to one path."""

    def __init__(self, rules: Rules, path: Sequence[Sequence[float]]) -> None:
        self._rules, self._path = rules, path
        self.table = {name: getattr(self, f"_{name}") for name in SCORING_FUNCTIONS}

    def _index(self, role: str) -> int:
        if not isinstance(role, str):
            raise ValueError("what it is about comes first, a name in quotes")
        if role not in self._rules.order:
            raise ValueError(f"there is no {role!r}")
        return self._rules.order[role]

    def _start(self, start: float) -> int:
        last = len(self._path) - 1
        return min(last, -int(-(float(start) * last - 1e-9) // 1))

    def _final(self, role: str) -> float:
        return self._path[-1][self._index(role)]

    def _mean(self, role: str, start: float = 0.0) -> float:
        return window_mean(self._path, self._index(role), self._start(start))

    def _low(self, role: str) -> float:
        return lowest(self._path, self._index(role))

    def _initial(self, role: str) -> float:
        return self._path[0][self._index(role)]

    def _inside(self, role: str, low: float, high: float, start: float = 0.0) -> float:
        steps = self._path[self._start(start) :]
        return sum(1.0 for state in steps if low <= state[self._index(role)] <= high) / len(steps)

    def _reach(self, role: str) -> float:
        """How far the goal on `role` was reached, by its own bounds (calibrated ones included)."""
        for target in self._rules.targets:
            if target.variable == self._index(role):
                total = 0.0
                for state in self._path[target.start :]:
                    total += attained(target.kind, target.low, target.high, state[target.variable])
                return total / (len(self._path) - target.start)
        raise ValueError(f"no goal on {role!r}")

    def _ramp(self, value: float, low: float, high: float) -> float:
        if high == low:
            raise ValueError("a ramp from a number to itself")
        return clip(float((value - low) / (high - low)))

    def _least(self, value: float, *values: float) -> float:
        return min((value, *values))

    def _clip(self, value: float, low: float = 0.0, high: float = 1.0) -> float:
        return min(max(value, low), high)


def _larger(a: Number, b: Number) -> Number:
    if isinstance(a, np.ndarray):
        return np.maximum(a, b)
    return max(a, b)


def _smaller(a: Number, b: Number) -> Number:
    if isinstance(a, np.ndarray):
        return np.minimum(a, b)
    return min(a, b)
