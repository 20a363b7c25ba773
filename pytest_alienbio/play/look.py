"""What an agent would be shown of a case before it acts; and, for people only, what it would not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from ..errors import AlienBioError
from ..model import Briefing, Case, InstanceCache, Json, Observation, Outcome
from .catalog import Catalog
from .fault import Blame, CellFault
from .handout import hand_briefing, hand_observation
from .plain import plain, plain_mapping, plain_numbers

_LOOK = Blame(Outcome.ENVIRONMENT_ERROR, "it cannot be shown")


@dataclass(frozen=True, slots=True)
class View:
    """A case at a seed, before the first action."""

    briefing: Briefing
    """As every agent gets it, but for `seed`, which differs from agent to agent and is 0 here."""
    observation: Observation
    solution: Json = None
    """Not for agents, like all that follows: the oracle's plan, None if the scenario offers none."""
    state: Mapping[str, float] = field(default_factory=dict)
    """The true state, hidden quantities included; empty where the scenario does not tell."""
    properties: Mapping[str, Json] = field(default_factory=dict)
    """Figures about the world; empty where the scenario gives none."""


def look(case: Case, catalog: Catalog, seed: int, cache: InstanceCache | None = None) -> View:
    """Builds the world of `case` and looks at it. Raises `AlienBioError`, whatever the scenario raised."""
    try:
        with _LOOK, ExitStack() as closing:
            environment = catalog.make_environment(case, cache)
            if close := getattr(environment, "close", None):
                closing.callback(close)
            observation = hand_observation(environment.reset(seed))
            tell = {name: getattr(environment, name, None) for name in ("briefing", "solution", "snapshot", "properties")}
            briefing = Briefing("", max_steps=observation.max_steps, budget=observation.budget)
            return View(
                hand_briefing(tell["briefing"]() if tell["briefing"] else briefing, 0),
                observation,
                plain(tell["solution"](), "solution") if tell["solution"] else None,
                plain_numbers(tell["snapshot"](), "snapshot") if tell["snapshot"] else {},
                plain_mapping(tell["properties"](), "properties") if tell["properties"] else {},
            )
    except CellFault as fault:
        if isinstance(fault.__cause__, AlienBioError):
            raise fault.__cause__ from None
        raise AlienBioError(f"{case.scenario}: {fault.reason}") from fault
