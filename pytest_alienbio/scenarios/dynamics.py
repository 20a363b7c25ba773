"""One step of an episode: a lever (or none) at a dose, then one unit of time. Environment, scorer and planner all go here.

A *plan* is one code per step: 0 waits, 1 + 2 * lever is that lever at half dose, 2 + 2 * lever at full dose. Levers are
counted as the file lists them, whatever order an agent sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..world.integrator import step, step_rows
from ..world.kernel import Kernel
from .blueprint import Blueprint

Plan = tuple[int, ...]
PENNY = 1e-9
"""A budget is not overdrawn by the rounding of a sum."""


@dataclass(frozen=True, slots=True)
class Dynamics:
    """A blueprint that can be run."""

    blueprint: Blueprint
    kernel: Kernel
    substeps: int

    @property
    def start(self) -> list[float]:
        """The state at step 0."""
        return list(self.blueprint.world.initial)

    def after(self, state: Sequence[float], t: int, lever: int = -1, dose: float = 1.0) -> list[float]:
        """The state at step t + 1; lever -1 does nothing. Costs and budgets are the caller's business."""
        effects = self.blueprint.levers[lever].effects if lever >= 0 else ()
        return step(self.kernel, state, t, effects, dose, self.substeps)

    def cost(self, lever: int, dose: float) -> float:
        """Budget units of a lever at a dose; 0 for none."""
        return self.blueprint.levers[lever].cost * dose if lever >= 0 else 0.0

    def affords(self, spent: float, cost: float) -> bool:
        """Whether `cost` can still be paid."""
        return spent + cost <= self.blueprint.budget + PENNY


def decode(code: int) -> tuple[int, float]:
    """(lever, dose) of a plan's code; lever -1 waits."""
    return ((code - 1) // 2, 1.0 if code % 2 == 0 else 0.5) if code else (-1, 1.0)


def encode(lever: int, *, full: bool = True) -> int:
    """The code of a lever at full or half dose."""
    return 1 + 2 * lever + int(full)


def affordable(dynamics: Dynamics, plan: Sequence[int]) -> Plan:
    """`plan` with every action the budget cannot pay turned into a wait."""
    spent, kept = 0.0, []
    for code in plan:
        cost = dynamics.cost(*decode(code))
        if not dynamics.affords(spent, cost):
            code, cost = 0, 0.0
        spent += cost
        kept.append(code)
    return tuple(kept)


def follow(dynamics: Dynamics, plan: Sequence[int]) -> tuple[list[list[float]], float]:
    """(the path of steps + 1 states, what was spent) of an affordable plan."""
    path, spent = [dynamics.start], 0.0
    for t, code in enumerate(plan):
        lever, dose = decode(code)
        spent += dynamics.cost(lever, dose)
        path.append(dynamics.after(path[-1], t, lever, dose))
    return path, spent


def follow_rows(
    dynamics: Dynamics, plans: Sequence[Plan], substeps: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`follow` for a batch: (paths of shape (steps + 1, variables, plans), spent of shape (plans,))."""
    codes = np.array(plans, dtype=np.intp)
    count, steps = codes.shape
    levers = dynamics.blueprint.levers
    now = np.repeat(np.array(dynamics.start)[:, None], count, axis=1)
    paths = np.empty((steps + 1, dynamics.kernel.size, count))
    paths[0] = now
    spent = np.zeros(count)
    derive = dynamics.kernel.rows(count)
    for t in range(steps):
        events = []
        for code in sorted(set(codes[:, t].tolist()) - {0}):
            lever, dose = decode(code)
            episodes = np.flatnonzero(codes[:, t] == code)
            events.append((episodes, levers[lever].effects, dose))
            spent[episodes] = spent[episodes] + dynamics.cost(lever, dose)
        now = step_rows(dynamics.kernel, derive, now, t, events, substeps or dynamics.substeps)
        paths[t + 1] = now
    return paths, spent
