"""A scenario as an agent's environment: reset to a seed, step by action, score at the end."""

from __future__ import annotations

from ..errors import AlienBioError
from ..model.canonical import Json
from ..model.ports import InstanceCache
from ..model.turn import Action, Briefing, Observation, Scores, Step
from .episode import Episode
from .generate import obtain
from .instance import Instance
from .template import Template


class AlienEnvironment:
    """A template at a difficulty. `reset` generates the seed's instance (or finds it in `cache`) and starts its episode.

    `variant` (from 1) is the surface under which the seed's world is shown; the world, its oracle and its score are the same.
    Implements `model.turn.Environment` with `briefing`, `solution` and `snapshot`. Not for agents: it knows the answer.
    Everything it gives out is a copy.
    """

    def __init__(self, template: Template, difficulty: int, cache: InstanceCache | None = None, variant: int = 1) -> None:
        if difficulty not in template.levels:
            raise ValueError(f"{template.name} has no difficulty {difficulty}; it has {', '.join(map(str, template.levels))}")
        self._template, self._difficulty, self._cache, self._variant = template, difficulty, cache, variant
        self._instance: Instance | None = None
        self._episode: Episode | None = None

    def reset(self, seed: int) -> Observation:
        """Starts the episode of `seed` (0 or more). Raises `GenerationError` if no acceptable instance is found."""
        if self._instance is None or self._instance.seed != seed:
            self._instance = obtain(self._template, self._difficulty, seed, self._cache, self._variant)
        self._episode = Episode(self._instance)
        return self._episode.observation()

    def step(self, action: Action) -> Step:
        """Carries out one action; a refused one is a `Step` whose result says why."""
        return self._running.act(action)

    def score(self) -> Scores:
        """Score in 0..1 and the parts goal, safety, efficiency, utility, raw_score. Time not yet passed counts as waiting."""
        return self._running.scores()

    def briefing(self) -> Briefing:
        """What an agent is told before its first decision; `seed` is left 0."""
        return self._running.briefing()

    def solution(self) -> Json:
        """The oracle's plan: a list of actions `{"name": ..., "params": {...}}`, one for each step."""
        return self._running.solution()

    def snapshot(self) -> dict[str, float]:
        """The true state under alien names, hidden quantities included."""
        return self._running.snapshot()

    def checkpoint(self) -> Json:
        """Where the episode stands. There are no dice to keep: readings' errors are a table of the instance."""
        return self._running.checkpoint()

    def restore(self, state: Json) -> None:
        """Goes on from there, after a `reset` to the same seed. Raises `ValueError` for what is no place in this episode."""
        self._running.restore(state)

    def properties(self) -> dict[str, Json]:
        """Figures about the instance, for tables and correlations; never shown to an agent."""
        instance = self._known
        blueprint = instance.blueprint
        elements = blueprint.world.elements
        return {
            "size": len(elements),
            "regions": len(blueprint.regions),
            "reactions": len(blueprint.world.reactions),
            "pulses": len(blueprint.world.pulses),
            "levers": len(blueprint.levers),
            "documented": sum(bool(lever.documented) for lever in blueprint.levers),
            "hidden_fraction": len(blueprint.hidden.intersection(elements)) / len(elements),
            "noise": blueprint.noise,
            "budget": blueprint.budget,
            "max_steps": blueprint.max_steps,
            "substeps": instance.dynamics.substeps,
            "attempts": instance.attempt + 1,
            "rejected": dict(instance.rejected),
            "utility_waiting": instance.floor,
            "utility_oracle": instance.top,
        }

    @property
    def _running(self) -> Episode:
        if self._episode is None:
            raise AlienBioError("the environment has not been started; call reset(seed) first")
        return self._episode

    @property
    def _known(self) -> Instance:
        if self._instance is None:
            raise AlienBioError("the environment has not been started; call reset(seed) first")
        return self._instance
