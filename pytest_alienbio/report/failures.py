"""Cells that failed, with how often, why, and what plays them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import FailureGroup, Failures, Json, Outcome, inert
from . import figures
from .document import Block, Item, Items, Section, Table, column, named, silent

MAX_FAILURES = 10
"""Groups of them on a screen."""
_NAMED = 4
"""Agents or scenarios of a group that are named."""


def failures(found: Failures, where: str) -> Section | None:
    """Failing cells, those that say the same together; None without any. `where` has what a screen leaves out."""
    if not found.total:
        return None
    low = found.total - found.broken - found.missed
    kinds = [figures.many(found.broken, "error")] if found.broken else []
    kinds += [figures.many(low, "score") + " below the bar"] if low else []
    kinds += [figures.many(found.missed, "trial") + " short of the criteria"] if found.missed else []
    left_out = sum(group.count for group in found.groups[MAX_FAILURES:])
    items = Items(
        "groups",
        tuple(map(_item, found.groups)),
        most=MAX_FAILURES,
        more=f"… and {left_out:,} more: {where}" if left_out else "",
    )
    return Section("failures", "failures", ", ".join(kinds), (items,), alarm=True)


def failure_analysis(errors: Failures, below: Failures, more: str) -> Section:
    """What broke, by class and message, with whom and where; and who missed the bar on which scenario, worst cell first.

    `more` says how to see what a screen leaves out.
    """
    if not errors.total and not below.total:
        return Section("failures", "failures", "none")
    blocks: list[Block] = []
    if errors.total:
        left_out = sum(group.count for group in errors.groups[MAX_FAILURES:])
        said = f"… and {figures.many(left_out, 'more cell')}: {more}" if left_out else ""
        blocks.append(Items("errors", tuple(map(_class, errors.groups)), MAX_FAILURES, said))
    if below.total:
        blocks.append(_below(below.groups, more, "below the bar" if errors.total else ""))
    unplayed = sum(group.count for group in errors.groups if group.first.outcome is Outcome.NOT_RUN)
    broke = errors.total - unplayed
    kinds = [f"{figures.many(broke, 'cell')} broke"] if broke else []
    kinds += [f"{figures.many(unplayed, 'cell')} not run"] if unplayed else []
    kinds += [f"{figures.many(below.total, 'cell')} below the bar"] if below.total else []
    return Section("failures", "failures", ", ".join(kinds), tuple(blocks), alarm=True)


def _below(groups: Sequence[FailureGroup], more: str, caption: str) -> Table:
    left_out = max(len(groups) - MAX_FAILURES, 0)
    return Table(
        "below",
        (
            named("scenario", "scenario", groups, lambda group: group.first.scenario),
            named("agent", "agent", groups, lambda group: group.first.agent),
            column("cells", "cells", groups, lambda group: group.count, lambda group: f"{group.count:,}"),
            column("lowest", "lowest", groups, lambda group: group.first.score, lambda group: figures.score(group.first.score)),
            silent("passing_score", groups, lambda group: group.first.passing_score),
            named("id", "lowest cell", groups, lambda group: group.first.id, gives_way=1),
            silent("command", groups, lambda group: group.first.command),
            silent("ids", groups, lambda group: group.cells),
        ),
        caption=caption,
        least=12,
        screen=tuple(range(len(groups) - left_out)),
        more=f"… and {figures.many(left_out, 'more row')}: {more}" if left_out else "",
    )


def _whose(counts: Mapping[str, int], what: str) -> str:
    """`greedy (3), random (1)`, the most first; `4 agents` where they are many."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    if len(ordered) > _NAMED:
        return figures.many(len(ordered), what)
    return ", ".join(inert(name) if len(ordered) == 1 else f"{inert(name)} ({count:,})" for name, count in ordered)


def _item(group: FailureGroup) -> Item:
    first = group.first
    what = figures.against(first.score, first.passing_score) if first.outcome.scored else str(first.outcome)
    if first.outcome.scored and first.passing_score is None:
        what = "not passed"
    if group.count > 1:
        what += f" ({group.count:,} alike)"
    return Item(
        name=inert(first.id, most=500),
        what=what,
        why=inert(first.reason, most=300),
        copy=_copy(group),
        values=_values(group),
    )


def _class(group: FailureGroup) -> Item:
    """Errors of one class and message: how many, whose, and the first of them."""
    first = group.first
    lines = [first.reason, f"{_whose(group.agents, 'agent')} on {_whose(group.scenarios, 'scenario')}"]
    if not first.command:
        lines.append(f"first {first.id}")
    return Item(
        name=str(first.outcome),
        what=figures.many(group.count, "cell"),
        lines=tuple(inert(line, most=500) for line in lines if line),
        copy=_copy(group),
        values=_values(group),
    )


def _copy(group: FailureGroup) -> tuple[str, ...]:
    return (inert(group.first.command, most=4096, verbatim=True),) if group.first.command else ()


def _values(group: FailureGroup) -> dict[str, Json]:
    first = group.first
    return {
        "id": first.id,
        "outcome": str(first.outcome),
        "score": first.score,
        "passing_score": first.passing_score,
        "reason": first.reason,
        "command": first.command,
        "trace": first.trace,
        "count": group.count,
        "agents": group.agents,
        "scenarios": group.scenarios,
        "cells": group.cells,
    }
