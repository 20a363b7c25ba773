"""A report in a few lines, for a notebook: how it ended, every agent's mean with its interval, and where everything is."""

from __future__ import annotations

from ..model import Outcome, Standing
from . import figures
from .columns import Column, fit, lines_of
from .document import Document

WIDTH = 80
MAX_AGENTS = 12


def brief(document: Document, status: str) -> str:
    """`document` of a run that ended with `status` in at most some 16 lines of 80 columns; the path may be longer."""
    ended = [f"{document.outcomes[name]:,} {name}" for name in Outcome if document.outcomes.get(name)]
    lines = [f"{document.title}: {status}; {figures.many(document.counts.recorded, 'cell')}: {', '.join(ended)}"]
    board = document.leaderboard
    shown = board.standings[:MAX_AGENTS]
    if any(standing.n for standing in shown):

        def interval(standing: Standing) -> str:
            if standing.interval is not None:
                return figures.score_interval(standing.interval)
            return f"({board.interval_notes[standing.agent]})" if standing.agent in board.interval_notes else figures.MISSING

        level = next((standing.interval.level for standing in shown if standing.interval), 0.95)
        table = (
            Column("agent", tuple(standing.agent for standing in shown), left=True, names=True),
            Column("mean", tuple(figures.score(standing.mean) for standing in shown)),
            Column(f"{100 * level:g}%", tuple(map(interval, shown))),
            Column("passed", tuple(figures.percent(standing.pass_rate) for standing in shown)),
            Column("n", tuple(f"{standing.n:,}" for standing in shown)),
            Column("errors", tuple(f"{standing.errors:,}" for standing in shown)),
        )
        lines += lines_of(fit(table, WIDTH, least=8))
    trials = [leaf for leaf in document.scores.leaves if leaf.unscored or leaf.is_task][:MAX_AGENTS]
    if trials and not any(standing.n for standing in shown):
        lines += lines_of(
            fit(
                (
                    Column("task", tuple(leaf.scenario for leaf in trials), left=True, names=True),
                    Column("variation", tuple(leaf.agent for leaf in trials), left=True, names=True),
                    Column("passed", tuple(figures.percent(leaf.pass_rate) for leaf in trials)),
                    Column("n", tuple(f"{leaf.unscored:,}" for leaf in trials)),
                    Column("errors", tuple(f"{leaf.errors:,}" for leaf in trials)),
                ),
                WIDTH,
                least=8,
            )
        )
    left_out = board.left_out + len(board.standings) - len(shown)
    if left_out:
        lines.append(f"... and {figures.many(left_out, 'more agent')}")
    lines += [f"broken scenario: {finding}" for finding in document.findings[:1]]
    if len(document.findings) > 1:
        lines.append(f"... and {figures.many(len(document.findings) - 1, 'more broken scenario')}")
    return "\n".join([*lines, f"results: {document.dat_path}"])
