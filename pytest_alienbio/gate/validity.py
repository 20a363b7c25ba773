"""Whether a run and its baseline may be compared at all."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Baseline, Batch, Drift, Rule


def drifts(new: Batch, base: Baseline, rule: Rule, *, broken: Sequence[str] = (), cut_short: str = "") -> tuple[Drift, ...]:
    """Why they may not: cells without a number beyond `max_missing`, scenarios that broke, a run cut short."""
    found = [Drift("cut short", f"the run is not whole: {cut_short}")] if cut_short else []
    found += [Drift("sanity", f"{scenario} is broken: its sanity does not hold", now=scenario) for scenario in broken]
    missing = sum(rule.metric not in cell.values for cell in new.cells)
    if missing > rule.max_missing:
        said = f"{missing:,} of {len(new.cells):,} cells have no {rule.metric}, and max_missing allows {rule.max_missing:,}"
        found.append(Drift("missing", said, cells=missing))
    return tuple(found)
