"""What a gate says of a run, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .estimate import UNKNOWN, Estimate
from .html import table_html
from .rule import Rule

MAJORITY = 2 / 3
"""Share of a loss that must lie in a part for the part to be told instead of the whole."""


class Call(StrEnum):
    """The one word."""

    PASS = "PASS"  # noqa: S105 - no password
    """Nothing regressed, and the battery as a whole is unchanged, improved, or between the two: not worse."""
    FAIL = "FAIL"
    """Some node regressed."""
    INCONCLUSIVE = "INCONCLUSIVE"
    """Nothing is shown to have regressed, nor that nothing did."""
    INVALID = "INVALID"
    """The two cannot be compared, or the run is not whole."""
    NOT_JUDGED = "not judged"
    """Only a part of the battery was selected."""


class NodeCall(StrEnum):
    """What is said of one node."""

    REGRESSED = "regressed"
    CONTAINS = "contains a regression"
    """Something in it regressed; its own mean did not drop by the tolerance."""
    CHANGED = "changed"
    """A deterministic leaf gives other numbers, and no larger drop than the tolerance."""
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    NOT_WORSE = "not worse"
    """A drop by the margin is excluded; whether it changed at all, or improved, is open."""
    INCONCLUSIVE = "inconclusive"
    MISSING = "missing"
    """Cells of it have no number."""
    NEW = "new"
    """Not in the baseline: not tested."""


FELL = (NodeCall.REGRESSED, NodeCall.CONTAINS)
"""What a gate fails by."""
_SHOWN = 10
"""Nodes that a notebook shows."""
_HEAD = ("node", "finding", "baseline", "new", "drop", "p")


class NodeKind(StrEnum):
    """The nodes a gate judges; each but the last holds leaves."""

    OVERALL = "overall"
    AGENT = "agent"
    SCENARIO = "scenario"
    LEAF = "leaf"


@dataclass(frozen=True, slots=True)
class Drift:
    """One reason why new and baseline cannot be compared."""

    kind: str
    """`scenario`, `scoring`, `world`, `seeds`, `metric`, `missing`, `battery`, `sanity`, `cut short`, `format`."""
    sentence: str
    """What differs, what it was and is, and what to do; names as they are."""
    was: str = ""
    now: str = ""
    cells: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a verdict. Drops are baseline - new with higher better: positive is worse."""

    kind: NodeKind
    call: NodeCall
    agent: str = ""
    scenario: str = ""
    drop: Estimate = UNKNOWN
    """Mean over its leaves of the leaves' mean drops, with its 95 % interval; in the metric's unit."""
    base: float | None = None
    """Mean of the baseline, and of the new run, as the metric is (not oriented)."""
    new: float | None = None
    p: float | None = None
    """Adjusted over all nodes (step-down); None: outside the test (deterministic, missing, new)."""
    p_alone: float | None = None
    """Of a leaf, its own exact one; for information."""
    design: str = ""
    """Of a leaf: `pairs`, `two samples` or `exact` (deterministic, seed by seed)."""
    n: int = 0
    """Seeds (units) of the new run that were compared."""
    n_base: int = 0
    seeds_needed: int | None = None
    """Of an inconclusive node: seeds a leaf that would settle it; None: cannot be told, or more seeds cannot."""
    detectable: float | None = None
    """The smallest drop that this data would have shown with a chance of 0.8."""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`overall`, `greedy`, `*|mutualism/x`, `greedy|mutualism/x`."""
        return f"{self.agent or '*'}|{self.scenario}" if self.scenario else self.agent or "overall"


@dataclass(frozen=True, slots=True)
class Power:
    """What this run could have seen: the smallest drop with a chance of 0.8, in the metric's unit; None: it cannot be told."""

    overall: float | None = None
    agent: float | None = None
    """Of the typical agent (median), likewise."""
    scenario: float | None = None
    leaf: float | None = None
    chance: float = 0.8
    why: str = ""
    """Why none of them can be told; else what would have been seen besides, of leaves that are deterministic."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The confirm stage: the worst leaves, played again on fresh seeds."""

    leaves: tuple[Node, ...]
    """Their drops on the fresh seeds alone; p adjusted over these leaves."""
    seeds: tuple[int, ...]
    alpha: float
    p: float | None
    """Of `one of these leaves regressed`."""
    regressed: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate's answer. `nodes` are ordered by evidence, the strongest first."""

    call: Call
    battery: str
    rule: Rule
    """As it was judged: `better` is the direction that was used, whoever told it."""
    why: tuple[str, ...] = ()
    """Sentences: what regressed, what drifted, what is missing; the first says the most. Names as they are."""
    baseline: str = ""
    """What the run was held against, as people know it; with who blessed it, when and at which commit in `about`."""
    about: Mapping[str, str] = field(default_factory=dict)
    """Of the baseline: by, at, why, commit, dat."""
    drifts: tuple[Drift, ...] = ()
    nodes: tuple[Node, ...] = ()
    power: Power = Power()
    confirmation: Confirmation | None = None
    alpha: float = 0.05
    """Of this look at it: the rule's own, or its part where there is a confirm stage or several looks."""
    cells: int = 0
    """Cells of the new run that were compared."""
    expected: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    """Cells without a number, by why."""
    relabellings: int = 0
    exact: bool = False
    """Whether all relabellings were counted."""
    seed: int | None = None
    """Of the generator, where they were drawn: the same seed gives the same verdict."""
    edited: tuple[str, ...] = ()
    """Settings of the gate that were changed after the first cell was played."""
    notes: tuple[str, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether a test run fails by it."""
        return self.call in (Call.FAIL, Call.INVALID)

    def node(self, agent: str = "", scenario: str = "") -> Node:
        """The node of that agent, scenario or leaf; without either the overall one. Raises `KeyError`."""
        for node in self.nodes:
            if (node.agent, node.scenario) == (agent, scenario):
                return node
        raise KeyError(f"no node {agent or '*'}|{scenario or '*'} in this verdict")

    def _repr_html_(self) -> str:
        """How a notebook shows it: the call and why, then its first nodes, which have the strongest evidence."""
        shown = self.nodes[:_SHOWN]
        more = len(self.nodes) - len(shown)
        said = f"{self.call}: gate {self.rule.name} of {self.battery}{f' against {self.baseline}' if self.baseline else ''}"
        counted = f"{self.cells:,} of {self.expected:,} cells compared" if self.expected else ""
        left_out = f"{more:,} more nodes; .nodes has all" if more else ""
        return table_html(_HEAD, map(_line, shown), said, *self.why, left_out, counted, *self.notes)


def _line(node: Node) -> tuple[str, ...]:
    numbers = (f"{value:.4g}" if value is not None else "-" for value in (node.base, node.new))
    drop = str(node.drop).partition(" (")[0] if node.drop.value is not None else "-"
    return node.name, str(node.call), *numbers, drop, "-" if node.p is None else f"{node.p:.3g}"


def told_by_a_leaf(nodes: Sequence[Node]) -> frozenset[str]:
    """Names of the scenarios over all agents that need not be told: one leaf makes 2/3 of their loss, so it says as much.

    Of a scenario that fell, only if that leaf or its agent is named as well: else nothing would say where it was.
    """
    leaves: dict[str, list[Node]] = {}
    for node in nodes:
        if node.kind is NodeKind.LEAF and node.drop.value is not None:
            leaves.setdefault(node.scenario, []).append(node)
    fell = {node.name for node in nodes if node.call in FELL}
    found = set()
    for node in nodes:
        if node.kind is NodeKind.SCENARIO and (mine := leaves.get(node.scenario)):
            worst = max(mine, key=lambda leaf: float(leaf.drop))
            loss = sum(float(leaf.drop) for leaf in mine)
            said = node.name not in fell or bool(fell & {worst.name, worst.agent})
            if said and 0 < float(worst.drop) >= MAJORITY * loss:
                found.add(node.name)
    return frozenset(found)
