"""Every node of a verdict: what it is called, with all its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..model import Estimate, Interval, Node, NodeCall, NodeKind
from ..stats.means import DEGENERATE
from .align import Aligned
from .drops import at_level, drop_of, means
from .evidence import Evidence, Group, Weighed, nodes_of, weights
from .exact import exact_call
from .sight import Sight, rates_needed

_KINDS = list(NodeKind)
CERTAINTY = "no spread, which is no proof of certainty: verify a deterministic agent's baseline, or play more seeds"


@dataclass(frozen=True, slots=True)
class Judged:
    """What nodes are called by: both tests, and the terms."""

    worse: Evidence
    better: Evidence
    """Of the mirrored leaves."""
    alone: Mapping[tuple[str, str], float]
    """Of each tested leaf its own p."""
    noise: Mapping[tuple[str, str], float]
    """Of each tested leaf the standard error of its drop, without what the drop itself adds."""
    tol: float
    alpha: float
    margin: float
    sign: float
    """-1 where less of the metric is better."""


def call_of(
    drop: float, p: float | None, p_gain: float | None, narrow: Interval | None, *, tol: float, alpha: float, margin: float
) -> NodeCall:
    """What a tested node is called. `p`, `p_gain`: adjusted, of a drop and of a gain; `narrow`: 90 % interval of the drop."""
    if p is not None and p <= alpha:
        return NodeCall.REGRESSED if drop >= tol and drop > 0 else NodeCall.CONTAINS
    if p_gain is not None and p_gain <= alpha and drop <= -tol and drop < 0:
        return NodeCall.IMPROVED
    if narrow is not None and -margin <= narrow.low and narrow.high <= margin:
        return NodeCall.UNCHANGED
    if narrow is not None and narrow.high <= margin:
        return NodeCall.NOT_WORSE
    return NodeCall.INCONCLUSIVE


def judged_nodes(aligned: Sequence[Aligned], judged: Judged) -> tuple[Node, ...]:
    """Overall (always), agents, scenarios and leaves, by evidence: what regressed for certain, then by score, then the rest."""
    compared = [leaf for leaf in aligned if leaf.leaf is not None]
    certain = {leaf.name: exact_call(leaf.compared, judged.tol) for leaf in compared if leaf.exact}
    tests = {frozenset(node.leaves): node for node in judged.worse.nodes}
    ranks = {key: rank for rank, key in enumerate(tests)}
    gains = {frozenset(node.leaves): node for node in judged.better.nodes}
    kinds = [node.kind for node in judged.worse.nodes]
    share = weights(kinds)
    found: list[tuple[tuple[bool, int, int, str, str], Node]] = []
    for group in _shown(compared):
        mine = [compared[at] for at in group.leaves]
        tested = frozenset(leaf.name for leaf in mine if not leaf.exact)
        weighed = tests.get(tested)
        node = _node(group, mine, certain, weighed, gains.get(tested), share, judged)
        fell = any(certain.get(leaf.name) is NodeCall.REGRESSED for leaf in mine)
        rank = ranks.get(tested, len(ranks))
        found.append(((not fell, rank, _KINDS.index(group.kind), group.agent, group.scenario), node))
    found.sort(key=lambda each: each[0])
    return (*(node for _, node in found), *_untold(aligned))


def _shown(compared: Sequence[Aligned]) -> Iterator[Group]:
    """The groups of the test over all that is compared, deterministic leaves too, and always the whole."""
    groups = nodes_of([leaf.name for leaf in compared])
    if compared and groups[0].kind is not NodeKind.OVERALL:
        yield Group(NodeKind.OVERALL, "", "", tuple(range(len(compared))))
    yield from groups


def _node(
    group: Group,
    mine: Sequence[Aligned],
    certain: Mapping[tuple[str, str], NodeCall],
    weighed: Weighed | None,
    gain: Weighed | None,
    share: Mapping[NodeKind, float],
    judged: Judged,
) -> Node:
    drop = drop_of(mine)
    narrow = at_level(drop, mine, 0.90)
    base, new = means(mine, judged.sign)
    leaf = mine[0] if group.kind is NodeKind.LEAF else None
    p = weighed.p if weighed is not None else None
    assert drop.value is not None
    call = call_of(
        drop.value, p, gain.p if gain else None, narrow, tol=judged.tol, alpha=judged.alpha, margin=judged.margin
    )  # fmt: skip
    call = _with_certainty(call, group.kind, drop.value, mine, certain, judged.tol)
    sight = Sight.of(mine, judged.noise)
    part = share[weighed.kind] if weighed is not None else 1.0
    if drop.mark == DEGENERATE:
        drop = replace(drop, why=CERTAINTY)
    needed = None
    if call is NodeCall.INCONCLUSIVE:
        needed = sight.seeds(judged.alpha, part, judged.tol, judged.margin, float(drop))
        if needed is None and sight.leaves and not sight.moving and all(each.binary for each in mine):
            needed = rates_needed(len(mine), sight.n, judged.margin)
    return Node(
        group.kind,
        call,
        group.agent,
        group.scenario,
        drop,
        base,
        new,
        p,
        judged.alone.get(leaf.name) if leaf is not None else None,
        _design(leaf),
        max(each.compared.n for each in mine),
        max(each.compared.n_base for each in mine),
        needed,
        sight.detectable(judged.alpha, part, judged.tol) if weighed is not None else None,
        leaf.notes if leaf is not None else (),
    )


def _with_certainty(
    call: NodeCall,
    kind: NodeKind,
    drop: float,
    mine: Sequence[Aligned],
    certain: Mapping[tuple[str, str], NodeCall],
    tol: float,
) -> NodeCall:
    """The call, where some of the leaves are certain: what fell for certain is not hidden by what is random around it."""
    known = [certain[leaf.name] for leaf in mine if leaf.exact]
    if kind is NodeKind.LEAF:
        return known[0] if known else call
    if NodeCall.REGRESSED in known and call is not NodeCall.REGRESSED:
        return NodeCall.REGRESSED if len(known) == len(mine) and drop > tol else NodeCall.CONTAINS
    if len(known) == len(mine) and NodeCall.REGRESSED not in known:
        if drop < -tol and NodeCall.IMPROVED in known:
            return NodeCall.IMPROVED
        return NodeCall.CHANGED if call is NodeCall.INCONCLUSIVE else call
    return call


def _untold(aligned: Sequence[Aligned]) -> Iterator[Node]:
    """Leaves of which nothing is compared."""
    for leaf in aligned:
        if leaf.call is not None:
            yield Node(NodeKind.LEAF, leaf.call, leaf.agent, leaf.scenario, Estimate(None, missing=leaf.missing,
                       why="; ".join(leaf.notes)), notes=leaf.notes)  # fmt: skip


def _design(leaf: Aligned | None) -> str:
    if leaf is None:
        return ""
    return "exact" if leaf.exact else "pairs" if leaf.compared.paired else "two samples"
