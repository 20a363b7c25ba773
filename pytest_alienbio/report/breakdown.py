"""Scores taken apart: each agent on each scenario, by difficulty, by params."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..model import Breakdown, Estimate, Json, Part
from . import figures
from .document import PLUS_MINUS, Block, Field, Section, Table, column, interval_of, named, silent
from .page import short
from .scores import whole_groups

Row = tuple[Breakdown, Part]


def breakdown(found: Sequence[Breakdown], more: str = "") -> Section:
    """Each agent on each scenario with its intervals and what is missing; then by difficulty and by params, where they vary.

    `more` says how to see what a screen leaves out.
    """
    if not found:
        return Section("breakdown", "breakdown", "none, no cell was played")
    blocks: list[Block] = [_table("leaves", [(each, each.whole) for each in found], (), more)]
    if any(each.levels for each in found):
        blocks.append(_levels([each for each in found if each.levels], more))
    settings = [(each, part) for each in found for part in each.settings]
    if settings:
        shown = named("params", "params", settings, lambda row: short(row[1].params))
        params = Field("params", "params", tuple(row[1].params for row in settings), shown.texts, left=True, names=True)
        blocks.append(_table("settings", settings, (params,), more, "by params"))
    about = "mean ± std of n scored cells and passed, each with its 95% interval over worlds"
    if not _scored([each.whole for each in found]):
        about = "passed, of n that ended well, with its 95% interval over worlds"
    return Section("breakdown", "breakdown", about, tuple(blocks))


def _table(key: str, rows: Sequence[Row], more_fields: Iterable[Field], more: str, caption: str = "") -> Table:
    screen = whole_groups([each.scenario for each, _ in rows])
    left_out = len(rows) - len(screen)
    scored = _scored([part for _, part in rows])
    return Table(
        key,
        (
            named("scenario", "scenario", rows, lambda row: row[0].scenario, once=True),
            named("agent", "agent" if scored else "variation", rows, lambda row: row[0].agent, once=key == "settings"),
            *more_fields,
            *_numbers(rows, scored=scored),
        ),
        caption=caption,
        stack="scenario",
        screen=screen,
        more=f"… and {figures.many(left_out, 'more row')}: {more}" if left_out else "",
    )


def _scored(parts: Sequence[Part]) -> bool:
    """Whether there are scores to show: not where trials of tasks were played that nothing ranks."""
    return any(part.n for part in parts) or not any(part.judged for part in parts)


def _numbers(rows: Sequence[Row], *, scored: bool) -> tuple[Field, ...]:
    def of(show: Callable[[Part], Json]) -> Callable[[Row], Json]:
        return lambda row: show(row[1])

    def n(part: Part) -> int:
        return part.n if scored else part.judged

    return (
        silent("role", rows, lambda row: row[0].role),
        silent("cells", rows, of(lambda part: part.cells)),
        silent("worlds", rows, of(lambda part: part.score.n)),
        column("n" if scored else "judged", "n", rows, of(n), lambda row: f"{n(row[1]):,}"),
        *(
            (
                column(
                    "mean",
                    "score",
                    rows,
                    of(lambda part: part.score.value),
                    lambda row: figures.spread(row[1].score.value, row[1].std),
                    narrow=lambda row: figures.score(row[1].score.value),
                    gives_way=1,
                    sign=PLUS_MINUS,
                ),
                silent("std", rows, of(lambda part: part.std)),
                column("interval", "95%", rows, of(_ends), lambda row: _interval(row[1].score), gives_way=2),
                silent("why_no_interval", rows, of(lambda part: part.score.why if part.score.interval is None else None)),
            )
            if scored
            else ()
        ),
        column("pass_rate", "passed", rows, of(_rate), lambda row: figures.percent(row[1].pass_rate.value)),
        silent("passed", rows, of(lambda part: part.passed)),
        column("pass_interval", "95%", rows, of(_pass_ends), lambda row: _pass_interval(row[1]), gives_way=4),
        _missing(rows, scored=scored),
    )


def _missing(rows: Sequence[Row], *, scored: bool) -> Field:
    """What has no number, by why; for machines alone if nothing is missing."""
    values = tuple((part.score if scored else part.pass_rate).missing for _, part in rows)
    if not any(values):
        return silent("missing", values, lambda missing: missing)
    texts = tuple(", ".join(f"{count:,} {why}" for why, count in missing.items()) for missing in values)
    short_texts = tuple(f"{sum(missing.values()):,}" for missing in values)
    return Field("missing", "missing", values, texts, left=True, gives_way=3, narrow=short_texts)


def _levels(found: Sequence[Breakdown], more: str) -> Table:
    """A row an agent, a column a level: its mean there (without scores the share that passed)."""
    levels = sorted(
        {part.difficulty for each in found for part in each.levels}, key=lambda level: -1 if level is None else level
    )
    screen = whole_groups([each.scenario for each in found])
    left_out = len(found) - len(screen)
    return Table(
        "levels",
        (
            named("scenario", "scenario", found, lambda each: each.scenario, once=True),
            named("agent", "agent", found, lambda each: each.agent),
            *(_level(found, level) for level in levels),
            silent("levels", found, lambda each: [_plain(part) for part in each.levels]),
        ),
        caption="by difficulty",
        stack="scenario",
        screen=screen,
        more=f"… and {figures.many(left_out, 'more row')}: {more}" if left_out else "",
    )


def _level(found: Sequence[Breakdown], level: int | None) -> Field:
    parts = [next((part for part in each.levels if part.difficulty == level), None) for each in found]
    name = "none" if level is None else f"d{level}"

    def text(part: Part | None) -> str:
        if part is None:
            return ""
        return figures.score(part.score.value) if part.n or not part.judged else figures.percent(part.pass_rate.value)

    def value(part: Part | None) -> Json:
        return None if part is None else part.score.value if part.n or not part.judged else part.pass_rate.value

    return column(name, name, parts, value, text)


def _plain(part: Part) -> dict[str, Json]:
    return {
        "difficulty": part.difficulty,
        "cells": part.cells,
        "n": part.n,
        "worlds": part.score.n,
        "mean": part.score.value,
        "std": part.std,
        "interval": _ends(part),
        "passed": part.passed,
        "pass_rate": part.pass_rate.value,
        "pass_interval": _pass_ends(part),
        "missing": part.score.missing,
    }


def _rate(part: Part) -> float | None:
    return part.pass_rate.value


def _ends(part: Part) -> list[float] | None:
    return interval_of(part.score.interval)


def _pass_ends(part: Part) -> list[float] | None:
    return None if part.pass_rate.value is None else interval_of(part.pass_rate.interval)


def _interval(estimate: Estimate) -> str:
    return figures.MISSING if estimate.interval is None else figures.score_interval(estimate.interval)


def _pass_interval(part: Part) -> str:
    interval = part.pass_rate.interval
    return figures.MISSING if part.pass_rate.value is None or interval is None else figures.percent_interval(interval)
