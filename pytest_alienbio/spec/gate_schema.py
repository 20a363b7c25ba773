"""The shape of `gates:` and of `seeds: {min, max, until: decided}`. Imports pydantic: import it late."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.functional_validators import AfterValidator

from .fields import Name, Seed, Strict, as_written, refuse
from .names import MAX_ALPHA, MAX_CONFIRM
from .ranges import MAX_SEEDS
from .settings import reference_problem

MAX_LOOKS = 10


def _reference(text: str) -> str:
    if problem := reference_problem(text):
        raise refuse(f"this names no baseline: {problem}", expected="a baseline's file, a run, tag:NAME or agent:NAME")
    return text


def _line(value: object) -> object:
    """A bare word is short for `{metric: ...}`."""
    return {"metric": value} if isinstance(value, str) else value


_METRIC = re.compile(r"[^\x00-\x20\x7f\[\]]{1,200}")


def _word(text: str) -> str:
    if not _METRIC.fullmatch(text):
        raise refuse("this cannot name a gate: it holds a blank or a bracket, or is too long", expected="a metric, like score")
    return text


Label = Annotated[Name, AfterValidator(_word)]
Tolerance = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Margin = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Alpha = Annotated[float, Field(gt=0, le=MAX_ALPHA, allow_inf_nan=False)]
Confirm = Annotated[int, Field(ge=0, le=MAX_CONFIRM)]
Reference = Annotated[str, Field(max_length=4096), AfterValidator(_reference)]


class Gate(Strict):
    """One item of `gates:`, what the run is held against, and how."""

    metric: Name = Field(
        default="score",
        description="What is compared: score, passed, a sub-score, a task's metric, or tokens, usd, duration_s.",
        examples=["score"],
    )
    label: Label | None = Field(
        default=None, alias="as", description="What the gate is called, in reports; else as its metric.", examples=["main"]
    )
    against: Reference | None = Field(
        default=None,
        description="The baseline: its file, a run, tag:NAME or agent:NAME; else baselines/<battery>.json beside this file.",
        examples=["baselines/mine.json", "tag:release-3", "agent:greedy"],
    )
    better: Literal["higher", "lower"] | None = Field(
        default=None, description="Which values of the metric are the better ones; a task's metric must say it."
    )
    tol: Tolerance = Field(default=0.0, description="A drop up to this much is none, in the metric's unit.", examples=[0.02])
    alpha: Alpha | None = Field(
        default=None,
        description="The chance of a false alarm that this gate may spend; else its share of what the battery's gates have.",
        examples=[0.05],
    )
    max_missing: Annotated[int, Field(ge=0)] = Field(
        default=0, description="How many cells may lack a number before the gate says INVALID.", examples=[2]
    )
    margin: Margin | None = Field(
        default=None, description="A change within this is `unchanged`; else the larger of tol and 0.05.", examples=[0.05]
    )
    confirm: Confirm | None = Field(
        default=None, description="Fresh seeds on which the worst leaves are played before the gate fails.", examples=[10]
    )


Gates = Annotated[
    list[Annotated[Gate, BeforeValidator(_line, json_schema_input_type=Name | Gate)]], Field(min_length=1, max_length=100)
]


def _looks_or_ends(schema: dict[str, Any]) -> None:
    as_written(schema)
    schema["anyOf"] = [{"required": ["min", "max"]}, {"required": ["looks"]}]


class SeedsUntil(Strict):
    """`{min: 3, max: 10, until: decided}`: as many seeds as the gates need."""

    model_config = ConfigDict(json_schema_extra=_looks_or_ends)

    min: Annotated[int, Field(ge=1, le=MAX_SEEDS)] | None = Field(
        default=None, description="After how many seeds the gates look for the first time.", examples=[3]
    )
    max: Annotated[int, Field(ge=2, le=MAX_SEEDS)] | None = Field(
        default=None, description="How many seeds are played at most.", examples=[10]
    )
    until: Literal["decided"] = Field(description="Stops as soon as every gate of the battery is decided.")
    start: Seed = Field(default=0, description="The first seed.", examples=[100])
    looks: Annotated[list[Annotated[int, Field(ge=1, le=MAX_SEEDS)]], Field(min_length=2, max_length=MAX_LOOKS)] | None = Field(
        default=None, description="After how many seeds the gates look; else min, max and one between.", examples=[[3, 5, 10]]
    )
