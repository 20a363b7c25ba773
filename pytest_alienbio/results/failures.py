"""Cells that failed, those that say the same together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ..model import Failure, FailureGroup, Failures, Outcome, Result
from ..model.brief import Told

_BY_OUTCOME_ALONE = frozenset({Outcome.OVER_LIMIT, Outcome.NOT_RUN, Outcome.LOST})
"""Outcomes whose cells are one group whatever their reasons say: the cause lies outside the cell."""


def failure_of(result: Told, command: str = "") -> Failure:
    """What is told of a result that failed; `command` plays it again. In brief there is neither an error nor a trace."""
    error, trace = (result.error, result.trace) if isinstance(result, Result) else (None, None)
    return Failure(
        id=result.id,
        outcome=result.outcome,
        score=result.score,
        passing_score=result.passing_score,
        reason=result.reason or (f"{error.type}: {error.message}" if error else ""),
        command=command,
        trace=trace.file if trace else "",
        agent=result.agent,
        scenario=result.scenario,
    )


def grouped(failures: Iterable[Failure]) -> Failures:
    """Errors by outcome and reason, each low score by itself; broken before low scores, then the larger groups first."""
    groups: dict[tuple[str, ...], list[Failure]] = {}
    total = broken = missed = 0
    for failure in failures:
        total += 1
        outcome = failure.outcome
        if outcome.scored:
            missed += failure.passing_score is None
            key: tuple[str, ...] = ("score", str(total))
        else:
            broken += 1
            key = alike(outcome, failure.reason)
        groups.setdefault(key, []).append(failure)
    ordered = sorted(groups.values(), key=lambda group: (group[0].outcome.scored, -len(group)))
    return Failures(tuple(map(_group, ordered)), total, broken, missed)


def alike(outcome: Outcome, reason: str) -> tuple[str, str]:
    """What two cells that broke have in common if they are one error: it may differ in where an object lay in memory."""
    return str(outcome), "" if outcome in _BY_OUTCOME_ALONE else re.sub(r"0x[0-9a-fA-F]+", "0x", reason)


def lowest(failures: Iterable[Failure], *, better: str = "higher") -> Failures:
    """Scores that missed the bar: each agent's on one scenario together, the worst of them first; larger groups first."""
    groups: dict[tuple[str, str], list[Failure]] = {}
    for failure in failures:
        groups.setdefault((failure.scenario, failure.agent), []).append(failure)
    worst = -1.0 if better == "lower" else 1.0
    for group in groups.values():
        group.sort(key=lambda failure: worst * (0.0 if failure.score is None else failure.score))
    ordered = sorted(groups.values(), key=lambda group: -len(group))
    total = sum(map(len, ordered))
    missed = sum(failure.passing_score is None for group in ordered for failure in group)
    return Failures(tuple(map(_group, ordered)), total, 0, missed)


def _group(failures: list[Failure]) -> FailureGroup:
    return FailureGroup(
        first=failures[0],
        count=len(failures),
        agents=dict(Counter(failure.agent for failure in failures)),
        scenarios=dict(Counter(failure.scenario for failure in failures)),
        cells=tuple(failure.id for failure in failures),
    )
