"""A result with everything in it that its cell already says."""

from __future__ import annotations

from typing import Any

from ..model import Cell, CellError, Outcome, Result


def result_of(cell: Cell, outcome: Outcome, reason: str = "", *, error: CellError | None = None, **played: Any) -> Result:
    """The result of a cell that ended as `outcome`. `played`: fields that only playing gives (a score, ...), if it did."""
    case, agent = cell.case, cell.agent
    return Result(
        battery=cell.battery,
        key=cell.key,
        id=cell.id,
        scenario=case.scenario,
        scenario_hash=case.content_hash,
        difficulty=case.difficulty,
        agent=agent.name,
        agent_hash=agent.hash,
        role=agent.role,
        seed=cell.seed,
        outcome=outcome,
        params=cell.params,
        variant=case.variant,
        tags=case.tags,
        passing_score=case.passing_score,
        reason=reason,
        error=error,
        **played,
    )
