"""New run and baseline side by side: which cells of a leaf belong together, and which have no partner or no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import fsum, isfinite
from typing import TYPE_CHECKING

from ..model import Baseline, Batch, BatchCell, NodeCall, Rule
from ..model.batch import MEASURED
from .leaves import Leaf, Level
from .numbers import lacks
from .validity import direction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Key = tuple[str, int]
"""Params and variant."""
World = tuple[int, int]
"""Difficulty and seed: cells of one world share their fate, so they are one unit of every test."""
Kind = tuple[int, tuple[Key, ...]]
"""Difficulty, and with which params and variants a world was seen: worlds of one kind can stand for one another."""
UNVERIFIED = "declared deterministic, but its baseline was not verified by playing it again: judged as random"


@dataclass(frozen=True, slots=True)
class Aligned:
    """One leaf of either side."""

    agent: str
    scenario: str
    leaf: Leaf | None = None
    """What is compared; None: nothing can be, and `call` says why."""
    call: NodeCall | None = None
    """MISSING or NEW where there is no `leaf`."""
    exact: bool = False
    """Deterministic, declared and verified: seed by seed, with certainty."""
    binary: bool = False
    """Whether every compared number is 0 or 1."""
    within: bool = False
    """Whether they all lie between 0 and 1."""
    cells: int = 0
    """Cells of the new run that are compared."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """Cells of the new run without a number, by why."""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[str, str]:
        """Agent and scenario."""
        return self.agent, self.scenario

    @property
    def compared(self) -> Leaf:
        """The leaf. Only where there is one."""
        assert self.leaf is not None
        return self.leaf


def sign_of(new: Batch, base: Baseline, rule: Rule) -> float:
    """What makes higher better: -1 where less of the metric is."""
    return -1.0 if direction(new, base.batch, rule) == "lower" else 1.0


def align(new: Batch, base: Baseline, rule: Rule) -> tuple[Aligned, ...]:
    """Every leaf of either side, by agent and scenario, oriented so that higher is better.

    Only what both sides planned is compared: difficulties, params and variants that one of them lacks are left out and told.
    What of the rest pairs is decided by seeds alone, never by scores or by which cells have any: all new seeds in the baseline
    -> pairs, else two samples. Pairs match on difficulty, params, variant and seed; the cells of one world (difficulty x seed)
    are swapped together, as one unit, and so are they relabelled. In two samples worlds of a kind are relabelled among
    themselves; kinds weigh what they do in the new run.
    Raises `ValueError` for a number that is not finite, or a cell that is there twice.
    """
    sign = sign_of(new, base, rule)
    mine, theirs = _by_leaf(new.cells), _by_leaf(base.batch.cells)
    found = []
    for name in sorted(mine.keys() | theirs.keys()):
        pair = _aligned(name, mine.get(name, []), theirs.get(name, []), rule.metric, sign)
        agent, scenario = new.agents.get(name[0]), new.scenarios.get(name[1])
        declared = agent is not None and agent.deterministic
        # Where chance is the scenario's own there is nothing to verify.
        declared = declared and (name in base.verified or scenario is None or scenario.deterministic)
        # Verified means that what it does came out twice, not how long that took or what it cost.
        if pair.leaf is not None and declared and rule.metric not in MEASURED:
            pair = _certain(pair, mine[name], theirs[name], rule.metric, sign, verified=name in base.verified)
        found.append(pair)
    return tuple(found)


def _by_leaf(cells: Sequence[BatchCell]) -> dict[tuple[str, str], list[BatchCell]]:
    found: dict[tuple[str, str], list[BatchCell]] = {}
    for cell in cells:
        found.setdefault(cell.leaf, []).append(cell)
    for (agent, scenario), own in found.items():
        if len({cell.unit for cell in own}) < len(own):
            twice = next(unit for unit, count in Counter(cell.unit for cell in own).items() if count > 1)
            raise ValueError(f"{agent} on {scenario}: seed {twice[3]} is there twice: a cell has one record")
    return found


def _aligned(name: tuple[str, str], new: list[BatchCell], base: list[BatchCell], metric: str, sign: float) -> Aligned:
    agent, scenario = name
    if not new:
        return Aligned(agent, scenario, call=NodeCall.MISSING, notes=("not in this run",))
    lost = _missing(new, metric)
    start = Aligned(agent, scenario, missing=lost)
    if not base:
        return replace(start, call=NodeCall.NEW, notes=("not in the baseline",))
    notes = []
    both = {cell.stratum for cell in new} & {cell.stratum for cell in base}
    if not both:
        said = "the baseline has it with other difficulties, params or variants only"
        return replace(start, call=NodeCall.NEW, notes=(said,))
    kept = [cell for cell in new if cell.stratum in both]
    there = [cell for cell in base if cell.stratum in both]
    if fewer := len(new) - len(kept):
        notes.append(f"{_cells(fewer)} with a difficulty, params or a variant that the baseline lacks: not compared")
    if fewer := len(base) - len(there):
        notes.append(f"{_cells(fewer)} of the baseline with a difficulty, params or a variant that this run lacks: left out")
    if lost:
        reasons = ", ".join(f"{count} {why}" for why, count in lost.items())
        notes.append(f"{sum(lost.values())} of {_cells(len(new))} without a number ({reasons})")
    if gone := _missing(there, metric):
        notes.append(f"{_cells(sum(gone.values()))} of the baseline without a number")
    x, b = _numbers(kept, metric, sign), _numbers(there, metric, sign)
    paired = {cell.unit for cell in kept} <= {cell.unit for cell in there}
    return _compared(replace(start, notes=tuple(notes)), b, x, sign, paired=paired)


def _certain(
    found: Aligned, new: list[BatchCell], base: list[BatchCell], metric: str, sign: float, *, verified: bool
) -> Aligned:
    """The same leaf compared seed by seed, if it was verified and both sides have a seed in common."""
    if not verified:
        return replace(found, notes=(*found.notes, UNVERIFIED))
    x, b = _numbers(new, metric, sign), _numbers(base, metric, sign)
    shared = x.keys() & b.keys()
    if not shared:
        return replace(found, notes=(*found.notes, "deterministic, but no seed is shared with the baseline: judged as random"))
    alone = len(x) - len(shared)
    notes = (*found.notes, f"{_cells(alone)} on seeds that the baseline lacks: not compared") if alone else found.notes
    return replace(_compared(replace(found, notes=notes), b, x, sign, paired=True), exact=True)


def _compared(
    start: Aligned, base: dict[tuple[int, str, int, int], float], new: dict[tuple[int, str, int, int], float], sign: float,
    *, paired: bool,
) -> Aligned:  # fmt: skip
    if paired:
        shared = base.keys() & new.keys()
        base, new = {unit: base[unit] for unit in shared}, {unit: new[unit] for unit in shared}
    sides = _kinds(base), _kinds(new)
    kinds = [kind for kind in sorted(sides[1]) if kind in sides[0]]
    total = sum(len(sides[1][kind]) * len(kind[1]) for kind in kinds)
    if not total:
        call = NodeCall.MISSING if start.missing or not new else NodeCall.NEW
        return replace(start, call=call, notes=(*start.notes, "nothing of it can be compared"))
    if (alone := len(new) - total) and not paired:
        start = replace(start, notes=(*start.notes, f"{_cells(alone)} of worlds that the baseline saw otherwise: not compared"))
    levels = tuple(
        Level(_means(sides[0][kind]), _means(sides[1][kind]), len(sides[1][kind]) * len(kind[1]) / total) for kind in kinds
    )
    values = {sign * value for side in sides for kind in kinds for world in side[kind] for value in world}
    return replace(
        start,
        leaf=Leaf(start.agent, start.scenario, levels, paired),
        binary=values <= {0.0, 1.0},
        within=min(values) >= 0 and max(values) <= 1,
        cells=total,
        call=None,
    )


def _means(worlds: Sequence[Sequence[float]]) -> Floats:
    import numpy as np

    return np.array([fsum(world) / len(world) for world in worlds])


def _kinds(numbers: Mapping[tuple[int, str, int, int], float]) -> dict[Kind, list[list[float]]]:
    """The worlds of each kind, by seed, each with the numbers of its cells."""
    worlds: dict[World, list[tuple[Key, float]]] = {}
    for (difficulty, params, variant, seed), value in sorted(numbers.items()):
        worlds.setdefault((difficulty, seed), []).append(((params, variant), value))
    found: dict[Kind, list[list[float]]] = {}
    for (difficulty, _), cells in sorted(worlds.items()):
        found.setdefault((difficulty, tuple(key for key, _ in cells)), []).append([value for _, value in cells])
    return found


def _numbers(cells: Sequence[BatchCell], metric: str, sign: float) -> dict[tuple[int, str, int, int], float]:
    return {cell.unit: sign * cell.values[metric] for cell in cells if not _why(cell, metric)}


def _missing(cells: Sequence[BatchCell], metric: str) -> dict[str, int]:
    return dict(sorted(Counter(why for cell in cells if (why := _why(cell, metric))).items()))


def _why(cell: BatchCell, metric: str) -> str:
    """Why the cell has no number to compare; '' if it has one."""
    value = cell.values.get(metric)
    if value is not None and not isfinite(value):
        raise ValueError(f"{metric} must be a finite number, got {value!r} ({cell.agent} on {cell.scenario}, seed {cell.seed})")
    return lacks(cell, metric)


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"
