"""What cells cost: money, tokens, requests and time, by agent and by scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..model import Bill, Estimate, Skewed, Spending
from . import figures
from .document import Block, Field, Note, Notes, Section, Table, column, named, silent
from .forecast import seconds
from .scores import MAX_ROWS

MAX_SCENARIOS = 10
"""The dearest ones, on a screen."""


def took(value: float | None) -> str:
    """`0.31 ms`, `45 ms`, then as elsewhere: `1.3s`, `1m20s`."""
    if value is None:
        return figures.MISSING
    return seconds(value) if value >= 0.9995 else f"{1000 * value:.0f} ms" if value >= 0.00995 else f"{1000 * value:.2g} ms"


class _Kind(NamedTuple):
    """One thing that cells consume."""

    key: str
    of: Callable[[Spending], Skewed]
    show: Callable[[float | None], str]
    rank: int
    """How soon its columns give way: the total last."""


_KINDS = (
    _Kind("usd", lambda spent: spent.usd, figures.usd, 0),
    _Kind("tokens", lambda spent: spent.tokens, figures.amount, 1),
    _Kind("requests", lambda spent: spent.requests, figures.amount, 5),
    _Kind("seconds", lambda spent: spent.seconds, took, 2),
)
_NAMES = {"usd": "money", "tokens": "tokens", "requests": "requests", "seconds": "time"}


def cost(bill: Bill, more: str = "") -> Section:
    """What agents and scenarios cost: totals, and the median and 90th percentile of a cell. What nothing measured is said.

    `more` says how to see what a screen leaves out.
    """
    total = bill.total
    if not total.cells:
        return Section("cost", "cost", "none, no cell was played")
    known = [kind for kind in _KINDS if kind.of(total).total is not None]
    blocks: tuple[Block, ...] = (
        *([_table("agents", "agent", bill.agents, known, total, more)] if known else []),
        *([_table("scenarios", "scenario", bill.scenarios, known, total, more)] if known and len(bill.scenarios) > 1 else []),
        _table("leaves", "", bill.leaves, [], None, ""),
        _table("total", "", [total], [], None, ""),
        Notes("remarks", tuple(_remarks(bill))),
    )
    about = "in all, and of a cell its median and 90th percentile (p90)"
    return Section("cost", "cost", about if known else "nothing was measured", blocks)


def _table(key: str, by: str, spent: Sequence[Spending], known: Sequence[_Kind], total: Spending | None, more: str) -> Table:
    """A row an agent or a scenario, the total last; without `by` a row each of both, for machines."""
    rows = sorted(spent, key=_dearest) if by else list(spent)
    whole = total is not None and len(rows) > 1
    left_out = max(len(rows) - (MAX_ROWS if by == "agent" else MAX_SCENARIOS), 0)
    screen = tuple(range(len(rows) - left_out)) + ((len(rows),) if whole else ())
    if total is not None and whole:
        rows.append(total)
    names = (
        named("scenario" if by == "scenario" else "agent", by, rows, lambda row: row.scenario or row.agent or "all")
        if by
        else silent("agent", rows, lambda row: row.agent),
        *([] if by else [silent("scenario", rows, lambda row: row.scenario)]),
    )
    cells = (
        (
            column("cells", "cells", rows, lambda row: row.cells, lambda row: f"{row.cells:,}", gives_way=3),
            column("passed", "passed", rows, lambda row: row.passed, lambda row: f"{row.passed:,}", gives_way=4),
        )
        if by
        else (silent("cells", rows, lambda row: row.cells), silent("passed", rows, lambda row: row.passed))
    )
    fields = [field for kind in _KINDS for field in _fields(kind, rows, shown=bool(by) and kind in known)]
    return Table(
        key,
        (*names, *cells, *fields),
        least=12,
        screen=screen if by else None,
        more=f"… and {figures.many(left_out, f'more {by}')}: {more}" if left_out and by else "",
        total=whole,
    )


def _fields(kind: _Kind, rows: Sequence[Spending], *, shown: bool) -> Iterator[Field]:
    def make(key: str, header: str, of: Callable[[Spending], float | None], gives_way: int) -> Field:
        if not shown:
            return silent(key, rows, of)
        return column(key, header, rows, of, lambda row: kind.show(of(row)), gives_way=gives_way)

    def value(estimate: Callable[[Skewed], Estimate]) -> Callable[[Spending], float | None]:
        return lambda row: estimate(kind.of(row)).value

    def tail(row: Spending) -> str:
        found = kind.of(row).p90
        return f"max {kind.show(found.value)}" if found.method == "max" else kind.show(found.value)

    yield make(f"{kind.key}_total", kind.key if kind.key != "seconds" else "time", lambda row: kind.of(row).total, kind.rank)
    yield make(f"{kind.key}_median", "median", value(lambda found: found.median), 5 + kind.rank)
    p90 = value(lambda found: found.p90)
    yield (
        column(f"{kind.key}_p90", "p90", rows, p90, tail, gives_way=7 + kind.rank)
        if shown
        else silent(f"{kind.key}_p90", rows, p90)
    )
    yield silent(f"{kind.key}_p90_is", rows, lambda row: kind.of(row).p90.method)
    yield silent(f"{kind.key}_measured", rows, lambda row: kind.of(row).median.n)
    if kind.key == "usd":
        yield make("usd_per_pass", "per pass", lambda row: row.usd_per_pass, 5)


def _dearest(spent: Spending) -> tuple[float, float, float]:
    return tuple(-(kind.of(spent).total or 0.0) for kind in _KINDS if kind.key != "requests")  # type: ignore[return-value]


def _remarks(bill: Bill) -> Iterator[Note]:
    """What was not measured, kinds of which the same is to be said together."""
    cells = bill.total.cells
    lost: dict[int, list[str]] = {}
    for kind in _KINDS:
        if missing := sum(kind.of(bill.total).median.missing.values()):
            lost.setdefault(missing, []).append(kind.key)
    for missing, kinds in lost.items():
        names = ", ".join(_NAMES[key] for key in kinds)
        rest = "" if missing == cells else f" {missing:,} of"
        text = f"{names}: not measured of{rest} {figures.many(cells, 'cell')}" + (", which are in no number" if rest else "")
        yield Note(text, values={"unmeasured": missing, "cells": cells, "kinds": kinds})
