"""A stored episode scored again by what a scenario's file says now.

The score is that of the recorded states. What a trace does not tell (the steps inside a long wait, what was left of an episode
when its agent was done) is filled in by the world's own physics, and every state that it does tell is held against them: a
trace of another world is refused, whatever the files say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isclose

from ..errors import OtherWorldError
from ..model.ports import InstanceCache
from ..model.trajectory import Trajectory, Turn
from ..model.turn import Action, Scores
from .episode import Episode
from .generate import REASONS, at_attempt, obtain
from .instance import Instance
from .template import Template

TOLERANCE = 1e-9
"""Relative: what other platforms may make of the same world. On one platform states are equal bit for bit."""


def rescore(
    template: Template,
    difficulty: int,
    seed: int,
    trajectory: Trajectory,
    *,
    variant: int = 1,
    attempts: int | None = None,
    cache: InstanceCache | None = None,
) -> Scores:
    """The score of `trajectory` by `template`'s scoring, whose bounds are calibrated as for a new cell.

    `attempts`: of the world that was played, as `AlienEnvironment.properties` tells; None = not known. Other scoring may
    accept another attempt, which is another world: then the one that was played is answered anew. Raises `OtherWorldError`,
    `GenerationError`, and `FormulaError` for a formula that gives no number.
    """
    instance = played_instance(template, difficulty, seed, variant, attempts, cache)
    return instance.scores(*whole_path(instance, trajectory))


def played_instance(
    template: Template, difficulty: int, seed: int, variant: int, attempts: int | None, cache: InstanceCache | None
) -> Instance:
    """The world that was played, with the question that `template` asks of it now. Raises as `rescore` does."""
    instance = obtain(template, difficulty, seed, cache, variant)
    if attempts is None or instance.attempt == attempts - 1:
        return instance
    found = at_attempt(template, difficulty, seed, attempts - 1, variant)
    if isinstance(found, str):
        why = REASONS.get(found, found)
        raise OtherWorldError(f"under this scoring the world that was played is no question: {why}")
    return found


def whole_path(instance: Instance, trajectory: Trajectory) -> tuple[list[list[float]], float]:
    """(the path of steps + 1 states, what was spent) of a stored episode of `instance`. Raises `OtherWorldError`."""
    *_, path = paths(instance, trajectory)
    return waited(instance, path), trajectory.cost


def waited(instance: Instance, path: Sequence[list[float]]) -> list[list[float]]:
    """A path to the end of the episode, on which nothing more is done."""
    whole = list(path)
    for t in range(len(whole) - 1, instance.blueprint.max_steps):
        whole.append(instance.dynamics.after(whole[-1], t))
    return whole


def paths(instance: Instance, trajectory: Trajectory) -> Iterator[list[list[float]]]:
    """The path of a stored episode of `instance` at its start and after each call; a list that grows.

    Raises `OtherWorldError`.
    """
    episode = Episode(instance)
    path = [_state(instance, trajectory.initial, episode.snapshot(), "at the start")]
    yield path
    for number, turn in enumerate(trajectory.turns, 1):
        at = f"after call {number} ({turn.action})"
        if episode.over or turn.step != episode.step:
            raise OtherWorldError(f"{at}: it was made at step {turn.step}, and here the world is at step {episode.step}")
        before = episode.step
        result = episode.act(Action(turn.action, turn.params)).result
        if result.ok != turn.ok or not isclose(result.cost, turn.cost, rel_tol=TOLERANCE):
            raise OtherWorldError(f"{at}: it {_told(turn.ok, turn.cost)}, and here it {_told(result.ok, result.cost)}")
        path += episode.path[before + 1 :]
        recorded = _state(instance, _known(turn, at), episode.snapshot(), at)
        if episode.step > before:
            path[-1] = recorded
        yield path


def _known(turn: Turn, at: str) -> Mapping[str, float]:
    if not turn.state:
        raise OtherWorldError(f"{at}: its trace holds no true state")
    return turn.state


def _state(instance: Instance, told: Mapping[str, float], here: Mapping[str, float], at: str) -> list[float]:
    """A recorded state in the order of the variables."""
    if told.keys() != here.keys():
        other = sorted(told.keys() ^ here.keys())
        raise OtherWorldError(
            f"{at}: {', '.join(other[:3])}{', ...' if len(other) > 3 else ''} is in one world and not the other"
        )
    for name, value in told.items():
        if not isclose(value, here[name], rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            raise OtherWorldError(f"{at}: {name} was {value:.6g}, and here it is {here[name]:.6g}")
    return [told[name] for name in instance.surface.names]


def _told(ok: bool, cost: float) -> str:
    return f"cost {cost:.3g}" if ok else "was refused"
