"""Verdicts of gates for tests, one of each kind, plain or hostile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_alienbio.model import (
    Call,
    Confirmation,
    Drift,
    Estimate,
    Interval,
    Node,
    NodeCall,
    NodeKind,
    Power,
    Rule,
    Verdict,
)

ABOUT = {"by": "ada", "at": "2026-11-01T10:00:00+00:00", "commit": "1a2b3c4d5e6f7a", "why": "release 3"}


def node(
    call: NodeCall,
    agent: str = "",
    scenario: str = "",
    drop: float | None = 0.1,
    p: float | None = 0.4,
    needed: int | None = None,
) -> Node:
    """A node whose interval is 0.1 wide; without a drop it has no numbers."""
    kind = NodeKind.LEAF if agent and scenario else NodeKind.AGENT if agent else NodeKind.SCENARIO
    kind = kind if agent or scenario else NodeKind.OVERALL
    if drop is None:
        return Node(kind, call, agent, scenario)
    found = Estimate(drop, Interval(drop - 0.05, drop + 0.05), n=10)
    return Node(kind, call, agent, scenario, found, 0.8, 0.8 - drop, p, None, "pairs", 10, 10, needed, 0.2)


def nodes(
    agents: Sequence[str], scenarios: Sequence[str], call: NodeCall = NodeCall.UNCHANGED, drop: float = 0.01
) -> list[Node]:
    """The battery, its agents, scenarios and leaves, of all of which the same is said."""
    return [
        node(call, drop=drop),
        *(node(call, agent, drop=drop) for agent in agents),
        *(node(call, "", scenario, drop=drop) for scenario in scenarios),
        *(node(call, agent, scenario, drop=drop) for agent in agents for scenario in scenarios),
    ]


def verdict(call: Call, *why: str, found: Sequence[Node] = (), name: str = "score") -> Verdict:
    """Against a blessed baseline."""
    return Verdict(
        call,
        "mine",
        Rule(name, "score", "higher", tol=0.02, line=7, column=5),
        why,
        "baselines/mine.json",
        ABOUT,
        nodes=tuple(found),
        power=Power(0.04, 0.11, None, 0.3) if found else Power(),
        cells=120 if found else 0,
        expected=120,
        relabellings=10000 if found else 0,
        seed=7 if found else None,
    )


def failed() -> Verdict:
    """One agent dropped, most of it on one scenario."""
    found = [
        node(NodeCall.REGRESSED, p=0.004),
        node(NodeCall.REGRESSED, "greedy", drop=0.12, p=0.002),
        node(NodeCall.CONTAINS, "", "m/hidden", drop=-0.01, p=0.03),
        node(NodeCall.REGRESSED, "greedy", "m/hidden", drop=0.4, p=0.01),
        *(node(NodeCall.INCONCLUSIVE, "greedy", f"m/s{at}", needed=30 + at) for at in range(9)),
        *(node(NodeCall.UNCHANGED, "prober", f"m/s{at}", drop=0.0, p=1.0) for at in range(30)),
    ]
    return verdict(Call.FAIL, "greedy dropped by 0.12 [0.07, 0.17] (p 0.002)", found=found)


def passed() -> Verdict:
    """Nothing changed."""
    return verdict(Call.PASS, "nothing regressed", found=nodes(["greedy", "prober"], ["m/x", "m/y"]))


def somewhere() -> Verdict:
    """The battery alone is told to have regressed."""
    found = [node(NodeCall.REGRESSED), *(node(NodeCall.INCONCLUSIVE, agent, drop=0.1) for agent in ("greedy", "prober"))]
    return verdict(Call.FAIL, "a regression somewhere in the battery, not located", found=found)


def inconclusive() -> Verdict:
    """Too few seeds."""
    found = [replace(each, seeds_needed=24) for each in nodes(["greedy"], ["m/x"], NodeCall.INCONCLUSIVE, 0.06)]
    return verdict(Call.INCONCLUSIVE, "no regression is shown, nor that there is none", found=found)


def invalid() -> Verdict:
    """An outage, and a scenario that is another one now."""
    drifts = (
        Drift("missing", "20 of 120 cells have no number (20 provider_error); play them again: pytest --lf", cells=20),
        Drift("scenario", "m/x asks something else now; bless a new baseline: bio baseline save mine", "a1", "b2"),
    )
    made = verdict(Call.INVALID, *(drift.sentence for drift in drifts))
    return replace(made, drifts=drifts, cells=100, missing={"provider_error": 20}, edited=("alpha was 0.05, is 0.2",))


def confirmed(*, regressed: bool = True) -> Verdict:
    """After fresh seeds."""
    leaves = (node(NodeCall.REGRESSED if regressed else NodeCall.INCONCLUSIVE, "greedy", "m/x", p=0.004),)
    found = Confirmation(leaves, (10, 11, 12, 15), 0.02, 0.004 if regressed else 0.6, regressed, ("two seeds had none",))
    return replace(failed(), confirmation=found, alpha=0.03)


def not_judged() -> Verdict:
    """A part of the battery."""
    made = verdict(Call.NOT_JUDGED, "not judged: 3 of 120 cells selected")
    return replace(made, baseline="", about={}, expected=0)


def hostile(names: Sequence[str]) -> Verdict:
    """Every name wants to be more than text."""
    made = verdict(
        Call.FAIL, *(f"{name} dropped by 0.12" for name in names), found=nodes(names, names, NodeCall.REGRESSED, 0.3)
    )
    about = dict(zip(("by", "at", "commit", "why"), names, strict=False))
    drifts = tuple(Drift(name, f"{name} changed", name, name) for name in names)
    return replace(
        made,
        rule=Rule(names[2], names[1], line=3),
        battery=names[0],
        baseline=names[2],
        about=about,
        drifts=drifts,
        missing=dict.fromkeys(names, 2),
        edited=tuple(names),
        notes=tuple(names),
    )


def many() -> Verdict:
    """Twenty agents on a hundred scenarios."""
    agents, scenarios = [f"model-{at}" for at in range(20)], [f"family{at % 5}/scenario_{at}" for at in range(100)]
    return verdict(Call.INCONCLUSIVE, "no regression is shown", found=nodes(agents, scenarios, NodeCall.INCONCLUSIVE, 0.06))
