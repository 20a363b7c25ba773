"""What a rescoring says: pure, from results before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...model import Json, Result
from ...model.rescoring import Leaf, RescoredAgent, RescoredCell, Rescoring
from ...stats.comparison import compare
from ...stats.moments import Moments
from ...stats.noise import scorer_noise
from ...stats.units import units

USUAL_MARGIN = 0.05


def summed_up(
    of: str,
    path: str,
    scorer: Mapping[str, Json],
    pairs: Sequence[tuple[Result, Result]],
    *,
    replicates: Mapping[str, Sequence[float]] | None = None,
    margin: tuple[float, str] = (USUAL_MARGIN, ""),
    notes: Sequence[str] = (),
) -> Rescoring:
    """`pairs`: each cell before and after; `replicates`: of a cell that was scored several times, each score."""
    after = [now for _, now in pairs]
    scored = [now for now in after if now.score is not None]
    better = scored[0].better if scored else "higher"
    asked = [now.usage for now in after if now.usage.requests]
    usd = [usage.usd for usage in asked]
    found = Rescoring(
        of,
        path,
        scorer,
        len(pairs),
        len(scored),
        better,
        tuple(_agent(agent, mine) for agent, mine in _by_agent(pairs).items()),
        _changed(pairs),
        dict(sorted(Counter(_why(now) for now in after if now.score is None).items())),
        usd=sum(each for each in usd if each is not None) if asked and None not in usd else None,
        requests=sum(usage.requests or 0 for usage in asked) if asked else None,
        notes=tuple(notes),
    )
    return found if replicates is None else _noisy(found, scored, replicates, margin)


def margin_of(spec: Mapping[str, Any]) -> tuple[float, str]:
    """The margin of the strictest gate on the score that a run's spec records, and that gate's name; else the usual one, ''."""
    found = []
    for head in (value for key, value in spec.items() if key.startswith("experiment.") and isinstance(value, Mapping)):
        for gate in head.get("gates") or []:
            if isinstance(gate, Mapping) and gate.get("metric", "score") == "score":
                tol = gate.get("tol")
                margin = gate.get("margin") or max(tol if isinstance(tol, int | float) else 0.0, USUAL_MARGIN)
                if isinstance(margin, int | float):
                    found.append((float(margin), f"gate[{gate.get('as') or 'score'}]"))
    return min(found, default=(USUAL_MARGIN, ""))


def _noisy(
    found: Rescoring, scored: Sequence[Result], replicates: Mapping[str, Sequence[float]], margin: tuple[float, str]
) -> Rescoring:
    leaves: dict[tuple[str, str], list[Result]] = {}
    for result in scored:
        leaves.setdefault((result.agent, result.scenario), []).append(result)
    told = [
        Leaf(
            agent, scenario, _mean([each.score for each in mine]), scorer_noise([replicates.get(each.id, ()) for each in mine])
        )
        for (agent, scenario), mine in leaves.items()
    ]
    told.sort(key=lambda leaf: (-(leaf.noise.half or 0.0), leaf.agent, leaf.scenario))
    return replace(
        found,
        noise=scorer_noise([replicates.get(each.id, ()) for each in scored]),
        leaves=tuple(told),
        margin=margin[0],
        margin_of=margin[1],
        too_noisy=tuple(leaf for leaf in told if leaf.noise.half is not None and leaf.noise.half > margin[0]),
    )


def _by_agent(pairs: Sequence[tuple[Result, Result]]) -> dict[str, list[tuple[Result, Result]]]:
    found: dict[str, list[tuple[Result, Result]]] = {}
    for pair in pairs:
        found.setdefault(pair[0].agent, []).append(pair)
    return found


def _agent(agent: str, pairs: Sequence[tuple[Result, Result]]) -> RescoredAgent:
    both = [(was, now) for was, now in pairs if was.score is not None and now.score is not None]
    against = None
    if both and all(was.better == now.better for was, now in both):
        # A cell is its own partner, under whichever hash its scenario goes now.
        before = units(was for was, _ in both)[agent]
        after = units(now.with_(scenario_hash=was.scenario_hash) for was, now in both)[agent]
        against = compare(after, before, names=("rescored", "recorded"), better=both[0][0].better)
    return RescoredAgent(
        agent,
        len(pairs),
        sum(now.score is not None for _, now in pairs),
        sum(was.score != now.score for was, now in both),
        _over_scenarios([was for was, _ in both]),
        _over_scenarios([now for _, now in both]),
        against,
    )


def _over_scenarios(results: Sequence[Result]) -> float | None:
    found: dict[str, list[float | None]] = {}
    for result in results:
        found.setdefault(result.scenario, []).append(result.score)
    return _mean([_mean(scores) for scores in found.values()])


def _mean(values: Sequence[float | None]) -> float | None:
    moments = Moments()
    for value in values:
        if value is not None:
            moments.add(value)
    return moments.mean


def _changed(pairs: Sequence[tuple[Result, Result]]) -> tuple[RescoredCell, ...]:
    cells = [
        (-abs(now.score - was.score), now.id, was.score, now.score)
        for was, now in pairs
        if was.score is not None and now.score is not None and was.score != now.score
    ]
    return tuple(RescoredCell(name, before, after) for _, name, before, after in sorted(cells))


def _why(result: Result) -> str:
    """Why a cell has no score, in words that cells of one cause share: numbers of a trace's place are its own."""
    if result.reason.startswith("not rescored: "):
        return result.reason.removeprefix("not rescored: ").partition(" (")[0].partition(": ")[0]
    if result.reason.startswith("the scorer failed: "):
        return f"{result.outcome} of the scorer"
    return "unscored" if result.outcome.scored else f"{result.outcome} when it was played"
