"""What the fixtures `agent` and `scenario` give when nobody overrides them, and how an override is recognised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ..model import Agent, Cell, Environment
from .collect import CellItem
from .state import state_of

_AGENT = pytest.StashKey[Agent]()


def default_agent(item: pytest.Item) -> Agent | None:
    """The profile's agent. None if it is privileged, skipped or cannot be built: playing the cell then says why."""
    if not isinstance(item, CellItem) or item.cell.agent.skip_reason:
        return None
    catalog, profile = item.loaded.catalog, item.cell.agent
    if catalog.agent(profile.kind).privileged:
        return None
    try:
        agent = catalog.make_agent(profile)
    except Exception:  # noqa: BLE001 - whatever a user's factory raises belongs to the cell, which builds it again
        return None
    item.stash[_AGENT] = agent
    return agent


def default_environment(item: pytest.Item) -> Environment | None:
    """The cell's environment, not reset. None if it cannot be built: playing the cell then says why."""
    if not isinstance(item, CellItem) or item.cell.agent.skip_reason:
        return None
    try:
        return item.loaded.catalog.make_environment(item.cell.case, state_of(item.config).cache)
    except Exception:  # noqa: BLE001 - as above
        return None


def acted_by(item: pytest.Item, cell: Cell, agent: Agent | None) -> Cell:
    """`cell`, with another agent than the profile's written into its profile: its hash must not claim what did not act."""
    if agent is None or agent is item.stash.get(_AGENT, None):
        return cell
    name = f"{type(agent).__module__}.{type(agent).__qualname__}"
    profile = replace(cell.agent, params={**cell.agent.params, "played_by": name}, skip_reason="")
    return replace(cell, agent=profile)
