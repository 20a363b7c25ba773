"""A cell that goes on from its last checkpoint, and saves the next ones."""

from __future__ import annotations

import time

from ..errors import StoreError
from ..model import CellLimits, Checkpoint, Json, Keeper
from .fault import is_failure, one_line
from .session import AgentSession

CONTINUED = "continued_at_step"
"""In `Result.metrics`: how many calls an earlier process had made when this one took over. Not there otherwise."""
NOT_KEPT = "checkpoint_error"
"""In `Result.metrics`: why a checkpoint could not be used or saved. The cell is played all the same."""


class Continuing:
    """The parts of one cell: what was played of it before, and the session that goes on from there.

    Without a `keeper` it is the session alone. Nothing here changes how a cell ends: what cannot be saved or read again is
    noted, and the cell is played from its start.
    """

    def __init__(
        self,
        session: AgentSession,
        keeper: Keeper | None,
        limits: CellLimits,
        now: float,
    ) -> None:
        self._session, self._keeper, self._now = session, keeper, now
        self._kept: Checkpoint | None = None
        self._notes: list[str] = []
        self._since = time.perf_counter()
        self.started_at = now
        """When its first part began, in Unix seconds."""
        self.before_s = 0.0
        """Seconds of the parts before this one."""
        self.continued_at: int | None = None
        if keeper is not None:
            self._read(keeper, limits)

    @property
    def duration_s(self) -> float:
        """Seconds it has been played, all parts together."""
        return self.before_s + time.perf_counter() - self._since

    @property
    def metrics(self) -> dict[str, Json]:
        """What is to be told of it beside the result."""
        found: dict[str, Json] = {}
        if self.continued_at is not None:
            found[CONTINUED] = self.continued_at
        if self._notes:
            found[NOT_KEPT] = "; ".join(self._notes)
        return found

    def open(self) -> None:
        """Opens the session at its last checkpoint, else at its start."""
        session = self._session
        session.open()
        if self._keeper is None:
            return
        if lacking := session.lacks_checkpoints():
            self._keeper.lacking(lacking)
            self._keeper = None
        if self._kept is None:
            return
        why = lacking or session.go_on(self._kept)
        if not why:
            self.continued_at = session.calls
            return
        self._notes.append(f"played from its start: {why}")
        self.before_s, self.started_at = 0.0, self._now
        if not lacking:
            session.open()

    def after_turn(self) -> None:
        """Saves where the session stands, if that is due."""
        keeper, session = self._keeper, self._session
        if keeper is None or session.outcome is not None or session.calls % keeper.every:
            return
        try:
            agent, environment = session.checkpoint()
            keeper.save(
                Checkpoint(
                    session.trajectory(),
                    session.observation,
                    agent,
                    environment,
                    self.started_at,
                    self.duration_s,
                    session.spent,
                )
            )
        except BaseException as error:
            if not is_failure(error):
                raise
            self._notes.append(f"nothing was saved from call {session.calls} on: {one_line(error)}")
            self._keeper = None

    def _read(self, keeper: Keeper, limits: CellLimits) -> None:
        try:
            kept = keeper.load()
        except StoreError as error:
            self._notes.append(f"played from its start: {error}")
            return
        if kept is None:
            return
        if limits.steps is not None and kept.trajectory.steps > limits.steps:
            self._notes.append(f"played from its start: the checkpoint has {kept.trajectory.steps} calls, more than the limit")
            return
        self._kept, self.started_at, self.before_s = kept, kept.started_at, kept.duration_s
