"""What can be named in a battery, and how each of it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import EllipsisType
from typing import Protocol, TypeAlias

from ..errors import UnknownNameError
from ..model import (
    Agent,
    AgentEntry,
    AgentProfile,
    Case,
    Cell,
    Endpoint,
    Environment,
    InstanceCache,
    Json,
    Result,
    Retold,
    Scores,
    Task,
    Trajectory,
    Wire,
)
from .takes import ANYTHING, Takes, takes_of

AgentFactory: TypeAlias = Callable[..., Agent]
"""Called with a profile's params as keywords; a privileged agent's also with `solution=`."""
Connect: TypeAlias = Callable[[Cell | None, Endpoint], Wire]
"""Gives a way to a model, for a cell; None: for no cell that anyone knows."""
Rescore: TypeAlias = Callable[[Case, Trajectory, int, int | None, InstanceCache | None], Scores]
"""(case, trajectory, seed, attempts of its world or None, cache) -> its score. Raises `ValueError` for another world's."""
Retell: TypeAlias = Callable[[Case, Trajectory, int, int | None, InstanceCache | None], Retold]
"""Likewise -> what its world says of it. Raises likewise."""
EnvironmentFactory: TypeAlias = Callable[[Case, InstanceCache | None], Environment]


@dataclass(frozen=True, slots=True)
class ScenarioInfo:
    """A scenario somebody can name. Holding one builds and imports nothing."""

    name: str
    factory: EnvironmentFactory
    tags: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    """Difficulties, ascending; () for a scenario without."""
    default_level: int | None = None
    """At which level it plays if only its name is given; None without levels."""
    content_hash: str = ""
    """Of everything that decides what it asks."""
    passing_score: float | None = 0.6
    """None: a score of it is neither good nor bad by itself, as with tasks."""
    params: Takes = ANYTHING
    """Which `params` a battery may give it."""
    bar: Callable[[Mapping[str, Json]], float | None] | None = None
    """The passing score of a case with these params, where it depends on them; raises `SpecError` for values it cannot be
    built with, so that these are known before anything plays."""
    type: str = "interactive"
    """`interactive` or `task`."""
    task: Task | None = None
    """What is run, if it is a task: it has no environment then."""
    has_variants: bool = False
    """Whether the same world can be shown under other surfaces."""
    cache_key: Callable[[Case, int], str] | None = None
    """Under which key the `InstanceCache` holds the world of a case at a seed; None if it does not use one."""
    source: str = ""
    """The file it was read from, as a path; '' for one made in Python."""
    description: str = ""
    scoring_hash: str = ""
    """Of what decides how it is scored, where that is more than the content; '' = its content says it all."""
    world: str = ""
    """Versions of the physics and the generator it is played on; '' if it brings its own."""
    deterministic: bool = False
    """Whether the same seed and actions always give the same observations and scores."""
    world_hash: str = ""
    """Of what decides its world, however it is scored and told; '' if that is not told apart from the content."""
    rescore: Rescore | None = None
    """Scores a stored cell by what its file says now; None if it has to be played for a score."""
    retell: Retell | None = None
    """Says of a stored cell what its score was on the way, and what the oracle does there; None if that cannot be told."""

    def case(
        self,
        difficulty: int | None = None,
        params: Mapping[str, Json] | None = None,
        *,
        variant: int = 1,
        passing_score: float | EllipsisType | None = ...,
    ) -> Case:
        """The case of this scenario at a difficulty and with params; `passing_score`: its own if left out."""
        return Case(
            self.name,
            difficulty,
            dict(params or {}),
            self.content_hash,
            self.tags,
            self.passing_score if passing_score is ... else passing_score,
            variant,
            self.type,
            self.scoring_hash or self.content_hash,
            self.world,
            self.deterministic,
            self.world_hash,
        )


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """An agent somebody can name."""

    name: str
    factory: AgentFactory
    tags: tuple[str, ...] = ()
    role: str = "candidate"
    deterministic: bool = False
    """Whether the same briefing (its seed included) and observations always give the same actions."""
    privileged: bool = False
    """Whether it is handed the scenario's solution."""
    skip_reason: str = ""
    """Why it cannot play here; '' if it can."""
    plays: str = "interactive"
    """The type of scenario it is for."""
    is_model: bool = False
    """Whether it is a language model of ours (`agents.llm.LLMAgent`): its factory takes `access=` too, and it is connected."""
    is_paid: bool = False
    """Whether its calls cost money though it is no model of ours: without `--bio-live` it does not play."""
    stands_for: AgentEntry | None = None
    """Of a name that is short for a profile: which one. Its `kind` is what plays."""

    @property
    def params(self) -> Takes:
        """Which `params` a battery may give it: those of its factory's signature."""
        return takes_of(self.factory, ("solution",) if self.privileged else ("access",) if self.is_model else ())


class Records(Protocol):
    """What another run recorded, from which cells are replayed."""

    def refusal(self, cell: Cell, /) -> str:
        """Why a cell cannot be replayed; '' if it can."""

    def agent(self, cell: Cell | None, info: AgentInfo, /) -> Agent | None:
        """Who does again what was recorded; None: the agent plays itself."""

    def settled(self, cell: Cell, result: Result, /) -> Result:
        """What was played, held against its record."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every scenario and agent by name."""

    scenarios: Mapping[str, ScenarioInfo] = field(default_factory=dict)
    agents: Mapping[str, AgentInfo] = field(default_factory=dict)
    connect: Connect | None = None
    """How models are reached; None: by their providers' own clients."""
    offline: bool = False
    """Whether `connect` asks no provider, ever: then nothing is paid, and neither a key nor a client is needed."""

    replay: Records | None = None
    """From what cells are replayed; None: they are played."""

    def scenario(self, name: str) -> ScenarioInfo:
        """The scenario called `name`, also one of Gymnasium (`gym:ID`), which is in no list.

        Raises `UnknownNameError`, with a near match, if there is none, and `SpecError` for what can be no id of Gymnasium.
        """
        try:
            return self.scenarios[name]
        except KeyError:
            from .outside import gym_scenario, is_outside

            if is_outside(name):
                return gym_scenario(name)
            raise UnknownNameError("scenario", name, self.scenarios) from None

    def agent(self, name: str) -> AgentInfo:
        """The agent called `name`. Raises `UnknownNameError`, with a near match, if there is none."""
        try:
            return self.agents[name]
        except KeyError:
            raise UnknownNameError("agent", name, self.agents) from None

    def match(self, glob: str) -> tuple[str, ...]:
        """The scenarios whose whole name fits `glob`, sorted; () if none does.

        `*` also crosses `/`: `*` is every scenario, `mutualism/*` the whole family however deep. Upper and lower case
        differ on every platform.
        """
        return tuple(sorted(name for name in self.scenarios if fnmatchcase(name, glob)))

    def make_environment(self, case: Case, cache: InstanceCache | None = None) -> Environment:
        """A fresh environment for `case`. Raises `UnknownNameError`, and whatever the scenario raises."""
        return self.scenario(case.scenario).factory(case, cache)

    def make_agent(self, profile: AgentProfile, solution: Json = None, cell: Cell | None = None) -> Agent:
        """A fresh agent for `profile`; `solution` goes to privileged agents only; language models are connected, for `cell`,
        and one whose file says no price has that of the price data, if it is known there.

        Raises `UnknownNameError`, `NotBuiltError` for one this version cannot build, and whatever the agent raises
        (`SpecError` or `TypeError` for params it does not take).
        """
        info = self.agent(profile.kind)
        if self.replay and (again := self.replay.agent(cell, info)):
            return again
        if info.privileged:
            return info.factory(**profile.params, solution=solution)
        if info.is_model:
            from ..agents.llm import LLMAgent, live
            from ..agents.llm.prices import price_of

            agent = info.factory(**profile.params, access=profile.access)
            assert isinstance(agent, LLMAgent)
            if agent.endpoint.price is None and (price := price_of(agent.endpoint)) is not None:
                agent = info.factory(**profile.params, access=replace(profile.access, price=price))
                assert isinstance(agent, LLMAgent)
            agent.connect((self.connect or live)(cell, agent.endpoint))
            return agent
        return info.factory(**profile.params)
