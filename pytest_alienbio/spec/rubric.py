"""A rubric's file -> `Rubric`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Source, name_fault
from ..model.rubric import SHOWN, Rubric
from .complaints import got, in_order
from .load import read_source
from .scalars import shorten

KEYS = ("rubric", "criteria", "scale", "judge", "replicates", "passing_score", "shows")
MOST_REPLICATES = 100
MOST_CRITERIA = 20_000
"""Characters."""


def read_rubric(path: str | os.PathLike[str]) -> Rubric:
    """The rubric at `path`. Raises `SpecError` with every complaint at once."""
    source = read_source(path)
    top = source.value
    if not isinstance(top, dict):
        what = "the file is empty" if top is None else f"the file holds {got(top)} at its top"
        raise SpecError(source.complain((), what, expected="`rubric:` with its name, and `criteria:`"))
    complaints = list(_wrong(source, top))
    if complaints:
        raise SpecError(in_order(complaints))
    low, high = top.get("scale", (0, 10))
    bar = top.get("passing_score")
    return Rubric(
        top["rubric"],
        top["criteria"].strip(),
        float(low),
        float(high),
        top.get("judge", ""),
        top.get("replicates", 3),
        None if bar is None else float(bar),
        tuple(top.get("shows", Rubric("", "").shows)),
        os.fspath(path),
    )


def _wrong(source: Source, top: dict[str, Any]) -> Iterator[Complaint]:
    def bad(key: str, expected: str) -> Complaint:
        return source.complain((key,), f"`{key}` is {got(top[key])}", expected=expected)

    for key in top:
        if key not in KEYS:
            what = f"unknown key {shorten(key)!r}"
            yield source.complain((key,), what, hint=did_you_mean(key, KEYS, most=len(KEYS)), key=True)
    for key in ("rubric", "criteria"):
        if key not in top:
            yield source.complain((), f"`{key}` is missing", expected="text")
        elif not isinstance(top[key], str) or not top[key].strip():
            yield bad(key, "text")
    if isinstance(top.get("rubric"), str) and (fault := name_fault(top["rubric"])):
        yield source.complain(("rubric",), f"a rubric's name must not hold {fault}", expected="letters, digits and ._/+-")
    if isinstance(top.get("criteria"), str) and len(top["criteria"]) > MOST_CRITERIA:
        what = f"`criteria` are {len(top['criteria']):,} characters long"
        yield source.complain(("criteria",), what, expected=f"at most {MOST_CRITERIA:,}")
    if "judge" in top and not (isinstance(top["judge"], str) and top["judge"].strip()):
        yield bad("judge", "the name of an agent that is a language model")
    scale = top.get("scale", [0, 10])
    if not (isinstance(scale, list) and len(scale) == 2 and all(map(_is_number, scale)) and scale[0] < scale[1]):
        yield bad("scale", "the lowest and the highest mark, like [0, 10]")
    count = top.get("replicates", 3)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_REPLICATES:
        yield bad("replicates", f"a whole number from 1 to {MOST_REPLICATES}: judgements of each cell")
    if "passing_score" in top and not (_is_number(top["passing_score"]) and 0 <= top["passing_score"] <= 1):
        yield bad("passing_score", "a number 0..1: a fraction of the scale")
    shows = top.get("shows", [])
    if not isinstance(shows, list) or not all(each in SHOWN for each in shows) or ("shows" in top and not shows):
        yield bad("shows", f"a list of {', '.join(SHOWN)}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
