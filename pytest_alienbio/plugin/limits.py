"""Limits under pytest: one session's caps over all its batteries and processes; a cell that may not start is `not_run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..model import Cell, Result
    from ..run.limits.limiting import Limiting
    from .loaded import Loaded
    from .state import SessionState

STARTED = "started"


class Limits:
    """What the runs of this pytest session may take, as one process of it sees that. `started`: when the session began."""

    def __init__(self, state: SessionState, started: float | None) -> None:
        from ..run.limits.session import SessionLimits

        self._state = state
        self.session = SessionLimits.of(state.settings, state.data_root, state.run_id, started=started)
        self._runs: dict[str, Limiting] = {}

    def of(self, loaded: Loaded) -> Limiting:
        """The limits of a battery's run."""
        name = loaded.name
        found = self._runs.get(name)
        if found is None:
            from ..run.limits.limiting import Limiting

            found = self._runs[name] = Limiting(self.session, loaded.plan.battery.caps, name)
        return found

    def instead(self, loaded: Loaded, cell: Cell) -> Result | None:
        """The recorded result of a cell that may not start any more. To be asked once a cell, by one thread at a time."""
        found = self.of(loaded).instead(cell)
        return None if found is None else self._state.book(loaded, found, cell)


_KEY = pytest.StashKey[Limits]()


def limits_of(state: SessionState) -> Limits:
    """The session's limits, made on the first call; an xdist worker was told when the session began."""
    if _KEY not in state.config.stash:
        told: dict[str, Any] = getattr(state.config, "workerinput", {}).get("alienbio", {})
        state.config.stash[_KEY] = Limits(state, told.get(STARTED))
    return state.config.stash[_KEY]


def check_limits(state: SessionState) -> None:
    """Raises `SpecError` for caps that could not be held, before anything is played."""
    from ..run.limits.worst_case import check_worst_case

    session = limits_of(state).session
    session.check()
    for loaded in state.all_loaded():
        check_worst_case(loaded.plan, loaded.catalog, session.caps)


def let_go(config: pytest.Config, *, last: bool = False) -> None:
    """Closes what is shared, if it was used; the last process of the session removes it."""
    if _KEY in config.stash:
        config.stash[_KEY].session.close(last=last)
