"""Batches of one kind, judged: what `gate_power.py` counts."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from pytest_alienbio.gate.evidence import Evidence, log_sum_exp, weigh
from pytest_alienbio.gate.invariants import invariants
from pytest_alienbio.gate.leaves import Leaf, in_order, scaled
from pytest_alienbio.gate.relabel import relabelled
from pytest_alienbio.gate.stepdown import step_down
from pytest_alienbio.model import NodeKind

from .gate_model import Setting, draw, leaves, names, pattern
from .gate_rivals import RULES

Floats = NDArray[np.float64]

ALPHA = 0.05
LOOKS = ((3, 0.01), (5, 0.015), (10, 0.025))
FIRST, SECOND, FRESH = 0.03, 0.02, 10
"""Alpha of both stages of a confirmed verdict, and the seeds of the second."""
_AT_ONCE = 250
_EDGE = 1e-12


@dataclass(frozen=True, slots=True)
class Job:
    """Batches to judge."""

    section: str
    setting: Setting
    pattern: str
    batches: int
    tol: float = 0.0
    how: str = "once"
    """`once`, `confirm` (a second stage on fresh seeds) or `looks` (after 3, 5 and 10 seeds)."""
    scenarios: bool = True
    """Whether scenarios over all agents are nodes, as they are by default."""

    @property
    def key(self) -> tuple[str, int, int, str]:
        """Family, groups, seeds, pattern."""
        return self.setting.family, self.setting.groups, self.setting.n, self.pattern


@dataclass(slots=True)
class Tally:
    """How many of the batches ..."""

    job: Job
    failed: int = 0
    falsely: int = 0
    """... named a node in which nothing got worse."""
    agent: int = 0
    """... named the first agent."""
    leaf: int = 0
    """... named the first leaf."""
    rivals: dict[str, int] = field(default_factory=dict)
    """... other rules failed."""
    seeds: int = 0
    """Seeds played in all, where that differs."""
    cells: int = 0
    """Cells that the second stage played, in all."""
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """The share that failed."""
        return self.failed / self.job.batches

    def error(self, count: int | None = None) -> float:
        """The standard error of a share; of none or all that of half a batch."""
        n = self.job.batches
        rate = min(max((self.failed if count is None else count) / n, 0.5 / n), 1 - 0.5 / n)
        return float(np.sqrt(rate * (1 - rate) / n))


def play(job: Job, draws: int, seed: int) -> Tally:
    """Judges the batches of one job; its draws depend on `seed` and the job alone. A fresh relabelling for each batch."""
    begun = time.process_time()
    told = Tally(job, rivals=dict.fromkeys(RULES, 0))
    rng = np.random.default_rng((seed, zlib.crc32(repr(job).encode())))
    drops = pattern(job.pattern, job.setting)
    left = job.batches
    while left:
        count = min(left, _AT_ONCE)
        drawn = replace(job.setting, n=job.setting.n + FRESH) if job.how == "confirm" else job.setting
        base, new = draw(drawn, drops, count, rng)
        if job.how == "once" and job.tol == 0:
            for name, rule in RULES.items():
                told.rivals[name] += int(rule(base, new).sum())
        for at in range(count):
            own = int(rng.integers(2**62))
            match job.how:
                case "looks":
                    _look(told, base[at], new[at], draws, own)
                case "confirm":
                    _confirm(told, base[at], new[at], draws, own)
                case _:
                    _judge(told, drops, base[at], new[at], draws, own)
        left -= count
    told.cpu = time.process_time() - begun
    return told


def weighed(job: Job, base: Floats, new: Floats, draws: int, seed: int) -> Evidence:
    """The gate's own test of one batch; shapes (groups, n)."""
    told = leaves(job.setting, base, new)
    return weigh(told, tol=job.tol, draws=draws, seed=seed, scenarios=job.scenarios, most=draws + 1)


def _judge(told: Tally, drops: Floats, base: Floats, new: Floats, draws: int, seed: int) -> None:
    found = weighed(told.job, base, new, draws, seed)
    place = names(told.job.setting)
    named = [node for node in found.nodes if node.p <= ALPHA + _EDGE]
    told.failed += bool(named)
    told.falsely += any(all(drops[place[leaf]] <= told.job.tol for leaf in node.leaves) for node in named)
    told.agent += any(node.kind is NodeKind.AGENT and node.agent == "a0" for node in named)
    told.leaf += any(node.kind is NodeKind.LEAF and node.leaves == (("a0", "s00"),) for node in named)


def _look(told: Tally, base: Floats, new: Floats, draws: int, seed: int) -> None:
    for n, alpha in LOOKS:
        if weighed(told.job, base[:, :n], new[:, :n], draws, seed).p <= alpha + _EDGE:
            told.failed += 1
            break
    told.seeds += n


def _confirm(told: Tally, base: Floats, new: Floats, draws: int, seed: int) -> None:
    n = told.job.setting.n
    first = weighed(told.job, base[:, :n], new[:, :n], draws, seed)
    if first.p <= FIRST + _EDGE:
        told.failed += 1
        return
    chosen = worst(leaves(told.job.setting, base[:, :n], new[:, :n]), first)
    place = names(told.job.setting)
    again = [Leaf.of(*leaf.name, base[place[leaf.name], n:], new[place[leaf.name], n:]) for leaf in chosen]
    told.cells += FRESH * len(again)
    told.failed += bool(again) and second(again, draws, seed) <= SECOND + _EDGE


def worst(found: Sequence[Leaf], first: Evidence) -> list[Leaf]:
    """A tenth of the leaves, at least three: those with the largest drop by their noise, of those that dropped by 0.02."""
    fell = [leaf for leaf in found if leaf.drop >= 0.02 and first.noise[leaf.name] > 0]
    fell.sort(key=lambda leaf: -leaf.drop / first.noise[leaf.name])
    return fell[: max(3, ceil(len(found) / 10))]


def second(again: Sequence[Leaf], draws: int, seed: int) -> float:
    """p of `none of these leaves got worse` on fresh seeds: by sign flips of `log sum exp 3.5 drop / noise`."""
    mine, _ = scaled(in_order(again), 0.0)
    told = invariants(mine)
    drops, _ = relabelled(mine, draws=draws, seed=seed, most=draws + 1)
    own = list(np.where(told.variance[:, None] > 0, drops * told.slope[:, None], -np.inf))
    return step_down([log_sum_exp(own), *own])[1][0]


def brute_force(seed: int, sets: int = 6) -> float:
    """How far the level is exceeded at most, over all alpha: 4 leaves x 2 seeds, each of their 256 labellings taken as data.

    Half of the sets are passes, with many ties. 0 where P(p <= a) <= a for every a, as it must be.
    """
    rng = np.random.default_rng(seed)
    worst_of = 0.0
    for at in range(sets):
        scores = rng.random((2, 4, 2)) if at % 2 else (rng.random((2, 4, 2)) < 0.6).astype(np.float64)
        found = []
        for mask in range(256):
            swap = (mask >> np.arange(8).reshape(4, 2)) & 1
            base, new = np.where(swap, scores[1], scores[0]), np.where(swap, scores[0], scores[1])
            told = [Leaf.of(f"a{leaf // 2}", f"s{leaf % 2}", base[leaf], new[leaf]) for leaf in range(4)]
            found.append(weigh(told).p)
        p = np.sort(found)
        share = np.searchsorted(p, p + _EDGE, side="right") / len(p)
        worst_of = max(worst_of, float((share - p).max()))
    return worst_of
