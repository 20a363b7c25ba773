"""The readings of a history, run by run, and how its numbers are spelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ..model import History, Interval, Json, PastRun, Reading, Series, inert
from . import figures
from .contest import LEVEL, is_sized
from .document import Field, Note, Notes, Section, Table, column, interval_of, named, silent

ALL = "all together"
DIGITS = 3
LATEST, MOST = 8, 32
"""Readings of one agent, and of all, that a screen shows."""


class _Row(NamedTuple):
    series: Series
    reading: Reading


def readings_section(found: History) -> list[Section]:
    newest = len(found.eras) - 1
    rows = [_Row(series, each) for series in found.series for each in series.readings]
    if not rows:
        return []
    sized = is_sized(found.metric)
    latest = [at for at, row in enumerate(rows) if row.series.era == newest and row.reading in row.series.readings[-LATEST:]]
    shown = latest[:MOST]

    def run(row: _Row) -> PastRun:
        return found.runs[row.reading.run]

    table = Table(
        "readings",
        (
            agents_field([row.series for row in rows], once=True),
            column(
                "at", "when (UTC)", rows, lambda row: _iso(run(row).at), lambda row: _when(run(row).at), left=True, gives_way=5
            ),
            named("run", "run", rows, lambda row: run(row).name),
            column(
                "commit", "commit", rows, lambda row: run(row).commit, lambda row: commit_of(run(row)), left=True, gives_way=2
            )
            if any(one.commit for one in found.runs)
            else silent("commit", rows, lambda row: run(row).commit),
            Field(
                "tags",
                "tags",
                tuple(list[Json](run(row).tags) for row in rows),
                tuple(inert(", ".join(run(row).tags)) for row in rows) if any(one.tags for one in found.runs) else (),
                left=True,
                names=True,
                gives_way=6,
            ),
            column(
                "mean", "mean", rows, lambda row: row.reading.value.value, lambda row: size_of(row.reading.value.value, sized)
            ),
            column(
                "interval",
                "95%",
                rows,
                lambda row: interval_of(row.reading.value.interval),
                lambda row: ends_of(row.reading.value.interval, sized),
                gives_way=3,
            ),
            column("z", "z", rows, lambda row: row.reading.z, _z, gives_way=4),
            column("sum", "S", rows, lambda row: row.reading.sum, lambda row: sum_of(row.reading), gives_way=1),
            silent("level", rows, lambda row: each.level if (each := row.reading.value.interval) else LEVEL),
            silent("n", rows, lambda row: row.reading.value.n),
            silent("missing", rows, lambda row: row.reading.value.missing),
            silent("stretch", rows, lambda row: row.series.era + 1),
            silent("dirty", rows, lambda row: run(row).dirty),
            silent("path", rows, lambda row: run(row).path),
            silent("left_out", rows, lambda row: row.reading.why),
        ),
        stack="agent",
        least=12,
        screen=tuple(shown),
        more=f"… and {figures.many(len(rows) - len(shown), 'more reading')}: --all" if len(shown) < len(rows) else "",
    )
    left_out = [(run(row).name, f"{row.series.agent or ALL}: {row.reading.why}, in no chart and no level")
                for row in (rows[at] for at in shown) if row.reading.why]  # fmt: skip
    whys = tuple(grouped(left_out))
    side = "below" if found.better == "lower" else "above"
    about = f"the mean of each run; z: standard errors {side} the anchor, S: the chart's sum"
    return [Section("runs", "runs", about, (table, *((Notes("left_out", whys),) if whys else ())))]


def _z(row: _Row) -> str:
    if row.reading.z is None:
        return (
            "anchor" if row.reading.run == row.series.anchor_run and row.reading.value == row.series.anchor else figures.MISSING
        )
    text = f"{row.reading.z:+.1f}"
    return "0.0" if float(text) == 0 else text


def agents_field(rows: Sequence[Series], *, once: bool = False) -> Field:
    """Whose series it is; null for machines where it is of all agents together."""
    texts = tuple(inert(row.agent) if row.agent else ALL for row in rows)
    return Field("agent", "agent", tuple(row.agent or None for row in rows), texts, left=True, names=True, once=once)


def size_of(value: float | None, sized: bool) -> str:
    """A mean; of scores in three decimals, for small falls add up."""
    return figures.MISSING if value is None else figures.measure(value, None) if sized else figures.score(value, DIGITS)


def ends_of(interval: Interval | None, sized: bool) -> str:
    """Its interval, likewise."""
    if interval is None:
        return figures.MISSING
    return figures.ends(interval, sized=True) if sized else figures.score_interval(interval, DIGITS)


def sum_of(reading: Reading) -> str:
    return figures.MISSING if reading.sum is None else f"{reading.sum:.1f}"


def _when(at: float | None) -> str:
    return figures.MISSING if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _iso(at: float | None) -> str | None:
    return None if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def commit_of(run: PastRun) -> str:
    return inert(f"{run.commit[:9]}{'+' if run.dirty else ''}") if run.commit else figures.MISSING


def grouped(told: Sequence[tuple[str, str]]) -> Iterator[Note]:
    """Each sentence once, with whom it is about before it."""
    by_text: dict[str, list[str]] = {}
    for who, text in told:
        by_text.setdefault(text, []).append(who)
    for text, whose in by_text.items():
        some = "; ".join(inert(who, most=60) for who in whose[:3]) + (f" and {len(whose) - 3:,} more" if len(whose) > 3 else "")
        yield Note(inert(text, most=400), some, {"of": list[Json](whose)})
