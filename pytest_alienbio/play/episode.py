"""An episode, from start to end."""

from __future__ import annotations

from ..model import CellLimits
from .session import AgentSession


def play_episode(session: AgentSession, limits: CellLimits) -> None:
    """Plays until the scenario, the agent or a limit ends it, and scores. Raises `CellFault` if something breaks."""
    session.open()
    while session.outcome is None:
        if limits.steps is not None and session.calls >= limits.steps:
            session.cut(f"stopped after {session.calls} calls (limits.per_cell.steps)")
        else:
            session.take_turn()
    session.settle()
