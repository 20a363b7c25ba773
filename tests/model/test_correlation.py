"""A correlation in words."""

from __future__ import annotations

from pytest_alienbio.model import Correlation, Estimate, Interval, PValue


def test_a_correlation_says_itself() -> None:
    """What goes with what, how sure that is, on how many units; names are harmless."""
    found = Correlation("noise", "spearman", Estimate(-0.6, Interval(-0.8, -0.2), n=40, unit="scenarios"), PValue(0.002))
    assert str(found) == "score and noise: spearman -0.60 [-0.80, -0.20] (n = 40 scenarios), p = 0.002"
    held = Correlation("si\x1bze", "partial spearman", Estimate(0.1, n=9, why="few"), PValue(0.0001), ("noise",), notes=("so",))
    assert str(held) == "score and sie given noise: partial spearman 0.1 (n = 9; few), p < 0.001\n  so"
    assert str(Correlation("size", "spearman", Estimate(None, n=4, why="fewer than five"))).startswith(
        "score and size: spearman m"
    )
