"""The gate's test: how much speaks for a drop of each node, and whether chance alone would say as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from ..model import NodeKind
from .invariants import Invariants, invariants
from .leaves import Leaf, Level, in_order, scaled
from .relabel import ENUMERATED, relabelled
from .stepdown import step_down

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHARE = {NodeKind.OVERALL: 0.48, NodeKind.AGENT: 0.37, NodeKind.SCENARIO: 0.10, NodeKind.LEAF: 0.15}
"""What the nodes of a kind weigh together; brought to the sum 1 over the kinds there are."""
LAMBDA = 2.0
"""Standard errors of the drop that an aggregate's likelihood ratio is made for."""
DRAWS = 9999


@dataclass(frozen=True, slots=True)
class Group:
    """A node of the test and the leaves in it, by their place."""

    kind: NodeKind
    agent: str
    scenario: str
    leaves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One node after the test."""

    kind: NodeKind
    agent: str
    scenario: str
    p: float
    """Adjusted over all nodes."""
    score: float
    """L: evidence for a drop of this node or of anything inside it. Only its order means something."""
    leaves: tuple[tuple[str, str], ...]
    """Agent and scenario of what is in it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the test says."""

    nodes: tuple[Weighed, ...]
    """Strongest first; p never falls from one to the next."""
    noise: dict[tuple[str, str], float]
    """Of each leaf the moderated standard error of its drop, in the metric's unit; 0 where nothing varies."""
    relabellings: int
    exact: bool
    """Whether all relabellings were counted: then `seed` had no part in it."""
    seed: int

    @property
    def p(self) -> float:
        """Of `nothing regressed`: a batch fails at alpha if this is not above it."""
        return self.nodes[0].p if self.nodes else 1.0


def weigh(
    leaves: Sequence[Leaf],
    *,
    tol: float = 0.0,
    draws: int = DRAWS,
    seed: int = 0,
    scenarios: bool = True,
    most: int = ENUMERATED,
) -> Evidence:
    """The gate's test of some leaves against a drop by more than `tol` (in the metric's unit, >= 0).

    Nested evidence, one step-down. `leaves`: one a (agent, scenario), oriented so that higher is better, in any order.
    `scenarios`: whether scenarios over all agents are nodes. All relabellings are counted where they are at most `most`, else
    `draws` are drawn by a generator of `seed`. Against improvements: hand in `mirrored(leaves)`.

    If nothing changed, the smallest p is <= a with a chance of at most a, for every a, any distribution, any number of leaves
    and worlds, ties and no spread included; so is the smallest p of the nodes in which nothing changed, whatever the others do.
    Raises `ValueError` for a leaf that is there twice.
    """
    mine, scale = scaled(in_order(leaves), tol)
    if not mine:
        return Evidence((), {}, 0, True, seed)
    told = invariants(mine)
    drops, exact = relabelled(mine, draws=draws, seed=seed, most=most)
    drops[told.variance == 0] = 0.0
    groups = nodes_of([leaf.name for leaf in mine], scenarios=scenarios)
    scores = nested(groups, own_evidence(groups, drops, told))
    order, adjusted = step_down(scores)
    found = tuple(
        Weighed(
            groups[at].kind,
            groups[at].agent,
            groups[at].scenario,
            p,
            float(scores[at][0]),
            tuple(mine[leaf].name for leaf in groups[at].leaves),
        )
        for at, p in zip(order, adjusted, strict=True)
    )
    noise = {leaf.name: float(v**0.5) * scale for leaf, v in zip(mine, told.noise, strict=True)}
    return Evidence(found, noise, drops.shape[1], exact, seed)


def mirrored(leaves: Sequence[Leaf]) -> tuple[Leaf, ...]:
    """The same leaves with the signs of all numbers changed: a drop of theirs is an improvement."""
    return tuple(
        Leaf(leaf.agent, leaf.scenario, tuple(Level(-at.base, -at.new, at.share) for at in leaf.levels), leaf.paired)
        for leaf in leaves
    )


def nodes_of(names: Sequence[tuple[str, str]], *, scenarios: bool = True) -> tuple[Group, ...]:
    """The nodes over leaves of these (sorted) names: the battery where there are two agents, agents of two leaves, scenarios of
    two agents that are not the whole, leaves. In this order, within a kind by name."""
    agents: dict[str, list[int]] = {}
    across: dict[str, list[int]] = {}
    for at, (agent, scenario) in enumerate(names):
        agents.setdefault(agent, []).append(at)
        across.setdefault(scenario, []).append(at)
    found = [Group(NodeKind.OVERALL, "", "", tuple(range(len(names))))] if len(agents) > 1 else []
    found += [Group(NodeKind.AGENT, agent, "", tuple(mine)) for agent, mine in agents.items() if len(mine) > 1]
    if scenarios:
        found += [
            Group(NodeKind.SCENARIO, "", scenario, tuple(mine))
            for scenario, mine in sorted(across.items())
            if 1 < len(mine) < len(names)
        ]
    found += [Group(NodeKind.LEAF, agent, scenario, (at,)) for at, (agent, scenario) in enumerate(names)]
    return tuple(found)


def weights(kinds: Sequence[NodeKind]) -> dict[NodeKind, float]:
    """What one node of each kind weighs, where the nodes are of these kinds; over all nodes they sum to 1."""
    whole = sum(SHARE[kind] for kind in set(kinds))
    return {kind: SHARE[kind] / whole / kinds.count(kind) for kind in set(kinds)}


def own_evidence(groups: Sequence[Group], drops: Floats, told: Invariants) -> list[Floats]:
    """Of each node the logarithm of its weight times the likelihood ratio of a drop of the whole node; shape (relabellings,).

    `drops` is used up. -inf for a node in which nothing varies.
    """
    import numpy as np

    weight = {kind: log(share) for kind, share in weights([group.kind for group in groups]).items()}
    inner = [group for group in groups if group.kind is not NodeKind.LEAF]
    mask = np.zeros((len(inner), len(drops)))
    for row, group in enumerate(inner):
        mask[row, list(group.leaves)] = told.weight[list(group.leaves)]
    variance = mask**2 @ told.variance
    with np.errstate(divide="ignore"):
        bend = np.where(variance > 0, LAMBDA / np.sqrt(variance), 0.0)
    found: list[Floats] = list((mask * bend[:, None]) @ drops)
    for own, group, spread in zip(found, inner, variance, strict=True):
        own += weight[group.kind] - LAMBDA**2 / 2 if spread > 0 else -np.inf
    drops *= told.slope[:, None]
    drops += (told.offset + weight[NodeKind.LEAF])[:, None]
    drops[told.variance == 0] = -np.inf
    return [*found, *drops]


def nested(groups: Sequence[Group], own: Sequence[Floats]) -> list[Floats]:
    """Of each node the score L: log sum exp of its own evidence and of that of every node inside it. L of a node is never below
    that of what is inside, but for rounding."""
    first = len(groups) - sum(group.kind is NodeKind.LEAF for group in groups)
    found = list(own)
    for at, group in enumerate(groups[:first]):
        if group.kind is not NodeKind.OVERALL:
            found[at] = log_sum_exp([own[at], *(own[first + leaf] for leaf in group.leaves)])
    if first and groups[0].kind is NodeKind.OVERALL:
        agents = [at for at in range(first) if groups[at].kind is NodeKind.AGENT]
        covered = {leaf for at in agents for leaf in groups[at].leaves}
        lone = [leaf for leaf in groups[0].leaves if leaf not in covered]
        across = [at for at in range(first) if groups[at].kind is NodeKind.SCENARIO]
        parts = [own[0], *(found[at] for at in agents), *(own[at] for at in across), *(own[first + leaf] for leaf in lone)]
        found[0] = log_sum_exp(parts)
    return found


def log_sum_exp(rows: Sequence[Floats]) -> Floats:
    """`log sum exp` over the rows, column by column; of nothing but -inf, -inf. Never overflows."""
    import numpy as np

    top = rows[0].copy()
    for row in rows[1:]:
        np.maximum(top, row, out=top)
    base = np.where(np.isfinite(top), top, 0.0)
    total = np.zeros_like(top)
    for row in rows:
        total += np.exp(row - base)
    with np.errstate(divide="ignore"):
        found: Floats = np.log(total) + base
    return found
