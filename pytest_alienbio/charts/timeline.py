"""Timeline: which worker played which cell when; gaps, second attempts and waiting show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Chart, Result, figures
from ..model.result import GENERATION, WAITING
from .labels import labels
from .spec import MOST_ROWS, Row, chart, empty, left_out, names, part, tooltip

MOST_CELLS, MOST_WORKERS, MOST_BINS = 1_200, 60, 200
ENDS = ("passed", "not passed", "no verdict", "broke")
"""How a cell ended, in the order of the colours."""


@dataclass(frozen=True, slots=True)
class Span:
    """One attempt at a cell by one worker. Times in Unix seconds."""

    worker: str
    run: str
    start: float
    end: float
    cell: str
    ended: str
    """One of `ENDS`."""
    again: int = 0
    """Requests that were repeated, and attempts before this one."""
    generated_s: float = 0.0
    """Of its time: its world was generated."""
    waited_s: float = 0.0
    """Of its time: it waited for another one that generated the same world."""


def span_of(result: Result) -> Span | None:
    """Of a result that tells when it was played; None of one that was never started, or does not tell."""
    if result.started_at <= 0 or result.ended_at < result.started_at:
        return None
    broke = result.outcome.is_error
    ended = ENDS[3] if broke else ENDS[2] if result.passed is None else ENDS[0] if result.passed else ENDS[1]
    return Span(
        result.worker or "one process",
        result.run,
        result.started_at,
        result.ended_at,
        result.id,
        ended,
        (result.usage.retries or 0) + result.attempt - 1,
        _seconds(result, GENERATION),
        _seconds(result, WAITING),
    )


def timeline(spans: Iterable[Span], *, title: str = "") -> Chart:
    """A row a worker, a bar a cell, by time since its run began; runs one below the other, since days may lie between them.

    Of more than 1,200 cells drawn is which share of each stretch of time a worker was busy. What is not recorded apart cannot
    be shown: a cell that waits for leave of a limit is a longer cell.
    """
    title = title or "Cells by worker over time"
    headers = ("run", "worker", "cells", "from", "to", "busy", "broke", "again")
    found = sorted(spans, key=lambda span: (span.start, span.end))
    if not found:
        return empty("timeline", title, "no cell tells when it was played", headers=headers)
    began: dict[str, float] = {}
    for span in found:
        began.setdefault(span.run, span.start)
    rank = {run: number for number, run in enumerate(began, start=1)}
    lines: dict[tuple[int, str], list[Span]] = {}
    for span in found:
        lines.setdefault((rank[span.run], span.worker), []).append(span)
    lines = dict(sorted(lines.items(), key=lambda item: (item[0][0], _natural(item[0][1]))))
    rows = [_texts(run, worker, mine, began[mine[0].run]) for (run, worker), mine in lines.items()]
    kept = dict(list(lines.items())[:MOST_WORKERS])
    several = len(rank) > 1
    keys = [f"run {run} {worker}" if several else worker for run, worker in kept]
    named = dict(zip(kept, labels(keys, 24).values(), strict=True))
    shown = sum(map(len, kept.values()))
    length = max(span.end - began[span.run] for mine in kept.values() for span in mine)
    unit, size = next(((unit, size) for unit, size in (("h", 3600.0), ("min", 60.0)) if length >= 2 * size), ("s", 1.0))
    notes = [*left_out(len(kept), len(lines), "workers", "the first ones")]
    if shown > MOST_CELLS:
        body = _busy(kept, named, began, length, size)
        notes.append(f"{shown:,} cells: drawn is which share of each stretch of time a worker was busy.")
    else:
        body = _cells(kept, named, began, size)
    body["encoding"] = {"y": names("worker", list(named.values()))}
    for layer in body["layer"]:
        layer["encoding"]["x"]["axis"] = {"title": f"time since the run began, {unit}", "tickCount": 6}
        layer["encoding"]["x"]["scale"] = {"domain": [0, length / size or 1], "nice": False}
    broke = sum(span.ended == ENDS[3] for span in found)
    alt = f"Timeline of {len(found):,} cells by {figures.many(len(lines), 'worker')} over {_clock(length)}, {broke:,} broke."
    about = "" if shown > MOST_CELLS else _legend(found)
    return chart("timeline", title, body, about=about, alt=alt, headers=headers, rows=rows, notes=notes, least=340)


def _cells(
    kept: dict[tuple[int, str], list[Span]], named: dict[tuple[int, str], str], began: dict[str, float], size: float
) -> Row:
    values = []
    for line, mine in kept.items():
        for span in mine:
            zero = began[span.run]
            start, end = (span.start - zero) / size, (span.end - zero) / size
            row: Row = {
                "part": "cell",
                "worker": named[line],
                "start": start,
                "end": end,
                "ended": span.ended,
                "cell": span.cell,
            }
            row |= {"took": _clock(span.end - span.start), "again": f"{span.again:,}"}
            values.append(row)
            if waited := min(span.waited_s + span.generated_s, span.end - span.start):
                values.append(row | {"part": "wait", "end": start + waited / size, "took": _clock(waited)})
            if span.again:
                values.append(row | {"part": "again"})
    told = tooltip(("cell", "cell"), ("worker", "worker"), ("ended", "ended"), ("took", "took"), ("again", "again"))
    colour: Row = {"field": "ended", "type": "nominal", "title": None}
    there = [end for end in ENDS if any(row["ended"] == end for row in values)]
    colour["scale"] = {"domain": [*ENDS]}
    colour["legend"] = {"values": there}
    x: Row = {"field": "start", "type": "quantitative"}
    cell = part("cell", "bar", "span", {"x": x, "x2": {"field": "end"}, "color": colour, "tooltip": told}, height={"band": 0.8})
    layers = [cell]
    if any(row["part"] == "wait" for row in values):
        ends: Row = {
            "x": dict(x),
            "x2": {"field": "end"},
            "tooltip": tooltip(("cell", "cell"), ("took", "until its world was there")),
        }
        layers.append(part("wait", "bar", "wait", ends, height={"band": 0.25}))
    if any(row["part"] == "again" for row in values):
        layers.append(part("again", "tick", "again", {"x": dict(x), "tooltip": told}, height={"band": 0.95}))
    return {"data": {"values": values}, "height": {"step": 22}, "layer": layers}


def _busy(
    kept: dict[tuple[int, str], list[Span]],
    named: dict[tuple[int, str], str],
    began: dict[str, float],
    length: float,
    size: float,
) -> Row:
    bins = min(MOST_BINS, MOST_ROWS // len(kept))
    wide = length / bins or 1.0
    values = []
    for line, mine in kept.items():
        busy, cells = [0.0] * bins, [0] * bins
        for span in mine:
            start, end = span.start - began[span.run], span.end - began[span.run]
            first, last = min(int(start / wide), bins - 1), min(int(end / wide), bins - 1)
            for at in range(first, last + 1):
                busy[at] += max(0.0, min(end, (at + 1) * wide) - max(start, at * wide)) / wide
                cells[at] += 1
        for at, (share, count) in enumerate(zip(busy, cells, strict=True)):
            if count:
                row: Row = {"part": "busy", "worker": named[line], "start": at * wide / size, "end": (at + 1) * wide / size}
                values.append(row | {"share": min(share, 1.0), "text": figures.percent(min(share, 1.0)), "cells": f"{count:,}"})
    colour: Row = {"field": "share", "type": "quantitative", "title": "busy", "scale": {"domain": [0, 1], "range": "ramp"}}
    colour["legend"] = {"format": "%", "tickCount": 3}
    told = tooltip(("worker", "worker"), ("text", "busy"), ("cells", "cells"))
    x: Row = {"field": "start", "type": "quantitative"}
    ends: Row = {"x": x, "x2": {"field": "end"}, "color": colour, "tooltip": told}
    return {
        "data": {"values": values},
        "height": {"step": 22},
        "layer": [part("busy", "bar", "busy", ends, height={"band": 0.8})],
    }


def _legend(found: Sequence[Span]) -> str:
    waits, again = any(span.waited_s + span.generated_s for span in found), any(span.again for span in found)
    told = [
        *(["thin: until its world was there"] if waits else []),
        *(["upright line: played or asked again"] if again else []),
    ]
    return f"A bar a cell; {'; '.join(told)}." if told else "A bar a cell."


def _texts(run: int, worker: str, mine: Sequence[Span], zero: float) -> tuple[str, ...]:
    first, last = mine[0].start, max(span.end for span in mine)
    busy = sum(span.end - span.start for span in mine)
    share = "-" if last <= first else figures.percent(min(busy / (last - first), 1.0))
    broke, again = sum(span.ended == ENDS[3] for span in mine), sum(bool(span.again) for span in mine)
    return f"{run}", worker, f"{len(mine):,}", _clock(first - zero), _clock(last - zero), share, f"{broke:,}", f"{again:,}"


def _seconds(result: Result, name: str) -> float:
    value = result.metrics.get(name)
    return float(value) if isinstance(value, int | float) and 0 < value < 1e9 else 0.0


def _clock(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _natural(name: str) -> tuple[str, int, str]:
    """gw2 before gw10."""
    head = name.rstrip("0123456789")
    digits = name[len(head) :][:9]
    return head, int(digits) if digits else -1, name
