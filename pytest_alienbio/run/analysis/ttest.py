"""Student's t of two variations, as it is often asked for; what it does not look at is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model.html import facts_html

IGNORES = (
    "ignores that trials with the same seed belong together, and that trials of one world or scenario do; "
    'takes both spreads for equal: method="paired" looks at all of it'
)
"""What no reader of its p may overlook."""


@dataclass(frozen=True, slots=True)
class TTest:
    """Two samples as independent draws: `scipy.stats.ttest_ind`, with equal variances. What cannot be told is None."""

    a: str
    b: str
    n_a: int
    n_b: int
    mean_a: float | None
    mean_b: float | None
    statistic: float | None = None
    p: float | None = None
    df: float | None = None
    why: str = ""
    """Why there is no p."""
    ignores: str = IGNORES

    @property
    def significant(self) -> bool | None:
        """Whether p is below 0.05; None: it cannot be told."""
        return None if self.p is None else self.p < 0.05

    def _repr_html_(self) -> str:
        """How a notebook shows it, with what it ignores."""
        numbers = (("mean A", self.mean_a), ("mean B", self.mean_b), ("t", self.statistic), ("df", self.df), ("p", self.p))
        facts = (("n", f"{self.n_a:,} and {self.n_b:,}"), *((name, "" if at is None else f"{at:.4g}") for name, at in numbers))
        return facts_html(f"A = {self.a}, B = {self.b}", facts, self.why, f"This test {self.ignores}.")


def ttest(a: Sequence[float], b: Sequence[float], names: tuple[str, str]) -> TTest:
    """Student's t of two samples."""
    from scipy.stats import ttest_ind

    mean_a, mean_b = (sum(side) / len(side) if side else None for side in (a, b))
    why = ""
    if min(len(a), len(b)) < 2:
        why = f"{len(a)} and {len(b)} values; each side needs two"
    elif len(set(a)) == len(set(b)) == 1:
        why = "no spread on either side"
    if why:
        return TTest(names[0], names[1], len(a), len(b), mean_a, mean_b, why=why)
    told = ttest_ind(a, b)
    return TTest(names[0], names[1], len(a), len(b), mean_a, mean_b, float(told.statistic), float(told.pvalue), float(told.df))
