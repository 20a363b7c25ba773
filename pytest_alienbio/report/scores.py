"""Agents x scenarios: a row each, with scores, pass rates and errors."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Leaf
from . import figures
from .document import PLUS_MINUS, Field, Section, Table, column, named, silent

MAX_ROWS = 30
"""Of a table on a screen."""


def played(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Those in which something was started: a skipped agent is told once, with its reason, not in every scenario."""
    return [leaf for leaf in leaves if leaf.n or leaf.unscored or leaf.errors]


def ranks(leaves: Sequence[Leaf]) -> bool:
    """Whether there is anything to rank: not where trials of tasks were played and no cell has a score."""
    return any(leaf.n for leaf in leaves) or not any(leaf.unscored or leaf.is_task for leaf in leaves)


def scores(leaves: Sequence[Leaf], where: str) -> Section:
    """The scores of agents (`played` leaves) by scenario. `where` has what a screen leaves out."""
    if not leaves:
        return Section("scores", "scores", "none, no cell was played to an end")
    ranked = ranks(leaves)
    screen = whole_groups([leaf.scenario for leaf in leaves])
    left_out = len(leaves) - len(screen)
    table = Table(
        "leaves",
        (
            named("scenario", "scenario", leaves, lambda leaf: leaf.scenario, once=True),
            # Without scores only tasks are there, and their variations.
            named("agent", "agent" if ranked else "variation", leaves, lambda leaf: leaf.agent),
            column("cells", "n", leaves, lambda leaf: leaf.n + leaf.unscored, lambda leaf: f"{leaf.n + leaf.unscored:,}"),
            silent("scored", leaves, lambda leaf: leaf.n),
            silent("worlds", leaves, lambda leaf: leaf.worlds),
            *([_score(leaves)] if ranked else [silent("mean", leaves, lambda leaf: leaf.mean)]),
            silent("std", leaves, lambda leaf: leaf.std),
            silent("passed", leaves, lambda leaf: leaf.passed),
            column("pass_rate", "passed", leaves, lambda leaf: leaf.pass_rate, lambda leaf: figures.percent(leaf.pass_rate)),
            column("pass_interval", "95%", leaves, _pass_interval, _pass_interval_text, gives_way=2),
            column("errors", "errors", leaves, lambda leaf: leaf.errors, lambda leaf: f"{leaf.errors:,}"),
            silent("outcomes", leaves, lambda leaf: leaf.outcomes),
        ),
        stack="scenario",
        screen=screen,
        more=f"… and {figures.many(left_out, 'more row')}: {where}" if left_out else "",
    )
    about = "mean ± std of n scored cells; passed, with its 95% Wilson interval"
    if ranked:
        return Section("scores", "scores", about, (table,))
    return Section("scores", "trials", "n that ended well; passed, with its 95% Wilson interval", (table,))


def whole_groups(names: Sequence[str], most: int = MAX_ROWS) -> tuple[int, ...]:
    """The first rows, at most so many, in which nothing is half there: a scenario with some of its agents compares nothing.

    `names` are the rows' groups, one after the other. Bounded even if the first group is larger.
    """
    end = min(most, len(names))
    if end < len(names) and names[end] == names[end - 1]:
        start = next(at for at in range(end) if names[at] == names[end])
        end = start or end
    return tuple(range(end))


def _score(leaves: Sequence[Leaf]) -> Field:
    return column(
        "mean",
        "score",
        leaves,
        lambda leaf: leaf.mean,
        lambda leaf: figures.spread(leaf.mean, leaf.std),
        narrow=lambda leaf: figures.score(leaf.mean),
        gives_way=1,
        sign=PLUS_MINUS,
    )


def _pass_interval(leaf: Leaf) -> list[float] | None:
    return None if leaf.pass_rate is None else [leaf.pass_interval.low, leaf.pass_interval.high]


def _pass_interval_text(leaf: Leaf) -> str:
    return figures.MISSING if leaf.pass_rate is None else figures.percent_interval(leaf.pass_interval)
