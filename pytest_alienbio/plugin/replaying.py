"""Sessions that replay: the record is found once, by the serial process or the controller, and is the same in all.

A worker that looked for "the battery's latest run" itself could take the one that is being recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..model import Battery
    from ..play import Catalog
    from ..run.replaying import Replay
    from .state import SessionState

RECORD = "record"
_KEY = pytest.StashKey["Replay | None"]()


def record_of(state: SessionState) -> Replay | None:
    """From what the session's cells are replayed, looked for on the first call; None: they are played. Raises `SpecError`."""
    stash = state.config.stash
    if _KEY not in stash:
        from ..run.replaying import record_asked, replay_of

        told: dict[str, Any] = getattr(state.config, "workerinput", {}).get("alienbio", {})
        path = told.get(RECORD)
        stash[_KEY] = replay_of(path, state.data_root) if path else record_asked(state.again, state.data_root)
    return stash[_KEY]


def with_record(state: SessionState, catalog: Catalog, battery: Battery) -> Catalog:
    """`catalog`, its cells played from the session's record, or with answers that are kept. Raises `SpecError`."""
    from ..run.answers import with_answers

    record = record_of(state)
    if record is None:
        return with_answers(catalog, state.data_root)
    from ..run.replaying import with_replay

    return with_replay(catalog, record, battery.engine or "", state.again.source("replay"))


def for_workers(state: SessionState) -> str:
    """The record's folder, for `record_of` in workers; '' = there is none."""
    record = record_of(state)
    return str(record.dat.path) if record else ""
