"""A result with everything in it that its cell already says."""

from __future__ import annotations

from ..model import Cell, CellError, Outcome, Result


def result_of(cell: Cell, outcome: Outcome, reason: str = "", *, error: CellError | None = None) -> Result:
    """The result of a cell that ended as `outcome`, without a score or anything else that only playing gives."""
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
    )
