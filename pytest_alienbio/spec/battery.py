"""A parsed text -> batteries: every head checked, every complaint collected, then frozen values."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..errors import Complaint, SpecError, near_match
from ..model import AgentEntry, Battery, Caps, CellLimits, Json, Sanity, ScenarioEntry, Selection, Source
from ..model.source import Path
from . import unbuilt
from .checks import HEAD_NAME, HEAD_RULE, RECORDED, check_head, is_record
from .complaints import Shape, got, in_order, translate
from .dialects import experiment_battery, is_meant
from .files import EXPERIMENT_YAML
from .gates import rules_of
from .models import model_keys
from .names import SETTINGS
from .ranges import MAX_SEED, parse_levels
from .scalars import shorten

if TYPE_CHECKING:
    from . import schema

HEAD = "experiment."

IMPORTED = frozenset({"v", "run", "imported"})
"""What a DAT's `_spec_.yaml` holds whose cells came from another tool's file."""

MOST_DIGITS = len(str(MAX_SEED))


def batteries(source: Source) -> tuple[Battery, ...]:
    """Every `experiment.<name>` head of a parsed battery file, in the file's order, or the one experiment of a `config.yaml`;
    names in them stay unresolved.

    Raises `SpecError` with every complaint about the whole file, sorted by place. A head needs `scenarios` or `select`; what
    else it does not give is as in `model.Battery`, where no agents and no seeds wait for the configuration to name some.
    """
    if isinstance(source.value, dict) and source.value.keys() >= IMPORTED:
        raise SpecError(_about_import(source))
    if is_meant(source.value):
        return (experiment_battery(source),)
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


def _about_import(source: Source) -> Complaint:
    value = source.value["imported"] if isinstance(source.value, dict) else None
    told = value if isinstance(value, dict) else {}
    what = (
        f"these cells were imported ({told.get('format')}: {told.get('source')!r:.200}), so there is no battery to play again"
    )
    return source.complain(("imported",), what, hint="bio results shows them", key=True)


def _about_heads(source: Source) -> Iterator[Complaint]:
    expected = "`experiment.<name>:` with scenarios, agents and seeds below it"
    value = source.value
    if value is None and os.path.basename(source.file) in EXPERIMENT_YAML:
        expected = "`experiment:`, `task:` and `variations:`, as `bio schema experiment` and docs/tasks.md have them"
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
        if key in unbuilt.BATTERY[""]:
            yield source.complain((key,), f"`{key}` is not built yet in this version", expected=expected, key=True)
        elif name == key:
            head, dot, rest = key.partition(".")
            near = near_match(head.lower(), ["experiment"])
            hint = f"did you mean {shorten(f'experiment{dot}{rest}')!r}?" if near else ""
            yield source.complain(
                (key,), f"unknown key {shorten(key)!r} at the top of the file", expected=expected, hint=hint, key=True
            )
        elif not HEAD_NAME.fullmatch(name):
            yield source.complain(
                (key,),
                f"{shorten(name)!r} cannot name a battery",
                expected=HEAD_RULE,
                key=True,
            )


def _validate(source: Source, key: str) -> tuple[schema.Head | None, list[Complaint]]:
    from pydantic import ValidationError  # late: 90 ms that a session without batteries must not pay

    from . import schema

    shape = Shape(schema.SECTIONS, unbuilt.BATTERY, section_of, frozenset({"sets", "params"}))
    complaints = list(check_head(source, (key,)))
    try:
        assert isinstance(source.value, dict)
        return schema.Head.model_validate(source.value[key]), complaints
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        complaints += translate(details, source, (key,), shape)
        return None, complaints or [source.complain((key,), f"`{shorten(key)}` is not a battery", hint=str(details[0]["msg"]))]


def section_of(path: Path) -> str:
    """What the mapping at `path` of a battery is called in `schema.SECTIONS`."""
    match path:
        case ():
            return "head"
        case ("limits", "per_cell"):
            return "per_cell"
        case ("sets", _, _):
            return "scenarios"
    if len(path) > 2 and path[0] == "agents" and path[2] == "prompt":
        return "prompt"
    return str(path[0])


def _battery(source: Source, key: str, head: schema.Head) -> Battery:
    from .configurable import Configurable, looks_of, made, seeds_of

    sanity = {name: bound for name, bound in head.sanity.model_dump().items() if bound is not None}
    said = frozenset(".".join(path) for path, _ in made(head) if path[0] in {*Configurable.model_fields, "agents"})
    seeds = seeds_of(head.seeds)
    digits, origin, looks = max((len(str(seed)) for seed in seeds), default=0), "", looks_of(head.seeds)
    recorded = is_record(source)
    if recorded:
        assert isinstance(source.value, dict)
        digits, origin, looks = _recorded(source.value["resolved"], digits, len(seeds))
        # A run's record holds everything that was decided; what a file says today must not fill it.
        said |= {"gates", *(setting.key for setting in SETTINGS.values())}
    battery = Battery(
        name=key.removeprefix(HEAD),
        scenarios=scenario_entries(source, (key, "scenarios"), head.scenarios),
        agents=tuple(_agent(source, (key, "agents", index), item) for index, item in enumerate(head.agents)),
        seeds=seeds,
        description=head.description,
        source=source.file,
        origin=origin,
        line=source.place((key,), key=True)[0],
        sets={name: scenario_entries(source, (key, "sets", name), items) for name, items in head.sets.items()},
        passing_score=head.passing_score,
        cells="record" if head.gates and "cells" not in head.model_fields_set else head.cells,
        sanity=Sanity(**sanity),
        limits=CellLimits(**head.limits.per_cell.model_dump()),
        caps=Caps(**head.limits.model_dump(exclude={"per_cell"})),
        traces=head.run.traces,
        trace_files=head.run.trace_files,
        engine=head.run.engine,
        concurrency=head.run.concurrency,
        retries={str(outcome): times for outcome, times in head.run.retries.items()} or None,
        checkpoint=head.run.checkpoint,
        aggregate=head.aggregate,
        report=tuple(head.report),
        gates=rules_of(source, (key, "gates"), head.gates, recorded=recorded),
        looks=looks,
        tags=tuple(head.tags),
        params={name: tuple(json_values(values)) for name, values in head.params.items()},
        mode=head.mode,
        samples=head.samples or 0,
        seed_digits=digits,
        said=said,
        places=dict(_places(source, key)),
    )
    if head.output_path is not None:
        battery = replace(battery, output_path=head.output_path)
    if head.select is None:
        return battery
    select = _selection(head.select)
    if not head.scenarios:
        line, column = source.place((key, "select"), key=True)
        every = ScenarioEntry("*", difficulty="all" if select.levels else "", line=line, column=column)
        battery = replace(battery, scenarios=(every,))
    return replace(battery, select=select)


def _recorded(resolved: object, digits: int, seeds: int) -> tuple[int, str, tuple[int, ...]]:
    """What a run's record says of the digits of its seeds, else `digits`; of the file it was made from, else ''; and of the
    looks at its `seeds`, else ()."""
    said = resolved if isinstance(resolved, dict) else {}
    known, origin = said.get("seed_digits"), said.get("source")
    if type(known) is int and 0 < known <= MOST_DIGITS:
        digits = known
    looks = said.get("looks")
    rising = isinstance(looks, list) and all(type(look) is int for look in looks) and sorted({*looks}) == looks
    taken = tuple(looks) if rising and looks and looks[0] > 0 and looks[-1] == seeds else ()
    return digits, origin if isinstance(origin, str) else "", taken


def _places(source: Source, key: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where the head's keys stand, and those inside its mappings."""
    for path in source.keys:
        if path[0] == key and len(path) > 1 and path[1] != "sets" and all(isinstance(step, str) for step in path):
            yield ".".join(map(str, path[1:])), source.place(path, key=True)


def _selection(select: schema.Select) -> Selection:
    given = select.difficulty
    if isinstance(given, str):
        levels = parse_levels(given)
    else:
        levels = tuple((level, level) for level in ([given] if isinstance(given, int) else given or ()))
    return Selection(
        names=tuple(select.name or ()),
        exclude=tuple(select.exclude or ()),
        tags=tuple(select.tags or ()),
        type=select.type or "",
        levels=levels,
    )


def scenario_entries(source: Source, path: Path, items: Sequence[schema.Scenario]) -> tuple[ScenarioEntry, ...]:
    """The items of the list at `path` as entries, each with its place."""
    return tuple(
        ScenarioEntry(
            name=item.name or "",
            set=item.set or "",
            difficulty=_difficulty(item.difficulty),
            params=json_params(item.params),
            variants=item.variants,
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
    said = model_keys(source, path, item)
    return AgentEntry(
        item.name, item.kind or "", label=item.label or "", role=item.role or "", line=line, column=column, **said
    )


def json_params(params: Mapping[str, object]) -> Mapping[str, Json]:
    """`params` as they were read: the reader makes nothing but JSON values."""
    return cast("Mapping[str, Json]", params)


def json_values(values: Sequence[object]) -> Sequence[Json]:
    """`values` as they were read, likewise."""
    return cast("Sequence[Json]", values)
