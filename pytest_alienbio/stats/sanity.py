"""Is the scenario itself broken? What oracle, noop and random say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from ..errors import GenerationError, SpecError
from ..model import Finding, Outcome, Result, Sanity, apart
from ..model.brief import Told
from .moments import Moments

MIN_CELLS: Mapping[str, int] = {"oracle": 5, "noop": 5, "random": 5}
"""Scored cells of a scenario from which a kind of agent is held to its bound."""
MIN_CELLS_SMOKE: Mapping[str, int] = {"oracle": 1, "noop": 1, "random": 5}
"""The same for a smoke run. Oracle and noop are the same every time; one cell of random proves nothing."""

_EPSILON = 1e-9
"""Two means nearer than this are the same: 1.0 added up and divided again is still 1.0."""

_SELF_MADE = frozenset({Outcome.AGENT_ERROR, Outcome.ENVIRONMENT_ERROR, Outcome.SCORER_ERROR, Outcome.TIMED_OUT})
"""Errors a scenario can be blamed for. A dead worker or a spent run cap says nothing about it."""

_WATCHED = ("oracle", "noop", "random")
_LEGAL = ("noop", "random")
"""They do nothing that is not allowed."""


class _Seen:
    __slots__ = ("cells", "errors", "first", "moments", "ungenerated")

    def __init__(self) -> None:
        self.moments = Moments()
        self.cells = self.errors = self.ungenerated = 0
        self.first = ""


def broken(
    results: Iterable[Told], sanity: Sanity, kinds: Mapping[str, str], min_cells: Mapping[str, int] = MIN_CELLS
) -> tuple[Finding, ...]:
    """Scenarios that look broken, as first seen; at most one finding a scenario and rule. `kinds`: agent's label to its kind.

    On at least `min_cells` scored cells of a scenario (all its difficulties and labels of a kind together): oracle's mean
    under `oracle_min`, noop's over `noop_max`, random's over `random_max`; bounds are for scores from 0 to 1 where higher is
    better, and are not applied to others: to a scenario that has no bar, or one outside 0..1. On any number: a random or
    noop cell that ended in an error the scenario can be blamed for. Cells whose agent could not be built from its params
    count for nothing.
    """
    check = SanityCheck(sanity, kinds, min_cells)
    for result in results:
        check.add(result)
    return check.broken()


class SanityCheck:
    """`broken`, for results that come one by one."""

    def __init__(self, sanity: Sanity, kinds: Mapping[str, str], min_cells: Mapping[str, int] = MIN_CELLS) -> None:
        self._sanity, self._kinds, self._min_cells = sanity, kinds, min_cells
        self._seen: dict[str, dict[str, _Seen]] = {}

    def add(self, result: Told) -> None:
        """Takes one more result in."""
        kind = self._kinds.get(result.agent, "")
        if kind not in _WATCHED or _is_unbuilt(result):
            return
        entry = self._seen.setdefault(result.scenario, {}).setdefault(kind, _Seen())
        if result.outcome.scored or result.outcome.is_error:
            entry.cells += 1
        if result.outcome in _SELF_MADE:
            entry.errors += 1
            entry.ungenerated += _is_error(result, GenerationError)
            entry.first = entry.first or f"{result.outcome} in {result.id}"
        score = result.score if result.outcome.scored and _is_bounded(result) else None
        if score is not None and isfinite(score):
            entry.moments.add(score)

    def broken(self) -> tuple[Finding, ...]:
        """What is wrong so far."""
        found: list[Finding] = []
        for scenario, of_kind in self._seen.items():
            for kind in _WATCHED:
                if kind in of_kind:
                    found += _out_of_bounds(scenario, kind, of_kind[kind], self._sanity, self._min_cells[kind])
            found += _errors(scenario, {kind: of_kind[kind] for kind in _LEGAL if kind in of_kind and of_kind[kind].errors})
        return tuple(found)


def _is_bounded(result: Told) -> bool:
    bar = result.passing_score
    return result.better == "higher" and bar is not None and 0.0 <= bar <= 1.0


def _is_unbuilt(result: Told) -> bool:
    """Whether its agent was given params it cannot be built with, of which no scenario is the cause."""
    return result.outcome is Outcome.AGENT_ERROR and _is_error(result, SpecError)


def _is_error(result: Told, kind: type[Exception]) -> bool:
    return isinstance(result, Result) and result.error is not None and result.error.type.rpartition(".")[2] == kind.__name__


def _out_of_bounds(scenario: str, kind: str, seen: _Seen, sanity: Sanity, min_cells: int) -> Iterable[Finding]:
    mean, n = seen.moments.mean, seen.moments.n
    if mean is None or n < min_cells:
        return
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
        cells = "1 cell" if n == 1 else f"{n} cells"
        numbers = f"{kind} scores {apart(mean, bound)} on {cells}, {way} than {rule} {bound:g}"
        yield Finding(scenario, rule, f"{scenario}: {numbers}; {guess}")


def _errors(scenario: str, of_kind: Mapping[str, _Seen]) -> Iterable[Finding]:
    if not of_kind:
        return
    errors, cells = (sum(getattr(seen, name) for seen in of_kind.values()) for name in ("errors", "cells"))
    first = next(iter(of_kind.values())).first
    counted = f"{' and '.join(of_kind)} ended in an error on {errors} of {cells} cells ({first})"
    ungenerated = sum(seen.ungenerated for seen in of_kind.values())
    guess = "the scenario may break on legal actions"
    if ungenerated:
        no_world = "no world that can be played was found"
        guess = no_world if ungenerated == errors else f"on {ungenerated} of them {no_world}"
        guess += "; the reasons are with the cells, and easing the scenario's numbers there may help"
    yield Finding(scenario, "error", f"{scenario}: {counted}; {guess}")
