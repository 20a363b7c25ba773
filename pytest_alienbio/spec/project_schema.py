"""The shape of `bio.yaml` and of the user's own file. Imports pydantic: import it late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from .agent_schema import LanguageModel, PriceField, PromptFiles, ProviderKeys
from .configurable import Configurable, Limits, PerCell, Run, SeedRange, Seeds
from .fields import Address, Folder, Name, Params, Provider, Rates, Role
from .gate_schema import Alpha, Confirm, Gate, Reference
from .schema import Scenario, Sets


class ProjectAgent(LanguageModel):
    """A profile in `agents:` of `bio.yaml`."""

    kind: Name = Field(description="The known agent it is built from.", examples=["greedy"])
    params: Params = Field(default_factory=dict, description="What it is built with, by name.", examples=[{"temperature": 0}])
    role: Role | None = Field(
        default=None, description="candidate: judged; reference: should be at the top; floor: expected below the bar."
    )


class Project(Configurable):
    """`bio.yaml`, what a project says once for all its batteries; the user's own `config.yaml` has the same keys."""

    agents: dict[str, ProjectAgent] = Field(
        default_factory=dict,
        description="Agents by name, each built from a known one.",
        examples=[{"choosy": {"kind": "greedy", "role": "candidate"}}],
    )
    scenarios: list[Name] = Field(
        default_factory=list,
        description="Scenario files to make known: globs, relative to this file.",
        examples=[["scenarios/*.yaml"]],
    )
    sets: Sets = Field(
        default_factory=dict,
        description="Sets of scenarios by name, for `{set: name}` in every battery.",
        examples=[{"mine": ["mutualism/competition"]}],
    )
    data: Folder | None = Field(
        default=None, description="The data root, where results go; relative to this file.", examples=["data", "../results"]
    )
    default_agents: Annotated[list[Name], Field(min_length=1)] = Field(
        default_factory=list, description="Who plays where a battery names no agents.", examples=[["oracle", "random"]]
    )
    live: bool = Field(default=False, description="Agents that cost money play; else their cells are skipped.")
    prices: dict[str, PriceField] = Field(
        default_factory=dict,
        description="What models cost, by globs of their names, where their agents do not say it; the first that fits decides.",
        examples=[{"gpt-4o*": {"input": 2.5, "output": 10}, "qwen*": "free"}],
    )
    providers: dict[Provider, ProviderKeys] = Field(
        default_factory=dict,
        description="Where the keys and servers of providers are, for all their agents.",
        examples=[{"openai": {"api_key": {"keyring": "work"}}}],
    )
    rate: Rates | None = Field(
        default=None,
        description="Requests a minute, or requests/tokens a minute, to each provider: all workers of this machine together.",
        examples=[{"openai": "500/200000", "anthropic": 50}],
    )
    limits_at: Address = Field(
        default="files",
        description="Where limits are shared: in files of this machine, or in a Redis that several machines reach.",
        examples=["redis://limits.example:6379/0"],
    )
    seeds: Seeds = Field(
        default_factory=list,
        description="Which worlds are played: 10 is the seeds 0 to 9; or a list; or {start: ..., count: ...}.",
        examples=[10, [3, 5], {"start": 100, "count": 20}],
    )
    baseline: Reference | None = Field(
        default=None,
        description="What gates are held against that do not say it: a baseline's file, a run, tag:NAME or agent:NAME.",
        examples=["tag:main"],
    )
    no_gates: bool = Field(default=False, description="Plays and records; no gate judges.")
    alpha: Alpha = Field(
        default=0.05, description="What all gates of a battery spend together: the chance of a false alarm.", examples=[0.01]
    )
    confirm: Confirm = Field(
        default=0, description="Fresh seeds on which the worst leaves are played before a gate fails.", examples=[10]
    )
    strict: bool = Field(default=False, description="A gate that is INCONCLUSIVE fails the run, too.")


SECTIONS: Mapping[str, type[BaseModel]] = {
    "": Project,
    "agents": ProjectAgent,
    "providers": ProviderKeys,
    "prompt": PromptFiles,
    "scenarios": Scenario,
    "seeds": SeedRange,
    "gates": Gate,
    "limits": Limits,
    "per_cell": PerCell,
    "run": Run,
}
"""The sections of `bio.yaml`, as `project` names them."""
