"""A trial of a task as text: what it was run with, the events it told, what it printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from ..model import Result, Trajectory, Turn, inert
from .columns import shorten
from .page import Page, short

MAX_EVENTS = 200
"""Events that are shown: the first."""
MAX_PRINTED = 60
"""Lines of what a trial printed that are shown: the last."""


def seeding(result: Result) -> str:
    """What a trial's dice were seeded with; '' for other cells."""
    if result.task is None:
        return ""
    if result.task.seed is None:
        return "nothing was seeded: the trial is not deterministic"
    return f"random and numpy were seeded with {result.task.seed}"


def trial_lines(page: Page, result: Result, trajectory: Trajectory) -> Iterator[str]:
    """What the trace of a task's cell holds. Its metrics are the result's."""
    of: dict[str, list[Turn]] = {}
    for turn in trajectory.turns:
        of.setdefault(turn.action, []).append(turn)
    for turn in of.get("execute", ()):
        own = {name: value for name, value in turn.params.items() if name not in ("trial", "random_seed")}
        yield from page.labelled("params", ", ".join(f"{name} {short(value)}" for name, value in own.items()))
    yield from _events(page, result, of.get("metric", ()))
    for turn in of.get("events", ()):
        yield from page.prose(f"and {short(turn.params.get('more'))} more, in the result folder's metrics/", indent="  ")
    for turn in of.get("print", ()):
        lines = turn.reasoning.splitlines()
        left_out = len(lines) - MAX_PRINTED
        yield from page.prose(
            f"{short(turn.params.get('stream'))}" + (f", its last {MAX_PRINTED} lines" if left_out > 0 else "")
        )
        for line in lines[-MAX_PRINTED:]:
            shown = inert(line, most=400, verbatim=True)
            yield "  " + shorten(page.sign(shown), page.width - 2, ascii=page.ascii, middle=False)


def _events(page: Page, result: Result, events: Sequence[Turn]) -> Iterator[str]:
    if not events:
        return
    yield from page.prose("events, by the second of the trial" if result.started_at else "events")
    for turn in events[:MAX_EVENTS]:
        at = turn.params.get("at")
        data = {name: value for name, value in turn.params.items() if name != "at"}
        yield from page.prose(f"{_when(at, result.started_at)}  {_told(data)}", first="  ", indent="    ")
    if len(events) > MAX_EVENTS:
        yield from page.prose(f"and {len(events) - MAX_EVENTS:,} more", first="  ")


def _told(data: Mapping[str, object]) -> str:
    if {"name", "value"} <= data.keys():
        step = f"  step {short(data['step'])}" if "step" in data else ""
        return f"{short(data['name'])} {short(data['value'])}{step}"
    return ", ".join(f"{inert(name)} {short(value)}" for name, value in data.items())


def _when(at: object, began: float) -> str:
    """Seconds since the trial began, or the time where that says nothing."""
    if not isinstance(at, int | float):
        return "-"
    if began and 0 <= at - began < 1e6:
        return f"{at - began:8.3f}"
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}"
