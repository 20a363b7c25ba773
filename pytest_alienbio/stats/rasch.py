"""Agents against scenarios on one scale: which scenarios do not measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING

from ..model import Estimate, Interval, Item, Rasch
from .intervals import t_quantile
from .units import Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AGENTS = 5
SCENARIOS = 20
"""Fewer of either, and the table of leaf means says as much."""
DIFFICULTY = 2.0
"""Standard deviation of the normal prior on difficulties, in logits: a scenario that nobody passes stays on the scale."""
ABILITY = 5.0
"""Of a prior so wide on abilities that it only keeps who passes everything from infinity."""
CHANCE = 0.05
ROUNDS = 100
SLACK = 1e-12
"""Share of the log likelihood within which a step counts as no worse: at the top it is flat to rounding."""


def rasch(cells: Mapping[str, Sequence[Unit]], *, level: float = 0.95) -> Rasch:
    """`P(pass) = 1 / (1 + exp(difficulty - ability))`, fitted to all agents and scenarios at once.

    `cells`: the units of each agent, by name; those that were not judged are left out, and those of one world (params,
    variants) count as one, passed in part. Joint mode under normal priors on
    difficulties (sd 2) and, all but flat, on abilities (sd 5); errors from the curvature there, z intervals. A scenario's
    fault: nobody passes, everybody passes, or better agents fail more, which is a correlation of its pass rate with that on
    the other scenarios, over agents, negative at one-sided p < 0.05: of twenty scenarios that measure nothing one looks so.
    Needs five agents and twenty scenarios, else `why`. Rasch (1960), Probabilistic Models for Some Intelligence and
    Attainment Tests; Swaminathan and Gifford (1982), J. Educ. Stat. 7, 175-191, for the priors.
    """
    import numpy as np

    agents = [agent for agent, units in cells.items() if any(unit.passed is not None for unit in units)]
    names = sorted({unit.scenario for units in cells.values() for unit in units if unit.passed is not None})
    if len(agents) < AGENTS or len(names) < SCENARIOS:
        why = f"takes {AGENTS} agents and {SCENARIOS} scenarios, there are {len(agents)} and {len(names)}"
        return Rasch({}, (), why=f"{why}: the table of leaf means says as much")
    spot = {name: place for place, name in enumerate(names)}
    passed, played = np.zeros((len(agents), len(names))), np.zeros((len(agents), len(names)))
    for row, agent in enumerate(agents):
        worlds: dict[tuple[object, ...], list[bool]] = {}
        for unit in cells[agent]:
            if unit.passed is not None:
                worlds.setdefault(unit.key[:4], []).append(unit.passed)
        for (scenario, *_), verdicts in worlds.items():
            passed[row, spot[str(scenario)]] += sum(verdicts) / len(verdicts)
            played[row, spot[str(scenario)]] += 1
    mode, covariance = _fit(passed, played)
    z = t_quantile((1 + level) / 2, float("inf"))

    def told(at: int, n: float) -> Estimate:
        value, error = float(mode[at]), sqrt(float(covariance[at, at]))
        interval = Interval(value - z * error, value + z * error, level)
        return Estimate(value, interval, int(n), stderr=error, method="Rasch", unit="worlds")

    abilities = {agent: told(at, played[at].sum()) for at, agent in enumerate(agents)}
    items = [_item(name, at, told(len(agents) + at, played[:, at].sum()), passed, played) for name, at in spot.items()]
    items.sort(key=lambda item: (-(item.difficulty.value or 0.0), item.scenario))
    ranked = dict(sorted(abilities.items(), key=lambda pair: -(pair[1].value or 0.0)))
    return Rasch(ranked, tuple(items))


def _item(name: str, at: int, difficulty: Estimate, passed: Floats, played: Floats) -> Item:
    import numpy as np

    there = played[:, at] > 0
    others = np.delete(np.arange(played.shape[1]), at)
    rest_played = played[there][:, others].sum(axis=1)
    own = passed[there, at] / played[there, at]
    rate = float(own.mean())
    fault = "nobody passes" if rate == 0 else "everybody passes" if rate == 1 else ""
    keep = rest_played > 0
    rest = passed[there][:, others].sum(axis=1)[keep] / rest_played[keep]
    own = own[keep]
    if len(own) < 3 or np.ptp(own) == 0 or np.ptp(rest) == 0:
        return Item(name, difficulty, rate, None, fault)
    r = float(np.corrcoef(own, rest)[0, 1])
    from scipy.special import stdtr  # type: ignore[import-untyped, unused-ignore]

    df = len(own) - 2
    p = float(stdtr(df, r * sqrt(df / max(1e-12, 1 - r * r))))
    return Item(name, difficulty, rate, r, fault or ("better agents fail more" if r < 0 and p < CHANCE else ""))


def _fit(passed: Floats, played: Floats) -> tuple[Floats, Floats]:
    """The mode (abilities, then difficulties) by Newton's method, and the inverse of the curvature there."""
    import numpy as np
    from scipy.special import expit

    size = played.shape
    prior = np.concatenate([np.full(size[0], ABILITY**-2), np.full(size[1], DIFFICULTY**-2)])
    mode = np.zeros(sum(size))

    def height(at: Floats) -> float:
        z = at[: size[0], None] - at[None, size[0] :]
        return float((passed * z - played * np.logaddexp(0.0, z)).sum() - (prior * at * at).sum() / 2)

    best = height(mode)
    for _ in range(ROUNDS):
        chance = expit(mode[: size[0], None] - mode[None, size[0] :])
        rest = passed - played * chance
        gradient = np.concatenate([rest.sum(axis=1), -rest.sum(axis=0)]) - prior * mode
        weights = played * chance * (1 - chance)
        curvature = np.block([[np.diag(weights.sum(axis=1)), -weights], [-weights.T, np.diag(weights.sum(axis=0))]])
        curvature = curvature + np.diag(prior)
        if np.abs(gradient).max() <= 1e-10:
            break
        step = np.linalg.solve(curvature, gradient)
        while height(mode + step) < best - SLACK * abs(best) and np.abs(step).max() > 1e-12:
            step = step / 2
        mode = mode + step
        best = height(mode)
    return mode, np.linalg.inv(curvature)
