"""One cell as text: how it ended, and what happened call by call, with what changed from each step to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeGuard

from ..model import Annotations, Result, Trajectory, Turn, apart, inert
from ..model.result import REPLAYED, REUSED
from .columns import shorten, width_of
from .deeds import annotation_lines
from .page import BOLD, DIM, LABEL, RED, Page, short
from .trial import seeding, trial_lines
from .usage import model_lines, used

LARGE = 0.1
"""A change of at least this share of the larger of the two values gets an arrow."""

_LEGEND = "after a value, its change since the step before: ↑ ↓ by a tenth or more, + - by less"
_GAP = "  "
_WIDEST = 12
"""Columns of a value: every number fits, and what else a file may hold is shortened."""
_HUGE = 1e300
"""Beyond it nothing is computed: a whole number in a file may be too large for a float."""
_TRACEBACK = 30
"""Lines of a traceback that are shown: its end."""
_NOTHING_SAID = Annotations()


def render_cell(
    result: Result,
    trajectory: Trajectory | None,
    width: int,
    *,
    said: Annotations = _NOTHING_SAID,
    color: bool = False,
    ascii: bool = False,
) -> list[str]:
    """A cell with everything recorded about it and `said` of it, and its trajectory call by call if it was kept, in lines
    of `width` columns.

    Only the id and the DAT's path may be longer: they are to be copied. A value that changed since the step before is
    followed by the change, one that did not by nothing; `color` (SGR codes) sets the two further apart.
    """
    page = Page(max(width, 12), color, ascii)
    steps = (
        _steps(page, trajectory, result.origin)
        if result.task is None or trajectory is None
        else trial_lines(page, result, trajectory)
    )
    return [*_record(page, result, said), "", *steps]


def _record(page: Page, result: Result, said: Annotations) -> Iterator[str]:
    yield page.whole("", result.id, BOLD)
    yield from page.labelled("outcome", str(result.outcome), "" if result.outcome.scored else RED)
    yield from page.labelled("score", _score(result))
    if result.passed is not None and (result.score is None or result.passing_score is None):
        yield from page.labelled("passed", "yes" if result.passed else "no")
    yield from page.labelled("parts", ", ".join(f"{name} {value:.4f}" for name, value in result.scores.items()))
    yield from page.labelled("reason", result.reason)
    yield from page.labelled("agent", result.agent + ("" if result.role == "candidate" else f" ({result.role})"))
    yield from page.labelled("params", _pairs(result.params))
    yield from page.labelled("variant", "" if result.variant == 1 else f"{result.variant}: the same world under other names")
    yield from page.labelled("metrics", _pairs(result.metrics))
    yield from page.labelled("seed", seeding(result))
    yield from page.labelled("used", used(result.usage))
    if result.origin.startswith(REPLAYED):
        yield from page.labelled("spent", "$0 (replayed): it was used when it was recorded")
    for label, text in model_lines(result.model) if result.model else ():
        yield from page.labelled(label, text)
    yield from page.labelled("took", _took(result))
    yield from page.labelled("battery", result.battery)
    how = next((how for how in (REUSED, REPLAYED) if result.origin.startswith(how)), "")
    origin = result.origin.removeprefix(how)
    yield from page.labelled(how.rstrip(":") or "imported", origin and f"from {origin}")
    yield page.whole("DAT", result.dat_path)
    yield from annotation_lines(page, said)
    if result.error:
        yield ""
        yield from page.labelled("error", f"{result.error.type}: {result.error.message}", RED)
        lines = result.error.traceback.splitlines()
        if len(lines) == 1 and lines[0].strip().endswith(result.error.message.strip()):
            return  # it says the same once more
        for line in lines[-_TRACEBACK:]:
            yield shorten(page.sign(inert(line, most=400, verbatim=True)), page.width, ascii=page.ascii, middle=False)


def _steps(page: Page, trajectory: Trajectory | None, origin: str) -> Iterator[str]:
    if trajectory is None:
        why = "it was imported" if origin else "it was not played, or run.traces leaves it out"
        yield from page.prose(f"no trace was kept for this cell: {why}", indent="  ")
        return
    if not trajectory.turns:
        yield from page.prose("the agent made no call", indent="  ")
        return
    yield from page.prose(_LEGEND, indent="  ")
    grid = _Grid.of(trajectory.turns, page)
    before: Mapping[str, object] | None = None
    spent = 0.0
    for turn in trajectory.turns:
        yield from grid.seen(turn, before)
        before = _mapping(turn.seen)
        spent += turn.cost if _is_number(turn.cost) else 0.0
        params = "".join(f" {name}={short(value)}" for name, value in _mapping(turn.params).items())
        cost = f"; cost {short(turn.cost)}, {spent:.4g} of {short(trajectory.budget)} spent" if turn.cost else ""
        yield from page.labelled("  does", f"{turn.action}{params}{cost}")
        yield from page.labelled("  refused", "" if turn.ok else str(turn.reason) or "without a reason", RED)
        yield from page.labelled("  reads", _pairs(turn.reading))
        yield from page.labelled("  because", str(turn.reasoning))


class _Missing:
    """Stands for a quantity that was, or is, not there."""


_MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class _Grid:
    """What an agent sees, in columns that stand still from step to step."""

    page: Page
    name: int
    value: int
    change: int
    across: int

    @classmethod
    def of(cls, turns: Sequence[Turn], page: Page) -> _Grid:
        name = value = change = 1
        before: Mapping[str, object] = {}
        for turn in turns:
            now = _mapping(turn.seen)
            for each in now:
                name = max(name, width_of(page.sign(inert(str(each)))))
                value = max(value, width_of(page.sign(_figure(now[each]))))
                change = max(change, width_of(page.sign(_change(now[each], before.get(each, now[each]))[0])))
            before = now
        room = page.width - page.indent
        value, change = min(value, _WIDEST), min(change, _WIDEST)
        name = max(1, min(name, room - value - change - 2))
        across = max(1, (room + len(_GAP)) // (name + value + change + 2 + len(_GAP)))
        return cls(page, name, value, change, across)

    def seen(self, turn: Turn, before: Mapping[str, object] | None) -> Iterator[str]:
        """A step's label, and what was seen there."""
        page, now = self.page, _mapping(turn.seen)
        label = shorten(page.sign(f"step {short(turn.step)}"), page.width if page.narrow else LABEL - 1, ascii=page.ascii)
        beside = page.styled(label, BOLD) + " " * max(1, page.indent - width_of(label))
        if not now and not before:
            yield page.styled(label, BOLD)
        else:
            rows = iter(["the same"]) if now == before else self.rows(now, before)
            yield page.styled(label, BOLD) if page.narrow else beside + next(rows)
            yield from (" " * page.indent + row for row in rows)

    def rows(self, now: Mapping[str, object], before: Mapping[str, object] | None) -> Iterator[str]:
        """Every quantity of this step and the one before; without one before no change is shown."""
        names = dict.fromkeys((*now, *(before or ())))
        cells = [self.cell(name, now.get(name, _MISSING), (before or now).get(name, _MISSING)) for name in names]
        for start in range(0, len(cells), self.across):
            yield _GAP.join(cells[start : start + self.across]).rstrip()

    def cell(self, name: str, value: object, before: object) -> str:
        """`K1  5.21 ↓3.21`."""
        page = self.page
        called = shorten(page.sign(inert(str(name))), self.name, ascii=page.ascii)
        shown = shorten(page.sign("-" if value is _MISSING else _figure(value)), self.value, ascii=page.ascii)
        change, style = _change(value, before)
        parts = (
            called + " " * (self.name - width_of(called)),
            " " * (self.value - width_of(shown)) + shown,
            shorten(page.sign(change), self.change, ascii=page.ascii).ljust(self.change),
        )
        return page.styled(shorten(" ".join(parts), page.width - page.indent, ascii=page.ascii), style)


def _change(value: object, before: object) -> tuple[str, str]:
    """What became of a value, and the style in which it stands out."""
    if value == before:
        return "", DIM
    if before is _MISSING:
        return "new", BOLD
    if value is _MISSING:
        return "gone", BOLD
    if not (_is_number(value) and _is_number(before)):
        return "now", BOLD
    difference = value - before
    size = abs(difference)
    text = f"{size:.2f}" if 0.005 <= size < 1e6 else f"{size:.1g}"
    if size >= LARGE * max(abs(value), abs(before)):
        return ("↑" if difference > 0 else "↓") + text, BOLD
    return ("+" if difference > 0 else "-") + text, ""


def _score(result: Result) -> str:
    score, bar = result.score, result.passing_score
    if score is None:
        return ""
    shown = apart(score, bar, 4)
    if bar is None:
        return shown
    verdict = "" if result.passed is None else ": passed" if result.passed else ": not passed"
    lower = " (lower is better)" if result.better == "lower" else ""
    return f"{shown}, bar {bar:g}{lower}{verdict}"


def _took(result: Result) -> str:
    begun = f", begun {datetime.fromtimestamp(result.started_at, UTC):%Y-%m-%d %H:%M:%S} UTC" if result.started_at else ""
    return f"{result.duration_s:.3f} s, attempt {result.attempt}, worker {result.worker}{begun}"


def _pairs(values: object) -> str:
    """A mapping from outside as `name value, name value`."""
    return ", ".join(f"{name} {short(value)}" for name, value in _mapping(values).items())


def _mapping(value: object) -> Mapping[str, object]:
    """What a trace file should have as a mapping; whatever else it has there is shown too, under no name."""
    return value if isinstance(value, Mapping) else {"": value} if value else {}


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE


def _figure(value: object) -> str:
    """A quantity in two decimals, or three digits where those say little."""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) >= 1e6 or 0 < abs(value) < 0.1 else f"{value:.2f}"
    return short(value)
