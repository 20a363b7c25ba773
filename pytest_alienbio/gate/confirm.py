"""The confirm stage: the worst leaves once more, on fresh seeds that had no say in which they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from ..model import Baseline, Batch, Call, Confirmation, Node, NodeCall, NodeKind, Rule, Verdict
from ..model.verdict import FELL
from .align import Aligned, align, sign_of
from .candidates import judged_only
from .drops import at_level, drop_of, means
from .evidence import DRAWS, log_sum_exp
from .invariants import invariants
from .judge import FIRST, check
from .leaves import scaled
from .nodes import call_of
from .relabel import relabelled
from .sentences import confirmed_why, margin_of
from .stepdown import step_down

LEAST = 0.02
"""A leaf with a smaller drop, in the metric's unit, is not played again."""


def worst(verdict: Verdict, new: Batch, base: Baseline, rule: Rule) -> tuple[tuple[str, str], ...]:
    """The leaves (agent, scenario) to play again: the worst tenth, three at least, of those that dropped by `tol` and 0.02.

    By their drop in standard errors, the largest first. Nothing for an INVALID verdict, nor of what is deterministic.
    """
    found = [leaf for leaf in align(*judged_only(new, base), rule) if leaf.leaf is not None and not leaf.exact]
    if verdict.call is Call.INVALID or not found:
        return ()
    shifted, _ = scaled([leaf.compared for leaf in found], rule.tol)
    noise = invariants(shifted).noise
    # The shifted drop has the tolerance in it already; where nothing varies there is no noise, and no drop either.
    size = {leaf.name: leaf.drop / float(v) ** 0.5 if v > 0 else 0.0 for leaf, v in zip(shifted, noise, strict=True)}
    fell = [leaf.name for leaf in found if leaf.compared.drop >= max(rule.tol, LEAST)]
    fell.sort(key=lambda name: (-size[name], name))
    return tuple(fell[: max(3, ceil(len(found) / 10))])


def confirmed(
    verdict: Verdict,
    again: Batch,
    base: Baseline,
    rule: Rule,
    *,
    new: Batch,
    first: Baseline | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Verdict:
    """The verdict with its confirm stage: `again`, fresh cells of the `worst` leaves, against `base` at 0.4 of alpha.

    `new`, `first`: the run and the baseline of the first stage; None where `base` is that same stored baseline. Cells pair by
    seed; each pair is swapped or not, over these leaves alone, and one step-down says which leaf regressed or that one of them
    did. With what the first stage spent, a run in which nothing changed fails with a chance of at most alpha, whatever the
    leaves were chosen by. A run that already failed stays so. Cells without a number or a partner are left out and told.
    Raises `ValueError` for a cell that the first stage used.
    """
    check(rule, draws, seed)
    alpha = rule.alpha * (1 - FIRST)
    _refuse_used(again, new)
    aligned = align(_only(again, again), replace(base, batch=_only(base.batch, again)), rule)
    played = [leaf for leaf in aligned if leaf.leaf is not None and _is_fresh(leaf, new, first or base, stored=first is None)]
    lost = [leaf for leaf in aligned if leaf not in played]
    notes = [
        f"{leaf.agent} on {leaf.scenario}: {'; '.join(leaf.notes) or 'the first stage used all its stored runs'}"
        for leaf in lost
    ]
    notes += [f"{leaf.agent} on {leaf.scenario}: {note}" for leaf in played for note in leaf.notes]
    p, each = _tested(played, rule, draws, seed)
    sign = sign_of(again, base, rule)
    nodes = tuple(_node(leaf, each[leaf.name], rule, alpha, sign) for leaf in sorted(played, key=lambda leaf: each[leaf.name]))
    seeds = tuple(sorted({cell.seed for cell in again.cells}))
    stage = Confirmation(nodes, seeds, alpha, p, p is not None and p <= alpha, tuple(notes))
    found = replace(verdict, confirmation=stage, why=confirmed_why(verdict, stage))
    return replace(found, call=Call.FAIL, nodes=_named(verdict.nodes, stage)) if stage.regressed else found


def _refuse_used(again: Batch, new: Batch) -> None:
    used = {(cell.leaf, cell.unit) for cell in new.cells}
    for cell in again.cells:
        if (cell.leaf, cell.unit) in used:
            what = f"{cell.agent} on {cell.scenario}, seed {cell.seed}"
            raise ValueError(f"{what} was played in the first stage: a confirmation needs fresh seeds")


def _only(batch: Batch, again: Batch) -> Batch:
    """The cells that `again` has, and every agent taken as random: what is certain needs no confirmation."""
    there = {(cell.leaf, cell.unit) for cell in again.cells}
    return replace(batch, cells=tuple(cell for cell in batch.cells if (cell.leaf, cell.unit) in there), agents={})


def _is_fresh(leaf: Aligned, new: Batch, first: Baseline, *, stored: bool) -> bool:
    """Whether the first stage left the leaf's stored runs alone: it did in pairs, since no fresh seed is one of its own."""
    if not stored:
        return leaf.compared.paired
    mine = [cell for cell in new.cells if cell.leaf == leaf.name]
    theirs = {cell.unit: cell.stratum for cell in first.batch.cells if cell.leaf == leaf.name}
    both = set(theirs.values())
    return leaf.compared.paired and all(cell.unit in theirs for cell in mine if cell.stratum in both)


def _tested(played: Sequence[Aligned], rule: Rule, draws: int, seed: int) -> tuple[float | None, dict[tuple[str, str], float]]:
    """The p of `one of these regressed`, and of each leaf."""
    import numpy as np

    if not played:
        return None, {}
    leaves, _ = scaled([leaf.compared for leaf in played], rule.tol)
    told = invariants(leaves)
    scores, _ = relabelled(leaves, draws=draws, seed=seed)
    scores *= told.slope[:, None]
    scores[told.variance == 0] = -np.inf
    order, adjusted = step_down([log_sum_exp(list(scores)), *scores])
    p = dict(zip(order, adjusted, strict=True))
    return p[0], {leaf.name: p[at + 1] for at, leaf in enumerate(leaves)}


def _node(leaf: Aligned, p: float, rule: Rule, alpha: float, sign: float) -> Node:
    drop = drop_of([leaf])
    base, new = means([leaf], sign)
    narrow = at_level(drop, [leaf], 0.90)
    call = call_of(float(drop), p, None, narrow, tol=rule.tol, alpha=alpha, margin=margin_of(rule))
    data = leaf.compared
    return Node(NodeKind.LEAF, call, leaf.agent, leaf.scenario, drop, base, new, p, None, "pairs", data.n, data.n_base)


def _named(nodes: Sequence[Node], stage: Confirmation) -> tuple[Node, ...]:
    """The nodes of the first stage, with what the second one named and all that holds it."""
    again = {(node.agent, node.scenario): node for node in stage.leaves if node.call in FELL}
    found = []
    for node in nodes:
        inside = [leaf for leaf in again if node.agent in ("", leaf[0]) and node.scenario in ("", leaf[1])]
        call = node.call
        if node.kind is NodeKind.LEAF and inside:
            note = f"confirmed on {again[inside[0]].n} fresh seeds"
            node, call = replace(node, notes=(*node.notes, note)), NodeCall.REGRESSED
        elif inside or node.kind is NodeKind.OVERALL:
            call = call if call in FELL else NodeCall.CONTAINS
        found.append(replace(node, call=call, seeds_needed=None if call in FELL else node.seeds_needed))
    return tuple(found)
