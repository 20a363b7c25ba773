"""A Gymnasium environment as a scenario: other people's worlds, under the same protocol, with the same results.

Gymnasium is imported when an environment is built.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Any

from ...errors import AlienBioError, MissingExtraError, did_you_mean
from ...model.canonical import Json
from ...model.turn import Action, ActionResult, Briefing, Observation, Scores, Step
from .params import GymParams
from .registry import find

if TYPE_CHECKING:
    from gymnasium import Env

STEPS = 1000
"""Steps of an environment that has no limit of its own and was given none."""
_KNOWN = ("act", "sample", "wait", "done")
CALLS_PER_STEP = 4
"""After this many calls per step an episode is cut short: an agent that is only refused cannot hang."""
MOST_DOC = 6000
"""Characters of an environment's own documentation that an agent is told."""


class GymEnvironment:
    """The environment registered as `name`. `reset` makes its episode, `close` lets go of it.

    An action is `act` with `action`, `sample` or `wait` (the dice act: the action space draws), or `done`. What is no action
    of the space is refused, costs nothing and lets no time pass. Steps that an agent leaves unplayed are played by the dice
    before it is scored, so nobody gains by not acting. `spaces` says how spaces are named. Raises `MissingExtraError` for
    a package that is not there, and what the environment's constructor raises.
    """

    def __init__(self, name: str, params: GymParams) -> None:
        self._spec = find(name)
        self._params = params
        self._steps_allowed = params.max_steps or self._spec.max_episode_steps or STEPS
        self._env: Env[Any, Any] | None = self._make()
        self._started = False

    def _make(self) -> Env[Any, Any]:
        import gymnasium

        try:
            return gymnasium.make(self._spec, self._steps_allowed, disable_env_checker=True, **_thawed(self._params.kwargs))
        except gymnasium.error.DependencyNotInstalled as error:
            raise MissingExtraError(f"{self._spec.id}: {error}") from error

    def reset(self, seed: int) -> Observation:
        """Starts the episode of `seed`, from which the dice of `sample` get a seed of their own."""
        if self._env is None:
            self._env = self._make()
        env = self._env
        seen, info = env.reset(seed=seed)
        # With the same seed both would throw the same dice.
        env.action_space.seed(int.from_bytes(sha256(f"sample {seed}".encode()).digest()[:4], "big"))
        self._started = True
        self._return, self._reward = 0.0, 0.0
        self._step = self._calls = self._unplayed = 0
        self._terminated = self._truncated = self._ended = False
        self._last: ActionResult | None = None
        self._look(seen, info)
        return self._observation()

    def step(self, action: Action) -> Step:
        """Carries out one action. Raises what the environment raises, and `ValueError` for a reward that is no number."""
        self._running()
        if self._terminated or self._truncated:
            return self._given(ActionResult(ok=False, reason="the episode is over"))
        self._calls += 1
        name, params = action.name, action.params
        if name == "done" and not params:
            self._terminated = True
            return self._given(ActionResult(ok=True))
        chosen, refusal = self._chosen(name, params)
        if refusal:
            self._truncated = self._calls >= CALLS_PER_STEP * self._steps_allowed
            return self._given(ActionResult(ok=False, reason=refusal))
        return self._given(self._carry_out(chosen, drawn=name != "act"))

    def score(self) -> Scores:
        """The return, or where it lies on the scale that was given, of an episode that the dice play to its end.

        Parts: `return`, `steps` in all, those of them that were `unplayed`; with a scale `raw_score`, which is not cut.
        """
        space = self._running().action_space
        while not self._ended:
            self._carry_out(space.sample(), drawn=True)
            self._unplayed += 1
        parts = {"return": self._return, "steps": float(self._step), "unplayed": float(self._unplayed)}
        scale = self._params.scale
        if scale is None:
            return Scores(self._return, parts)
        return Scores(scale.score(self._return), {**parts, "raw_score": scale.raw(self._return)})

    def briefing(self) -> Briefing:
        """What there is to do and to see, and the environment's own documentation."""
        from .spaces import menu, shape_of

        env, scale = self._running(), self._params.scale
        told = "the sum of the rewards"
        if scale:
            told += f", where {scale.low:g} counts 0 and {scale.high:g} counts 1"
        lines = [
            f"The environment {self._spec.id} of Gymnasium.",
            f"`act` takes `action`: {shape_of(env.action_space)}.",
            "`sample` and `wait` carry out an action that is drawn at random; after `done` the rest is drawn so.",
            f"What is seen: {env.observation_space}; its numbers in `state`, the whole in `info['observation']`.",
            f"The episode is cut after {self._steps_allowed} steps. The score is {told}.",
        ]
        document = inspect.cleandoc(type(env.unwrapped).__doc__ or "")
        if document:
            lines += ["", document if len(document) <= MOST_DOC else document[:MOST_DOC] + " [...]"]
        return Briefing("\n".join(lines), actions=menu(env.action_space), max_steps=self._steps_allowed)

    def properties(self) -> dict[str, Json]:
        """Which environment it is, in which version, and how large."""
        import gymnasium

        from .spaces import width

        env = self._running()
        return {
            "environment": self._spec.id,
            "gymnasium": gymnasium.__version__,
            "max_steps": self._steps_allowed,
            "actions": str(env.action_space)[:200],
            "observed": width(env.observation_space),
            "reward_threshold": self._spec.reward_threshold,
        }

    def close(self) -> None:
        """Lets go of the environment; the next `reset` makes another one."""
        env, self._env = self._env, None
        if env is not None:
            env.close()

    def _running(self) -> Env[Any, Any]:
        if self._env is None or not self._started:
            raise AlienBioError("the environment has not been started; call reset(seed) first")
        return self._env

    def _chosen(self, name: str, params: Mapping[str, Json]) -> tuple[object, str]:
        """The action as the environment takes it, or why it is refused."""
        from .spaces import BadActionError, to_action

        space = self._running().action_space
        if name in ("sample", "wait") and not params:
            return space.sample(), ""
        if name == "act" and set(params) == {"action"}:
            try:
                return to_action(space, params["action"]), ""
            except BadActionError as error:
                return None, str(error)
        if name == "act":
            return None, "act takes `action` and nothing else"
        if name in _KNOWN:
            return None, f"{name} takes no parameters"
        return None, f"unknown action {name[:60]!r}; {did_you_mean(name, _KNOWN)}"

    def _carry_out(self, chosen: object, *, drawn: bool) -> ActionResult:
        from .spaces import as_json

        reading: dict[str, Json] = {"action": as_json(chosen)} if drawn else {}
        seen, reward, terminated, truncated, info = self._running().step(chosen)
        self._step += 1
        self._reward = _number(reward, self._step)
        self._return += self._reward
        self._terminated, self._truncated = bool(terminated), bool(truncated) and not terminated
        self._ended = self._terminated or self._truncated
        self._look(seen, info)
        return ActionResult(ok=True, reading={**reading, "reward": self._reward})

    def _look(self, seen: object, info: object) -> None:
        """Notes what is seen, as copies: an environment may go on using its arrays."""
        from .spaces import MOST_NUMBERS, as_json, numbers, told, width

        space = self._running().observation_space
        many = width(space)
        self._state = dict(numbers(space, seen)) if many is not None and many <= MOST_NUMBERS else {}
        self._whole = as_json(seen)
        self._told = told(info)

    def _observation(self) -> Observation:
        info: dict[str, Json] = {"observation": self._whole, "info": self._told}
        if self._step:
            info |= {"reward": self._reward, "return": self._return}
        return Observation(self._step, dict(self._state), self._steps_allowed, last=self._last, info=info)

    def _given(self, result: ActionResult) -> Step:
        self._last = result
        return Step(self._observation(), result, terminated=self._terminated, truncated=self._truncated)


def _number(reward: object, step: int) -> float:
    from .spaces import as_json

    value = as_json(reward)
    if isinstance(value, list) and len(value) == 1:  # an array of one number
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"the environment gave a {type(reward).__name__} as the reward of step {step}, not a number")
    if not isfinite(value):
        raise ValueError(f"the environment gave the reward {value!r} at step {step}")
    return float(value)


def _thawed(value: Any) -> Any:
    """A copy made of dicts and lists, which constructors look for."""
    if isinstance(value, Mapping):
        return {key: _thawed(each) for key, each in value.items()}
    return [_thawed(each) for each in value] if isinstance(value, list | tuple) else value
