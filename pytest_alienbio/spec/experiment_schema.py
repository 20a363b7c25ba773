"""The shape of an experiment's `config.yaml`: variations x trials of one task. Imports pydantic: import it late.

What takes several values to see is checked in `dialects.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, Discriminator, Field, Tag
from pydantic.functional_validators import AfterValidator

from .checks import HEAD_NAME, HEAD_RULE, MAX_HEAD
from .configurable import Limits, PerCell
from .fields import Folder, Name, Params, Strict, TagWord, refuse
from .ranges import MAX_SEEDS
from .settings import MAX_SECONDS


def _id(text: str) -> str:
    if len(text) > MAX_HEAD:
        raise refuse(f"an experiment's id of {len(text):,} characters is too long", expected=f"at most {MAX_HEAD}")
    if not HEAD_NAME.fullmatch(text):
        raise refuse(f"{text[:40]!r} cannot be an experiment's id", expected=HEAD_RULE)
    return text


class About(Strict):
    """`experiment:`"""

    id: Annotated[str, AfterValidator(_id), Field(json_schema_extra={"pattern": f"^{HEAD_NAME.pattern}$"})] = Field(
        description="What results, ids and tables call it.", examples=["EXP-001"]
    )
    name: str = Field(default="", description="Its name for people.", examples=["Coordination Model Comparison"])
    description: str = Field(default="", description="What it is for, in words.", examples=["Cue-based or polling?"])
    author: str = Field(default="", description="Who made it.", examples=["researcher"])
    created: str = Field(default="", description="When it was made.", examples=["2026-01-21"])


def _kind_of_command(value: object) -> str | None:
    return "<text>" if isinstance(value, str) else "<list>" if isinstance(value, list) else None


Command = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[list[str], Field(min_length=1), Tag("<list>")],
    Discriminator(_kind_of_command, custom_error_type="wrong_kind", custom_error_message="wrong kind"),
]


class TaskItem(Strict):
    """`task:`"""

    type: Name = Field(
        description="The task: a file in tasks/ beside this one or in experiments/tasks/, or a dotted path.",
        examples=["task_s1_map_reduce"],
    )
    description: str = Field(default="", description="What it does, in words.", examples=["Process 100 files in parallel"])
    data_path: Folder | None = Field(
        default=None,
        description="What it works on: relative to this file, else to the project.",
        examples=["data/task-s1/"],
    )
    command: Command | None = Field(
        default=None,
        description="A program that is run instead, and prints or writes its metrics as JSON; {name} stands for a param.",
        examples=[["{python}", "measure.py", "--workers", "{agent_count}"]],
    )
    isolate: Literal["process", "none"] = Field(
        default="process", description="process: each trial in a process of its own; none: in the one that runs the tests."
    )
    timeout_s: Annotated[float, Field(gt=0, le=MAX_SECONDS, allow_inf_nan=False)] | None = Field(
        default=None, description="Seconds that a trial may take; then it is killed and recorded as timed out.", examples=[120]
    )


class Variation(Strict):
    """One item of `variations:`."""

    name: Name = Field(description="What tables and ids call it.", examples=["Event-Driven"])
    params: Params = Field(
        default_factory=dict, description="What the task is run with.", examples=[{"coordination_model": "event_driven"}]
    )


class Success(Strict):
    """One item of `success_criteria:`."""

    metric: Name = Field(description="Which metric.", examples=["error_rate"])
    condition: str = Field(description="What it must be for a trial to pass.", examples=["< 0.05", ">= 1", "between 2 and 3"])


class ScoreBy(Strict):
    """`score:`"""

    metric: Name = Field(description="The metric that ranks the variations.", examples=["completion_time_ms"])
    better: Literal["higher", "lower"] = Field(default="higher", description="Which values of it are the better ones.")


class ExperimentFile(Strict):
    """A whole `config.yaml`."""

    experiment: About = Field(description="What it is.", examples=[{"id": "EXP-001"}])
    task: TaskItem = Field(description="What is run.", examples=[{"type": "task_s1_map_reduce"}])
    variations: Annotated[list[Variation], Field(min_length=1)] = Field(
        description="What is compared: each gets every trial.", examples=[[{"name": "Polling", "params": {"agent_count": 5}}]]
    )
    trials: Annotated[int, Field(ge=1, le=MAX_SEEDS)] = Field(
        default=1, description="Trials of each variation; trial t of every variation has the same seed.", examples=[10]
    )
    metrics: list[Name] = Field(
        default_factory=list, description="Metrics that every trial must give.", examples=[["error_rate"]]
    )
    success_criteria: list[Success] = Field(
        default_factory=list,
        description="What a trial must meet to pass.",
        examples=[[{"metric": "error_rate", "condition": "< 0.05"}]],
    )
    random_seed: int | None = Field(
        default=None,
        description="Trials' seeds are derived from it; without it, or null, nothing is seeded.",
        examples=[42],
        json_schema_extra={"type": ["integer", "null"]},
    )
    environment: dict[str, object] = Field(
        default_factory=dict,
        description="What it is meant to run in: reported where it differs. An absent `git_commit` is filled in by each run.",
        examples=[{"python_version": "3.13", "git_commit": "ad3f49a"}],
    )
    score: ScoreBy | None = Field(
        default=None, description="What ranks the variations.", examples=[{"metric": "error_rate", "better": "lower"}]
    )
    limits: Limits = Field(default_factory=Limits, description="Limits.", examples=[{"per_cell": {"wall_clock_s": 120}}])
    tags: list[TagWord] = Field(default_factory=list, description="Words to choose its cells by.", examples=[["nightly"]])


SECTIONS: Mapping[str, type[BaseModel]] = {
    "file": ExperimentFile,
    "experiment": About,
    "task": TaskItem,
    "variations": Variation,
    "success_criteria": Success,
    "score": ScoreBy,
    "limits": Limits,
    "per_cell": PerCell,
}
"""The sections of the file, as `dialects.section_of` names them."""
