"""How sure an agent's rank on a leaderboard is."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model import Estimate, Interval
from .aggregate import exact_mean
from .bootstrap import RESAMPLES, SHARE, draw_counts, draw_scenarios
from .intervals import Stratum
from .means import DEGENERATE
from .present import checked_level, counted, magnitude, present

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .bootstrap import Floats

Worlds = Mapping[Any, Sequence[float | None]]
"""Of one agent on one scenario: the scores of each world (difficulty, seed), mostly one."""


def rank_intervals(
    scores: Mapping[str, Mapping[str, Worlds]],
    *,
    seed: int,
    better: str = "higher",
    resamples: int = RESAMPLES,
    scenarios: bool = False,
    level: float = 0.95,
) -> dict[str, Estimate]:
    """The rank of each agent by its mean over scenarios, with a bootstrap interval of that rank; best first.

    `scores`: agent -> scenario -> world -> the scores of its cells there; None is missing. Ranks are as printed: from 1, equal
    means share one (1, 1, 3). Worlds are drawn with replacement within each scenario, for all agents that met there at once:
    a world that is drawn twice counts twice for each of them, so that what a hard world does to all moves no rank. Agents that
    share less than half of their worlds of a scenario are drawn apart. With `scenarios` these are drawn, too; `method` says
    which. The interval is the middle `level` of the drawn ranks, in whole ranks, outwards, and holds the rank itself.

    `n` counts the agent's scenarios. An agent without a score has no rank. No interval if no world could be drawn anew
    (one in every scenario) or nothing has any spread. The order of agents, scenarios and worlds does not matter. Memory
    grows with resamples x agents (with `scenarios` also resamples x scenarios), not with resamples x cells. `seed` of the
    generator is kept. Raises `ValueError` for NaN or infinite scores, an unknown direction, or less than one resample. As
    Agarwal et al. (2021), arXiv 2108.13264, resample aggregates; joint over agents.
    """
    import numpy as np

    if better not in ("higher", "lower"):
        raise ValueError(f"better is higher or lower, got {better!r}")
    checked_level(level)
    if resamples < 1:
        raise ValueError(f"expected one resample or more, got {resamples!r}")
    entries = [_entry(agent, scores[agent]) for agent in sorted(scores)]
    ranked = [entry for entry in entries if entry.mean is not None]
    names = sorted({scenario for entry in ranked for scenario in entry.leaves})
    sign = 1 if better == "higher" else -1
    why, flat, rounded = "", False, np.zeros((1, len(ranked)))
    if len(ranked) > 1:
        if scenarios and len(names) == 1:
            why = "one scenario alone has no spread"
        elif not scenarios and all(len(worlds) == 1 for entry in ranked for worlds in entry.leaves.values()):
            why = "no scenario has two worlds"
        else:
            # Sums of floats in another order must not break a tie: equal is what agrees in 12 digits.
            rounded = np.round(_drawn_means(ranked, names, seed, resamples, scenarios), 12) * sign
            flat = bool((rounded == rounded[:1]).all())
            why = "nothing has any spread, which is no proof of certainty" if flat else ""
    found: list[Estimate] = []
    signed = [(entry.mean or 0.0) * sign for entry in ranked]
    tail = (1 - level) / 2
    for at, entry in enumerate(ranked):
        rank = 1 + sum(other > signed[at] for other in signed)
        ranks = 1 + (rounded > rounded[:, at : at + 1]).sum(axis=1)
        low = min(rank, float(np.quantile(ranks, tail, method="lower")))
        high = max(rank, float(np.quantile(ranks, 1 - tail, method="higher")))
        found.append(
            Estimate(
                value=rank,
                interval=None if why else Interval(low, high, level),
                n=len(entry.leaves),
                unit="scenarios",
                missing=counted(None, entry.absent),
                method=f"rank, joint stratified bootstrap, {'seeds and scenarios' if scenarios else 'seeds only'}",
                mark=DEGENERATE if flat else "",
                why=why,
                notes=_notes(entry, len(names), scenarios),
                resamples=resamples,
                seed=seed,
            )
        )
    order = sorted(range(len(ranked)), key=lambda at: (found[at].value or 0, ranked[at].agent))
    told = {ranked[at].agent: found[at] for at in order}
    unranked = {
        entry.agent: Estimate(None, missing=counted(None, entry.absent), method="rank", why="no score", unit="scenarios")
        for entry in entries
        if entry.mean is None
    }
    return told | unranked


@dataclass(frozen=True, slots=True)
class _Entry:
    agent: str
    leaves: Mapping[str, Mapping[Hashable, Sequence[float]]]
    """Scenarios with a score, their worlds with a score."""
    means: Mapping[str, float]
    mean: float | None
    absent: int


def _entry(agent: str, scenarios: Mapping[str, Worlds]) -> _Entry:
    leaves: dict[str, Mapping[Hashable, Sequence[float]]] = {}
    means: dict[str, float] = {}
    absent = 0
    for scenario, worlds in scenarios.items():
        kept = {world: found for world, values in worlds.items() if (found := present(values))}
        absent += sum(map(len, worlds.values())) - sum(map(len, kept.values()))
        if kept:
            leaves[scenario] = kept
            means[scenario] = Stratum.of(score for found in kept.values() for score in found).mean
    return _Entry(agent, leaves, means, exact_mean(list(means.values())) if means else None, absent)


def _notes(entry: _Entry, scenarios: int, drawn: bool) -> tuple[str, ...]:
    notes = []
    m = len(entry.leaves)
    if m < scenarios:
        notes.append(f"no score on {scenarios - m} of {scenarios} scenarios: not like for like")
    lone = sum(len(worlds) == 1 for worlds in entry.leaves.values())
    if lone and not drawn:
        notes.append(f"{lone} of {m} scenarios have one world: they add no spread")
    return tuple(notes)


def _drawn_means(entries: Sequence[_Entry], names: Sequence[str], seed: int, resamples: int, scenarios: bool) -> Floats:
    """Means over scenarios of each resample, shape (resamples, agents), in units near the largest score's size."""
    import numpy as np

    unit = magnitude(score for entry in entries for leaf in entry.leaves.values() for found in leaf.values() for score in found)

    rng = np.random.default_rng(seed)
    copies = draw_scenarios(rng, len(names), resamples) if scenarios and names else None
    total, weight = np.zeros((resamples, len(entries))), np.zeros((resamples, len(entries)))
    lone = []
    for g, name in enumerate(names):
        met = [(at, entry.leaves[name]) for at, entry in enumerate(entries) if name in entry.leaves]
        if all(len(worlds) == 1 for _, worlds in met):
            lone.append(g)
            continue
        own = None if copies is None else copies[:, g]
        for together in _met(met):
            at = [index for index, _ in together]
            leaf_means = np.array([entries[index].means[name] for index in at]) / unit
            times = np.ones((resamples, 1)) if own is None else own[:, None].astype(float)
            total[:, at] += times * _drawn_leaves(rng, [worlds for _, worlds in together], leaf_means, unit, resamples, own)
            weight[:, at] += times
    if lone:  # one world: whatever is drawn, the leaf's mean is what it is
        has = np.array([[names[g] in entry.leaves for entry in entries] for g in lone], dtype=float)
        fixed = np.array([[entry.means.get(names[g], 0.0) for entry in entries] for g in lone]) / unit
        times = np.ones((1, len(lone))) if copies is None else copies[:, lone].astype(float)
        total += np.einsum("dg,ga->da", times, fixed)
        weight += np.einsum("dg,ga->da", times, has)
    means = np.array([entry.mean or 0.0 for entry in entries]) / unit
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), means)


def _drawn_leaves(
    rng: np.random.Generator,
    leaves: Sequence[Mapping[Hashable, Sequence[float]]],
    means: Floats,
    unit: float,
    resamples: int,
    copies: NDArray[np.int64] | None,
) -> Floats:
    """Leaf means of agents that met on a scenario, of each resample; the mean itself where none of its own worlds came up."""
    import numpy as np

    place = {world: row for row, world in enumerate(sorted({world for leaf in leaves for world in leaf}, key=repr))}
    sums, cells = np.zeros((len(place), len(leaves))), np.zeros((len(place), len(leaves)))
    for column, leaf in enumerate(leaves):
        for world, scores in leaf.items():
            sums[place[world], column] = sum(score / unit for score in scores)
            cells[place[world], column] = len(scores)
    plain = bool((cells == 1).all())
    drawn = np.empty((resamples, len(leaves)))
    step = max(1, SHARE // len(place))
    for start in range(0, resamples, step):
        rows = slice(start, min(start + step, resamples))
        counts = draw_counts(rng, len(place), rows.stop - start, None if copies is None else copies[rows])
        # No BLAS: its threads would cost more than they do on so little, and its sums differ between machines.
        size = counts.sum(axis=1, keepdims=True) if plain else np.einsum("du,ua->da", counts, cells)
        own = np.einsum("du,ua->da", counts, sums)
        drawn[rows] = np.where(size > 0, own / np.where(size > 0, size, 1.0), means)
    return drawn


def _met(
    leaves: Sequence[tuple[int, Mapping[Hashable, Sequence[float]]]],
) -> Iterator[list[tuple[int, Mapping[Hashable, Sequence[float]]]]]:
    """The agents of a scenario in groups that share at least half of their worlds."""
    groups: list[tuple[set[Hashable], list[tuple[int, Mapping[Hashable, Sequence[float]]]]]] = []
    for at, worlds in leaves:
        for union, members in groups:
            if 2 * sum(world in union for world in worlds) >= max(len(worlds), len(union)):
                union.update(worlds)
                members.append((at, worlds))
                break
        else:
            groups.append((set(worlds), [(at, worlds)]))
    yield from (members for _, members in groups)
