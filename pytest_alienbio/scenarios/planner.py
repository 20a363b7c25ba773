"""The oracle's search: a plan through the simulator, and targets that lie within what can be reached.

Difficulty then changes what an agent is told and how it is misled, not whether the goal can be met. The plan is strong,
not proven best; `generate` lets reference policies try to beat it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .dynamics import Dynamics, Plan, affordable, encode, follow_rows
from .scoring import Rules, attained, grade_rows, window_mean

Rows = NDArray[np.float64]

ELITE = 8
CHILDREN = 64
CALIBRATE_AFTER = 7
GENERATIONS = 12
MORE_FOR_BANDS = 8
REACH_HIGH, REACH_LOW = 0.92, 0.10
"""Where a target's ends lie between what waiting gives (0) and what the search has reached (1)."""
RHYTHMS = (1, 2, 3, 4, 5)
KEY_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Found:
    """The search's result: a plan, and rules whose targets are settled."""

    plan: Plan
    rules: Rules


@dataclass(frozen=True, slots=True)
class _Pool:
    """Plans with what became of them."""

    plans: tuple[Plan, ...]
    paths: Rows
    spent: Rows

    def joined(self, other: _Pool) -> _Pool:
        return _Pool(
            self.plans + other.plans,
            np.concatenate((self.paths, other.paths), axis=2),
            np.concatenate((self.spent, other.spent)),
        )

    def best(self, values: Rows) -> _Pool:
        """The elite by `values`; of equals the earlier one."""
        chosen = np.argsort(-np.where(np.isfinite(values), values, -np.inf), kind="stable")[:ELITE]
        return _Pool(tuple(self.plans[i] for i in chosen), self.paths[:, :, chosen], self.spent[chosen])


def random_plan(dynamics: Dynamics, rng: np.random.Generator) -> Plan:
    """What an agent without any idea would do: waits with probability 0.15, else any lever, half or full dose."""
    levers, steps = len(dynamics.blueprint.levers), dynamics.blueprint.max_steps
    codes = [
        0 if rng.random() < 0.15 else encode(int(rng.random() * levers), full=bool(rng.random() < 0.5)) for _ in range(steps)
    ]
    return affordable(dynamics, codes)


def search(dynamics: Dynamics, rules: Rules, rng: np.random.Generator) -> Found | None:
    """The best plan found, with targets calibrated on the way. None if some goal cannot be moved at all."""
    hand = _Hand(dynamics, rng)
    start = hand.opening()
    pool = _run(dynamics, start)
    compass = _Compass(rules, pool)
    elite = pool.best(compass.values(pool))
    calibrated = all(target.stated for target in rules.targets)
    if calibrated:
        elite = pool.best(grade_rows(rules, pool.paths, pool.spent).utility)
    bands = any(target.kind == "band" for target in rules.targets)
    for generation in range(GENERATIONS + (MORE_FOR_BANDS if bands else 0)):
        if generation == CALIBRATE_AFTER and not calibrated:
            settled = compass.calibrate(elite)
            if settled is None:
                return None
            rules, calibrated = settled, True
        pool = elite.joined(_run(dynamics, hand.children(elite.plans)))
        values = grade_rows(rules, pool.paths, pool.spent).utility if calibrated else compass.values(pool)
        elite = pool.best(values)
        if bands and generation >= GENERATIONS:
            elite = _swept(dynamics, rules, elite, hand)
    return Found(elite.plans[0], rules)


def improve(dynamics: Dynamics, found: Found, plans: Sequence[Plan], rng: np.random.Generator, generations: int = 6) -> Plan:
    """The best plan found from `found` and `plans` in some more generations, under the same targets."""
    hand = _Hand(dynamics, rng)
    elite = _run(dynamics, [found.plan, *plans])
    for _ in range(generations):
        pool = elite.joined(_run(dynamics, hand.children(elite.plans)))
        elite = pool.best(grade_rows(found.rules, pool.paths, pool.spent).utility)
    return elite.plans[0]


def _run(dynamics: Dynamics, plans: Sequence[Plan]) -> _Pool:
    return _Pool(tuple(plans), *follow_rows(dynamics, plans))


def _swept(dynamics: Dynamics, rules: Rules, elite: _Pool, hand: _Hand) -> _Pool:
    """The elite after trying every code at four sites of the incumbent (bands ask for many small corrections)."""
    pool = elite.joined(_run(dynamics, hand.sweep(elite.plans[0], sites=4)))
    return pool.best(grade_rows(rules, pool.paths, pool.spent).utility)


class _Compass:
    """Judges plans while no target is known: progress over waiting, each goal on the scale of the best opening plan.

    Progress x counts x / (1 + x), so that a second goal is worth more than a third helping of the first.
    """

    def __init__(self, rules: Rules, pool: _Pool) -> None:
        self._rules = rules
        means = [self._means(pool.paths, i) for i in range(len(rules.targets))]
        self._idle = [float(mean[0]) for mean in means]  # the opening's first plan waits
        gains = [self._gain(i, mean) for i, mean in enumerate(means)]
        self._scale = [max(1e-3, float(np.max(gain))) for gain in gains]

    def _means(self, paths: Rows, i: int) -> Rows:
        target = self._rules.targets[i]
        return window_mean(paths, target.variable, target.start)  # type: ignore[arg-type]

    def _gain(self, i: int, mean: Rows) -> Rows:
        sign = -1.0 if self._rules.targets[i].kind == "down" else 1.0
        return np.maximum(sign * (mean - self._idle[i]), 0.0)

    def values(self, pool: _Pool) -> Rows:
        """Utility with the provisional goal; stated targets count as they are."""
        goal, weights = np.zeros(len(pool.plans)), 0.0
        for i, target in enumerate(self._rules.targets):
            if target.stated:
                window = pool.paths[target.start :, target.variable]
                total = np.zeros(len(pool.plans))
                for row in window:
                    total = total + attained(target.kind, target.low, target.high, row)
                progress = total / float(len(window))
            else:
                gain = self._gain(i, self._means(pool.paths, i)) / self._scale[i]
                progress = gain / (1.0 + gain)
            goal, weights = goal + target.weight * progress, weights + target.weight
        marks = grade_rows(replace(self._rules, formulas={}), pool.paths, pool.spent)
        value: Rows = goal / weights * marks.safety * (0.9 + 0.1 * marks.efficiency)
        return value

    def calibrate(self, elite: _Pool) -> Rules | None:
        """The rules with ends between waiting and the incumbent, rounded so that an agent is told exactly what counts."""
        targets = []
        for i, target in enumerate(self._rules.targets):
            if not target.stated:
                idle, reached = self._idle[i], float(self._means(elite.paths, i)[0])
                ends = (round(idle + REACH_LOW * (reached - idle), 4), round(idle + REACH_HIGH * (reached - idle), 4))
                if (reached < idle) is not (target.kind == "down") or abs(ends[1] - ends[0]) < 0.01:
                    return None
                target = replace(target, low=min(ends), high=max(ends))
            targets.append(target)
        return replace(self._rules, targets=tuple(targets))


class _Hand:
    """Makes plans: the opening, and children of the best."""

    def __init__(self, dynamics: Dynamics, rng: np.random.Generator) -> None:
        self._dynamics, self._rng = dynamics, rng
        self._steps = dynamics.blueprint.max_steps
        self._levers = len(dynamics.blueprint.levers)
        self._key = [i for i, lever in enumerate(dynamics.blueprint.levers) if lever.key] or list(range(self._levers))
        self._seen: set[Plan] = set()

    def _below(self, n: int) -> int:
        return int(self._rng.random() * n)

    def _code(self) -> int:
        lever = self._key[self._below(len(self._key))] if self._rng.random() < KEY_SHARE else self._below(self._levers)
        return encode(lever, full=self._rng.random() < 0.5)

    def opening(self) -> list[Plan]:
        """Waiting; each key lever at each dose in five rhythms; random cycles of one to four key levers."""
        codes = [encode(lever, full=full) for lever in self._key for full in (False, True)]
        plans = [[0] * self._steps]
        plans += [[code if t % every == 0 else 0 for t in range(self._steps)] for code in codes for every in RHYTHMS]
        for _ in range(40):
            cycle = [codes[self._below(len(codes))] for _ in range(1 + self._below(4))]
            plans.append([cycle[t % len(cycle)] for t in range(self._steps)])
        legal = list(dict.fromkeys(affordable(self._dynamics, plan) for plan in plans))
        self._seen.update(legal)
        return legal

    def children(self, elite: Sequence[Plan]) -> list[Plan]:
        """64 plans not tried before, each one to three edits away from one of `elite`."""
        found: list[Plan] = []
        for _ in range(4 * CHILDREN):
            plan = list(elite[self._below(len(elite))])
            for _ in range(1 + self._below(3)):
                self._edit(plan, elite)
            child = affordable(self._dynamics, plan)
            if child not in self._seen:
                self._seen.add(child)
                found.append(child)
            if len(found) == CHILDREN:
                break
        return found or [affordable(self._dynamics, elite[0])]

    def sweep(self, plan: Plan, sites: int) -> list[Plan]:
        """`plan` with every code at some sites."""
        found = []
        for _ in range(sites):
            site = self._below(self._steps)
            for code in range(2 * self._levers + 1):
                found.append(affordable(self._dynamics, (*plan[:site], code, *plan[site + 1 :])))
        return found

    def _edit(self, plan: list[int], elite: Sequence[Plan]) -> None:
        kind, site = self._rng.random(), self._below(self._steps)
        if kind < 0.45:
            plan[site] = self._code()
        elif kind < 0.60:
            plan[site] = 0
        elif kind < 0.75:
            other = min(self._steps - 1, max(0, site + (1 if self._rng.random() < 0.5 else -1)))
            plan.insert(other, plan.pop(site))
        elif kind < 0.90:
            other = self._below(self._steps)
            plan[site], plan[other] = plan[other], plan[site]
        else:
            plan[site:] = elite[self._below(len(elite))][site:]
