"""What is handed over between agent and environment: checked, and always a copy.

An agent reaches nothing of the environment through what it is given, and neither side can change what the other, or
the record, holds. Each function raises `TypeError` or `ValueError` saying what was not as it should be.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from ..model import Action, ActionResult, ActionSpec, Briefing, Case, Goal, Observation, Scores, Step, canonical
from ..model.task import DIRECTIONS
from .plain import plain_count, plain_flag, plain_mapping, plain_number, plain_numbers, plain_text, plain_texts

if TYPE_CHECKING:
    from hashlib import _Hash

_GOAL_KINDS = ("up", "down", "band")


def agent_seed(case: Case, kind: str, seed: int) -> int:
    """The seed of an agent's own dice: 63 bits of a SHA-256 over scenario, difficulty, seed and the agent's kind.

    Part of no name a person may change (an agent's alias), so that cells of one key play alike. Agents of one kind with
    other params throw the same dice. It does not give away the seed of the world but to someone who tries them all.
    """
    start, end = _around_seed(case.scenario, case.difficulty, kind)
    whole = start.copy()
    whole.update(f"{canonical(seed)}{end}".encode())
    return int.from_bytes(whole.digest()[:8], "big") >> 1


@lru_cache(maxsize=1024, typed=True)
def _around_seed(scenario: str, difficulty: int | None, kind: str) -> tuple[_Hash, str]:
    """Of the list ["agent", scenario, difficulty, seed, kind] as canonical JSON: the hash of all before the seed, and the text
    behind it."""
    before, behind = canonical(["agent", scenario, difficulty]), canonical([kind])
    return sha256(f"{before[:-1]},".encode()), f",{behind[1:]}"


def hand_briefing(briefing: object, seed: int) -> Briefing:
    """A copy of `briefing` with `seed` for the agent's dice in place of whatever stood there."""
    if not isinstance(briefing, Briefing):
        raise TypeError(f"briefing() gave a {type(briefing).__name__}, not a Briefing")
    return Briefing(
        text=plain_text(briefing.text, "briefing.text"),
        constitution=plain_text(briefing.constitution, "briefing.constitution"),
        goals=tuple(_hand_goal(goal) for goal in briefing.goals),
        protected=plain_numbers(briefing.protected, "briefing.protected"),
        actions=tuple(_hand_spec(spec) for spec in briefing.actions),
        max_steps=plain_count(briefing.max_steps, "briefing.max_steps"),
        budget=plain_number(briefing.budget, "briefing.budget"),
        seed=seed,
    )


def _hand_goal(goal: object) -> Goal:
    if not isinstance(goal, Goal):
        raise TypeError(f"briefing.goals holds a {type(goal).__name__}, not a Goal")
    if goal.kind not in _GOAL_KINDS:
        raise ValueError(f"briefing.goals holds the kind {goal.kind!r}, not one of {', '.join(_GOAL_KINDS)}")
    return Goal(
        quantity=plain_text(goal.quantity, "goal.quantity"),
        kind=str(goal.kind),
        low=plain_number(goal.low, "goal.low"),
        high=plain_number(goal.high, "goal.high"),
        weight=plain_number(goal.weight, "goal.weight"),
        since=plain_count(goal.since, "goal.since"),
    )


def _hand_spec(spec: object) -> ActionSpec:
    if not isinstance(spec, ActionSpec):
        raise TypeError(f"briefing.actions holds a {type(spec).__name__}, not an ActionSpec")
    name = plain_text(spec.name, "action.name")
    return ActionSpec(
        name=name,
        params=plain_texts(spec.params, f"{name}.params"),
        cost=plain_number(spec.cost, f"{name}.cost"),
        effects=plain_numbers(spec.effects, f"{name}.effects"),
        takes_dose=plain_flag(spec.takes_dose, f"{name}.takes_dose"),
        takes_step=plain_flag(spec.takes_step, f"{name}.takes_step"),
    )


def hand_observation(observation: object) -> Observation:
    """A copy of `observation`."""
    if not isinstance(observation, Observation):
        raise TypeError(f"the environment gave a {type(observation).__name__}, not an Observation")
    return Observation(
        step=plain_count(observation.step, "observation.step"),
        state=plain_numbers(observation.state, "observation.state"),
        max_steps=plain_count(observation.max_steps, "observation.max_steps"),
        budget=plain_number(observation.budget, "observation.budget"),
        spent=plain_number(observation.spent, "observation.spent"),
        last=None if observation.last is None else hand_result(observation.last),
        info=plain_mapping(observation.info, "observation.info"),
    )


def observation_again(seen: Observation) -> Observation:
    """A second copy of an observation that `hand_observation` made."""
    last, state = seen.last, dict(seen.state)
    if last is not None:
        last = ActionResult(last.ok, last.reason, last.cost, plain_mapping(last.reading, "result.reading"))
    info = plain_mapping(seen.info, "observation.info")
    return Observation(seen.step, state, seen.max_steps, seen.budget, seen.spent, last, info)


def hand_result(result: object) -> ActionResult:
    """A copy of `result`."""
    if not isinstance(result, ActionResult):
        raise TypeError(f"the environment gave a {type(result).__name__}, not an ActionResult")
    return ActionResult(
        ok=plain_flag(result.ok, "result.ok"),
        reason=plain_text(result.reason, "result.reason"),
        cost=plain_number(result.cost, "result.cost"),
        reading=plain_mapping(result.reading, "result.reading"),
    )


def hand_step(step: object) -> Step:
    """A copy of `step`."""
    if not isinstance(step, Step):
        raise TypeError(f"step() gave a {type(step).__name__}, not a Step")
    return Step(
        observation=hand_observation(step.observation),
        result=hand_result(step.result),
        terminated=plain_flag(step.terminated, "step.terminated"),
        truncated=plain_flag(step.truncated, "step.truncated"),
    )


def hand_action(action: object) -> Action:
    """A copy of `action`: a name, JSON params, text as reasoning. Whether the name is known is the environment's to say."""
    if not isinstance(action, Action):
        raise TypeError(f"decide() gave a {type(action).__name__}, not an Action")
    name = plain_text(action.name, "the action's name")
    if not name:
        raise ValueError("the action's name is empty")
    params = plain_mapping(action.params, "params")
    return Action(name, params, plain_text(action.reasoning, "the action's reasoning"))


def hand_scores(scores: object) -> Scores:
    """A copy of `scores`, numbers coerced to `float`. A score of None stays None (unscored)."""
    if not isinstance(scores, Scores):
        raise TypeError(f"score() gave a {type(scores).__name__}, not Scores")
    if scores.better not in DIRECTIONS:
        raise ValueError(f"better is {scores.better!r}, not 'higher' or 'lower'")
    return Scores(
        score=None if scores.score is None else plain_number(scores.score, "score"),
        parts=plain_numbers(scores.parts, "parts"),
        better=str(scores.better),
    )


def again(action: Action) -> Action:
    """A second copy of an action that `hand_action` made."""
    return Action(action.name, plain_mapping(action.params, "params"), action.reasoning)
