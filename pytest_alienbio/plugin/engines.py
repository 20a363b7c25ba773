"""Engines beside xdist: either could play the cells, and one gives way. Decided before anything is collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .loaded import Loaded
    from .state import SessionState

MOST_NAMED = 3
"""Batteries that a notice names."""


def xdist_plays(config: pytest.Config) -> bool:
    """Whether xdist's workers play, here in the controller."""
    return bool(config.pluginmanager.hasplugin("dsession"))


def check_engine(state: SessionState) -> None:
    """Raises `UsageError` if an engine is asked for together with xdist's workers: only one of them can play a cell."""
    engine = state.settings.values["engine"]
    if engine.value is not None and engine.wins and xdist_plays(state.config):
        raise pytest.UsageError(
            f"{engine.source}: an engine and xdist's workers (-n) cannot both play the cells; leave one of them out: "
            "engines suit cells that wait, -n those that compute"
        )


def note_yielding(state: SessionState) -> None:
    """Notes which batteries name an engine that xdist's workers take the place of."""
    if not xdist_plays(state.config):
        return
    batteries = state.all_loaded()
    names = [loaded.name for loaded in batteries if _named(loaded)]
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        told = ", ".join(names[:MOST_NAMED])
        state.notices.append(f"alienbio: -n plays the cells of {told}{more}, in place of the engine that is named there")


def note_default(state: SessionState) -> None:
    """Notes on which batteries are played by threads because there are language models in them."""
    if xdist_plays(state.config):
        return
    for loaded in state.all_loaded():
        if loaded.plan.battery.engine_by_default and loaded.playing:
            state.notices.append(by_default(loaded.name, loaded.plan.battery.engine))


def by_default(name: str, engine: str | None) -> str:
    """Who plays a battery of which nobody said it."""
    return f"alienbio: {name} has language models, which wait: {engine} plays its cells; --bio-engine says otherwise"


def _named(loaded: Loaded) -> bool:
    return loaded.plan.battery.engine is not None and not loaded.plan.battery.engine_by_default
