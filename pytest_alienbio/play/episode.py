"""An episode, from start to end."""

from __future__ import annotations

from collections.abc import Callable

from ..model import CellLimits
from .session import AgentSession


def play_episode(session: AgentSession, limits: CellLimits, after_turn: Callable[[], None]) -> None:
    """Plays an open session until the scenario, the agent or a limit ends it, and scores. Raises `CellFault` if something
    breaks."""
    while session.outcome is None:
        if limits.steps is not None and session.calls >= limits.steps:
            session.cut(f"stopped after {session.calls} calls (limits.per_cell.steps)")
        else:
            session.take_turn()
            session.check_limits()
            after_turn()
    session.settle()
