"""Prices as people write them: `free`, or US dollars for a million tokens; a table of them by model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite

from ..errors import Complaint, SpecError, did_you_mean
from ..model import FREE, Json, Price, Source
from ..model.price import RATES
from ..model.source import Path
from .complaints import got, in_order, label
from .scalars import shorten

LIKE = "free, or like {input: 2.5, output: 10, cached: 1.25}, in US dollars for a million tokens"
_MOST = 1e6


def price_table(source: Source) -> dict[str, Price]:
    """The prices of a file: globs of models' names -> price; a project's file with `prices:` will do, too.

    Raises `SpecError` with every complaint at once.
    """
    table, path = source.value, Path()
    if isinstance(table, dict) and isinstance(table.get("prices"), dict):
        table, path = table["prices"], ("prices",)
    if not isinstance(table, dict) or not table:
        expected = "models with their prices, `gpt-4o*: {input: 2.5, output: 10}`"
        raise SpecError(source.complain((), "the file holds no prices", expected=expected))
    wrong = [each for name, value in table.items() for each in complaints_about(source, (*path, name), value)]
    if wrong:
        raise SpecError(in_order(wrong))
    return {str(name): priced(value, _where(source, (*path, name))) for name, value in table.items()}


def complaints_about(source: Source, path: Path, value: Json) -> Iterator[Complaint]:
    """What is wrong with a price that stands at `path`."""
    if value == "free":
        return
    if not isinstance(value, dict):
        yield source.complain(path, f"`{label(path)}` is {got(value)}", expected=LIKE)
        return
    for key in value:
        if key not in RATES:
            hint = did_you_mean(str(key), RATES)
            yield source.complain((*path, key), f"unknown key {shorten(str(key))!r}", hint=hint, key=True)
    for key in ("input", "output"):
        if key not in value:
            yield source.complain(path, f"`{label((*path, key))}` is missing", expected=LIKE, key=True)
    for key in RATES:
        rate = value.get(key, 0)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not (isfinite(rate) and 0 <= rate <= _MOST):
            what = f"`{label((*path, key))}` is {got(rate)}"
            yield source.complain((*path, key), what, expected=f"dollars for a million tokens, from 0 to {_MOST:,.0f}")


def priced(value: Json, source: str) -> Price:
    """A price about which there is no complaint; `source` says where it stands."""
    if not isinstance(value, dict):
        return replace(FREE, source=f"{source}: free")
    return Price(**{name: float(str(rate)) for name in RATES if (rate := value.get(name)) is not None}, source=source)  # type: ignore[arg-type]


def _where(source: Source, path: Path) -> str:
    return source.complain(path, "").where
