"""A stored episode beside its world: what its score was after each call, and what the oracle does in the same world.

The score so far is what the scenario's scorer says of an episode that is left alone from there on: the steps that are left
pass without anybody. After the last call it is the score of the episode, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.canonical import Json
from ..model.ports import InstanceCache
from ..model.retold import Retold
from ..model.trajectory import Trajectory, Turn
from ..model.turn import Action
from .episode import Episode
from .instance import Instance
from .rescoring import paths, played_instance, waited
from .scoring import FormulaError
from .template import Template


def retell(
    template: Template,
    difficulty: int,
    seed: int,
    trajectory: Trajectory,
    *,
    variant: int = 1,
    attempts: int | None = None,
    cache: InstanceCache | None = None,
) -> Retold:
    """What the world of `trajectory` says of it, by `template` as it is now: whether that is how it was scored is the
    caller's to tell. Raises as `rescoring.rescore` does."""
    instance = played_instance(template, difficulty, seed, variant, attempts, cache)
    briefing = Episode(instance).briefing()
    scores = tuple(scores_so_far(instance, trajectory))
    return Retold(scores, oracle(instance), briefing.goals, briefing.protected, instance.blueprint.max_steps)


def scores_so_far(instance: Instance, trajectory: Trajectory) -> Iterator[float | None]:
    """After each call of a stored episode of `instance`: its score if nothing more were done; None where a file's own formula
    gives no number. Raises `OtherWorldError`."""
    spent = 0.0
    going = paths(instance, trajectory)
    whole, reached = waited(instance, next(going)), 1
    for turn, path in zip(trajectory.turns, going, strict=True):
        if len(path) != reached or path[-1] != whole[len(path) - 1]:
            whole = waited(instance, path)
        reached = len(path)
        spent += turn.cost
        try:
            yield instance.scores(whole, spent).score
        except FormulaError:
            yield None


def oracle(instance: Instance) -> Trajectory:
    """The oracle's plan, carried out: what was done and the true states; nothing in it was seen by anyone."""
    episode = Episode(instance)
    initial, turns = episode.snapshot(), []
    for act in episode.solution():
        name, params = _action(act)
        step = episode.step
        result = episode.act(Action(name, params)).result
        turns.append(Turn(step, name, params, result.ok, result.reason, result.cost, state=episode.snapshot()))
    return Trajectory(tuple(turns), initial, instance.blueprint.budget)


def _action(act: Json) -> tuple[str, Mapping[str, Json]]:
    assert isinstance(act, Mapping)
    params = act["params"]
    assert isinstance(params, Mapping)
    return str(act["name"]), params
