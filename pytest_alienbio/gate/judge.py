"""A run, what it is held against, and what is asked of it: the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from ..model import Baseline, Batch, Call, Drift, Node, NodeCall, NodeKind, Rule, Verdict
from ..model.verdict import FELL
from . import validity
from .align import Aligned, align, sign_of
from .candidates import judged_only, remark
from .evidence import DRAWS, Evidence, mirrored, weigh
from .leaves import Leaf, scaled
from .nodes import Judged, judged_nodes
from .numbers import lacks
from .relabel import alone
from .sentences import margin_of, verifying, why
from .sight import power_of, within

FIRST = 0.6
"""Part of alpha that the first stage spends where a confirm stage follows."""


def judge(
    new: Batch,
    base: Baseline,
    rule: Rule,
    *,
    broken: Sequence[str] = (),
    cut_short: str = "",
    draws: int = DRAWS,
    seed: int = 0,
) -> Verdict:
    """Whether `new` is worse than `base` in the rule's metric; see `docs/statistics.md`, "The gate's test".

    Who is no candidate is not compared (`judged_only`). Validity first: what drifted makes the verdict INVALID, and nothing is
    tested. `broken`: sentences on scenarios whose sanity does not hold; `cut_short`: why the run is not whole. Else FAIL if any
    node regressed, PASS if none did and the battery as a whole is unchanged or improved, and INCONCLUSIVE. Random relabellings
    come from a generator of `seed`: the same input gives the same verdict. With `rule.confirm` this is the first stage and
    spends 0.6 of alpha; where no confirm stage can follow, judge a rule with `confirm=0`.
    Raises `ValueError` for a rule or numbers that make no sense.
    """
    check(rule, draws, seed)
    metric, whole = rule.metric, new
    new, base = judged_only(new, base)
    drifts = validity.drifts(new, base, rule, broken=broken, cut_short=cut_short)
    aligned = align(new, base, rule)
    missing = _missing(new, metric)
    alpha = rule.alpha * (FIRST if rule.confirm else 1.0)
    nodes: tuple[Node, ...] = ()
    told: Evidence | None = None
    judged: Judged | None = None
    if not drifts:
        told, judged = tested(aligned, rule, alpha=alpha, draws=draws, seed=seed, sign=sign_of(new, base, rule))
        nodes = judged_nodes(aligned, judged)
    call = call_of_all(nodes, drifts)
    return Verdict(
        call=call,
        battery=new.battery,
        rule=replace(rule, better=validity.direction(new, base.batch, rule)),
        why=why(call, nodes, drifts, missing, len(new.cells), rule, alpha, verify=verifying(base, new.battery)),
        baseline=base.name,
        about=about(base),
        drifts=drifts,
        nodes=nodes,
        power=power_of(nodes, judged.noise if judged else {}),
        alpha=alpha,
        cells=sum(leaf.cells for leaf in aligned),
        expected=len(new.cells),
        missing=missing,
        relabellings=told.relabellings if told else 0,
        exact=told.exact if told else False,
        seed=None if told is None or told.exact else seed,
        notes=(*validity.remarks(new, base, rule), *remark(whole)),
    )


def unfit(new: Batch, base: Baseline, rule: Rule, error: ValueError) -> Verdict:
    """The verdict on what `judge` raises for: numbers that nobody can judge are INVALID, with its sentence."""
    said = (f"cannot be judged: {error}",)
    return Verdict(Call.INVALID, new.battery, rule, said, base.name, about(base), alpha=rule.alpha, expected=len(new.cells))


def tested(
    aligned: Sequence[Aligned], rule: Rule, *, alpha: float, draws: int, seed: int, sign: float
) -> tuple[Evidence, Judged]:
    """Both tests of what is random: against a drop, and against an improvement, which is for information."""
    leaves = [leaf.compared for leaf in aligned if leaf.leaf is not None and not leaf.exact]
    worse = weigh(leaves, tol=rule.tol, draws=draws, seed=seed)
    better = weigh(mirrored(leaves), tol=rule.tol, draws=draws, seed=seed)
    each = {leaf.name: alone(_alone(leaf, rule.tol), draws=draws, seed=seed) for leaf in leaves}
    return worse, Judged(worse, better, each, within(leaves, worse.noise), rule.tol, alpha, margin_of(rule), sign)


def call_of_all(nodes: Sequence[Node], drifts: Sequence[Drift]) -> Call:
    """The one word over all nodes."""
    if drifts:
        return Call.INVALID
    if any(node.call in FELL for node in nodes):
        return Call.FAIL
    whole = next((node for node in nodes if node.kind is NodeKind.OVERALL), None)
    if whole is not None and whole.call in (NodeCall.UNCHANGED, NodeCall.NOT_WORSE, NodeCall.IMPROVED):
        return Call.PASS
    return Call.INCONCLUSIVE


def check(rule: Rule, draws: int, seed: int) -> None:
    """Raises `ValueError` for a rule that makes no sense, with what was expected."""
    if not 0.0 < rule.alpha < 1.0:
        raise ValueError(f"alpha is a chance between 0 and 1, 0.05 for one false alarm in twenty runs, got {rule.alpha!r}")
    if not (isfinite(rule.tol) and rule.tol >= 0):
        raise ValueError(f"tol is a drop that is none, a finite number from 0 on, got {rule.tol!r}")
    if rule.margin is not None and not (isfinite(rule.margin) and rule.margin > 0):
        raise ValueError(f"margin is a finite number above 0, got {rule.margin!r}")
    if rule.better not in ("", "higher", "lower"):
        raise ValueError(f"better is higher or lower, got {rule.better!r}")
    if rule.max_missing < 0 or rule.confirm < 0:
        raise ValueError(f"max_missing and confirm are counts from 0 on, got {rule.max_missing!r} and {rule.confirm!r}")
    if draws < 99 or seed < 0:
        raise ValueError(f"expected at least 99 draws and a seed from 0 on, got {draws!r} and {seed!r}")


def about(base: Baseline) -> dict[str, str]:
    """Who blessed it, when, why; its commit and folder."""
    said = base.blessing
    known = {
        "by": said.by if said else "",
        "at": said.at if said else base.batch.at,
        "why": said.why if said else "",
        "commit": base.batch.commit,
        "dat": base.batch.dat,
    }
    return {key: value for key, value in known.items() if value}


def _alone(leaf: Leaf, tol: float) -> Leaf:
    return scaled([leaf], tol)[0][0]


def _missing(new: Batch, metric: str) -> Mapping[str, int]:
    return dict(sorted(Counter(why for cell in new.cells if (why := lacks(cell, metric))).items()))
