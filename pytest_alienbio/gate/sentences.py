"""Why a gate says what it says, in sentences. Names as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from ..model import Baseline, Call, Confirmation, Drift, Estimate, Interval, Node, NodeCall, NodeKind, Rule, Verdict, apart
from ..model.digits import decimals, fixed
from ..model.verdict import FELL, MAJORITY, told_by_a_leaf
from ..stats.means import EXACT
from .align import UNVERIFIED

MOST = 5
"""Nodes of one kind that are named one by one."""
LIKELIEST = 3


def why(
    call: Call,
    nodes: Sequence[Node],
    drifts: Sequence[Drift],
    missing: Mapping[str, int],
    expected: int,
    rule: Rule,
    alpha: float,
    *,
    verify: str = "",
) -> tuple[str, ...]:
    """The sentences of a verdict; the first says the most. `verify` is the command that verifies the baseline."""
    if call is Call.INVALID:
        return tuple(drift.sentence for drift in drifts)
    lead = {Call.FAIL: _failed, Call.PASS: _passed, Call.INCONCLUSIVE: _open}[call](nodes, rule, alpha)
    if call is Call.INCONCLUSIVE and verify:
        first, *rest = lead
        lead = iter((first, *_unverified(nodes, verify), *rest))
    return (*lead, *_aside(call, nodes, missing, expected, alpha))


def title(node: Node) -> str:
    """`greedy on mutualism/x`, `all agents on mutualism/x`, `greedy`, `the battery as a whole`."""
    if node.scenario:
        return f"{node.agent or 'all agents'} on {node.scenario}"
    return node.agent or "the battery as a whole"


def figures(drop: Estimate, *, sign: float = 1.0) -> str:
    """`0.12 [0.07, 0.17]`; `0.12 (exact)`; without an interval the number alone. `sign` -1 turns a drop into a gain."""
    if drop.value is None:
        return "an unknown amount"
    if drop.interval is None or drop.interval.low == drop.interval.high:
        return fixed(sign * drop.value + 0.0, decimals(abs(drop.value))) + (" (exact)" if drop.mark == EXACT else "")
    ends = sorted((sign * drop.interval.low, sign * drop.interval.high))
    return f"{fixed(sign * drop.value, decimals((ends[1] - ends[0]) / 2))} {_range(Interval(*ends))}"


def _failed(nodes: Sequence[Node], rule: Rule, alpha: float) -> Iterator[str]:
    fell = [node for node in nodes if node.call in FELL]
    by_leaf = told_by_a_leaf(nodes)
    named = [node for node in fell if node.kind is not NodeKind.OVERALL and node.name not in by_leaf]
    whole = next(node for node in nodes if node.kind is NodeKind.OVERALL)
    if not named:
        yield f"a regression somewhere in the battery, not located: {_fell(whole, alpha)}"
        likely = [node for node in nodes if node.kind is NodeKind.LEAF and node.p is not None][:LIKELIEST]
        if likely:
            yield f"the likeliest: {', '.join(f'{title(node)} (drop {figures(node.drop)})' for node in likely)}"
        return
    told = [node for node in named if node.call is NodeCall.REGRESSED] or named
    if sum(node.kind is NodeKind.LEAF for node in told) > MOST:
        told = [node for node in told if node.kind is not NodeKind.LEAF]
    everything = len(_inside(whole, nodes))
    overall = [] if any(len(_inside(node, nodes)) == everything for node in named) else [whole]
    told = [*told[: 2 * MOST], *overall]
    lead = _explanation([*overall, *named], nodes)
    yield _fell(lead, alpha) + _everywhere(lead, nodes, rule)
    yield from (_fell(node, alpha) for node in told if node is not lead)
    counts = Counter(node.kind for node in named if node not in told and node is not lead)
    if counts:
        yield f"and {', '.join(f'{count} {_plural(kind, count)}' for kind, count in counts.items())} more"


def _inside(node: Node, nodes: Sequence[Node]) -> list[float]:
    """The drops of the leaves in a node that were compared."""
    return [
        float(leaf.drop)
        for leaf in nodes
        if leaf.kind is NodeKind.LEAF and leaf.n and node.agent in ("", leaf.agent) and node.scenario in ("", leaf.scenario)
    ]


def _everywhere(node: Node, nodes: Sequence[Node], rule: Rule) -> str:
    """That every leaf of a node fell by more than what would be no change; '' if it is one leaf, or not so."""
    inside, margin = _inside(node, nodes), margin_of(rule)
    fell = len(inside) > 1 and node.call is NodeCall.REGRESSED and min(inside) > margin
    return f", everywhere by more than {margin:g}" if fell else ""


def _explanation(fell: Sequence[Node], nodes: Sequence[Node]) -> Node:
    """The smallest of these nodes in which most of what the battery lost was lost: it says the most."""
    total = sum(drop for node in nodes if node.kind is NodeKind.OVERALL for drop in _inside(node, nodes))
    enough = [node for node in fell if node.call is NodeCall.REGRESSED and sum(_inside(node, nodes)) >= MAJORITY * total]
    return min(enough or fell, key=lambda node: len(_inside(node, nodes)))


def _fell(node: Node, alpha: float) -> str:
    if node.call is NodeCall.CONTAINS:
        return f"something in {title(node)} regressed{_p(node, alpha)}, while its own mean dropped by {figures(node.drop)}"
    return f"{title(node)} dropped by {figures(node.drop)}{_p(node, alpha)}"


def _passed(nodes: Sequence[Node], rule: Rule, alpha: float) -> Iterator[str]:
    whole = next(node for node in nodes if node.kind is NodeKind.OVERALL)
    if whole.call is NodeCall.IMPROVED:
        yield f"nothing regressed; {title(whole)} improved by {figures(whole.drop, sign=-1)}"
    elif whole.call is NodeCall.NOT_WORSE:
        yield f"nothing regressed, and {title(whole)} is not worse by {margin_of(rule):g} or more: drop {figures(whole.drop)}"
    else:
        size = margin_of(rule)
        yield f"nothing regressed, and {title(whole)} changed by no more than {size:g}: drop {figures(whole.drop)}"


def _open(nodes: Sequence[Node], rule: Rule, alpha: float) -> Iterator[str]:
    whole = next((node for node in nodes if node.kind is NodeKind.OVERALL), None)
    if whole is None:
        yield "nothing of this run can be compared with the baseline"
        return
    if whole.drop.interval is None:
        yield f"no regression is shown, nor that there is none: the drop is {figures(whole.drop)}, and {whole.drop.why}"
    else:
        size = margin_of(rule)
        yield (
            f"no regression is shown, nor that there is none: the drop of {title(whole)} is {figures(whole.drop)}, "
            f"not surely within {size:g}"
        )
    if whole.seeds_needed is not None:
        yield f"about {whole.seeds_needed:,} seeds a scenario would settle it (this run has {whole.n:,})"
    elif whole.detectable is not None and any(node.design == "two samples" for node in nodes):
        yield f"more seeds alone will not settle it: the baseline holds too few runs ({whole.n_base:,} a scenario)"


def _unverified(nodes: Sequence[Node], verify: str) -> Iterator[str]:
    """How leaves that are declared deterministic come to be judged as such."""
    count = sum(UNVERIFIED in node.notes for node in nodes)
    if count:
        what = "1 leaf is" if count == 1 else f"{count:,} leaves are"
        yield f"{what} declared deterministic, and judged with certainty once the baseline is verified: {verify}"


def verifying(base: Baseline, battery: str) -> str:
    """The command that plays a baseline's run again and keeps that it came out the same; '' if it is no run of this agent.

    Only a file keeps it: where a run or a tag is the baseline, that has to change, too.
    """
    if base.kind == "agent":
        return ""
    own = f"{battery}.json"
    file = f" -o {quote(base.name)}" if base.kind == "file" and base.name.rpartition("/")[2] != own else ""
    then = "" if base.kind == "file" else ", and `against` the file that it writes"
    return f"bio baseline save {quote(base.batch.dat or battery)} --verify{file}{then}"


def _aside(call: Call, nodes: Sequence[Node], missing: Mapping[str, int], expected: int, alpha: float) -> Iterator[str]:
    better = [node for node in nodes if node.call is NodeCall.IMPROVED and node.kind is not NodeKind.OVERALL]
    for node in better[:MOST]:
        yield f"{title(node)} improved by {figures(node.drop, sign=-1)}"
    if len(better) > MOST:
        yield f"and {len(better) - MOST} more improved"
    if missing:
        reasons = ", ".join(f"{count:,} {why}" for why, count in missing.items())
        count = sum(missing.values())
        verbs = ("has", "is") if count == 1 else ("have", "are")
        yield f"{count:,} of {expected:,} cells {verbs[0]} no number and {verbs[1]} left out: {reasons}"
    for call_, what in ((NodeCall.NEW, "not in the baseline, so not judged"), (NodeCall.MISSING, "not compared")):
        names = [title(node) for node in nodes if node.call is call_]
        if names:
            more = f" and {len(names) - LIKELIEST} more" if len(names) > LIKELIEST else ""
            yield f"{what}: {', '.join(names[:LIKELIEST])}{more}"


def margin_of(rule: Rule) -> float:
    """The margin within which a change is none."""
    return max(rule.tol, 0.05) if rule.margin is None else rule.margin


def _p(node: Node, alpha: float) -> str:
    return "" if node.p is None or node.design == "exact" else f" ({_chance(node.p, alpha)})"


def _chance(p: float, alpha: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p {apart(p, alpha, least=3)}"


def _range(interval: Interval) -> str:
    digits = decimals((interval.high - interval.low) / 2)
    return f"[{fixed(interval.low, digits)}, {fixed(interval.high, digits)}]"


def _plural(kind: NodeKind, count: int) -> str:
    one, many = {
        NodeKind.OVERALL: ("battery", "batteries"),
        NodeKind.AGENT: ("agent", "agents"),
        NodeKind.SCENARIO: ("scenario", "scenarios"),
        NodeKind.LEAF: ("scenario of one agent", "scenarios of one agent"),
    }[kind]
    return one if count == 1 else many


def confirmed_why(verdict: Verdict, stage: Confirmation) -> tuple[str, ...]:
    """The sentences of a verdict with its confirm stage."""
    many = f"{len(stage.seeds)} fresh seed{'' if len(stage.seeds) == 1 else 's'}"
    if stage.p is None:
        return (*verdict.why, "the confirm stage could not be judged: nothing of it can be compared")
    names = ", ".join(title(node) for node in stage.leaves)
    if not stage.regressed:
        said = "this one" if len(stage.leaves) == 1 else f"none of these {len(stage.leaves)}"
        return (
            *verdict.why,
            f"played again on {many}, {said} is shown to have regressed ({_chance(stage.p, stage.alpha)}): {names}",
        )
    named = [node for node in stage.leaves if node.call in FELL]
    lead = tuple(f"{_fell(node, stage.alpha)} on {many}" for node in named)
    if not lead:
        lead = (f"at least one of these {len(stage.leaves)} regressed, on {many} ({_chance(stage.p, stage.alpha)}): {names}",)
    return (*lead, *(verdict.why if verdict.call is Call.FAIL else ()))
