"""Deterministic leaves: seed by seed, with certainty, outside what alpha pays for."""

from __future__ import annotations

from ..model import NodeCall
from .leaves import Leaf

DUST = 1e-12
"""Share of the largest number within which two are equal: another summation order is no change."""
SUMS = 1e-9
"""Share of the largest number by which a mean must have moved, beyond the tolerance, to have a direction: on another platform
sums of a thousand steps differ in their last bits."""


def exact_call(leaf: Leaf, tol: float) -> NodeCall:
    """What is said of a deterministic leaf: any difference is a change; clearly beyond `tol` on average, it has a direction."""
    import numpy as np

    sides = [(level.base, level.new) for level in leaf.levels]
    scale = max(float(np.abs(side).max()) for pair in sides for side in pair)
    if leaf.drop > tol + SUMS * scale:
        return NodeCall.REGRESSED
    if leaf.drop < -tol - SUMS * scale:
        return NodeCall.IMPROVED
    changed = any(float(np.abs(base - new).max()) > DUST * scale for base, new in sides)
    return NodeCall.CHANGED if changed else NodeCall.UNCHANGED
