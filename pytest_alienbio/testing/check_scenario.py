"""What every scenario must do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import fields, is_dataclass

from ..agents import NoopAgent, RandomAgent, ScriptedAgent
from ..model import (
    Action,
    ActionResult,
    ActionSpec,
    Agent,
    AgentProfile,
    Briefing,
    Case,
    Cell,
    CellLimits,
    Environment,
    Goal,
    Json,
    Observation,
    Result,
    Step,
)
from ..play import AgentInfo, Catalog, ScenarioInfo, ScenarioRegistry, run_cell
from ..play.handout import hand_briefing, hand_observation, hand_step
from .checkpoints import check_world_checkpoint
from .must import must
from .reach import reach

_TURN = (Action, ActionResult, ActionSpec, Briefing, Goal, Observation, Step)
_PLAIN = (str, int, float, type(None), Mapping, list, tuple, *_TURN)
_DETAIL = 8
"""Characters a hidden number must have to be told from a chance agreement."""


def check_scenario(
    scenario: ScenarioInfo | Callable[..., Environment],
    *,
    params: Mapping[str, Json] | None = None,
    levels: Sequence[int | None] | None = None,
    seeds: Sequence[int] = (0, 1),
    score_range: tuple[float, float] | None = None,
    hidden: Sequence[str] = (),
    most_calls: int = 1000,
) -> None:
    """Plays `scenario` (a factory, or a catalog's entry) and raises `AssertionError` with what to mend.

    It must end by itself within `most_calls`; refuse what it cannot carry out, at no cost to the budget, instead of raising;
    give the same episode for the same seed, in a fresh environment and after another `reset`; end at `done`; give finite scores
    (inside `score_range`, if given); and hand out copies only, from which no live object, no hidden true value and no
    name in `hidden` can be reached. If it offers checkpoints, it must go on from them as if it had never been cut off.
    `levels`: those to try, default the scenario's own default. Holds under `python -O`.
    """
    info = scenario if isinstance(scenario, ScenarioInfo) else _register(scenario)
    for level in (info.default_level,) if levels is None else levels:
        case = info.case(level, params)
        for seed in seeds:
            _check_one(_Trial(info, case, seed, most_calls), score_range, hidden)


def _register(factory: Callable[..., Environment]) -> ScenarioInfo:
    registry = ScenarioRegistry()
    registry.add("scenario", factory)
    return registry.entries["scenario"]


class _Trial:
    """One case at one seed, to be played in several ways."""

    def __init__(self, info: ScenarioInfo, case: Case, seed: int, most_calls: int) -> None:
        self.info, self.case, self.seed, self.most_calls = info, case, seed, most_calls
        level = "" if case.difficulty is None else f" d{case.difficulty}"
        self.name = f"{info.name}{level} seed {seed}"

    def build(self) -> Environment:
        return self.info.factory(self.case, None)

    def play(self, agent: Agent, environment: Environment | None = None) -> Result:
        cell = Cell("check", self.case, AgentProfile("check", "check"), self.seed, "check")
        known = Catalog({self.info.name: self.info}, {"check": AgentInfo("check", NoopAgent)})
        limits = CellLimits(steps=self.most_calls)
        return run_cell(cell, known, limits=limits, agent=agent, environment=environment)

    def played(self, agent: Agent, how: str, environment: Environment | None = None) -> Result:
        result = self.play(agent, environment)
        trace = f"\n{result.error.traceback}" if result.error else ""
        must(result.outcome.scored, f"{self.name}, {how}: {result.outcome}: {result.reason}{trace}")
        return result


def _check_one(trial: _Trial, score_range: tuple[float, float] | None, hidden: Sequence[str]) -> None:
    _check_methods(trial)
    idle = trial.played(NoopAgent(), "an agent that waits")
    assert idle.trajectory is not None
    must(
        idle.trajectory.steps < trial.most_calls,
        f"{trial.name}: it never ends if an agent only waits; return Step(terminated=True) at a horizon",
    )
    dice = trial.played(RandomAgent(), "an agent that throws dice")
    for result in (idle, dice, trial.played(ScriptedAgent(actions=[]), "an agent that says done at once")):
        _check_range(trial, result, score_range)
    again = trial.played(RandomAgent(), "the same agent again")
    must(
        (again.trajectory, again.score, again.scores) == (dice.trajectory, dice.score, dice.scores),
        f"{trial.name}: the same actions at the same seed gave another episode; draw only from a generator seeded in "
        "reset(seed), and iterate over no sets",
    )
    _check_reset(trial, dice)
    _check_refusals(trial)
    _check_copies(trial, dice)
    _check_leaks(trial, hidden)
    _check_solution(trial)
    assert dice.trajectory is not None
    check_world_checkpoint(trial.name, trial.build, trial.seed, dice.trajectory)


def _check_methods(trial: _Trial) -> None:
    environment = trial.build()
    for method, call in (("reset", "reset(seed)"), ("step", "step(action)"), ("score", "score()")):
        must(callable(getattr(environment, method, None)), f"{trial.name}: it has no method {method}; add `def {call}`")


def _check_range(trial: _Trial, result: Result, score_range: tuple[float, float] | None) -> None:
    if result.score is None or score_range is None:
        return
    low, high = score_range
    must(low <= result.score <= high, f"{trial.name}: the score {result.score!r} is outside {low:g}..{high:g}; clip it")


def _check_reset(trial: _Trial, dice: Result) -> None:
    """An environment that has been played starts afresh."""
    environment = trial.build()
    trial.played(NoopAgent(), "an agent that waits", environment)
    after = trial.played(RandomAgent(), "after a second reset", environment)
    must(
        (after.trajectory, after.score) == (dice.trajectory, dice.score),
        f"{trial.name}: reset(seed) of a played environment gives another episode than a fresh one; set all state in reset",
    )


def _nonsense(briefing: Briefing) -> Iterator[Action]:
    yield Action("no-such-action")
    yield Action("", {})
    yield Action("wait", {"no-such-param": 1})
    for spec in briefing.actions[:3]:
        yield Action(spec.name, {"no-such-param": "x"})
        yield Action(spec.name, {**spec.params, "no-such-param": [1, {"a": None}]})
        if spec.params:  # without any, this would be the action itself
            yield Action(spec.name, dict.fromkeys(spec.params, 7))
        if spec.takes_dose:
            for dose in (-1, 0, 1.5, "much", None, True, [1]):
                yield Action(spec.name, {**spec.params, "dose": dose})


def _check_refusals(trial: _Trial) -> None:
    environment = trial.build()
    environment.reset(trial.seed)
    for action in _nonsense(_briefing(environment)):
        environment.reset(trial.seed)
        what = f"{trial.name}: step({action.name!r}, {dict(action.params)!r})"
        try:
            step = hand_step(environment.step(action))
        except Exception as error:
            raise AssertionError(
                f"{what} raised {type(error).__name__}: {error}; return a Step whose result has ok=False and says why"
            ) from error
        must(not step.result.ok, f"{what} was carried out; refuse what makes no sense with ActionResult(False, reason)")
        must(step.result.reason, f"{what} was refused without a reason; say what is allowed")
        must(step.result.cost == step.observation.spent == 0, f"{what} was refused, yet it cost something")


def _check_copies(trial: _Trial, dice: Result) -> None:
    """Whatever is done to what was handed out, the episode stays as it was."""
    assert dice.trajectory is not None
    environment = trial.build()
    observation = environment.reset(trial.seed)
    _spoil(observation)
    _spoil(_briefing(environment))
    for turn in dice.trajectory.turns:
        step = environment.step(Action(turn.action, dict(turn.params)))
        must((step.result.ok, step.result.cost) == (turn.ok, turn.cost), _LIVE.format(trial.name))
        _spoil(step)
        _spoil(_briefing(environment))
    must(environment.score().score == dice.score, _LIVE.format(trial.name))


_LIVE = "{}: changing what it handed out changed the episode; hand out fresh dicts, never the ones it works with"


def _spoil(value: object) -> None:
    """Empties every mapping that can be changed inside `value`."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            _spoil(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            _spoil(item)
    elif isinstance(value, MutableMapping):
        value.clear()


def _briefing(environment: Environment) -> Briefing:
    tell = getattr(environment, "briefing", None)
    return tell() if tell else Briefing("")


def _check_leaks(trial: _Trial, hidden: Sequence[str]) -> None:
    """Nothing but plain values is handed out, and no hidden truth among them."""
    environment = trial.build()
    observation = environment.reset(trial.seed)
    handed: list[object] = [observation, _briefing(environment)]
    secrets = _secrets(environment, observation)
    for _ in range(5):
        step = environment.step(Action("wait"))
        handed += [step, environment.step(Action("no-such-action"))]
        secrets |= _secrets(environment, step.observation)
    for value in handed:
        for where, item in reach(value):
            must(item is not environment, f"{trial.name}: the environment itself can be reached through {where}")
            plain = isinstance(item, _PLAIN)
            must(plain, f"{trial.name}: a live {type(item).__name__} can be reached through {where}; hand out plain values")
            if isinstance(item, float):
                must(
                    item not in secrets, f"{trial.name}: {where} holds the true value of {secrets.get(item)!r}, which is hidden"
                )
            if isinstance(item, str):
                told = next((name for name in hidden if name in item), None)
                must(told is None, f"{trial.name}: {where} names {told!r}, which is hidden")
    hand_observation(observation)
    hand_briefing(_briefing(environment), 0)


def _secrets(environment: Environment, observation: Observation) -> dict[float, str]:
    """True values of quantities that cannot be seen, as far as they are too detailed for a chance agreement."""
    tell = getattr(environment, "snapshot", None)
    truth: Mapping[str, float] = tell() if tell else {}
    return {value: name for name, value in truth.items() if name not in observation.state and len(repr(value)) >= _DETAIL}


def _check_solution(trial: _Trial) -> None:
    environment = trial.build()
    environment.reset(trial.seed)
    tell = getattr(environment, "solution", None)
    solution = tell() if tell else None
    if solution is None:
        return
    played = trial.played(ScriptedAgent(actions=solution), "its own solution")
    assert played.trajectory is not None
    refused = [f"{turn.action} {dict(turn.params)!r}: {turn.reason}" for turn in played.trajectory.turns if not turn.ok]
    must(not refused, f"{trial.name}: its own solution holds an action that it refuses: {''.join(refused[:1])}")
