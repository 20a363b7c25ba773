"""Checks of a battery's axes: `params`, `mode` and `samples`, which only together say how many combinations are played."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from math import prod

from ..errors import Complaint
from ..model import Source, slug
from ..model.source import Path
from .complaints import got
from .scalars import shorten

MAX_COMBINATIONS = 100_000
MAX_AXES = 20
MAX_TEXT = 200

AXIS_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def check_axes(source: Source, root: Path, head: Mapping[str, object]) -> Iterator[Complaint]:
    """Everything wrong with the axes of the battery at `root`, whose raw keys are `head`."""
    axes = head.get("params")
    if isinstance(axes, dict):
        if not axes:
            yield source.complain((*root, "params"), "`params` is empty", hint="give it an axis or remove it", key=True)
        for name, values in axes.items():
            yield from _axis(source, (*root, "params", name), name, values)
        yield from _combinations(source, root, head, axes)
    mode = head.get("mode", "iterate")
    if "mode" in head and "params" not in head:
        yield source.complain((*root, "mode"), "`mode` without `params`", hint="give axes in `params`, or remove it", key=True)
    if mode == "sample" and "samples" not in head:
        yield source.complain(
            (*root, "mode"), "`samples` is missing", expected="how many combinations `mode: sample` takes, like 30", key=True
        )
    if "samples" in head and mode == "iterate":
        yield source.complain((*root, "samples"), "`samples` without `mode: sample`", hint="add it, or remove this", key=True)


def _axis(source: Source, path: Path, name: str, values: object) -> Iterator[Complaint]:
    if not AXIS_NAME.fullmatch(name) or iskeyword(name):
        what, expected = f"{shorten(name)!r} cannot name an axis", "a param's name: letters, digits and '_', no digit first"
        yield source.complain(path, what, expected=expected, key=True)
    elif name in ("difficulty", "seed", "seeds"):
        elsewhere = "`seeds:` of the battery" if name.startswith("seed") else "`difficulty:` of a scenario"
        yield source.complain(path, f"`{name}` is no axis", hint=f"use {elsewhere}", key=True)
    if values is None:
        yield source.complain(path, f"`params.{shorten(name)}` is empty", hint="give it a value or remove it", key=True)
    if isinstance(values, list):
        yield from _values(source, path, values)


def _values(source: Source, path: Path, values: list[object]) -> Iterator[Complaint]:
    first: dict[object, int] = {}
    for index, value in enumerate(values):
        if isinstance(value, str) and len(value) > MAX_TEXT:
            hint = "an axis stands in every id; for long texts give each its own agent, with `as:`"
            yield source.complain((*path, index), "this text is too long", expected=f"at most {MAX_TEXT} characters", hint=hint)
        if not isinstance(value, str | int | float | None) or (isinstance(value, str) and len(value) > MAX_TEXT):
            continue
        # 1 and 1.0 are one number; 'a b' and 'a-b', or 1 and '1', would look the same in ids.
        alike = (slug(str(value)), value if type(value) in (int, float) else slug(str(value)))
        twin = next((first[shown] for shown in alike if shown in first), None)
        if twin is None:
            first |= dict.fromkeys(alike, index)
            continue
        line, column = source.place((*path, twin))
        same = "" if values[twin] == value else f" (in ids it looks like {_shown(values[twin])})"
        hint = f"first given at line {line}, column {column}"
        yield source.complain((*path, index), f"the value {_shown(value)} is given twice{same}", hint=hint)


def _shown(value: object) -> str:
    return "null" if value is None else got(value)


def _combinations(source: Source, root: Path, head: Mapping[str, object], axes: Mapping[str, object]) -> Iterator[Complaint]:
    lengths = [len(values) for values in axes.values() if isinstance(values, list) and values]
    if len(lengths) < len(axes) or len(axes) > MAX_AXES:
        return  # that is wrong already
    there = prod(lengths)
    mode, samples = head.get("mode", "iterate"), head.get("samples")
    if mode == "iterate" and there > MAX_COMBINATIONS:
        yield source.complain(
            (*root, "params"),
            f"these axes have {there:,} combinations",
            expected=f"at most {MAX_COMBINATIONS:,}",
            hint="take some of them: `mode: sample` with `samples: 30`",
            key=True,
        )
    if mode == "sample" and isinstance(samples, int) and not isinstance(samples, bool) and samples > there >= 1:
        yield source.complain(
            (*root, "samples"),
            f"{samples} samples of {there} combination{'s'[: there != 1]}",
            expected=f"at most {there}",
            hint="`mode: iterate` plays them all",
        )
