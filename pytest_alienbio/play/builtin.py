"""What is there from the start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from ..agents import (
    GreedyAgent,
    HumanAgent,
    InquirerAgent,
    NoopAgent,
    OracleAgent,
    ProberAgent,
    RandomAgent,
    ScriptedAgent,
    SimulatedLLM,
)
from ..agents.llm.profiles import KINDS, SHIPPED
from ..errors import SpecError
from ..model import Agent, Case, Environment, InstanceCache, Json, Retold, Scores, Task, Trajectory
from ..model.task import VARIATION
from .catalog import AgentFactory, AgentInfo, ScenarioInfo
from .takes import NOTHING

MODEL_TAGS = ("llm",)

if TYPE_CHECKING:
    from ..scenarios.older.template import Older
    from ..scenarios.template import Template


def _variation(**params: object) -> Agent:
    """The params that a task is run with. It does not act, and plays tasks only."""
    raise SpecError("a variation is no agent that acts: it is the params that a task is run with")


def task_scenario(task: Task, *, content_hash: str = "", tags: tuple[str, ...] = (), source: str = "") -> ScenarioInfo:
    """The catalog's entry for a task; nothing of it is imported. It takes no params: those are the variation's."""

    def build(case: Case, cache: InstanceCache | None) -> Environment:
        raise SpecError(f"{case.scenario!r} is a task: it is run, and has no environment to act in")

    return ScenarioInfo(
        name=task.name,
        factory=build,
        tags=tags,
        content_hash=content_hash,
        passing_score=None,
        params=NOTHING,
        type="task",
        task=task,
        source=source,
        description=task.description,
    )


def builtin_agents() -> dict[str, AgentInfo]:
    """The agents every battery may name, in the order tables list them: those of our own, language models by the wire format
    they are spoken to in, and profiles of known ones (`claude-opus`, `ollama`)."""
    infos = (
        AgentInfo("oracle", OracleAgent, role="reference", deterministic=True, privileged=True),
        AgentInfo("inquirer", InquirerAgent, deterministic=True),
        AgentInfo("greedy", GreedyAgent, deterministic=True),
        AgentInfo("prober", ProberAgent, deterministic=True),
        AgentInfo("random", RandomAgent, role="floor", deterministic=True),
        AgentInfo("noop", NoopAgent, role="floor", deterministic=True),
        AgentInfo("scripted", ScriptedAgent, deterministic=True),
        AgentInfo("human", HumanAgent.at_terminal, tags=("human",)),
        AgentInfo("simulated-llm", SimulatedLLM, tags=("simulated",), deterministic=True),
        AgentInfo(VARIATION, _variation, plays="task"),
        *(AgentInfo(kind, factory, tags=MODEL_TAGS, is_model=True) for kind, factory in KINDS.items()),
        *(
            AgentInfo(name, KINDS[entry.kind], tags=MODEL_TAGS, is_model=True, stands_for=entry)
            for name, entry in SHIPPED.items()
        ),
    )
    return {info.name: info for info in infos}


@cache
def _factories() -> Mapping[str, AgentFactory]:
    return {name: info.factory for name, info in builtin_agents().items()}


def refuse_params(info: AgentInfo, params: Mapping[str, Json]) -> None:
    """Raises `SpecError` for params that an agent of ours cannot be built with: it is cheap to build, and says what is wrong.

    Nothing is run of other people's agents, nor of one that cannot play here or is handed a solution.
    """
    is_ours = info.factory is _factories().get(info.name)
    if is_ours and not (info.privileged or info.skip_reason) and info.plays == "interactive":
        info.factory(**params)


def _refuse_case_params(case: Case) -> None:
    if case.params:
        raise SpecError(f"scenario {case.scenario!r} takes no params, got {', '.join(sorted(case.params))}")


def template_scenario(template: Template) -> ScenarioInfo:
    """The catalog's entry for a scenario written in YAML; the simulator is imported when a cell of it is built.

    Its factory raises `SpecError` for a case with params (such a scenario takes none) or without a difficulty.
    """

    from ..scenarios.streams import GENERATOR_VERSION

    def build(case: Case, cache: InstanceCache | None) -> Environment:
        from ..scenarios.environment import AlienEnvironment

        _refuse_case_params(case)
        if case.difficulty is None:
            levels = ", ".join(map(str, template.levels))
            raise SpecError(f"scenario {case.scenario!r} was given no difficulty; it has the levels {levels}")
        return AlienEnvironment(template, case.difficulty, cache, case.variant)

    def key(case: Case, seed: int) -> str:
        from ..scenarios.generate import cache_key

        return cache_key(template, case.difficulty or template.default_level, seed)

    def again(case: Case, played: Trajectory, seed: int, attempts: int | None, cache: InstanceCache | None) -> Scores:
        from ..scenarios.rescoring import rescore

        level = case.difficulty or template.default_level
        return rescore(template, level, seed, played, variant=case.variant, attempts=attempts, cache=cache)

    def beside(case: Case, played: Trajectory, seed: int, attempts: int | None, cache: InstanceCache | None) -> Retold:
        from ..scenarios.retelling import retell

        level = case.difficulty or template.default_level
        return retell(template, level, seed, played, variant=case.variant, attempts=attempts, cache=cache)

    return ScenarioInfo(
        name=template.name,
        factory=build,
        cache_key=key,
        tags=template.tags,
        levels=template.levels,
        default_level=template.default_level,
        content_hash=template.content_hash,
        scoring_hash=template.scoring_hash,
        world_hash=template.world_hash,
        rescore=again,
        retell=beside,
        world=GENERATOR_VERSION,
        deterministic=True,
        passing_score=template.passing_score,
        params=NOTHING,
        has_variants=True,
        source=template.source.file,
        description=template.description,
    )


def older_scenario(older: Older) -> ScenarioInfo:
    """The catalog's entry for a scenario file of the older format. It has no levels and takes no params."""

    from ..scenarios.streams import GENERATOR_VERSION

    def build(case: Case, cache: InstanceCache | None) -> Environment:
        from ..scenarios.older.environment import OlderEnvironment

        _refuse_case_params(case)
        return OlderEnvironment(older)

    return ScenarioInfo(
        name=older.name,
        factory=build,
        tags=older.tags,
        content_hash=older.content_hash,
        world=GENERATOR_VERSION,
        deterministic=True,
        passing_score=older.passing_score,
        params=NOTHING,
        source=older.source.file,
        description=older.description,
    )
