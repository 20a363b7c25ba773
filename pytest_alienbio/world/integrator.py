"""One unit of time, for one episode (floats) and for a batch of them (rows): the only way a state moves on.

Classic fourth-order Runge-Kutta with a fixed number of sub-steps. Concentrations and densities are held at >= 0 at every
stage, so no denominator can reach zero. Both paths make the same operations in the same order, hence the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .kernel import DeriveRows, Kernel, Rows
from .populations import EXTINCT_BELOW
from .state import Effect, add_up, apply, touched


def step(kernel: Kernel, state: Sequence[float], t: int, effects: Iterable[Effect], dose: float, substeps: int) -> list[float]:
    """The state one unit of time after step `t`: hidden pulses, then the action, then time, then extinctions, then totals."""
    now = list(state[: kernel.elements])
    for when, i, amount in kernel.pulses:
        if when == t:
            now[i] = now[i] + amount
    apply(effects, now, dose)
    now = _advance(kernel, now, substeps)
    for i in kernel.living:
        if now[i] < EXTINCT_BELOW:
            now[i] = 0.0
    now.extend(add_up(now, kernel.totals))
    return now


def step_rows(
    kernel: Kernel,
    derive: DeriveRows,
    state: Rows,
    t: int,
    events: Iterable[tuple[NDArray[np.intp], Sequence[Effect], float]],
    substeps: int,
) -> Rows:
    """`step` for a batch, `derive` being `kernel.rows(width)`.

    `events` are (which episodes, effects, dose), each episode in at most one of them.
    """
    now = state[: kernel.elements].copy()
    for when, i, amount in kernel.pulses:
        if when == t:
            now[i] = now[i] + amount
    for episodes, effects, dose in events:
        rows: dict[int, Rows] = {i: now[i, episodes] for i in touched(effects)}
        apply(effects, rows, dose)
        for i, row in rows.items():
            now[i, episodes] = row
    now = _advance_rows(derive, now, substeps)
    for i in kernel.living:
        now[i, now[i] < EXTINCT_BELOW] = 0.0
    return np.concatenate((now, add_up(list(now), kernel.totals))) if kernel.totals else now


def _advance(kernel: Kernel, y: list[float], substeps: int) -> list[float]:
    derive, h = kernel.derive, 1.0 / substeps
    half, sixth = h / 2.0, h / 6.0
    for _ in range(substeps):
        k1 = derive(*y)
        k2 = derive(*[0.0 if (v := a + half * b) <= 0.0 else v for a, b in zip(y, k1, strict=True)])
        k3 = derive(*[0.0 if (v := a + half * b) <= 0.0 else v for a, b in zip(y, k2, strict=True)])
        k4 = derive(*[0.0 if (v := a + h * b) <= 0.0 else v for a, b in zip(y, k3, strict=True)])
        y = [
            0.0 if (v := a + sixth * (b + 2.0 * c + 2.0 * d + e)) <= 0.0 else v
            for a, b, c, d, e in zip(y, k1, k2, k3, k4, strict=True)
        ]
    return y


def _advance_rows(derive: DeriveRows, y: Rows, substeps: int) -> Rows:
    h = 1.0 / substeps
    half, sixth = h / 2.0, h / 6.0
    for _ in range(substeps):
        k1 = np.array(derive(*y))
        k2 = np.array(derive(*_held(y + half * k1)))
        k3 = np.array(derive(*_held(y + half * k2)))
        k4 = np.array(derive(*_held(y + h * k3)))
        y = _held(y + sixth * (k1 + 2.0 * k2 + 2.0 * k3 + k4))
    return y


def _held(y: Rows) -> Rows:
    # Not np.maximum: what a float comparison does with -0.0 and NaN must be done here too.
    y[y <= 0.0] = 0.0
    return y


def fine_enough(run: Callable[[int], Rows], *, start: int = 4, most: int = 16, tolerance: float = 1e-3) -> int | None:
    """The halving test: the smallest number of sub-steps whose paths differ from those at half the step by < `tolerance`.

    `run(substeps)` gives paths of any shape; the difference is relative to max(1, largest value). None if `most` is not
    enough, or something is not finite.
    """
    substeps, coarse = start, run(start)
    while substeps <= most:
        fine = run(2 * substeps)
        scale = max(1.0, float(np.abs(fine).max()))
        if not np.isfinite(scale) or not np.isfinite(coarse).all():
            return None
        if float(np.abs(coarse - fine).max()) / scale < tolerance:
            return substeps
        substeps, coarse = 2 * substeps, fine
    return None
