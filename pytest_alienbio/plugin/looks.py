"""Seeds until the gates are decided, under pytest: a cell of a later look is skipped once a former one has decided."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from .stash import state_if_any

if TYPE_CHECKING:
    from ..run.gates.looking import Looking
    from .cell_node import CellNode

_LOOKING = pytest.StashKey[dict[str, "Looking | None"]]()
"""By battery; None: all that was selected is played."""


def needless(item: CellNode) -> str:
    """Why this process need not play the cell of `item`; '' = play it."""
    loaded = item.loaded
    if not loaded.plan.battery.looks:
        return ""
    known = item.config.stash.setdefault(_LOOKING, {})
    if loaded.name not in known:
        known[loaded.name] = _looking(item)
    looking = known[loaded.name]
    return looking.needless(item.cell) if looking else ""


def _looking(item: CellNode) -> Looking | None:
    from ..run.gates.looking import Looking
    from .cell_node import CellNode
    from .gates import judging

    session, loaded, state = item.session, item.loaded, state_if_any(item.config)
    assert state is not None
    count = Counter(other.loaded.name for other in session.items if isinstance(other, CellNode))[loaded.name]
    count += len(loaded.start.before) if loaded.start else 0
    # A run that is to become a baseline plays all its seeds: later runs are held against each of them.
    if count < len(loaded.plan) or item.config.getoption("bio_save_baseline", None) is not None:
        return None
    return Looking(state.claim(loaded), state.run_id, loaded.plan, lambda: judging(session, state, loaded))
