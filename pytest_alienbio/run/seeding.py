"""How many seeds a drop needs, asked from a script."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from ..errors import SpecError
from ..stats import required_seeds as planned
from .where import data_root_here, dats_named

if TYPE_CHECKING:
    from ..model import SeedPlan
    from ..results.ask import Words
    from ..results.power import Terms


def required_seeds(
    drop: float,
    sd_diff: float | None = None,
    *,
    pilot: str | os.PathLike[str] | Sequence[float] | float | None = None,
    agent: Words | None = None,
    scenarios: int | None = None,
    tests: int = 1,
    metric: str = "score",
    data: str | os.PathLike[str] | None = None,
    **terms: Unpack[Terms],
) -> SeedPlan:
    """Seeds a scenario with which a drop in the mean is seen: `Bio.required_seeds(0.05, pilot="mine", agent="greedy").n`.

    `pilot`: what tells the spread. A DAT, a glob of them (two runs of the same cells are paired) or a battery: then the mean
    goes over its agents (or `agent`, a glob) on its scenarios, unless `scenarios` says over how many. Or differences of runs;
    or from how many `sd_diff` is. Other options (`alpha`, `power`, `tol`, `paired`, `n_base`, `population`, `between`, `mean`)
    and the formulas: `stats.required_seeds`. Raises `SpecError` (a `ValueError`) for what makes no sense, `StoreError` for no
    DAT.
    """
    if not isinstance(pilot, str | os.PathLike):
        if agent is not None:
            raise SpecError("agent= says whose cells of a pilot count; name a DAT as pilot=")
        try:
            return planned(drop, sd_diff, scenarios=1 if scenarios is None else scenarios, tests=tests, pilot=pilot, **terms)
        except ValueError as error:
            raise SpecError(str(error)) from error
    if sd_diff is not None:
        raise SpecError("a DAT as pilot= tells the spread; leave sd_diff out")
    from ..results.ask import ask
    from ..results.power import Wanted, seeds_for
    from ..store.index import Index

    root = data_root_here(None if data is None else os.fspath(data), "{}=")
    paths = dats_named(root, [pilot])
    query = ask(now=time.time(), agent=agent, dats=paths)
    with Index.open(root) as index:
        index.refresh(paths)
        wanted = Wanted(drop, **terms)
        return seeds_for(index, query, list(map(str, paths)), wanted, metric=metric, scenarios=scenarios, tests=tests)
