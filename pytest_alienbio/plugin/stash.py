"""Whether a battery has appeared in this session. Light, for it is asked in every project that has us installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .state import SessionState

KEY = pytest.StashKey["SessionState"]()


def state_if_any(config: pytest.Config) -> SessionState | None:
    """The session's state if a battery has appeared."""
    return config.stash.get(KEY, None)
