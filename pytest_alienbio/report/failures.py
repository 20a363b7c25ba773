"""Cells that failed, with how often, why, and what plays them again."""

from __future__ import annotations

from ..model import FailureGroup, Failures, inert
from . import figures
from .document import Item, Items, Section

MAX_FAILURES = 10
"""Groups of them on a screen."""


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
        copy=(inert(first.command, most=4096, verbatim=True),) if first.command else (),
        values={
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
        },
    )
