"""Timeline: which worker played which cell when; gaps, second attempts and what broke show."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Chart, Outcome, Stretch, Timeline, Worker, figures
from .labels import labels
from .spec import Row, chart, empty, left_out, names, part, tooltip

MOST_WORKERS = 60
MOST_STRETCHES, MOST_PAUSES = 1_600, 200
ENDED, AGAIN, BROKE, WAITED = "ended", "ended, after another attempt", "broke", "ended, mostly waiting for limits"
_UNITS = (("h", 3600.0), ("min", 60.0))


def timeline(found: Timeline, *, title: str = "") -> Chart:
    """A row a worker, a bar a cell (of very many cells several in a row), by time since its run began: days may lie between.

    A thin line is a pause between two cells. Cells whose calls waited for limits for half of their time have a colour of
    their own; when they did in it is not recorded. Time on generating worlds stands in the table.
    """
    title = title or "Cells by worker over time"
    headers = (
        "run",
        "worker",
        "cells",
        "from",
        "to",
        "busy",
        "longest pause",
        "broke",
        "again",
        "generating",
        "waiting for worlds",
        "waiting for limits",
    )
    if not found.stretches:
        return empty("timeline", title, "no cell tells when it was played", headers=headers)
    began: dict[str, float] = {}
    for worker in found.workers:
        began[worker.run] = min(worker.start, began.get(worker.run, worker.start))
    place = {run: number for number, run in enumerate(began, start=1)}
    rows = [_texts(worker, place[worker.run], began[worker.run]) for worker in found.workers]
    kept = found.workers[:MOST_WORKERS]
    called = [f"run {place[each.run]} {_name(each)}" if len(place) > 1 else _name(each) for each in kept]
    named = list(labels(called, 24).values())
    length = max(worker.end - began[worker.run] for worker in found.workers)
    unit, size = next((each for each in _UNITS if length >= 2 * each[1]), ("s", 1.0))
    zeros = [began[worker.run] for worker in kept]
    stretches = [each for each in found.stretches if each.worker < len(kept)]
    shown = _spread(stretches, MOST_STRETCHES)
    values = [_row(each, named[each.worker], zeros[each.worker], size) for each in shown]
    for pause in [each for each in found.pauses if each.worker < len(kept)][:MOST_PAUSES]:
        zero = zeros[pause.worker]
        row: Row = {"part": "pause", "worker": named[pause.worker], "start": (pause.start - zero) / size}
        values.append(row | {"end": (pause.end - zero) / size, "text": f"nothing for {clock(pause.end - pause.start)}"})
    notes = [
        *left_out(len(kept), len(found.workers), "workers", "the first ones"),
        *left_out(len(shown), len(stretches), "bars", "evenly chosen ones"),
    ]
    if found.untold:
        notes.append(f"Without a time, and not drawn: {figures.many(found.untold, 'cell')}.")
    cells, broke = sum(worker.cells for worker in found.workers), sum(worker.errors for worker in found.workers)
    alt = f"Timeline of {figures.many(cells, 'cell')} by {figures.many(len(found.workers), 'worker')} over {clock(length)}"
    about = "A bar is several cells in a row" if found.merged else "A bar is a cell"
    body = _body(values, named, f"time since the run began, {unit}", length / size or 1.0)
    return chart(
        "timeline",
        title,
        body,
        about=f"{about}; thin lines are pauses.",
        alt=f"{alt}; {broke:,} broke.",
        headers=headers,
        rows=rows,
        notes=notes,
        least=340,
    )


def clock(seconds: float) -> str:
    """`3.2 s`, `12 min`, `5.5 h`."""
    if seconds < 120:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _name(worker: Worker) -> str:
    return worker.name or "one process"


def _spread(stretches: Sequence[Stretch], most: int) -> list[Stretch]:
    """All, or `most` of them: what broke or came again first, else evenly."""
    if len(stretches) <= most:
        return list(stretches)
    telling = [at for at, each in enumerate(stretches) if _ended(each) != ENDED][: most // 2]
    step = len(stretches) / (most - len(telling))
    kept = set(telling) | {int(number * step) for number in range(most - len(telling))}
    return [stretches[at] for at in sorted(kept)]


def _ended(stretch: Stretch) -> str:
    if Outcome(stretch.outcome).is_error:
        return BROKE
    if stretch.attempt > 1 or stretch.retries:
        return AGAIN
    return WAITED if (stretch.limit_wait_s or 0.0) > (stretch.end - stretch.start) / 2 else ENDED


def _row(stretch: Stretch, worker: str, zero: float, size: float) -> Row:
    row: Row = {"part": "cell", "worker": worker, "start": (stretch.start - zero) / size, "end": (stretch.end - zero) / size}
    row |= {"ended": _ended(stretch), "cell": stretch.id or figures.many(stretch.cells, "cell"), "outcome": stretch.outcome}
    row |= {"took": clock(stretch.end - stretch.start), "attempt": f"{stretch.attempt}"}
    row |= {"waited": "-" if stretch.limit_wait_s is None else clock(stretch.limit_wait_s)}
    return row | {"retries": "-" if stretch.retries is None else f"{stretch.retries:,}"}


def _body(values: Sequence[Row], order: Sequence[str], title: str, length: float) -> Row:
    x: Row = {"field": "start", "type": "quantitative", "scale": {"domain": [0, length], "nice": False}}
    x["axis"] = {"title": title, "tickCount": 6}
    every = (ENDED, BROKE, AGAIN, WAITED)
    there = [each for each in every if any(row.get("ended") == each for row in values)]
    colour: Row = {"field": "ended", "type": "nominal", "title": None, "scale": {"domain": list(every)}}
    colour["legend"] = {"values": there} if len(there) > 1 else None
    shown = ("cell", "outcome", "took", "attempt", "retries", "worker")
    told = tooltip(*((name, name) for name in shown), ("waited", "waited for limits"))
    ends: Row = {"x": x, "x2": {"field": "end"}}
    layers = []
    if any(row["part"] == "pause" for row in values):
        layers.append(part("pause", "rule", "pause", {**ends, "tooltip": tooltip(("text", "pause"), ("worker", "worker"))}))
    layers.append(part("cell", "bar", "span", {**ends, "color": colour, "tooltip": told}, height={"band": 0.8}))
    y = {"y": names("worker", order)}
    return {"data": {"values": list(values)}, "height": {"step": 22}, "encoding": y, "layer": layers}


def _texts(worker: Worker, run: int, zero: float) -> tuple[str, ...]:
    share = "-" if worker.span_s <= 0 else figures.percent(min(worker.busy_s / worker.span_s, 1.0))
    spent = ("-" if each is None else clock(each) for each in (worker.generation_s, worker.waiting_s, worker.limit_wait_s))
    when = clock(worker.start - zero), clock(worker.end - zero), share, clock(worker.longest_pause_s)
    return f"{run}", _name(worker), f"{worker.cells:,}", *when, f"{worker.errors:,}", f"{worker.again:,}", *spent
