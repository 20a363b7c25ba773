"""A run while it is played, as a document: how far it has come, who leads, what broke, what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, floor

from ..model import FailureGroup, Json, Quantity, inert
from ..model.sighting import CellSeen, Life, Sighting, WorkerSeen
from . import figures
from .build import ended
from .document import Block, Copy, Document, Item, Items, Note, Notes, Section, Table, column, named
from .leaderboard import leaderboard
from .progress import duration
from .scores import ranks
from .spend import spend

_BAR = 20
_STEPS = ((10, 1), (60, 5), (600, 10), (3600, 60), (36_000, 300))
"""Below so many seconds time to go is told in steps of so many."""
_MOST_WORKERS = 16
"""On a screen, those that have been silent the longest."""
_SILENT_S = 120.0
"""After so long without a record, that is said."""


def watch_document(seen: Sighting, *, bar: bool = True) -> Document:
    """What is seen, most urgent first: sections `run`, `errors`, `spend`, `leaderboard`, `workers`, `playing`, `end`.

    What broke and what is spent come before the leaderboard, which may be longer than a screen.

    `bar`: whether letters show how much is done; a page has an element for that.
    """
    parts = (_run(seen, bar=bar), _errors(seen), _spend(seen), _board(seen), _workers(seen), _playing(seen), _notes(seen))
    return Document(inert(f"{seen.battery or 'a run'}: {state(seen)}"), tuple(part for part in parts if part))


def line(seen: Sighting) -> str:
    """All of it in one line, for a log: `mine: running, 12/40 cells, 1 error, ETA 1m20s`."""
    parts = [f"{seen.battery or 'a run'}: {state(seen)}", counted(seen)]
    parts += [figures.many(seen.broken, "error")] if seen.broken else []
    parts += [told] if seen.eta.value is not None and (told := eta(seen.eta)) else []
    parts += [told] if (told := silence(seen)) else []
    parts += [f"go on: {seen.again}"] if seen.again else []
    return inert(", ".join(parts), most=1000, verbatim=True)


def state(seen: Sighting) -> str:
    """In words: `running`, `finished, passed`, `died before its end`."""
    if seen.life is Life.FINISHED:
        verdict = seen.status.get("verdict")
        said = verdict if isinstance(verdict, str) and verdict else "but its verdict cannot be read"
        lost = f"; {seen.missing:,} of its {seen.recorded + seen.missing:,} records cannot be read"
        return f"finished, {said}{lost if seen.missing else ''}"
    return {
        Life.RUNNING: "running",
        Life.DIED: "died before its end",
        Life.UNKNOWN: "not closed; whether it still runs cannot be told here",
        Life.GONE: "gone: the folder was removed",
    }[seen.life]


def _damaged(seen: Sighting) -> bool:
    """Whether a run that is over cannot be taken for what it was closed as."""
    return seen.life is Life.FINISHED and (seen.missing > 0 or not seen.status.get("verdict"))


def counted(seen: Sighting) -> str:
    """`12/40 cells`, or without a plan `12 cells`."""
    return f"{seen.done:,}/{seen.selected:,} cells" if seen.selected else figures.many(seen.done, "cell")


def _run(seen: Sighting, *, bar: bool) -> Section:
    values: dict[str, Json] = {
        "life": seen.life.value,
        "at": seen.at,
        "verdict": seen.status.get("verdict"),
        "missing": seen.missing,
        "run": seen.run,
        "since": seen.since or None,
        "planned": seen.planned,
        "selected": seen.selected,
        "before": seen.before,
        "done": seen.done,
        "recorded": seen.recorded,
        "outcomes": dict(seen.outcomes),
        "rate_per_minute": seen.rate,
        "limit_wait": seen.limit_wait,
        "eta_s": seen.eta.value,
        "eta_interval_s": None if seen.eta.low is None or seen.eta.high is None else [seen.eta.low, seen.eta.high],
        "last_at": seen.last_at or None,
    }
    notes = [Note(", ".join(_counts(seen, bar=bar)), values=values), *_progress(seen)]
    if told := ended(seen.outcomes):
        notes.append(Note(told))
    if seen.limit_wait is not None:
        notes.append(Note(f"{figures.percent(seen.limit_wait)} of the time in cells went into waiting for limits"))
    blocks: list[Block] = [Notes("cells", tuple(notes))]
    if seen.again:
        why = "what was recorded is kept; nothing judged it, and the rest was not played"
        blocks += [
            Notes("todo", (Note(f"{why}. Go on with it:" if seen.life is Life.DIED else "If it is dead, go on with it:"),))
        ]
        blocks += [Copy("again", "", inert(seen.again, most=4096, verbatim=True))]
    return Section("run", blocks=tuple(blocks), alarm=seen.life in (Life.DIED, Life.GONE) or _damaged(seen))


def _counts(seen: Sighting, *, bar: bool) -> Iterator[str]:
    yield counted(seen)
    if seen.planned and seen.selected + seen.before != seen.planned:
        yield f"of {figures.many(seen.planned, 'cell')} of the battery"
    if seen.before:
        yield f"{seen.before:,} from before"
    if seen.selected:
        share = min(seen.done / seen.selected, 1.0)
        yield " ".join(filter(None, (drawn(share) if bar else "", figures.percent(share))))


def drawn(share: float) -> str:
    """`█████▁▁▁▁▁`: full only if all is done."""
    full = min(int(max(share, 0.0) * _BAR), _BAR)
    return "█" * full + "▁" * (_BAR - full)


def _progress(seen: Sighting) -> Iterator[Note]:
    parts = []
    if seen.life is Life.RUNNING:
        if seen.since:
            parts.append(f"for {duration(max(seen.at - seen.since, 0.0))}")
        if seen.rate is not None:
            parts.append(f"{_rate(seen.rate)} lately")
        if told := eta(seen.eta):
            parts.append(told)
        if told := silence(seen):
            parts.append(told)
    elif seen.life is Life.FINISHED and seen.until and seen.since:
        parts.append(
            f"took {duration(max(seen.until - seen.since, 0.0))}, ended {duration(max(seen.at - seen.until, 0.0))} ago"
        )
    elif seen.last_at:
        parts.append(f"last record {duration(max(seen.at - seen.last_at, 0.0))} ago")
    if parts:
        yield Note(", ".join(parts))


def silence(seen: Sighting) -> str:
    """`nothing recorded for 2m10s`, of a run that lives; '' if something was lately."""
    last = max(seen.last_at, seen.since)
    silent = seen.life is Life.RUNNING and last and seen.at - last > _SILENT_S
    return f"nothing recorded for {duration(seen.at - last)}" if silent else ""


def eta(quantity: Quantity) -> str:
    """`ETA 2m (1m30s to 2m40s)`; how many cells it is for, where that is not all; '' if nothing can be told."""
    if quantity.value is None:
        return "no ETA yet" if quantity.cells else ""
    low, high = quantity.low, quantity.high
    ends = "" if low is None or high is None else f" ({rough(low, floor)} to {rough(high, ceil)})"
    some = f" for {quantity.known:,} of the {quantity.cells:,} cells left" if quantity.known < quantity.cells else ""
    return f"ETA {rough(quantity.value)}{ends}{some}"


def rough(seconds: float, whole: Callable[[float], int] = round) -> str:
    """As exact as somebody who waits can use: `9s`, `40s`, `1m20s`, `12m`, `2h05m`, `1d04h`. `whole` says how it is rounded."""
    step = next((step for below, step in _STEPS if seconds < below), 3600)
    return duration(step * whole(min(seconds, 1e9) / step)).removesuffix("00s").removesuffix("00m").removesuffix("00h")


def _rate(per_minute: float) -> str:
    if per_minute >= 90:
        return f"{per_minute / 60:,.3g} cells/s" if per_minute < 60_000 else f"{per_minute / 60:,.0f} cells/s"
    return f"{per_minute:.3g} cells/min" if per_minute >= 1 else f"{per_minute * 60:.2g} cells/h"


def _board(seen: Sighting) -> Section | None:
    if seen.summary is None or not ranks(seen.summary.leaves) or not any(leaf.n for leaf in seen.summary.leaves):
        return None
    made = leaderboard(seen.summary, "bio leaderboard")
    if made is None:
        return None
    over = seen.life is Life.FINISHED
    more = "" if seen.summary_of == seen.recorded else f", of the first {seen.summary_of:,} records"
    heading = "leaderboard" if over else f"leaderboard so far{more}"
    return Section(made.key, heading, made.about, made.blocks)


def _errors(seen: Sighting) -> Section | None:
    if not seen.errors:
        return None
    items = tuple(_error(group) for group in seen.errors)
    left = seen.broken - sum(group.count for group in seen.errors)
    about = f"{figures.many(seen.broken, 'cell')} broke, the latest first" + (f"; {left:,} in other groups" if left else "")
    more = f"… and {figures.many(len(items) - 5, 'other kind')}: --json" if len(items) > 5 else ""
    return Section("errors", "errors", about, (Items("errors", items, 5, more),), alarm=True)


def _error(group: FailureGroup) -> Item:
    first = group.first
    return Item(
        inert(first.id, most=400),
        f"{group.count:,} x {first.outcome.value}" if group.count > 1 else first.outcome.value,
        inert(first.reason, most=400),
        values={"count": group.count, "outcome": first.outcome.value, "reason": first.reason, "last": first.id},
    )


def _spend(seen: Sighting) -> Section | None:
    made = spend(seen.spent, (0, 0.0), seen.caps)
    return None if made is None else Section("spend", "spend", "", (made,))


def _workers(seen: Sighting) -> Section | None:
    workers: Sequence[WorkerSeen] = seen.workers
    if not workers:
        return None
    silent = sorted(range(len(workers)), key=lambda at: workers[at].last_at)
    screen = tuple(sorted(silent[:_MOST_WORKERS]))
    left = len(workers) - len(screen)
    table = Table(
        "workers",
        (
            named("worker", "worker", workers, lambda worker: worker.name),
            column("cells", "cells", workers, lambda worker: worker.cells, lambda worker: f"{worker.cells:,}"),
            column("last_at", "ago", workers, lambda worker: worker.last_at or None, lambda worker: _ago(seen, worker.last_at)),
            named("last", "last cell", workers, lambda worker: worker.last, gives_way=1),
        ),
        screen=screen,
        more=f"… and {figures.many(left, 'more worker')}, heard of since: --json" if left else "",
    )
    return Section("workers", "workers", "", (table,))


def _playing(seen: Sighting) -> Section | None:
    cells: Sequence[CellSeen] = seen.playing
    if not cells:
        return None
    about = "as their checkpoints say" if seen.life is Life.RUNNING else "with a checkpoint: they go on from there"
    table = Table(
        "cells",
        (
            column("saved_at", "saved", cells, lambda cell: cell.saved_at, lambda cell: f"{_ago(seen, cell.saved_at)} ago"),
            named("cell", "cell", cells, lambda cell: cell.id),
        ),
        screen=tuple(range(min(len(cells), 5))),
        more=f"… and {len(cells) - 5:,} more: --json" if len(cells) > 5 else "",
    )
    return Section("playing", "being played" if seen.life is Life.RUNNING else "begun", about, (table,))


def _notes(seen: Sighting) -> Section | None:
    notes = tuple(Note(inert(note, most=400), "note") for note in seen.notes)
    dat = Copy("results", "results", inert(seen.dat, most=4096, verbatim=True))
    return Section("end", blocks=(Notes("notes", notes, most=4), dat) if notes else (dat,))


def _ago(seen: Sighting, at: float) -> str:
    return duration(max(seen.at - at, 0.0)) if at else figures.MISSING
