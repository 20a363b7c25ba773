"""An experiment in the form `experiment/task/variations/trials` -> a battery: the task is its scenario, a variation takes the
agent's place, a trial the seed's.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import Complaint, SpecError, did_you_mean
from ..model import AgentEntry, Battery, Caps, CellLimits, Criterion, Experiment, ScenarioEntry, Source, Task
from ..model.source import Path
from ..model.task import VARIATION
from .checks import check_labels, empty_values, repeated, secrets
from .complaints import Shape, at, got, in_order, label, translate
from .criteria import parse_criterion

if TYPE_CHECKING:
    from . import experiment_schema as schema

EXPERIMENT = "experiment"
"""The key that tells the form."""

_EXPECTED: Mapping[str, str] = {
    "experiment": 'a mapping, like {id: "EXP-001", name: ...}',
    "task": "a mapping, like {type: task_s1_map_reduce, data_path: data/}",
    "task.command": "a list of words, like [python, measure.py], or one text",
    "variations": "a list of {name: ..., params: ...}",
    "variations[]": "{name: ..., params: ...}",
    "variations[].params": "a mapping, like {agent_count: 5}",
    "trials": "how often each variation is run, like 10",
    "metrics": "a list of names, like [completion_time_ms, error_rate]",
    "success_criteria": 'a list, like [{metric: error_rate, condition: "< 0.05"}]',
    "success_criteria[]": '{metric: error_rate, condition: "< 0.05"}',
    "random_seed": "a whole number, or null for trials that are not seeded",
    "environment": 'a mapping, like {python_version: "3.13"}',
    "score": "a mapping, like {metric: error_rate, better: lower}",
    "limits": "a mapping, like {per_cell: {wall_clock_s: 120}}",
    "limits.per_cell": "a mapping, like {wall_clock_s: 120}",
    "tags": "a list of words, like [nightly]",
}


def is_meant(value: object) -> bool:
    """Whether a file's content is an experiment's, complete or not: also with its parts, and no head of any kind."""
    if not isinstance(value, dict):
        return False
    return EXPERIMENT in value or (
        not value.keys().isdisjoint(("task", "variations")) and not any(key.startswith(EXPERIMENT) for key in value)
    )


def experiment_battery(source: Source) -> Battery:
    """The battery that an experiment's file means. Raises `SpecError` with every complaint about it, sorted by place."""
    from pydantic import ValidationError  # late, as in `battery.py`

    from . import experiment_schema as schema

    shape = Shape(schema.SECTIONS, {}, section_of, frozenset(), expected=_EXPECTED)
    complaints = list(_checked(source))
    try:
        made = schema.ExperimentFile.model_validate(source.value)
    except ValidationError as error:
        complaints += translate(error.errors(include_url=False, include_input=False), source, (), shape)
        raise SpecError(in_order(complaints)) from None
    criteria = list(_criteria(source, complaints))
    if complaints:
        raise SpecError(in_order(complaints))
    return _battery(source, made, tuple(criteria))


def section_of(path: Path) -> str:
    """What the mapping at `path` is called in `experiment_schema.SECTIONS`."""
    match path:
        case ():
            return "file"
        case ("limits", "per_cell"):
            return "per_cell"
    return str(path[0])


def _checked(source: Source) -> Iterator[Complaint]:
    """What takes several values to see, or a look at values that no schema places; they may be of any kind."""
    value = source.value
    assert isinstance(value, dict)
    for key, inner in value.items():
        if key != "environment" and not (key == "random_seed" and inner is None):
            yield from empty_values(source, (key,), 0)
    yield from secrets(source, ())
    yield from check_labels(source, ("variations",), "variation", "give each its own name")
    yield from repeated(source, ("metrics",), "metric")
    yield from repeated(source, ("tags",), "tag")
    if not value.keys() & {"task", "variations", "trials"}:
        what = "`experiment:` is the head of an experiment with `task`, `variations` and `trials`"
        yield source.complain((EXPERIMENT,), what, hint="a battery's head is `experiment.<name>:`", key=True)
    yield from _declared(source, value)
    yield from _surroundings(source, value.get("environment"))
    yield from _limits(source, value)
    yield from _command(source, value.get("task"))


def _declared(source: Source, value: Mapping[str, object]) -> Iterator[Complaint]:
    """Metrics that are judged or ranked by and stand in no `metrics:`, if there is one."""
    metrics = value.get("metrics")
    known = [name for name in metrics if isinstance(name, str)] if isinstance(metrics, list) else []
    criteria, score = value.get("success_criteria"), value.get("score")
    asked: list[Path] = [
        ("success_criteria", index, "metric") for index in range(len(criteria) if isinstance(criteria, list) else 0)
    ]
    asked += [("score", "metric")] if isinstance(score, dict) else []
    for path in asked:
        parent = at(value, path[:-1])
        name = parent.get("metric") if isinstance(parent, dict) else None
        if known and isinstance(name, str) and name not in known:
            yield source.complain(path, f"{name[:60]!r} is none of the `metrics`", hint=did_you_mean(name, known))


def _surroundings(source: Source, declared: object) -> Iterator[Complaint]:
    for name, said in declared.items() if isinstance(declared, dict) else ():
        path: Path = ("environment", name)
        if isinstance(said, dict | list):
            yield source.complain(path, f"`{label(path)}` is {got(said)}", expected="text or a number")
        elif name in ("python_version", "git_commit") and not isinstance(said, str | None):
            yield source.complain(path, f"`{label(path)}` is {got(said)}", expected="text", hint=f'quote it: "{said}"')


def _command(source: Source, task: object) -> Iterator[Complaint]:
    command = task.get("command") if isinstance(task, dict) else None
    path: Path = ("task", "command")
    if isinstance(command, str):
        try:
            words = shlex.split(command)
        except ValueError as error:
            yield source.complain(path, f"`task.command` cannot be split into words: {error}", hint="give a list of words")
            return
        if not words:
            yield source.complain(path, "`task.command` is empty", expected=_EXPECTED["task.command"])


_UNMETERED = {"usd": "the money", "tokens": "the use of tokens", "memory_mb": "the memory"}


def _limits(source: Source, value: Mapping[str, object]) -> Iterator[Complaint]:
    task, limits = value.get("task"), value.get("limits")
    if not isinstance(limits, dict):
        return
    cell = limits.get("per_cell")
    found: Mapping[Path, object] = {("limits",): limits, ("limits", "per_cell"): cell}
    for above, section in found.items():
        for name in _UNMETERED.keys() & section if isinstance(section, dict) else ():
            yield source.complain(
                (*above, name), f"{_UNMETERED[name]} of a task is not measured", hint="leave it out", key=True
            )
    if not isinstance(cell, dict):
        return
    if "steps" in cell:
        yield source.complain(("limits", "per_cell", "steps"), "a task makes no steps", hint="leave it out", key=True)
    if isinstance(task, dict) and "timeout_s" in task and "wall_clock_s" in cell:
        path: Path = ("limits", "per_cell", "wall_clock_s")
        yield source.complain(path, "the time of a trial is limited twice", hint="`task.timeout_s` is the same", key=True)


def _criteria(source: Source, complaints: list[Complaint]) -> Iterator[Criterion]:
    value = source.value
    assert isinstance(value, dict)
    for index, item in enumerate(value.get("success_criteria", ())):
        try:
            yield parse_criterion(item["metric"], item["condition"])
        except SpecError as error:
            path: Path = ("success_criteria", index, "condition")
            complaints += [source.complain(path, c.what, expected=c.expected, hint=c.hint) for c in error.complaints]


def _battery(source: Source, made: schema.ExperimentFile, criteria: tuple[Criterion, ...]) -> Battery:
    from .battery import json_params  # which imports us

    about, item = made.experiment, made.task
    line, column = source.place(("task", "type"))
    command = item.command
    task = Task(
        name=item.type,
        command=tuple(shlex.split(command) if isinstance(command, str) else command or ()),
        data_path=item.data_path,
        folder=os.path.dirname(os.path.abspath(source.file)),
        isolate=item.isolate,
        random_seed=made.random_seed,
        metrics=tuple(made.metrics),
        criteria=criteria,
        score=made.score.metric if made.score else "",
        better=made.score.better if made.score else "higher",
        description=item.description,
        line=line,
        column=column,
    )
    limit = made.limits.per_cell.wall_clock_s if item.timeout_s is None else item.timeout_s
    given = {"per_cell.wall_clock_s": limit, "cells": made.limits.cells, "wall_clock_s": made.limits.wall_clock_s}
    limited = {f"limits.{key}" for key, value in given.items() if value is not None}
    return Battery(
        name=about.id,
        scenarios=(ScenarioEntry(item.type, line=line, column=column),),
        agents=tuple(_variation(source, index, variation) for index, variation in enumerate(made.variations)),
        seeds=tuple(range(1, made.trials + 1)),
        description=about.description or about.name,
        source=source.file,
        line=source.place((EXPERIMENT,), key=True)[0],
        limits=CellLimits(wall_clock_s=limit),
        caps=Caps(cells=made.limits.cells, wall_clock_s=made.limits.wall_clock_s),
        tags=tuple(made.tags),
        seed_digits=len(str(made.trials)),
        tasks={item.type: task},
        experiment=Experiment(about.id, about.name, about.author, about.created, json_params(made.environment)),
        said=frozenset({"agents", "seeds", *limited}),
        places={
            "seeds": source.place(("trials",), key=True),
            "agents": source.place(("variations",), key=True),
            "task.data_path": source.place(("task", "data_path")),
        },
    )


def _variation(source: Source, index: int, variation: schema.Variation) -> AgentEntry:
    from .battery import json_params

    line, column = source.place(("variations", index))
    return AgentEntry(variation.name, VARIATION, json_params(variation.params), line=line, column=column)
