"""A battery over time: who fell, since when, and the means run by run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from ..model import Alarm, History, Json, PastRun, Reading, Series, Shift, inert
from . import figures
from .contest import LEVEL, is_sized
from .document import Document, Item, Items, Note, Notes, Section, Table, column, interval_of, named, silent
from .readings import ALL, agents_field, commit_of, ends_of, grouped, readings_section, size_of, sum_of
from .trends import BARS
from .versus import end

SPARKS, FEW_SPARKS = 40, 12
"""Runs that a row of bars shows, the latest, and where there is little room."""
MOST_TRENDS, MOST_ITEMS = 8, 6
LIKELY = 0.05
"""Chance of a false alarm from which on it is said."""
FEWEST_FOR_LEVELS = 4
"""Runs that can show two levels, of two runs each."""

_GAP = "?"


def history_document(found: History, notes: Sequence[str] = ()) -> Document:
    """The whole history: who stands where, falls, levels, every reading."""
    stretches = f" in {len(found.eras)} stretches" if len(found.eras) > 1 else ""
    title = f"{inert(found.battery)}: {inert(found.metric)} over {figures.many(len(found.runs), 'run')}{stretches}"
    title += "; lower is better" if found.better == "lower" else ""
    parts = [_agents(found), *_falls(found), *_levels(found), *readings_section(found)]
    return Document(title, (*parts, *end([*found.notes, *notes])))


def _agents(found: History) -> Section:
    rows = [series for era in range(len(found.eras))[::-1] for series in found.series if series.era == era]
    sized, several = is_sized(found.metric), len(found.eras) > 1
    pinned = [inert(name) for name in dict.fromkeys(row.pinned for row in rows) if name]
    first = "the first run" + (" of each stretch" if several else "")
    about = f"against {' or '.join([*pinned, *([first] if any(not row.pinned for row in rows) else [])])}"
    if not rows:
        return Section("history", "history", "no run")
    table = Table(
        "agents",
        (
            agents_field(rows),
            *(
                [column("stretch", "stretch", rows, lambda row: row.era + 1, lambda row: f"{row.era + 1}", gives_way=5)]
                if several
                else [silent("stretch", rows, lambda row: row.era + 1)]
            ),
            column("runs", "runs", rows, lambda row: len(row.readings), lambda row: f"{len(row.readings)}", gives_way=6),
            column(
                "means",
                "over time",
                rows,
                lambda row: [each.value.value for each in row.readings],
                lambda row: spark(row, SPARKS),
                left=True,
                gives_way=1,
                narrow=lambda row: spark(row, FEW_SPARKS),
            ),
            column(
                "anchor",
                "anchor",
                rows,
                lambda row: row.anchor.value,
                lambda row: size_of(row.anchor.value, sized),
                gives_way=4,
            ),
            column("latest", "latest", rows, lambda row: _latest(row).value.value, lambda row: _latest_text(row, sized)),
            column(
                "interval",
                "95%",
                rows,
                lambda row: interval_of(_latest(row).value.interval),
                lambda row: ends_of(_latest(row).value.interval, sized),
                gives_way=3,
            ),
            column("sum", "S", rows, lambda row: _latest(row).sum, lambda row: sum_of(_latest(row)), gives_way=2),
            named("says", "since", rows, lambda row: _says(row, found)),
            silent("level", rows, lambda row: each.level if (each := _latest(row).value.interval) else LEVEL),
            silent("pinned", rows, lambda row: row.pinned or None),
            silent("kind", rows, lambda row: row.kind),
            silent("of", rows, lambda row: list(row.agents)),
            silent("charted", rows, lambda row: row.charted),
            silent("false_alarm_chance", rows, lambda row: row.chance),
            silent("tau", rows, lambda row: row.tau),
            silent("tau_p", rows, lambda row: row.tau_p),
            silent("why", rows, lambda row: row.why),
        ),
        least=18,
    )
    return Section("history", "history", about, (table, *_remarks(found, rows)))


def _remarks(found: History, rows: Sequence[Series]) -> tuple[Notes, ...]:
    newest = [row for row in rows if row.era == len(found.eras) - 1 or not row.why]
    said = [
        *(
            Note(f"before {inert(found.runs[era.runs[0]].name)}: {'; '.join(era.began)}", f"stretch {place + 1}")
            for place, era in enumerate(found.eras)
            if era.began
        ),
        *grouped([(row.agent or ALL, row.why) for row in newest if row.why and row.kind != "exact"]),
        *_luck(rows),
        *_trends(newest),
        *_changed(found, rows),
    ]
    return (Notes("remarks", tuple(said)),) if said else ()


def _luck(rows: Sequence[Series]) -> Iterator[Note]:
    """What an alarm is worth where the anchor has few seeds."""
    lucky = max((row for row in rows if row.chance is not None), key=lambda row: row.chance or 0.0, default=None)
    if lucky is not None and (lucky.chance or 0.0) >= LIKELY:
        text = (
            f"had nothing changed, a chart would have alarmed by now with a chance of {figures.percent(lucky.chance)}, for its "
            f"anchor has {figures.many(lucky.anchor.n, 'world')} only: --anchor names a run with more seeds"
        )
        yield Note(text, values={"chance": lucky.chance})


def _trends(rows: Sequence[Series]) -> Iterator[Note]:
    told = [
        f"{inert(row.agent or ALL, most=60)} {row.tau:+.2f} (p {figures.p_value(row.tau_p)})"
        for row in rows
        if row.tau is not None
    ]
    if told:
        yield Note(f"{', '.join(told[:MOST_TRENDS])}; for information", "trend, Kendall's tau")


def _changed(found: History, rows: Sequence[Series]) -> Iterator[Note]:
    for row in rows:
        if row.agent and (runs := [found.runs[each.run].name for each in row.readings if each.other_agent]):
            more = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
            yield Note(f"other settings than before in {inert(', '.join(runs[:3]), most=200)}{more}", inert(row.agent))


def _falls(found: History) -> list[Section]:
    items = [_fall(found, series, alarm) for series in found.series for alarm in series.alarms]
    if not items:
        return []
    about = "the chart against the anchor alarmed: its sum passed 5 standard errors"
    return [Section("falls", "falls", about, (Items("falls", tuple(items), MOST_ITEMS, _more(items)),), alarm=True)]


def _fall(found: History, series: Series, alarm: Alarm) -> Item:
    zero = None if alarm.zero is None else found.runs[alarm.zero].name
    values: dict[str, Json] = {
        "raised_in": found.runs[alarm.run].name,
        "s_last_zero": zero,
        "again": len(alarm.again),
        "supported": alarm.supported,
    }
    made = _between(found, series, alarm.last, alarm.first, "fell", _alarm(found, series, alarm), values)
    lines = list(made.lines)
    if alarm.zero != alarm.last:
        lines.append(f"S was last 0 {f'in {inert(zero)}' if zero else 'before the first run'}; a level ends as told above")
    if not alarm.supported and (series.chance or 0.0) >= LIKELY:
        lines.append("no level ends there: it may be that the anchor was lucky")
    return replace(made, lines=tuple(lines))


def _levels(found: History) -> list[Section]:
    sized = is_sized(found.metric)
    items = [
        _between(found, series, shift.last, shift.first, "worse" if shift.worse else "better", _shift(shift, sized),
                 {"before": shift.before, "after": shift.after, "worse": shift.worse, "size": shift.size})
        for series in found.series
        for shift in series.shifts
    ]  # fmt: skip
    if not items:
        return []
    about = "where one level ends and another begins; nothing fails by them"
    return [Section("levels", "since when", about, (Items("levels", tuple(items), MOST_ITEMS, _more(items)),))]


def _more(items: Sequence[Item]) -> str:
    return f"… and {len(items) - MOST_ITEMS:,} more: --all" if len(items) > MOST_ITEMS else ""


def _between(
    found: History, series: Series, last: int | None, first: int, what: str, why: str, values: dict[str, Json]
) -> Item:
    """What happened between two runs, and how to look at what lies between their commits."""
    after, before = found.runs[first], None if last is None else found.runs[last]
    named_so = before.name if before else series.pinned or "the anchor"
    commits = [run.commit for run in (before, after) if run and run.commit]
    lines = [f"last before: {inert(named_so)}{_commit(before)}", f"first after: {inert(after.name)}{_commit(after)}"]
    copy: tuple[str, ...] = ()
    if len(commits) == 2 and commits[0] != commits[1]:
        span = f"{inert(commits[0][:12])}..{inert(commits[1][:12])}"
        copy = (f"git log --oneline {span}", *([_bisect(found, series, span)] if what == "worse" and series.agent else []))
    elif len(commits) == 2:
        lines.append("both on one commit: what changed is not in the repository, or was not committed")
    return Item(
        inert(series.agent or ALL),
        what,
        why,
        tuple(lines),
        copy,
        {
            "agent": series.agent or None,
            "stretch": series.era + 1,
            "last_before": before.name if before else None,
            "first_after": after.name,
            "commits": list(commits),
            **values,
        },
    )


def _commit(run: PastRun | None) -> str:
    return f" (commit {commit_of(run)})" if run and run.commit else ""


def _bisect(found: History, series: Series, span: str) -> str:
    """What finds the commit."""
    words = ["bio", "bisect", span, "--battery", found.battery, "--agent", series.agent]
    if found.metric != "score":
        words += ["--metric", found.metric, *(["--better", "lower"] if found.better == "lower" else [])]
    return inert(" ".join(map(shlex.quote, words)), most=1000, verbatim=True)


def _alarm(found: History, series: Series, alarm: Alarm) -> str:
    first = next(each for each in series.readings if each.run == alarm.first)
    now = next(each for each in series.readings if each.run == alarm.run)
    sized = is_sized(found.metric)
    value = size_of(now.value.value, sized)
    told = f"anchor {size_of(series.anchor.value, sized)}, {value} in {inert(found.runs[alarm.run].name)}"
    again = f", and again {len(alarm.again)} times" if len(alarm.again) > 1 else ", and again" if alarm.again else ""
    return told + ("" if first is now else f", which raised it{again}")


def _shift(shift: Shift, sized: bool) -> str:
    large = "" if shift.size is None else f" ({shift.size:.1f} standard errors)"
    return f"{size_of(shift.before, sized)} -> {size_of(shift.after, sized)}{large}"


def spark(series: Series, most: int) -> str:
    """The latest `most` means as bars, `?` where there is none. From the lowest to the highest, but never so close that noise
    looks like news: over six standard errors at least."""
    told = [each.value.value if not each.why else None for each in series.readings][-most:]
    known = [value for value in told if value is not None]
    if not known:
        return _GAP * len(told)
    errors = [each.value.stderr for each in series.readings if each.value.stderr]
    span = max(max(known) - min(known), 6 * median(errors) if errors else 0.0)
    low = (max(known) + min(known) - span) / 2

    def bar(value: float | None) -> str:
        if value is None:
            return _GAP
        return BARS[min(len(BARS) - 1, int((value - low) / span * len(BARS)))] if span else BARS[len(BARS) // 2]

    return "".join(map(bar, told))


def _latest(row: Series) -> Reading:
    return row.readings[-1]


def _latest_text(row: Series, sized: bool) -> str:
    return size_of(_latest(row).value.value, sized)


def _says(row: Series, found: History) -> str:
    """The last thing that happened: a fall the chart saw, or another level. Steady is what would have shown one."""
    alarmed = {alarm.first for alarm in row.alarms}
    words = {shift.first: ("fell" if shift.first in alarmed else "worse") if shift.worse else "better" for shift in row.shifts}
    words = {**dict.fromkeys(alarmed, "fell"), **words}
    if words:
        return f"{words[max(words)]} in {found.runs[max(words)].name}"
    if not row.values:
        return "no number"
    fewest = 2 if row.kind == "exact" else FEWEST_FOR_LEVELS
    spread = row.kind != "means" or any(each.value.stderr for each in row.values)
    return "steady" if spread and len(row.values) >= fewest else "too few to tell"
