"""Before anything is collected or paid for: every battery is read, every name resolved, every result folder claimed.

Runs in the serial process or the xdist controller (which never collects), so that a file that cannot be read ends the
session with the same exit code in both, before the first cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from .discover import find_batteries

if TYPE_CHECKING:
    from ..errors import Complaint


def plays_nothing(config: pytest.Config) -> bool:
    """Whether this session only looks: `--collect-only`, `--fixtures`, `--setup-plan` and their like."""
    flags = ("collectonly", "showfixtures", "show_fixtures_per_test", "setuponly", "setupplan", "cacheshow")
    return any(getattr(config.option, flag, None) for flag in flags)


def preflight(session: pytest.Session) -> None:
    """Reads, plans and claims. Exits the session with 2 for a battery that cannot be honoured, 4 for a data folder."""
    config = session.config
    if hasattr(config, "workerinput"):
        return
    paths = find_batteries(session, tuple(config.getini("bio_batteries")))
    if not paths:
        return
    from ..errors import SpecError, StoreError
    from .state import state_of

    state = state_of(config)
    complaints: list[Complaint] = []
    for path in paths:
        try:
            state.load(path, session)
        except SpecError as error:
            complaints += error.complaints
    if complaints:
        pytest.exit(_page(complaints), returncode=2)
    if plays_nothing(config):
        return
    try:
        for loaded in state.all_loaded():
            state.claim(loaded)
    except (SpecError, StoreError) as error:
        state.release()
        raise pytest.UsageError(str(error)) from error


def _page(complaints: Sequence[Complaint]) -> str:
    many = f"{len(complaints)} problems" if len(complaints) > 1 else "1 problem"
    return "\n".join([f"{many} in the batteries; nothing was run", *(f"  {complaint}" for complaint in complaints)])
