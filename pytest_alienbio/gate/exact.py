"""Deterministic leaves: seed by seed, with certainty, outside what alpha pays for."""

from __future__ import annotations

from ..model import NodeCall
from .leaves import Leaf

DUST = 1e-12
"""Share of the largest number within which two are equal: another summation order is no change."""


def exact_call(leaf: Leaf, tol: float) -> NodeCall:
    """What is said of a deterministic leaf: any difference is a change; on average more than `tol`, it has a direction."""
    import numpy as np

    sides = [(level.base, level.new) for level in leaf.levels]
    slack = DUST * max(float(np.abs(side).max()) for pair in sides for side in pair)
    if leaf.drop > tol + slack:
        return NodeCall.REGRESSED
    if leaf.drop < -tol - slack:
        return NodeCall.IMPROVED
    changed = any(float(np.abs(base - new).max()) > slack for base, new in sides)
    return NodeCall.CHANGED if changed else NodeCall.UNCHANGED
