"""Why a gate says what it says, in sentences. Names as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..model import Call, Drift, Estimate, Interval, Node, NodeCall, NodeKind, Rule, apart
from ..model.digits import decimals, fixed

MOST = 5
"""Nodes of one kind that are named one by one."""
LIKELIEST = 3
FELL = (NodeCall.REGRESSED, NodeCall.CONTAINS)


def why(
    call: Call,
    nodes: Sequence[Node],
    drifts: Sequence[Drift],
    missing: Mapping[str, int],
    expected: int,
    rule: Rule,
    alpha: float,
) -> tuple[str, ...]:
    """The sentences of a verdict; the first says the most."""
    if call is Call.INVALID:
        return tuple(drift.sentence for drift in drifts)
    lead = {Call.FAIL: _failed, Call.PASS: _passed, Call.INCONCLUSIVE: _open}[call](nodes, rule, alpha)
    return (*lead, *_aside(call, nodes, missing, expected, alpha))


def title(node: Node) -> str:
    """`greedy on mutualism/x`, `all agents on mutualism/x`, `greedy`, `the battery as a whole`."""
    if node.scenario:
        return f"{node.agent or 'all agents'} on {node.scenario}"
    return node.agent or "the battery as a whole"


def figures(drop: Estimate, *, sign: float = 1.0) -> str:
    """`0.12 [0.07, 0.17]`; without an interval the number alone. `sign` -1 turns a drop into a gain."""
    if drop.value is None:
        return "an unknown amount"
    if drop.interval is None or drop.interval.low == drop.interval.high:
        return f"{sign * drop.value:.4g}"
    ends = sorted((sign * drop.interval.low, sign * drop.interval.high))
    return f"{fixed(sign * drop.value, decimals((ends[1] - ends[0]) / 2))} {_range(Interval(*ends))}"


def _failed(nodes: Sequence[Node], rule: Rule, alpha: float) -> Iterator[str]:
    fell = [node for node in nodes if node.call in FELL]
    named = [node for node in fell if node.kind is not NodeKind.OVERALL]
    whole = next(node for node in nodes if node.kind is NodeKind.OVERALL)
    if not named:
        yield f"a regression somewhere in the battery, not located: {_fell(whole, alpha)}"
        likely = [node for node in nodes if node.kind is NodeKind.LEAF and node.p is not None][:LIKELIEST]
        if likely:
            yield f"the likeliest: {', '.join(f'{title(node)} (drop {figures(node.drop)})' for node in likely)}"
        return
    # What is located best says the most; of equals the evidence decides.
    by_kind = {kind: [node for node in named if node.kind is kind] for kind in NodeKind}
    leaves = by_kind[NodeKind.LEAF]
    lead = [node for node in named if node.call is NodeCall.REGRESSED] or named
    told = [node for node in lead if node.kind is not NodeKind.LEAF or len(leaves) <= MOST]
    told = sorted(told, key=lambda node: 0 if node.kind is NodeKind.LEAF and len(leaves) == 1 else 1)
    for node in told[: 2 * MOST]:
        yield _fell(node, alpha)
    if unsaid := len(named) - len(told[: 2 * MOST]):
        counts = Counter(node.kind for node in named if node not in told[: 2 * MOST])
        what = ", ".join(f"{count} {_plural(kind, count)}" for kind, count in counts.items())
        yield f"and {what} more" if told else f"{unsaid} nodes regressed"
    if whole.call in FELL and not (len(fell) == 2 and _same(whole, named[0])):
        yield _fell(whole, alpha)


def _fell(node: Node, alpha: float) -> str:
    if node.call is NodeCall.CONTAINS:
        return f"something in {title(node)} regressed{_p(node, alpha)}, while its own mean dropped by {figures(node.drop)}"
    certain = " seed by seed, with certainty" if node.design == "exact" else ""
    return f"{title(node)} dropped by {figures(node.drop)}{certain}{_p(node, alpha)}"


def _same(whole: Node, other: Node) -> bool:
    return whole.drop.value == other.drop.value and whole.p == other.p


def _passed(nodes: Sequence[Node], rule: Rule, alpha: float) -> Iterator[str]:
    whole = next(node for node in nodes if node.kind is NodeKind.OVERALL)
    if whole.call is NodeCall.IMPROVED:
        yield f"nothing regressed; {title(whole)} improved by {figures(whole.drop, sign=-1)}"
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
            f"no regression is shown, nor that there is none: {title(whole)} dropped by {figures(whole.drop)}, "
            f"which is not surely within {size:g}"
        )
    if whole.seeds_needed is not None:
        yield f"about {whole.seeds_needed:,} seeds a scenario would settle it (this run has {whole.n:,})"


def _aside(call: Call, nodes: Sequence[Node], missing: Mapping[str, int], expected: int, alpha: float) -> Iterator[str]:
    better = [node for node in nodes if node.call is NodeCall.IMPROVED and node.kind is not NodeKind.OVERALL]
    for node in better[:MOST]:
        yield f"{title(node)} improved by {figures(node.drop, sign=-1)}"
    if len(better) > MOST:
        yield f"and {len(better) - MOST} more improved"
    if missing:
        reasons = ", ".join(f"{count:,} {why}" for why, count in missing.items())
        yield f"{sum(missing.values()):,} of {expected:,} cells have no number and are left out: {reasons}"
    for call_, what in ((NodeCall.NEW, "not in the baseline, so not judged"), (NodeCall.MISSING, "not compared")):
        names = [title(node) for node in nodes if node.call is call_]
        if names:
            more = f" and {len(names) - LIKELIEST} more" if len(names) > LIKELIEST else ""
            yield f"{what}: {', '.join(names[:LIKELIEST])}{more}"


def margin_of(rule: Rule) -> float:
    """The margin within which a change is none."""
    return max(rule.tol, 0.05) if rule.margin is None else rule.margin


def _p(node: Node, alpha: float) -> str:
    if node.p is None or node.design == "exact":
        return ""
    return " (p < 0.001)" if node.p < 0.001 else f" (p {apart(node.p, alpha, least=3)})"


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
