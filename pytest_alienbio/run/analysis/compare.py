"""Experiments side by side on one metric."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import SpecError, did_you_mean
from ...model.figures import measure
from ...report import inert
from .analyzer import ExperimentAnalyzer
from .measured import FIGURES
from .printed import say

if TYPE_CHECKING:
    import pandas as pd


def compare_experiments(experiments: Sequence[str | os.PathLike[str]], *, metric: str) -> pd.DataFrame:
    """A metric of several experiments, variation by variation: printed, and as a frame.

    A row a variation of each, with `experiment variation trials mean std min max median missing`; experiments of one name are
    told apart by their folders. Their trials are no pairs: two runs of the same cells: `Bio.results.compare_runs`. Raises
    `SpecError` for a metric that none of them has.
    """
    import pandas as pd

    analyzed = [ExperimentAnalyzer(path) for path in experiments]
    if analyzed and not any(metric in each.metrics for each in analyzed):
        known = {name for each in analyzed for name in each.metrics}
        raise SpecError(f"no trial has a metric {metric[:80]!r}; {did_you_mean(metric, known, most=30)}")
    often = Counter(each.name for each in analyzed)
    rows: list[tuple[object, ...]] = []
    lines = [f"Comparing {len(analyzed)} experiments on {inert(metric)}:"]
    for each in analyzed:
        title = each.name if often[each.name] == 1 else f"{each.name} ({each.experiment_dir})"
        told = each.estimates(metric) if metric in each.metrics else {}
        for name in each.variations:
            figures = told.get(name, {})
            values = [figures[kind].value if figures else None for kind in FIGURES]
            n = figures["std"].n if figures else 0
            rows.append((title, name, n, *values, sum(figures["mean"].missing.values()) if figures else None))
            mean, std = values[:2]
            text = "missing" if mean is None else measure(mean, std)
            lines.append(f"  {inert(title, most=400)}, {inert(name)}: {text} (n = {n:,})")
    say(lines)
    frame = pd.DataFrame(rows, columns=["experiment", "variation", "trials", *FIGURES, "missing"])
    return frame.astype({"trials": "Int64", **dict.fromkeys(FIGURES, "Float64"), "missing": "Int64"})
