"""Agents x scenarios at a glance: one number each."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Leaf, Summary
from . import figures
from .document import Matrix, Note, Notes, Section
from .leaderboard import ordered
from .scores import played, ranks


def summary_table(summary: Summary, more: str = "") -> Section:
    """Each agent's mean score on each scenario, agents from best to worst; pass rates where nothing has a score.

    `more` says how to see what a screen leaves out.
    """
    leaves = {(leaf.scenario, leaf.agent): leaf for leaf in played(summary.leaves)}
    if not leaves:
        return Section("summary", "summary", "none, no cell was played to an end")
    ranked = ranks(list(leaves.values()))
    scenarios = tuple(dict.fromkeys(scenario for scenario, _ in leaves))
    there = {agent for _, agent in leaves}
    agents = tuple(standing.agent for standing in ordered(summary) if standing.agent in there)
    totals = {standing.agent: standing.mean if ranked else standing.pass_rate for standing in summary.standings}
    show = figures.score if ranked else figures.percent
    matrix = Matrix(
        key="means" if ranked else "pass_rates",
        row_kind="scenario",
        column_kind="agent",
        rows=scenarios,
        columns=agents,
        values=tuple(tuple(_value(leaves.get((row, agent)), ranked=ranked) for agent in agents) for row in scenarios),
        texts=tuple(tuple(_text(leaves.get((row, agent)), ranked=ranked) for agent in agents) for row in scenarios),
        total="mean" if len(scenarios) > 1 and any(totals[agent] is not None for agent in agents) else "",
        totals=tuple(totals[agent] for agent in agents),
        total_texts=tuple(show(totals[agent]) for agent in agents),
        more=more,
    )
    about = "mean score of each agent on each scenario" if ranked else "share of trials that passed"
    remarks = _remarks(leaves, ranked=ranked)
    return Section("summary", "summary", about, (matrix, *([Notes("remarks", remarks)] if remarks else [])))


def _value(leaf: Leaf | None, *, ranked: bool) -> float | None:
    return None if leaf is None else leaf.mean if ranked else leaf.pass_rate


def _text(leaf: Leaf | None, *, ranked: bool) -> str:
    if leaf is None:
        return ""
    text = figures.score(leaf.mean) if ranked else figures.percent(leaf.pass_rate)
    return text + "*" * bool(leaf.errors)


def _remarks(leaves: Mapping[tuple[str, str], Leaf], *, ranked: bool) -> tuple[Note, ...]:
    broken = [leaf for leaf in leaves.values() if leaf.errors]
    if not broken:
        return ()
    cells = sum(leaf.errors for leaf in broken)
    what = "mean" if ranked else "share"
    said = f"* {figures.many(cells, 'cell')} broke: {'it is' if cells == 1 else 'they are'} in no {what}"
    return (Note(said, values={"cells": cells, "leaves": [[leaf.scenario, leaf.agent] for leaf in broken]}),)
