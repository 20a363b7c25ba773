"""One cell as text: how it ended, and what happened call by call, with what changed from each step to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model import Annotations, Result, Trajectory, Turn, inert
from .changes import MISSING, figure, is_number, moved
from .columns import shorten, width_of
from .deeds import annotation_lines
from .facts import facts, in_fact, mapping, pairs, score_so_far, why_no_turns
from .page import BOLD, LABEL, RED, Page, short
from .trial import trial_lines

_LEGEND = (
    "after a value, its change since the step before: ↑ ↓ by a tenth or more, + - by less; in fact: what was hidden, or is "
    "a tenth or more from what was seen; so far: the score if nothing more were done"
)
_GAP = "  "
_WIDEST = 12
"""Columns of a value: every number fits, and what else a file may hold is shortened."""
_TRACEBACK = 30
"""Lines of a traceback that are shown: its end."""
_NOTHING_SAID = Annotations()


def render_cell(
    result: Result,
    trajectory: Trajectory | None,
    width: int,
    *,
    said: Annotations = _NOTHING_SAID,
    so_far: Sequence[float | None] = (),
    color: bool = False,
    ascii: bool = False,
) -> list[str]:
    """A cell with everything recorded about it and `said` of it, and its trajectory call by call if it was kept, in lines
    of `width` columns; `so_far`: the score after each call, if nothing more were done.

    Only the id and the DAT's path may be longer: they are to be copied. A value that changed since the step before is
    followed by the change, one that did not by nothing; `color` (SGR codes) sets the two further apart.
    """
    page = Page(max(width, 12), color, ascii)
    steps = (
        _steps(page, result, trajectory, so_far)
        if result.task is None or trajectory is None
        else trial_lines(page, result, trajectory)
    )
    return [*_record(page, result, said), "", *steps]


def _record(page: Page, result: Result, said: Annotations) -> Iterator[str]:
    yield page.whole("", result.id, BOLD)
    for label, text, style in facts(result):
        yield from page.labelled(label, text, style)
    yield page.whole("DAT", result.dat_path)
    yield from annotation_lines(page, said)
    if result.error:
        yield ""
        yield from page.labelled("error", ": ".join(filter(None, (result.error.type, result.error.message))), RED)
        lines = result.error.traceback.splitlines()
        if len(lines) == 1 and lines[0].strip().endswith(result.error.message.strip()):
            return  # it says the same once more
        for line in lines[-_TRACEBACK:]:
            yield shorten(page.sign(inert(line, most=400, verbatim=True)), page.width, ascii=page.ascii, middle=False)


def _steps(page: Page, result: Result, trajectory: Trajectory | None, so_far: Sequence[float | None]) -> Iterator[str]:
    if trajectory is None or not trajectory.turns:
        yield from page.prose(why_no_turns(result, trajectory), indent="  ")
        return
    yield from page.prose(_LEGEND, indent="  ")
    grid = _Grid.of(trajectory.turns, page)
    before: Mapping[str, object] | None = None
    spent = 0.0
    for at, turn in enumerate(trajectory.turns):
        yield from grid.seen(turn, before)
        yield from page.labelled("  in fact", in_fact(turn.seen, trajectory.turns[at - 1].state if at else trajectory.initial))
        before = mapping(turn.seen)
        spent += turn.cost if is_number(turn.cost) else 0.0
        params = "".join(f" {name}={short(value)}" for name, value in mapping(turn.params).items())
        cost = f"; cost {short(turn.cost)}, {spent:.4g} of {short(trajectory.budget)} spent" if turn.cost else ""
        yield from page.labelled("  does", f"{turn.action}{params}{cost}")
        yield from page.labelled("  refused", "" if turn.ok else str(turn.reason) or "without a reason", RED)
        yield from page.labelled("  reads", pairs(turn.reading))
        yield from page.labelled("  because", str(turn.reasoning))
        yield from page.labelled("  so far", score_so_far(so_far, at))


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
            now = mapping(turn.seen)
            for each in now:
                name = max(name, width_of(page.sign(inert(str(each)))))
                value = max(value, width_of(page.sign(figure(now[each]))))
                change = max(change, width_of(page.sign(moved(now[each], before.get(each, now[each]))[0])))
            before = now
        room = page.width - page.indent
        value, change = min(value, _WIDEST), min(change, _WIDEST)
        name = max(1, min(name, room - value - change - 2))
        across = max(1, (room + len(_GAP)) // (name + value + change + 2 + len(_GAP)))
        return cls(page, name, value, change, across)

    def seen(self, turn: Turn, before: Mapping[str, object] | None) -> Iterator[str]:
        """A step's label, and what was seen there."""
        page, now = self.page, mapping(turn.seen)
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
        cells = [self.cell(name, now.get(name, MISSING), (before or now).get(name, MISSING)) for name in names]
        for start in range(0, len(cells), self.across):
            yield _GAP.join(cells[start : start + self.across]).rstrip()

    def cell(self, name: str, value: object, before: object) -> str:
        """`K1  5.21 ↓3.21`."""
        page = self.page
        called = shorten(page.sign(inert(str(name))), self.name, ascii=page.ascii)
        shown = shorten(page.sign("-" if value is MISSING else figure(value)), self.value, ascii=page.ascii)
        became, style = moved(value, before)
        parts = (
            called + " " * (self.name - width_of(called)),
            " " * (self.value - width_of(shown)) + shown,
            shorten(page.sign(became), self.change, ascii=page.ascii).ljust(self.change),
        )
        return page.styled(shorten(" ".join(parts), page.width - page.indent, ascii=page.ascii), style)
