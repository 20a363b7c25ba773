"""One scale for agents that met on different scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import isfinite
from typing import TYPE_CHECKING

from ..model import Estimate, Interval, Strengths
from .intervals import t_quantile
from .pairing import Grid, Measure
from .units import Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VIRTUAL = 0.5
"""Of a tie, added to each pair that met where some agent never lost or never won: its strength would be infinite."""
ROUNDS = 100
SLACK = 1e-12
"""Share of the log likelihood within which a step counts as no worse: at the top it is flat to rounding."""


def bradley_terry(
    agents: Sequence[str], wins: Sequence[Sequence[float]], *, ties: float = 0.0, level: float = 0.95
) -> Strengths:
    """The strengths of `agents` from who beat whom: `wins[i][j]`, how often i beat j; a tie is half a win for both.

    Maximum likelihood by Newton's method, log strengths with mean zero, standard errors from the pseudo-inverse of the
    information, z intervals. Where that has no finite answer (some group never lost to the others) half a tie is added to
    each pair that met, and it is said. Agents that no chain of meetings joins have no common scale: nothing is told, and
    `why` names the groups. Games on one world are counted as independent: with few scenarios the intervals are too narrow.
    Raises `ValueError` for a table that is not square, a negative or infinite count, or a win over oneself.
    Bradley and Terry (1952), Biometrika 39, 324-345; Ford (1957), Am. Math. Mon. 64, 28-33, for when a finite answer exists.
    """
    import numpy as np

    table = np.array(wins, dtype=np.float64).reshape(len(wins), -1) if len(wins) else np.zeros((0, 0))
    size = len(agents)
    if table.shape != (size, size):
        raise ValueError(f"expected a table of {size} x {size} wins, got shape {table.shape}")
    if not np.isfinite(table).all() or (table < 0).any() or np.diagonal(table).any():
        raise ValueError("wins are finite numbers, not negative, and nobody beats himself")
    games = float(table.sum())
    met = table + table.T
    groups = _groups(met > 0, both_ways=False)
    if len(groups) != 1 or size < 2:
        joined = " and ".join("{" + ", ".join(agents[at] for at in group) + "}" for group in groups)
        why = f"never met, so there is no common scale: {joined}" if size > 1 else "fewer than two agents"
        return Strengths({agent: Estimate(None, why=why) for agent in agents}, games, ties, regularised=False, why=why)
    separated = len(_groups(table > 0, both_ways=True)) > 1
    if separated:
        table = table + VIRTUAL / 2 * (met > 0)
    theta = _fit(table)
    information = _information(table + table.T, theta)
    errors = np.sqrt(np.clip(np.diagonal(np.linalg.pinv(information, hermitian=True)), 0.0, None)).tolist()
    z = t_quantile((1 + level) / 2, float("inf"))
    found = {}
    for at in sorted(range(size), key=lambda at: -theta[at]):
        value, error = float(theta[at]), errors[at]
        played = round(float(met[at].sum()))
        interval = Interval(value - z * error, value + z * error, level)
        found[agents[at]] = Estimate(value, interval, played, stderr=error, method="Bradley-Terry", unit="games")
    note = "some agents never lost or never won against the others: half a tie was added to each pair that met"
    return Strengths(found, games, ties, regularised=separated, notes=(note,) if separated else ())


def meetings(cells: Mapping[str, Sequence[Unit]], *, better: str = "higher", measure: Measure = "score") -> Meetings:
    """Who beat whom on the worlds that both have a score of: each is one game, a tie half a win for both.

    Of a world with several cells (params, variants) the game is shared out among them: they are no more games.
    """
    import numpy as np

    if better not in ("higher", "lower"):
        raise ValueError(f"better is higher or lower, got {better!r}")
    names = list(cells)
    grid = Grid.of([cells[name] for name in names], measure)
    wins, ties = np.zeros((len(names), len(names))), 0.0
    for a, b in combinations(range(len(names)), 2):
        pairs = grid.pairs(a, b)
        shares = (1 / np.bincount(pairs.world))[pairs.world] if len(pairs) else np.zeros(0)
        ahead, behind, same = (
            float(shares[which].sum()) for which in (pairs.a > pairs.b, pairs.a < pairs.b, pairs.a == pairs.b)
        )
        won, lost = (ahead, behind) if better == "higher" or measure == "passed" else (behind, ahead)
        wins[a, b], wins[b, a] = won + same / 2, lost + same / 2
        ties += same
    return names, wins.tolist(), ties


Meetings = tuple[list[str], list[list[float]], float]
"""Agents, wins, ties: what `bradley_terry` takes."""


def _fit(wins: Floats) -> Floats:
    """Newton's method with halved steps; the likelihood is concave, so it ends at its top."""
    import numpy as np

    size = len(wins)
    met = wins + wins.T
    theta = np.zeros(size)
    best = _likelihood(wins, theta)
    for _ in range(ROUNDS):
        expected = met * _chance(theta)
        gradient = wins.sum(axis=1) - expected.sum(axis=1)
        if np.abs(gradient).max() <= 1e-12 * max(1.0, float(met.sum())):
            break
        step = np.linalg.pinv(_information(met, theta), hermitian=True) @ gradient
        for _ in range(60):
            tried = theta + step
            value = _likelihood(wins, tried)
            if value >= best - SLACK * abs(best):
                break
            step = step / 2
        else:
            break  # no better point within rounding: this is the top
        if isfinite(value):
            theta, best = tried - tried.mean(), value
    found: Floats = theta - theta.mean()
    return found


def _chance(theta: Floats) -> Floats:
    """Of i (rows) beating j."""
    from scipy.special import expit  # type: ignore[import-untyped, unused-ignore]

    found: Floats = expit(theta[:, None] - theta[None, :])
    return found


def _likelihood(wins: Floats, theta: Floats) -> float:
    import numpy as np

    return -float((wins * np.logaddexp(0.0, theta[None, :] - theta[:, None])).sum())


def _information(met: Floats, theta: Floats) -> Floats:
    import numpy as np

    chance = _chance(theta)
    weights = met * chance * (1 - chance)
    found: Floats = np.diag(weights.sum(axis=1)) - weights
    return found


def _groups(reaches: NDArray[np.bool_], *, both_ways: bool) -> list[list[int]]:
    """Agents joined by chains of `reaches`; `both_ways`: there and back again (strongly connected)."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped, unused-ignore]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped, unused-ignore]

    count, labels = connected_components(csr_array(reaches), directed=both_ways, connection="strong")
    return [[at for at, label in enumerate(labels.tolist()) if label == group] for group in range(count)]
