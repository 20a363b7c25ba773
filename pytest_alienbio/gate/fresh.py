"""Seeds that a confirm stage may play: stored in the baseline, and of no use to the first stage."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Baseline, Batch, BatchCell, Rule
from ..model.batch import MEASURED
from .numbers import lacks

Unit = tuple[int, str, int, int]


def fresh(new: Batch, base: Baseline, leaf: tuple[str, str], rule: Rule) -> tuple[Unit, ...]:
    """Stored baseline cells (units) of a leaf that the first stage did not use, on its first `rule.confirm` unused seeds.

    Only of difficulties, params and variants that the new run has, too, and with a number. Nothing where the leaf was judged as
    two samples, which use every stored run.
    """
    mine = [cell for cell in new.cells if cell.leaf == leaf]
    return fresh_of(mine, [cell for cell in base.batch.cells if cell.leaf == leaf], rule)


def fresh_of(mine: Sequence[BatchCell], theirs: Sequence[BatchCell], rule: Rule) -> tuple[Unit, ...]:
    """The same of one leaf's own cells, of the run and of the baseline."""
    if is_two_samples(mine, theirs):
        return ()
    both, used = _both(mine, theirs), {cell.seed for cell in mine}
    left = sorted(
        cell.unit for cell in theirs if cell.stratum in both and cell.seed not in used and not lacks(cell, rule.metric)
    )
    seeds = sorted({unit[3] for unit in left})[: rule.confirm]
    return tuple(unit for unit in left if unit[3] in seeds)


def is_two_samples(mine: Sequence[BatchCell], theirs: Sequence[BatchCell]) -> bool:
    """Whether the run has a seed of this leaf that the baseline lacks."""
    both = _both(mine, theirs)
    return not {cell.unit for cell in mine if cell.stratum in both} <= {cell.unit for cell in theirs}


def is_certain(leaf: tuple[str, str], new: Batch, base: Baseline, rule: Rule) -> bool:
    """Whether a leaf was verified to be deterministic: no confirm stage plays it again."""
    agent = new.agents.get(leaf[0])
    return agent is not None and agent.deterministic and leaf in base.verified and rule.metric not in MEASURED


def _both(mine: Sequence[BatchCell], theirs: Sequence[BatchCell]) -> set[tuple[int, str, int]]:
    return {cell.stratum for cell in mine} & {cell.stratum for cell in theirs}
