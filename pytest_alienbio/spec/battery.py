"""A parsed text -> batteries: every head checked, every complaint collected, then frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from ..errors import Complaint, SpecError, did_you_mean
from ..model import AgentEntry, Battery, CellLimits, Json, Sanity, ScenarioEntry, Source
from ..model.source import Path
from . import unbuilt
from .checks import HEAD_NAME, check_head
from .complaints import Shape, got, in_order, translate
from .scalars import shorten

if TYPE_CHECKING:
    from . import schema

HEAD = "experiment."

RECORDED = frozenset({"v", "run", "resolved"})
"""What stands beside the head in a DAT's `_spec_.yaml`, which is a battery too; a file with some of these only is none."""


def batteries(source: Source) -> tuple[Battery, ...]:
    """Every `experiment.<name>` head of a parsed battery file, in the file's order; names in them stay unresolved.

    Raises `SpecError` with every complaint about the whole file, sorted by place. A head needs `scenarios`, `agents` and
    `seeds`; everything else has the defaults of `model.Battery`.
    """
    complaints = list(_about_heads(source))
    heads: list[tuple[str, schema.Head]] = []
    for key in source.value if isinstance(source.value, dict) else ():
        if key.startswith(HEAD):
            head, found = _validate(source, key)
            complaints += found
            if head is not None:
                heads.append((key, head))
    if complaints:
        raise SpecError(in_order(complaints))
    return tuple(_battery(source, key, head) for key, head in heads)


def _about_heads(source: Source) -> Iterator[Complaint]:
    expected = "`experiment.<name>:` with scenarios, agents and seeds below it"
    value = source.value
    if not isinstance(value, dict):
        what = "the file is empty" if value is None else f"the file holds {got(value)} at its top"
        yield Complaint(what, source.file, *source.place(()), expected)
        return
    if not value:
        yield source.complain((), "the file holds no battery", expected=expected)
    for key in value:
        name = key.removeprefix(HEAD)
        if key in RECORDED and value.keys() >= RECORDED:
            continue
        if key == "experiment":
            yield source.complain(
                (key,),
                "`experiment:` in the form of the first specification is not built yet in this version",
                expected=expected,
                key=True,
            )
        elif key in unbuilt.BATTERY[""]:
            yield source.complain((key,), f"`{key}` is not built yet in this version", expected=expected, key=True)
        elif name == key:
            near = did_you_mean(key.partition(".")[0], ["experiment"])
            hint = near if near.startswith("did") else ""
            yield source.complain(
                (key,), f"unknown key {shorten(key)!r} at the top of the file", expected=expected, hint=hint, key=True
            )
        elif not HEAD_NAME.fullmatch(name):
            yield source.complain(
                (key,),
                f"{shorten(name)!r} cannot name a battery",
                expected="letters, digits, '_', '.' and '-', starting with a letter, a digit or '_'",
                key=True,
            )


def _validate(source: Source, key: str) -> tuple[schema.Head | None, list[Complaint]]:
    from pydantic import ValidationError  # late: 90 ms that a session without batteries must not pay

    from . import schema

    shape = Shape(schema.SECTIONS, unbuilt.BATTERY, _section, frozenset({"sets"}))
    complaints = list(check_head(source, (key,)))
    try:
        assert isinstance(source.value, dict)
        return schema.Head.model_validate(source.value[key]), complaints
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        complaints += translate(details, source, (key,), shape)
        return None, complaints or [source.complain((key,), f"`{shorten(key)}` is not a battery", hint=str(details[0]["msg"]))]


def _section(path: Path) -> str:
    match path:
        case ():
            return "head"
        case ("limits", "per_cell"):
            return "per_cell"
        case ("sets", _, _):
            return "scenarios"
    return str(path[0])


def _battery(source: Source, key: str, head: schema.Head) -> Battery:
    sanity = {name: bound for name, bound in head.sanity.model_dump().items() if bound is not None}
    template = {} if head.output_path is None else {"output_path": head.output_path}
    return Battery(
        name=key.removeprefix(HEAD),
        scenarios=_scenarios(source, (key, "scenarios"), head.scenarios),
        agents=tuple(_agent(source, (key, "agents", index), item) for index, item in enumerate(head.agents)),
        seeds=_seeds(head.seeds),
        description=head.description,
        source=source.file,
        line=source.place((key,), key=True)[0],
        sets={name: _scenarios(source, (key, "sets", name), items) for name, items in head.sets.items()},
        passing_score=head.passing_score,
        cells=head.cells,
        sanity=Sanity(**sanity),
        limits=CellLimits(head.limits.per_cell.steps, head.limits.per_cell.wall_clock_s),
        traces=head.run.traces,
        trace_files=head.run.trace_files,
        tags=tuple(head.tags),
        **template,
    )


def _seeds(seeds: int | list[int] | schema.SeedRange) -> tuple[int, ...]:
    if isinstance(seeds, int):
        return tuple(range(seeds))
    if isinstance(seeds, list):
        return tuple(seeds)
    return tuple(range(seeds.start, seeds.start + seeds.count))


def _scenarios(source: Source, path: Path, items: Sequence[schema.Scenario]) -> tuple[ScenarioEntry, ...]:
    return tuple(
        ScenarioEntry(
            name=item.name or "",
            set=item.set or "",
            difficulty=_difficulty(item.difficulty),
            params=json_params(item.params),
            line=line,
            column=column,
        )
        for index, item in enumerate(items)
        for line, column in [source.place((*path, index))]
    )


def _difficulty(given: str | int | list[int] | None) -> tuple[int, ...] | str:
    if given is None:
        return ""
    if isinstance(given, int):
        return (given,)
    return given if isinstance(given, str) else tuple(given)


def _agent(source: Source, path: Path, item: schema.Agent) -> AgentEntry:
    line, column = source.place(path)
    return AgentEntry(item.name, item.kind or "", json_params(item.params), item.label or "", item.role or "", line, column)


def json_params(params: Mapping[str, object]) -> Mapping[str, Json]:
    """`params` as they were read: the reader makes nothing but JSON values."""
    return cast("Mapping[str, Json]", params)
