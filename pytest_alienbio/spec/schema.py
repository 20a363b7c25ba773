"""The shape of `*.battery.yaml`. Imports pydantic: import it late.

Models hold exactly what this version does; `unbuilt.py` lists what it knows and refuses. Checks that look at several
values at once (duplicates, cycles, keys that need one another) are in `checks.py`: they must also run when something here
has failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic.functional_validators import AfterValidator

from ..errors import SpecError
from .agent_schema import LanguageModel, PromptFiles
from .axes import AXIS_NAME, MAX_AXES
from .checks import HEAD_NAME
from .configurable import Configurable, Limits, PerCell, Run, SeedKeys
from .fields import (
    MAX_LEVEL,
    MAX_VARIANTS,
    Level,
    Name,
    Params,
    Role,
    Scalar,
    Score,
    Strict,
    TagWord,
    as_written,
    listed,
    refuse,
)
from .gate_schema import Gate
from .ranges import parse_levels

MAX_AXIS = 1000
"""Values of one axis."""
MAX_SAMPLES = 100_000


def _entry(value: object) -> object:
    """A bare name is short for `{name: ...}`."""
    return {"name": value} if isinstance(value, str) else value


def _kind_of_difficulty(value: object) -> str | None:
    return "<text>" if isinstance(value, str) else "<levels>" if isinstance(value, list) else "<level>"


def _name_or_set(schema: dict[str, Any]) -> None:
    as_written(schema)
    schema["oneOf"] = [{"required": ["name"]}, {"required": ["set"]}]
    schema["dependencies"] = {"params": ["name"], "variants": ["name"]}


class Scenario(Strict):
    """One item of `scenarios:` or of a set: `{name, difficulty, params, variants}` or `{set, difficulty}`."""

    model_config = ConfigDict(json_schema_extra=_name_or_set)

    name: Name | None = Field(
        default=None,
        description="A scenario's name, a glob, or a scenario file.",
        examples=["mutualism/competition", "mutualism/*"],
    )
    set: Name | None = Field(default=None, description="A set of scenarios: built in, or one of `sets:`.", examples=["smoke"])
    difficulty: (
        Annotated[
            Annotated[Literal["all"], Tag("<text>")]
            | Annotated[list[Level], Field(min_length=1), Tag("<levels>")]
            | Annotated[Level, Tag("<level>")],
            Discriminator(_kind_of_difficulty),
        ]
        | None
    ) = Field(
        default=None,
        description="Levels to play at: one, a list, or all; without it, the default level, or what a set's items say.",
        examples=["all", 2, [1, 3]],
    )
    params: Params = Field(
        default_factory=dict, description="What the scenario is built with, by name.", examples=[{"species": 4}]
    )
    variants: Annotated[int, Field(ge=1, le=MAX_VARIANTS)] = Field(
        default=1, description="Surface variants: the same worlds under so many sets of names and reading errors.", examples=[2]
    )


class Agent(LanguageModel):
    """One item of `agents:` in a battery."""

    name: Name = Field(description="An agent that is known here, or the name of one made on the spot.", examples=["oracle"])
    kind: Name | None = Field(
        default=None, description="Makes an agent on the spot: the known agent it is built from.", examples=["greedy"]
    )
    params: Params = Field(
        default_factory=dict, description="What the agent is built with, by name.", examples=[{"temperature": 0}]
    )
    label: Name | None = Field(
        default=None, alias="as", description="What this battery calls it, in ids and tables.", examples=["claude-t0"]
    )
    role: Role | None = Field(
        default=None,
        description="candidate: judged; reference: should be at the top; floor: expected below the bar.",
        examples=["candidate"],
    )


class SanityBounds(Strict):
    """`sanity:`, the means beyond which the scenario itself is broken."""

    oracle_min: Score | None = Field(
        default=None, description="The oracle's mean must reach this; 1 if left out.", examples=[1.0]
    )
    noop_max: Score | None = Field(
        default=None, description="Doing nothing may not score more; 0.3 if left out.", examples=[0.3]
    )
    random_max: Score | None = Field(
        default=None, description="Acting at random may not score more; 0.5 if left out.", examples=[0.5]
    )


def _expression(text: str) -> str:
    try:
        parse_levels(text)
    except SpecError as error:
        [found] = error.complaints
        raise refuse(found.what, expected=found.expected, hint=found.hint) from None
    return text


Tags = Annotated[list[TagWord], Field(min_length=1)]
Names = Annotated[list[Name], Field(min_length=1)]
TagOrTags = Annotated[Tags, BeforeValidator(listed, json_schema_input_type=Tags | TagWord)]
NameOrNames = Annotated[Names, BeforeValidator(listed, json_schema_input_type=Names | Name)]
AnyLevel = Annotated[int, Field(ge=0, le=MAX_LEVEL)]


class Select(Strict):
    """`select:`, which of the scenarios are kept: those that fit every key given, and any value of each."""

    tags: TagOrTags | None = Field(
        default=None, description="Keeps scenarios with any of these tags.", examples=[["mutualism", "regulation"], "mutualism"]
    )
    type: Literal["interactive", "task"] | None = Field(
        default=None, description="Keeps scenarios that are acted in step by step, or tasks."
    )
    difficulty: (
        Annotated[
            Annotated[str, AfterValidator(_expression), Tag("<text>")]
            | Annotated[list[AnyLevel], Field(min_length=1), Tag("<levels>")]
            | Annotated[AnyLevel, Tag("<level>")],
            Discriminator(_kind_of_difficulty),
        ]
        | None
    ) = Field(
        default=None,
        description="Keeps these levels; without `scenarios`, every level that fits is played.",
        examples=["<=3", "2-4", 2, [1, 3, 5]],
    )
    name: NameOrNames | None = Field(
        default=None, description="Keeps scenarios whose name fits any of these globs.", examples=["mutualism/*"]
    )
    exclude: NameOrNames | None = Field(
        default=None, description="Leaves out scenarios whose name fits any of these globs.", examples=[["*/hidden_*"]]
    )


ScenarioItem = Annotated[Scenario, BeforeValidator(_entry, json_schema_input_type=Name | Scenario)]
AgentItem = Annotated[Agent, BeforeValidator(_entry, json_schema_input_type=Name | Agent)]
Sets = Annotated[
    dict[str, Annotated[list[ScenarioItem], Field(min_length=1)]],
    Field(json_schema_extra={"propertyNames": {"pattern": f"^{HEAD_NAME.pattern}$"}}),
]


def _head_as_written(schema: dict[str, Any]) -> None:
    as_written(schema)
    schema["anyOf"] = [{"required": ["scenarios"]}, {"required": ["select"]}]


class Head(Configurable):
    """A battery: what stands under `experiment.<name>:`."""

    model_config = ConfigDict(json_schema_extra=_head_as_written)

    scenarios: Annotated[list[ScenarioItem], Field(min_length=1)] = Field(
        default_factory=list,
        description="What is asked: names, globs, sets, or {name, difficulty, params, variants}.",
        examples=[["mutualism/competition", "mutualism/*", {"set": "smoke"}, {"name": "regulation/*", "difficulty": [1, 3]}]],
    )
    agents: Annotated[list[AgentItem], Field(min_length=1)] = Field(
        default_factory=list,
        description="Who answers: known agents, or {name, kind, params, as, role}; a language model says more.",
        examples=[["oracle", "random", {"name": "greedy", "as": "choosy", "role": "candidate"}]],
    )
    select: Select | None = Field(
        default=None,
        description="Keeps some of `scenarios`, or of all there are if that is left out.",
        examples=[{"tags": ["mutualism"], "difficulty": "<=3"}],
    )
    params: dict[str, Annotated[list[Scalar], Field(min_length=1, max_length=MAX_AXIS)]] = Field(
        default_factory=dict,
        description="Axes: each scenario and agent that takes such a param is played with each of its values.",
        examples=[{"temperature": [0, 0.5, 1]}],
        max_length=MAX_AXES,
        json_schema_extra={"propertyNames": {"pattern": f"^{AXIS_NAME.pattern}$"}},
    )
    mode: Literal["iterate", "sample"] = Field(
        default="iterate", description="iterate: every combination of `params`; sample: only `samples` of them."
    )
    samples: Annotated[int, Field(ge=1, le=MAX_SAMPLES)] | None = Field(
        default=None, description="How many combinations `mode: sample` takes; more keep the earlier ones.", examples=[30]
    )
    sets: Sets = Field(
        default_factory=dict,
        description="Sets of scenarios by name, for `{set: name}`.",
        examples=[{"mine": ["mutualism/competition"]}],
    )
    sanity: SanityBounds = Field(
        default_factory=SanityBounds,
        description="The means of oracle, noop and random beyond which a scenario itself is broken.",
        examples=[{"oracle_min": 1.0, "noop_max": 0.3, "random_max": 0.5}],
    )
    description: str = Field(
        default="", description="What the battery is for, in words.", examples=["Who copes with hidden links?"]
    )
    tags: list[TagWord] = Field(
        default_factory=list, description="Words to choose the battery's cells by.", examples=[["nightly"]]
    )


SECTIONS: Mapping[str, type[BaseModel]] = {
    "head": Head,
    "scenarios": Scenario,
    "agents": Agent,
    "prompt": PromptFiles,
    "select": Select,
    "seeds": SeedKeys,
    "gates": Gate,
    "sanity": SanityBounds,
    "limits": Limits,
    "per_cell": PerCell,
    "run": Run,
}
"""The sections of a battery, as `battery.section_of` names them."""
