"""A battery from arguments instead of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..errors import SpecError
from ..model import Agent, AgentEntry, Battery, CellLimits, Json, ScenarioEntry
from ..spec import player_name
from ..spec.ranges import MAX_SEED, MAX_SEEDS

AgentLike = str | Callable[..., Agent]
"""An agent's name, or a class or function that makes one."""

Levels = int | Sequence[int] | str | None
"""One difficulty, several, `all`, or None for a scenario's default."""


def adhoc_battery(
    name: str,
    scenarios: str | Sequence[str],
    agents: AgentLike | Sequence[AgentLike],
    seeds: int | Sequence[int],
    *,
    difficulty: Levels = None,
    params: Mapping[str, Json] | None = None,
    passing_score: float | None = None,
    limits: CellLimits | None = None,
) -> Battery:
    """A battery called `name`; agents that were given as classes or functions are its `players`.

    `seeds` says how many (from 0) or which. Its cells are only recorded, never failed. Raises `SpecError`.
    """
    names = [scenarios] if isinstance(scenarios, str) else list(scenarios)
    players = list(agents) if isinstance(agents, Sequence) and not isinstance(agents, str) else [agents]
    chosen = tuple(_listed(seeds))
    if not names or not players or not chosen:
        raise SpecError("nothing to play: scenarios, agents and seeds each need at least one")
    if any(isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED for seed in chosen):
        raise SpecError(f"seeds must be whole numbers from 0 to {MAX_SEED}; got {seeds!r:.100}")
    named = _named(players)
    made = {label: player for label, player in named.items() if not isinstance(player, str)}
    return Battery(
        name=name,
        scenarios=tuple(ScenarioEntry(scenario, difficulty=_levels(difficulty), params=params or {}) for scenario in names),
        agents=tuple(AgentEntry(label, kind=label if label in made else "") for label in named),
        seeds=tuple(dict.fromkeys(chosen)),
        passing_score=passing_score,
        limits=limits or CellLimits(),
        cells="record",
        said=frozenset({"agents", "seeds", "cells"} | ({"passing_score"} if passing_score is not None else set())),
        players=made,
    )


def adhoc_cell(
    scenario: str,
    agent: AgentLike,
    seed: int,
    *,
    difficulty: int | None = None,
    params: Mapping[str, Json] | None = None,
) -> Battery:
    """A battery of one cell, called `run`. Raises `SpecError` for what would be several cells or none."""
    if any(ch in scenario for ch in "*?["):
        raise SpecError(f"{scenario!r} is a pattern, and one cell has one scenario; play several with a batch")
    return adhoc_battery("run", scenario, agent, [seed], difficulty=difficulty, params=params)


def _listed(seeds: object) -> Sequence[int]:
    if isinstance(seeds, int) and not isinstance(seeds, bool):
        seeds = range(min(seeds, MAX_SEEDS + 1))
    if isinstance(seeds, str | bytes) or not isinstance(seeds, Sequence):
        raise SpecError(f"seeds cannot be {seeds!r}; expected a number of seeds or a list of them")
    if len(seeds) > MAX_SEEDS:
        raise SpecError(f"more than {MAX_SEEDS:,} seeds; play them in several batches")
    return seeds


def _levels(difficulty: Levels) -> tuple[int, ...] | str:
    if difficulty is None:
        return ""
    if isinstance(difficulty, str):
        if difficulty not in ("", "all"):
            raise SpecError(f"difficulty cannot be {difficulty!r}; expected a level, a list of levels or 'all'")
        return difficulty
    return (difficulty,) if isinstance(difficulty, int) else tuple(difficulty)


def _named(players: Sequence[AgentLike]) -> dict[str, AgentLike]:
    """The agents by the names they play under, each once."""
    named: dict[str, AgentLike] = {}
    for player in players:
        label = _label(player)
        if named.setdefault(label, player) != player:
            raise SpecError(f"two agents are called {label!r}; give one of them another name")
    return named


def _label(agent: AgentLike) -> str:
    if isinstance(agent, str):
        return agent
    if not callable(agent):
        raise SpecError(f"agent {agent!r} is neither a name nor something that makes one; give its class")
    return player_name(agent)
