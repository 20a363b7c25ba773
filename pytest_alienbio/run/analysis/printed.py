"""What the analyzer prints of a test, line by line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ...model import Comparison, inert
from .ttest import TTest


def ttest_lines(metric: str, found: TTest) -> list[str]:
    """What a t test found, as the first specification prints it, and what it ignores."""
    shown = [
        *_head(metric, found.a, found.b, [found.mean_a, found.mean_b]),
        f"  T-statistic: {_number(found.statistic)}",
        f"  P-value: {_p(found.p)}",
        f"  Significant (p<0.05): {_yes(found.significant)}{f' ({found.why})' if found.why else ''}",
    ]
    return [*shown, f"  This test {found.ignores}."]


def paired_lines(metric: str, told: Comparison, means: Sequence[float | None]) -> list[str]:
    """What a comparison pair by pair found; `means` of both sides, None if missing."""
    delta = str(told.delta).partition(" (")[0]
    units = f"{told.pairs:,} pair{'' if told.pairs == 1 else 's'}" if told.paired else "not paired"
    why = told.why or told.impossible or told.p.why
    return [
        *_head(metric, told.a, told.b, means),
        f"  Difference A - B: {delta} ({units})",
        f"  P-value: {_p(told.p.best)}",
        f"  Significant (p<{told.alpha:g}): {_yes(told.significant)}{f' ({inert(why, most=400)})' if why else ''}",
        *([] if told.improvement.value is None else [f"  P(A better): {told.cells()[4]}"]),
        *(f"  {remark}" for remark in told.remarks()),
    ]


def _head(metric: str, a: str, b: str, means: Sequence[float | None]) -> list[str]:
    return [
        f"Comparing {inert(a)} vs {inert(b)} on {inert(metric)}:",
        f"  Mean A: {_number(means[0])}",
        f"  Mean B: {_number(means[1])}",
    ]


def _number(value: float | None) -> str:
    """Two decimals, as long as these say something."""
    if value is None:
        return "missing"
    return f"{value:.2f}" if value == 0 or 0.1 <= abs(value) < 1e9 else f"{value:.4g}"


def _p(p: float | None) -> str:
    return "cannot be told" if p is None else "<0.0001" if p < 0.0001 else f"{p:.4f}"


def _yes(significant: bool | None) -> str:
    return "cannot be told" if significant is None else "Yes" if significant else "No"


def say(lines: Sequence[str]) -> None:
    """Prints lines."""
    sys.stdout.write("\n".join(lines) + "\n")
