"""Is the scenario itself broken? What oracle, noop and random say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from ..model import Finding, Outcome, Result, Sanity
from .moments import Moments

_EPSILON = 1e-9
"""Two means nearer than this are the same: 1.0 added up and divided again is still 1.0."""

_SELF_MADE = frozenset({Outcome.AGENT_ERROR, Outcome.ENVIRONMENT_ERROR, Outcome.SCORER_ERROR, Outcome.TIMED_OUT})
"""Errors a scenario can be blamed for. A dead worker or a spent run cap says nothing about it."""

_WATCHED = ("oracle", "noop", "random")


class _Seen:
    __slots__ = ("cells", "errors", "first", "moments")

    def __init__(self) -> None:
        self.moments = Moments()
        self.cells = self.errors = 0
        self.first = ""


def broken(results: Iterable[Result], sanity: Sanity, kinds: Mapping[str, str], min_cells: int = 5) -> tuple[Finding, ...]:
    """Scenarios that look broken, as first seen; at most one finding a scenario and rule. `kinds`: agent's label to its kind.

    On at least `min_cells` scored cells of a scenario (all its difficulties and labels of a kind together): oracle's mean
    under `oracle_min`, noop's over `noop_max`, random's over `random_max`; bounds are for scores where higher is better and
    are not applied to others. On any number: a random or noop cell that ended in an error the scenario can be blamed for.
    """
    seen: dict[str, dict[str, _Seen]] = {}
    for result in results:
        kind = kinds.get(result.agent, "")
        if kind not in _WATCHED:
            continue
        entry = seen.setdefault(result.scenario, {}).setdefault(kind, _Seen())
        if result.outcome.scored or result.outcome.is_error:
            entry.cells += 1
        if result.outcome in _SELF_MADE:
            entry.errors += 1
            entry.first = entry.first or f"{result.outcome} in {result.id}"
        score = result.score if result.outcome.scored and result.better == "higher" else None
        if score is not None and isfinite(score):
            entry.moments.add(score)
    found: list[Finding] = []
    for scenario, of_kind in seen.items():
        for kind in _WATCHED:
            if kind in of_kind:
                found += _judge(scenario, kind, of_kind[kind], sanity, min_cells)
    return tuple(found)


def _judge(scenario: str, kind: str, seen: _Seen, sanity: Sanity, min_cells: int) -> Iterable[Finding]:
    mean, n = seen.moments.mean, seen.moments.n
    if mean is not None and n >= min_cells:
        if kind == "oracle":
            rule, bound, outside = "oracle_min", sanity.oracle_min, mean < sanity.oracle_min - _EPSILON
            way, guess = "less", "the scenario may be unsolvable or its scoring wrong"
        elif kind == "noop":
            rule, bound, outside = "noop_max", sanity.noop_max, mean > sanity.noop_max + _EPSILON
            way, guess = "more", "the scenario may reward doing nothing"
        else:
            rule, bound, outside = "random_max", sanity.random_max, mean > sanity.random_max + _EPSILON
            way, guess = "more", "the scenario may be trivial"
        if outside:
            numbers = f"{kind} scores {_apart(mean, bound)} on {n} cells, {way} than {rule} {bound:g}"
            yield Finding(scenario, rule, f"{scenario}: {numbers}; {guess}")
    if seen.errors and kind != "oracle":
        counted = f"{kind} ended in an error on {seen.errors} of {seen.cells} cells ({seen.first})"
        yield Finding(scenario, "error", f"{scenario}: {counted}; the scenario may break on legal actions")


def _apart(value: float, bound: float) -> str:
    """`value` in as few digits (from 2) as show on which side of `bound` it lies."""
    for digits in range(2, 10):
        text = f"{value:.{digits}f}"
        if float(text) != bound:
            return text
    return repr(value)
