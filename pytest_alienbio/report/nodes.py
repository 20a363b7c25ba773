"""The nodes of a gate's verdict as rows: what is said of each, its drop, how sure that is, and what it stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..model import Node, NodeCall, NodeKind, inert
from ..model.verdict import FELL, told_by_a_leaf
from . import figures
from .contest import LEVEL, size
from .document import Field, Table, column, interval_of, silent

EVERY_AGENT, EVERY_SCENARIO = "all agents", "all scenarios"
"""No agent or scenario has a name with a blank."""
EXACT = "exact"
"""Mark of a drop that has no luck in it: its interval is itself."""
MOST, LIKELIEST = 14, 4
"""Rows that a screen shows of nodes of which something is shown, and of those that may yet have regressed."""
_SHOWN = (*FELL, NodeCall.CHANGED, NodeCall.IMPROVED)
_ORDER = (*_SHOWN, NodeCall.MISSING, NodeCall.INCONCLUSIVE, NodeCall.NEW, NodeCall.NOT_WORSE, NodeCall.UNCHANGED)
_LARGE = 1e5
"""From here on a number is told in scientific form."""
_SHORT = {NodeCall.CONTAINS: "contains"}


def node_table(nodes: Sequence[Node], *, sized: bool, more: str = "", key: str = "nodes") -> Table:
    """All nodes, what matters first and the strongest evidence first in it; a screen has few.

    It shows the battery, then what is shown of others, then those that come nearest to a regression; the rest is counted, and
    so is a scenario of which one leaf says as much.
    `more` says how to see it. `sized` is whether the metric may be of any size.
    """
    rows = ordered(nodes)
    few = _few(rows)
    return Table(key, _fields(rows, sized=sized), least=12, screen=few, more=_rest(rows, few, more))


def ordered(nodes: Sequence[Node]) -> list[Node]:
    """By what is said of them, the battery first; those of which the same is said stay in their order."""

    def place(node: Node) -> tuple[bool, int]:
        return node.kind is not NodeKind.OVERALL, 0 if node.call in FELL else _ORDER.index(node.call)

    return sorted(nodes, key=place)


def title_of(node: Node) -> str:
    """How a sentence calls it: `the battery`, `greedy`, `mutualism/x`, `greedy on mutualism/x`; inert."""
    if node.kind is NodeKind.OVERALL:
        return "the battery"
    return " on ".join(inert(name, most=120) for name in (node.agent, node.scenario) if name)


def drop_text(node: Node, *, sized: bool) -> str:
    """`0.12 [0.07, 0.17]`, `0.12 (exact)`, `-` without a number."""
    if node.drop.value is None:
        return figures.MISSING
    text = size(node.drop.value, sized=sized)
    if node.drop.mark == EXACT:
        return f"{text} ({EXACT})"
    return text if node.drop.interval is None else f"{text} {figures.ends(node.drop.interval, sized=sized)}"


def counted(nodes: Sequence[Node]) -> str:
    """`1 regressed, 28 unchanged`, in the order of what matters."""
    counts = Counter(node.call for node in nodes)
    return ", ".join(f"{counts[call]:,} {call}" for call in _ORDER if counts[call])


def _few(rows: Sequence[Node]) -> tuple[int, ...]:
    by_leaf = told_by_a_leaf(rows)
    left = [(at, node) for at, node in enumerate(rows) if node.name not in by_leaf]
    shown = [at for at, node in left if node.kind is NodeKind.OVERALL or node.call in _SHOWN]
    doubtful = [at for at, node in left if node.call is NodeCall.INCONCLUSIVE and at not in shown]
    missing = [at for at, node in left if node.call is NodeCall.MISSING and at not in shown]
    falling = [at for at in doubtful if (rows[at].drop.value or 0.0) > 0]
    return tuple(sorted({*shown[:MOST], *missing[:LIKELIEST], *falling[:LIKELIEST]}))


def _rest(rows: Sequence[Node], few: Sequence[int], more: str) -> str:
    left = [node for at, node in enumerate(rows) if at not in set(few)]
    if not left:
        return ""
    said = f"… and {figures.many(len(left), 'more node')}, {counted(left)}"
    return f"{said}: {more}" if more else said


def _fields(rows: Sequence[Node], *, sized: bool) -> tuple[Field, ...]:
    digits = figures.decimals(node.drop.interval for node in rows)

    def mean(value: float | None) -> str:
        return figures.MISSING if value is None else size(value, sized=sized)

    def drop(value: float) -> str:
        return size(value, sized=sized) if sized or abs(value) >= _LARGE else f"{value:.{digits}f}"

    def ends(node: Node) -> str:
        if node.drop.mark == EXACT:
            return EXACT
        interval = node.drop.interval
        return figures.MISSING if interval is None else f"[{drop(interval.low)}, {drop(interval.high)}]"

    def needed(node: Node) -> str:
        return figures.MISSING if node.seeds_needed is None else f"{node.seeds_needed:,}"

    wanted = any(node.seeds_needed is not None for node in rows)
    return (
        silent("node", rows, lambda node: node.name),
        silent("kind", rows, lambda node: node.kind.value),
        _names("agent", EVERY_AGENT, [node.agent for node in rows]),
        _names("scenario", EVERY_SCENARIO, [node.scenario for node in rows]),
        column(
            "call",
            "is",
            rows,
            lambda node: node.call.value,
            lambda node: node.call.value,
            narrow=lambda node: _SHORT.get(node.call, node.call.value),
            left=True,
            gives_way=5,
        ),
        column(
            "drop",
            "drop",
            rows,
            lambda node: node.drop.value,
            lambda node: figures.MISSING if node.drop.value is None else drop(node.drop.value),
        ),
        column(
            "interval",
            "95%",
            rows,
            lambda node: interval_of(node.drop.interval),
            ends,
            gives_way=1,
        ),
        silent("level", rows, lambda node: node.drop.interval.level if node.drop.interval else LEVEL),
        silent("why_no_interval", rows, lambda node: (node.drop.why or None) if node.drop.interval is None else None),
        column("p", "p", rows, lambda node: node.p, lambda node: figures.p_value(node.p), gives_way=2),
        silent("p_alone", rows, lambda node: node.p_alone),
        column("base", "before", rows, lambda node: node.base, lambda node: mean(node.base), gives_way=7),
        column("new", "now", rows, lambda node: node.new, lambda node: mean(node.new), gives_way=6),
        column("n", "seeds", rows, lambda node: node.n, lambda node: f"{node.n:,}", gives_way=4),
        silent("n_base", rows, lambda node: node.n_base),
        column("seeds_needed", "needed", rows, lambda node: node.seeds_needed, needed, gives_way=3)
        if wanted
        else silent("seeds_needed", rows, lambda node: node.seeds_needed),
        silent("detectable", rows, lambda node: node.detectable),
        silent("design", rows, lambda node: node.design or None),
        silent("notes", rows, lambda node: list(node.notes)),
    )


def _names(key: str, every: str, names: Sequence[str]) -> Field:
    texts = tuple(inert(name) if name else every for name in names)
    return Field(key, key, tuple(name or None for name in names), texts, left=True, names=True)
