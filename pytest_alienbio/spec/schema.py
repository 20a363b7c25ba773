"""The shapes of `*.battery.yaml` and `bio.yaml`. The only module of the room that imports pydantic: import it late.

Models hold exactly what this version does; `unbuilt.py` lists what it knows and refuses. Checks that look at several
values at once (duplicates, cycles) are in `checks.py`: they must also run when something here has failed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic.functional_validators import AfterValidator
from pydantic_core import PydanticCustomError

from .checks import name_problem
from .template import template_problem

MAX_SEED = 2**32 - 1
MAX_SEEDS = 100_000
MAX_LEVEL = 99


def refuse(what: str, *, expected: str = "", hint: str = "") -> PydanticCustomError:
    """An error that `complaints.py` hands on word for word."""
    return PydanticCustomError("alienbio", "{what}", {"what": what, "expected": expected, "hint": hint})


def _name(text: str) -> str:
    problem = name_problem(text)
    if problem:
        raise refuse(f"this is no name: {problem}")
    return text


def _tag_word(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", text):
        raise refuse(f"{text!r} is not a tag", expected="one word of letters, digits, '_', '.' and '-'")
    return text


def _template(text: str) -> str:
    problem = template_problem(text)
    if problem:
        raise refuse(f"`output_path` cannot be used: {problem}", hint="for example results/{battery}/{date}_{seq}")
    return text


Name = Annotated[str, AfterValidator(_name)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Level = Annotated[int, Field(ge=1, le=MAX_LEVEL)]
Params = dict[str, object]
Role = Literal["candidate", "reference", "floor"]
"""`model.ROLES`, as a type."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _entry(value: object) -> object:
    """A bare name is short for `{name: ...}`."""
    return {"name": value} if isinstance(value, str) else value


def _kind_of_difficulty(value: object) -> str | None:
    return "<all>" if isinstance(value, str) else "<levels>" if isinstance(value, list) else "<level>"


class Scenario(_Strict):
    """One item of `scenarios:` or of a set: `{name, difficulty, params}` or `{set}`."""

    name: Name | None = None
    set: Name | None = None
    difficulty: (
        Annotated[
            Annotated[Literal["all"], Tag("<all>")]
            | Annotated[list[Level], Field(min_length=1), Tag("<levels>")]
            | Annotated[Level, Tag("<level>")],
            Discriminator(_kind_of_difficulty),
        ]
        | None
    ) = None
    params: Params = Field(default_factory=dict)


class Agent(_Strict):
    """One item of `agents:` in a battery."""

    name: Name
    kind: Name | None = None
    params: Params = Field(default_factory=dict)
    label: Name | None = Field(None, alias="as")
    role: Role | None = None


class SeedRange(_Strict):
    """`{start: 100, count: 20}`."""

    start: Seed = 0
    count: Annotated[int, Field(ge=1, le=MAX_SEEDS)]


def _kind_of_seeds(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    kinds: Mapping[type, str] = {int: "<count>", list: "<list>", dict: "<range>", SeedRange: "<range>"}
    return kinds.get(type(value))


Seeds = Annotated[
    Annotated[int, Field(ge=1, le=MAX_SEEDS), Tag("<count>")]
    | Annotated[list[Seed], Field(min_length=1, max_length=MAX_SEEDS), Tag("<list>")]
    | Annotated[SeedRange, Tag("<range>")],
    Discriminator(_kind_of_seeds, custom_error_type="wrong_kind", custom_error_message="wrong kind"),
]


class SanityBounds(_Strict):
    """`sanity:`"""

    oracle_min: Score | None = None
    noop_max: Score | None = None
    random_max: Score | None = None


class PerCell(_Strict):
    """`limits.per_cell:`"""

    steps: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    wall_clock_s: Annotated[float, Field(gt=0, le=2_592_000, allow_inf_nan=False)] | None = None


class Limits(_Strict):
    """`limits:`"""

    per_cell: PerCell = PerCell()


class Run(_Strict):
    """`run:`"""

    traces: Literal["all", "failed", "none"] = "all"
    trace_files: Literal["auto", "json", "packed"] = "auto"


ScenarioItem = Annotated[Scenario, BeforeValidator(_entry)]
AgentItem = Annotated[Agent, BeforeValidator(_entry)]


class Head(_Strict):
    """What stands under `experiment.<name>:`."""

    scenarios: Annotated[list[ScenarioItem], Field(min_length=1)]
    agents: Annotated[list[AgentItem], Field(min_length=1)]
    seeds: Seeds
    description: str = ""
    sets: dict[str, Annotated[list[ScenarioItem], Field(min_length=1)]] = Field(default_factory=dict)
    output_path: Annotated[str, AfterValidator(_template)] | None = None
    passing_score: Score | None = None
    cells: Literal["record", "assert"] = "assert"
    sanity: SanityBounds = SanityBounds()
    limits: Limits = Limits()
    run: Run = Run()
    tags: list[Annotated[str, AfterValidator(_tag_word)]] = Field(default_factory=list)


class ProjectAgent(_Strict):
    """A profile in `agents:` of `bio.yaml`."""

    kind: Name
    params: Params = Field(default_factory=dict)
    role: Role | None = None


class Project(_Strict):
    """`bio.yaml`."""

    agents: dict[str, ProjectAgent] = Field(default_factory=dict)
    scenarios: list[Name] = Field(default_factory=list)


SECTIONS: Mapping[str, type[BaseModel]] = {
    "head": Head,
    "scenarios": Scenario,
    "agents": Agent,
    "seeds": SeedRange,
    "sanity": SanityBounds,
    "limits": Limits,
    "per_cell": PerCell,
    "run": Run,
}
"""The sections of a battery, as `complaints.section` names them."""
PROJECT_SECTIONS: Mapping[str, type[BaseModel]] = {"": Project, "agents": ProjectAgent}
