"""Fixtures for battery cells and for Python tests over them. Each can be overridden in a conftest like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..model import Agent, Cell, Environment
    from .player import Player


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> Cell:
    """The cell being played: `cell.case`, `cell.agent`, `cell.seed`, `cell.id`."""
    found: Cell | None = getattr(request.node, "cell", None)
    if found is None:
        pytest.fail('the fixture `cell` needs a battery: mark the test @pytest.mark.battery("x.battery.yaml")', pytrace=False)
    return found


@pytest.fixture
def agent(request: pytest.FixtureRequest) -> Agent | None:
    """The agent that plays the cell, built from its profile (None for the oracle, which is built with the solution).

    Override it to test your own, or to wrap the one that would play::

        @pytest.fixture
        def agent(agent):
            return Shouting(agent)
    """
    from .defaults import default_agent

    return default_agent(request.node)


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Environment | None:
    """The environment the cell is played in, not reset yet. Override it to play in your own."""
    from .defaults import default_environment

    return default_environment(request.node)


@pytest.fixture
def bio(request: pytest.FixtureRequest) -> Iterator[Player]:
    """Plays cells from a test: `result = bio.play(cell)`."""
    from .player import Player

    player = Player(request.node)
    yield player
    player.finish()


@pytest.fixture
def record_score(bio: Player) -> Callable[[str, Any], None]:
    """Adds a named sub-score to the cell's result and to JUnit: `record_score("thrift", 0.8)`."""
    return bio.record_score


@pytest.fixture
def record_metric(bio: Player) -> Callable[..., None]:
    """Appends a timestamped metric event to the DAT: `record_metric("loss", 0.3, step=7)`."""
    return bio.record_metric


@pytest.fixture
def record_artifact(bio: Player) -> Callable[[str | Path], Path]:
    """Copies a file into the DAT and gives back the copy's path: `record_artifact("plot.png")`."""
    return bio.record_artifact
