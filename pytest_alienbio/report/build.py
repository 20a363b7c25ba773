"""Deciding what a report says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from ..model import Finding, Leaf, Outcome, Summary, inert
from .document import Counts, Document, Failure, FailureGroup, Failures, Leaderboard, ScoreTable, SkippedGroup
from .measures import first_metrics

MAX_ROWS = 30
MAX_FAILURES = 10
MAX_LINES = 10
"""Findings, notes, reasons for skipping: each at most so many."""

_BY_OUTCOME_ALONE = frozenset({Outcome.OVER_LIMIT, Outcome.NOT_RUN, Outcome.LOST})
"""Outcomes whose cells are one line whatever their reasons say: the cause lies outside the cell."""


def build(
    *,
    title: str,
    summary: Summary,
    failures: Sequence[Failure] = (),
    skipped: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    findings: Sequence[Finding] = (),
    notes: Sequence[str] = (),
    dat_path: str = "",
    counts: Counts | None = None,
) -> Document:
    """The report of one battery's run. `skipped` maps an agent to the reason why its cells did not run.

    Whatever agents, scenarios and exceptions wrote is made inert here, once. Without `counts` only recorded cells are told.
    """
    recorded = sum(summary.outcomes.values())
    return Document(
        title=inert(title),
        counts=counts or Counts(recorded, recorded, recorded),
        outcomes=dict(summary.outcomes),
        scores=_scores(summary),
        leaderboard=_leaderboard(summary),
        failures=_failures(failures),
        findings=_bounded([inert(finding.sentence, most=400) for finding in findings]),
        skipped=_skipped(skipped),
        notes=_bounded([inert(note, most=400) for note in notes]),
        dat_path=inert(dat_path, most=4096, verbatim=True),
    )


def _scores(summary: Summary) -> ScoreTable:
    leaves = [leaf for leaf in summary.leaves if leaf.n or leaf.unscored or leaf.errors]
    cut = leaves[:MAX_ROWS]
    if len(leaves) > MAX_ROWS and leaves[MAX_ROWS].scenario == cut[-1].scenario:
        # Half a scenario compares nothing: cut before it, unless it is all there is.
        cut = [leaf for leaf in cut if leaf.scenario != leaves[MAX_ROWS].scenario] or cut
    shown: list[Leaf] = []
    more = 0
    for _, scenario in groupby(cut, key=lambda leaf: leaf.scenario):
        of_scenario = list(scenario)
        names, left_out = first_metrics(leaf.measures for leaf in of_scenario)
        shown += (_inert_leaf(leaf, names) for leaf in of_scenario)
        more += left_out
    return ScoreTable(tuple(shown), len(leaves) - len(shown), more)


def _inert_leaf(leaf: Leaf, metrics: Iterable[str]) -> Leaf:
    return replace(
        leaf,
        agent=inert(leaf.agent),
        scenario=inert(leaf.scenario),
        measures={inert(name): leaf.measures[name] for name in metrics if name in leaf.measures},
    )


def _leaderboard(summary: Summary) -> Leaderboard:
    scenarios = len({leaf.scenario for leaf in summary.leaves})
    of_agent: dict[str, list[Leaf]] = {}
    for leaf in summary.leaves:
        if leaf.n:
            of_agent.setdefault(leaf.agent, []).append(leaf)
    shown = summary.standings[:MAX_ROWS]
    notes = {
        inert(standing.agent): _why_no_interval(of_agent.get(standing.agent, []))
        for standing in shown
        if standing.mean is not None and standing.interval is None
    }
    return Leaderboard(
        standings=tuple(replace(standing, agent=inert(standing.agent), role=inert(standing.role)) for standing in shown),
        interval_notes=notes,
        scenarios=scenarios,
        better=summary.better,
        left_out=len(summary.standings) - len(shown),
    )


def _why_no_interval(leaves: Sequence[Leaf]) -> str:
    if all(leaf.n == 1 for leaf in leaves):
        return "n = 1"
    if all(leaf.worlds == 1 for leaf in leaves):
        return "one world"
    return "no spread"


def _failures(failures: Sequence[Failure]) -> Failures:
    groups: dict[tuple[str, ...], tuple[Failure, int]] = {}
    broken = missed = 0
    for index, failure in enumerate(failures):
        outcome = failure.outcome
        low_score = outcome.scored
        broken += not low_score
        missed += low_score and failure.passing_score is None
        if low_score:
            key: tuple[str, ...] = ("score", str(index))
        elif outcome in _BY_OUTCOME_ALONE:
            key = (str(outcome),)
        else:
            # Two errors that differ only in where an object lay in memory are the same error.
            key = (str(outcome), re.sub(r"0x[0-9a-fA-F]+", "0x", failure.reason))
        first, count = groups.get(key, (failure, 0))
        groups[key] = (first, count + 1)
    ordered = sorted(groups.values(), key=lambda group: (group[0].outcome.scored, -group[1]))
    shown = tuple(FailureGroup(_inert_failure(first), count) for first, count in ordered[:MAX_FAILURES])
    return Failures(shown, len(failures), broken, missed, len(failures) - sum(group.count for group in shown))


def _inert_failure(failure: Failure) -> Failure:
    return replace(
        failure,
        id=inert(failure.id, most=500),
        reason=inert(failure.reason, most=300),
        command=inert(failure.command, most=4096, verbatim=True),
        trace=inert(failure.trace, most=4096, verbatim=True),
    )


def _skipped(skipped: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[SkippedGroup, ...]:
    by_reason: dict[str, list[str]] = {}
    for agent, reason in skipped.items() if isinstance(skipped, Mapping) else skipped:
        agents = by_reason.setdefault(inert(reason, most=300), [])
        if (name := inert(agent)) not in agents:
            agents.append(name)
    groups = [SkippedGroup(reason, tuple(agents)) for reason, agents in by_reason.items()]
    if len(groups) <= MAX_LINES:
        return tuple(groups)
    rest = tuple(agent for group in groups[MAX_LINES - 1 :] for agent in group.agents)
    return (*groups[: MAX_LINES - 1], SkippedGroup(f"{len(groups) - MAX_LINES + 1} more reasons: results.yaml", rest))


def _bounded(lines: Sequence[str]) -> tuple[str, ...]:
    if len(lines) <= MAX_LINES:
        return tuple(lines)
    return (*lines[: MAX_LINES - 1], f"... and {len(lines) - MAX_LINES + 1} more")
