"""What every agent must do."""

from __future__ import annotations

import random  # noqa: TID251 - only to see that an agent leaves it alone
import sys
from collections.abc import Callable, Mapping, Sequence

from ..model import Agent, AgentProfile, Briefing, Case, Cell, CellLimits, Environment, Json, Observation, Result, Scores
from ..play import AgentInfo, Catalog, run_cell
from ..play.handout import hand_briefing, hand_observation
from ..play.meter import CellMeter
from ..play.usage import attach
from .checkpoints import check_agent_checkpoint
from .metering import check_agent_meter
from .must import must
from .pond import Pond

_MOST_CALLS = 200
_LIMITS = CellLimits(steps=_MOST_CALLS, wall_clock_s=300.0)
"""An episode has ten steps: who takes longer is stuck."""


def check_agent(
    agent: AgentInfo | Callable[..., Agent],
    *,
    params: Mapping[str, Json] | None = None,
    deterministic: bool | None = None,
    privileged: bool | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    pond: Callable[[], Environment] = Pond,
) -> None:
    """Plays `agent` (a factory, or a catalog's entry) in a small world and raises `AssertionError` with what to mend.

    It must have `start`, `decide` and `end`; answer with an `Action` of JSON values whatever it sees, refusals too; change
    nothing it was handed; leave the global random generators alone; share nothing with other agents; and, if
    `deterministic` (default: what the catalog says, else True), act the same at the same seed. If it takes a meter, it must
    settle each call below its worst case, and stop when it is refused one. If it offers checkpoints, it
    must go on from them as if it had never been cut off. `privileged` ones are built with `solution=`. It holds under
    `python -O`, too.
    """
    info = agent if isinstance(agent, AgentInfo) else AgentInfo("agent", agent, deterministic=True)
    deterministic = info.deterministic if deterministic is None else deterministic
    privileged = info.privileged if privileged is None else privileged

    def build(seed: int) -> Agent:
        keywords: dict[str, Json] = dict(params or {})
        if privileged:
            world = pond()
            world.reset(seed)
            keywords["solution"] = world.solution()  # type: ignore[attr-defined]
        return info.factory(**keywords)

    _check_methods(build(seeds[0]), info.name)
    for seed in seeds:
        first = _play(info.name, build(seed), pond(), seed)
        _check_outcome(first, info.name, f"seed {seed}")
        _check_randomness(info.name, lambda seed=seed: build(seed), pond, seed)  # type: ignore[misc]
        if deterministic:
            second = _play(info.name, build(seed), pond(), seed)
            must(
                second.trajectory == first.trajectory,
                f"{info.name}: two plays at seed {seed} differ. Draw only from a generator seeded with briefing.seed, "
                "iterate over no sets, or register it with deterministic=False",
            )
            _check_apart(info.name, build, pond, seed)
        world = pond()
        world.reset(seed)
        brief = _brief(world, _cell(info.name, seed))
        alone = first.trajectory if deterministic else None
        check_agent_checkpoint(info.name, lambda seed=seed: build(seed), pond, seed, brief, alone)  # type: ignore[misc]
        check_agent_meter(info.name, lambda seed=seed: build(seed), pond, seed)  # type: ignore[misc]
        _check_hands_off(info.name, build(seed), pond(), seed)
        _check_outcome(_play(info.name, build(seed), Pond(stubborn=True), seed), info.name, "a world that refuses everything")


def _cell(name: str, seed: int) -> Cell:
    return Cell("check", Case("check/pond"), AgentProfile(name, name), seed, f"check/pond[{name}-s{seed}]")


def _play(name: str, agent: Agent, environment: Environment, seed: int) -> Result:
    return run_cell(_cell(name, seed), Catalog(), limits=_LIMITS, agent=agent, environment=environment)


def _check_methods(agent: Agent, name: str) -> None:
    for method, call in (("start", "start(briefing)"), ("decide", "decide(observation)"), ("end", "end(scores)")):
        must(callable(getattr(agent, method, None)), f"{name}: it has no method {method}; add `def {call}`")


def _check_outcome(result: Result, name: str, where: str) -> None:
    trace = f"\n{result.error.traceback}" if result.error else ""
    must(result.outcome.scored, f"{name}, {where}: {result.outcome}: {result.reason}{trace}")
    broken, misspent = result.metrics.get("agent_end_error"), result.metrics.get("agent_usage_error")
    must(not broken, f"{name}, {where}: end(scores) must not raise: {broken}")
    must(not misspent, f"{name}, {where}: {misspent}")


def _check_randomness(name: str, build: Callable[[], Agent], pond: Callable[[], Environment], seed: int) -> None:
    before = _global_random()
    _play(name, build(), pond(), seed)
    must(
        _global_random() == before,
        f"{name}: it draws from a global random generator; make its own, seeded with briefing.seed",
    )


def _global_random() -> tuple[object, object]:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return random.getstate(), None
    _, words, position, *rest = numpy.random.get_state()
    return random.getstate(), (words.tolist(), position, rest)


def _check_apart(name: str, build: Callable[[int], Agent], pond: Callable[[], Environment], seed: int) -> None:
    """Two agents taking turns act as they do alone."""
    alone = _play(name, build(seed), pond(), seed).trajectory
    assert alone is not None
    other = seed + 1
    worlds = [pond(), pond()]
    seen = [world.reset(number) for world, number in zip(worlds, (seed, other), strict=True)]
    agents = [build(seed), build(other)]
    for agent, world, number in zip(agents, worlds, (seed, other), strict=True):
        attach(agent, CellMeter())
        agent.start(_brief(world, _cell(name, number)))
    for turn in alone.turns:
        for index in (1, 0):
            action = agents[index].decide(hand_observation(seen[index]))
            if index == 0:
                must(
                    (action.name, dict(action.params)) == (turn.action, turn.params),
                    f"{name}: it acts otherwise while another of its kind plays; keep state in the instance, not in the "
                    "class or module",
                )
            seen[index] = worlds[index].step(action).observation


def _brief(world: Environment, cell: Cell) -> Briefing:
    from ..play.handout import agent_seed

    tell = getattr(world, "briefing", None)
    return hand_briefing(tell() if tell else Briefing(""), agent_seed(cell.case, cell.agent.kind, cell.seed))


def _check_hands_off(name: str, agent: Agent, world: Environment, seed: int) -> None:
    """What it is handed looks the same afterwards."""
    observation = world.reset(seed)
    briefing = _brief(world, _cell(name, seed))
    kept = hand_briefing(briefing, briefing.seed)
    attach(agent, CellMeter())
    agent.start(briefing)
    for _ in range(_MOST_CALLS):
        given, copy = hand_observation(observation), hand_observation(observation)
        action = agent.decide(given)
        must(_same(given, copy), f"{name}: decide() changed the observation it was handed; copy what you want to change")
        must(briefing == kept, f"{name}: it changed the briefing it was handed; copy what you want to change")
        step = world.step(action)
        if step.terminated or step.truncated or action.name == "done":
            break
        observation = step.observation
    scores, same = Scores(0.5, {"part": 0.5}), Scores(0.5, {"part": 0.5})
    agent.end(scores)
    must(scores == same, f"{name}: end() changed the scores it was handed; copy what you want to change")


def _same(one: Observation, other: Observation) -> bool:
    return one == other and list(one.state) == list(other.state)
