"""Whether an early look at a run settles its gate, so that the seeds that are left need not be played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import inf, sqrt

from ..model import Call, Estimate, Node, NodeCall, NodeKind, Verdict
from ..stats.looks import conditional_power

HOPELESS = 0.05
"""A node whose chance to be named at the last look is below this does not keep a run going."""
TREND = 0.5
"""Of a drop that was seen, what is taken to be real: the worst of many nodes looks worse than it is."""
KAPPA = 10.0
"""How much a leaf's noise is drawn to that of all leaves, in degrees of freedom, as in the gate's own test."""

_DONE = frozenset({NodeCall.UNCHANGED, NodeCall.NOT_WORSE, NodeCall.IMPROVED, NodeCall.CHANGED, NodeCall.NEW})


def settles(verdict: Verdict, *, seen: int, most: int, alpha: float) -> bool:
    """Whether the gate's answer after `seen` of `most` seeds stands, whatever the others would bring.

    FAIL does: it is what this look may spend its alpha on. PASS does if no node that is still open could well be named at the
    last look, which spends `alpha`; stopping then raises no false alarm, for it can only keep a run from failing. All else
    goes on: what is inconclusive may be decided by more seeds, what is INVALID is not judged at all.
    """
    if verdict.call is Call.FAIL:
        return True
    if verdict.call is not Call.PASS:
        return False
    rivals = Counter(node.kind for node in verdict.nodes)
    return all(
        conditional_power(z, seen / most, alpha / rivals[node.kind], trend=TREND) < HOPELESS for node, z in _open(verdict)
    )


def _open(verdict: Verdict) -> Iterator[tuple[Node, float]]:
    """The nodes that are open yet, each with its drop beyond the tolerance in standard errors; inf: that cannot be told."""
    noise = [spread**2 for node in verdict.nodes if node.kind is NodeKind.LEAF and (spread := _spread(node.drop)) is not None]
    common = sum(noise) / len(noise) if noise else 0.0
    for node in verdict.nodes:
        if node.call in _DONE:
            continue
        spread = _spread(node.drop)
        if node.drop.value is None or (spread is None and node.kind is not NodeKind.LEAF):
            yield node, inf
            continue
        variance, beyond = (spread or 0.0) ** 2, node.drop.value - verdict.rule.tol
        if node.kind is NodeKind.LEAF:
            df = 0 if spread is None else max(node.n - 1, 0)
            variance = (df * variance + KAPPA * common) / (df + KAPPA)
        yield node, beyond / sqrt(variance) if variance else (inf if beyond > 0 else 0.0)


def _spread(drop: Estimate) -> float | None:
    """Standard error of a drop; of one that only has a (95 %) interval, what that is of a normal one. None: it has neither."""
    if drop.stderr is not None or drop.interval is None:
        return drop.stderr
    return (drop.interval.high - drop.interval.low) / (2 * 1.959964)
