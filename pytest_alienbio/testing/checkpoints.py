"""What checkpoints must do: whoever offers them goes on, restored, as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ..model import Action, Agent, Briefing, Environment, Json, Step, Trajectory, offers_checkpoints
from ..play.handout import hand_briefing, hand_observation
from ..play.plain import plain
from .must import must


def check_agent_checkpoint(
    name: str,
    build: Callable[[], Agent],
    pond: Callable[[], Environment],
    seed: int,
    briefing: Briefing,
    alone: Trajectory | None,
) -> None:
    """Cuts an agent off early, halfway and late; a fresh one that is restored must act as it does.

    `alone` is what it does undisturbed; None if it does not promise to do that again: then only the form is looked at.
    """
    if not _offers(name, build(), "decide"):
        return
    for cut in _cuts(len(alone.turns) if alone else 2):
        first, world = build(), pond()
        seen = world.reset(seed)
        first.start(hand_briefing(briefing, briefing.seed))
        for _ in range(cut):
            seen = world.step(first.decide(hand_observation(seen))).observation
        second = build()
        second.start(hand_briefing(briefing, briefing.seed))
        _restore(name, second, _kept(name, first))
        for turn in alone.turns[cut:] if alone else ():
            acts = [_said(agent.decide(hand_observation(seen))) for agent in (first, second)]
            must(
                acts[0] == (turn.action, dict(turn.params)),
                f"{name}: it acts otherwise after checkpoint() was asked; checkpoint() must change nothing",
            )
            must(
                acts[1] == acts[0],
                f"{name}: restored after {cut} decisions it does {acts[1]!r} where it would have done {acts[0]!r}; "
                "checkpoint() must hold all that decide() depends on, dice included",
            )
            seen = world.step(Action(turn.action, dict(turn.params))).observation


def check_world_checkpoint(name: str, build: Callable[[], Environment], seed: int, played: Trajectory) -> None:
    """Cuts an episode off early, halfway and late; a fresh environment that is restored must go on as it does."""
    if not _offers(name, build(), "step"):
        return
    actions = [Action(turn.action, dict(turn.params)) for turn in played.turns]
    for cut in _cuts(len(actions)):
        first, second = build(), build()
        for world in (first, second):
            world.reset(seed)
        for action in actions[:cut]:
            first.step(action)
        _restore(name, second, _kept(name, first))
        must(_true(first) == _true(second), f"{name}: restored after {cut} actions, its snapshot() is another")
        for action in actions[cut:]:
            must(
                _shown(first.step(action)) == _shown(second.step(action)),
                f"{name}: restored after {cut} actions it answers {action.name!r} otherwise; checkpoint() must hold all that "
                "has changed since reset(), dice included",
            )
        must(first.score() == second.score(), f"{name}: restored after {cut} actions it ends with another score")


def _offers(name: str, thing: object, acts: str) -> bool:
    has = {method: callable(getattr(thing, method, None)) for method in ("checkpoint", "restore")}
    must(len({*has.values()}) == 1, f"{name}: it has one of checkpoint() and restore(), and not the other; offer both or none")
    return offers_checkpoints(thing, acts)


def _cuts(turns: int) -> Iterator[int]:
    yield from sorted({1, turns // 2, turns - 1} & set(range(1, turns)))


def _kept(name: str, thing: Any) -> Json:
    """Its checkpoint, once through text and back."""
    try:
        return json.loads(json.dumps(plain(thing.checkpoint(), "checkpoint()")))  # type: ignore[no-any-return]
    except Exception as error:
        raise AssertionError(f"{name}: checkpoint() gives no JSON: {type(error).__name__}: {error}") from error


def _restore(name: str, thing: Any, state: Json) -> None:
    try:
        thing.restore(state)
    except Exception as error:
        raise AssertionError(
            f"{name}: restore() does not take what checkpoint() gave, once it went through JSON (where tuples are lists, and "
            f"keys are text): {type(error).__name__}: {error}"
        ) from error


def _said(action: Action) -> tuple[str, dict[str, Json]]:
    return action.name, dict(action.params)


def _shown(step: Step) -> object:
    return hand_observation(step.observation), step.result, step.terminated, step.truncated


def _true(world: Environment) -> object:
    tell = getattr(world, "snapshot", None)
    return dict(tell()) if tell else None
