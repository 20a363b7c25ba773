"""Two cells beside each other: how far they are the same, both sides of the first difference, and how each went on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from ..model import Result, Trajectory
from ..model.cell_diff import CellDiff, Place, deed, worlds_apart
from ..model.digits import fixed
from ..model.parting import Parting
from ..model.told import spent
from . import figures
from .columns import width_of
from .page import BOLD, DIM, RED, Page

BESIDE = 100
"""In so many columns the two sides stand side by side, in fewer one below the other."""
MOST_DEEDS = 20
"""Turns after the first difference that are listed."""
_MOST_PARTINGS = 6
_MOST_SIDE = 2000
"""Characters of one side of a difference that are shown."""
_AROUND = 60
"""Characters of what is the same that are shown on both ends of a difference."""
_GAP = "   "
_WORDS = {
    "asked": "its model was asked something else",
    "answered": "its model answered something else",
    "turn": "what was seen, done, or came of it",
    "end": "one went on and the other did not",
}

Side = tuple[str, Result, Trajectory]
"""What a side is called, and its cell."""
SoFar = Sequence[float | None]
"""The score of a side after each turn, if nothing more were done."""


def render_cell_diff(
    one: Side,
    other: Side,
    diff: CellDiff,
    width: int,
    *,
    so_far: tuple[SoFar, SoFar] = ((), ()),
    color: bool = False,
    ascii: bool = False,
) -> list[str]:
    """How two cells compare, in lines of `width` columns. Only ids and folders may be longer: they are to be copied."""
    page = Page(max(width, 20), color, ascii)
    lines = []
    for name, result, _ in (one, other):
        lines += [page.whole(name, result.id, BOLD), page.whole("", f"{' ' * page.indent}{result.dat_path}", DIM)]
    lines += ["", *_figures(page, one, other)]
    if apart := worlds_apart(one[1], other[1]):
        lines += ["", *page.prose(f"these are not of one world: they differ in {', '.join(apart)}")]
    if diff.setup:
        lines += ["", *page.prose("asked otherwise from the first call on", style=BOLD)]
        lines += _sides(page, one[0], other[0], diff.setup)
    lines += ["", *render_place(page, one[0], other[0], diff)]
    if diff.first:
        lines += _deeds(page, one, other, diff, so_far)
    return lines


def render_place(page: Page, one: str, other: str, diff: CellDiff) -> Iterator[str]:
    """How far they are the same, and both sides of the first difference."""
    same = figures.many(diff.turns, "turn") + (f" and {figures.many(diff.calls, 'call')} to a model" if diff.calls else "")
    if diff.first is None:
        what = f"the same: {same}" if diff.turns or diff.calls else "the same: nothing was done in either"
        yield from page.prose(what, style=BOLD)
        return
    yield from page.prose(f"the same: {same}" if diff.turns or diff.calls else "nothing is the same at the beginning")
    yield from page.prose(f"first difference: {_where(diff.first)}", style=RED)
    yield from _sides(page, one, other, diff.first.partings)


def _where(place: Place) -> str:
    call = "" if place.call is None else f", call {place.call:,}"
    return f"turn {place.turn:,}{call}: {_WORDS[place.what]}"


def _figures(page: Page, one: Side, other: Side) -> list[str]:
    """What both came to, a column each."""

    def score(result: Result) -> str:
        return figures.MISSING if result.score is None else fixed(result.score, 4)

    rows: list[tuple[str, str, str]] = []
    sides = (one, other)

    def row(name: str, *told: str) -> None:
        if any(each not in ("", figures.MISSING) for each in told):
            rows.append((name, *(each or figures.MISSING for each in told)))  # type: ignore[arg-type]

    row("outcome", *(str(result.outcome) for _, result, _ in sides))
    row("score", *(score(result) for _, result, _ in sides))
    for part in dict.fromkeys([*one[1].scores, *other[1].scores]):
        row(f"  {part}", *("" if (value := r.scores.get(part)) is None else fixed(value, 4) for _, r, _ in sides))
    row("turns", *(f"{len(trajectory.turns):,}" for _, _, trajectory in sides))
    row("in-world cost", *(f"{spent(trajectory):.6g}" for _, _, trajectory in sides))
    row("model calls", *(f"{len(trajectory.calls):,}" if trajectory.calls else "" for _, _, trajectory in sides))
    row("tokens", *("" if r.usage.tokens is None else f"{r.usage.tokens:,}" for _, r, _ in sides))
    row("usd", *("" if r.usage.usd is None else figures.usd(r.usage.usd) for _, r, _ in sides))
    row("took", *(f"{result.duration_s:.2f} s" if result.duration_s else "" for _, result, _ in sides))
    names, first, second = zip(*rows, strict=True)
    return page.rows(("", names, 0), (one[0], first, 0), (other[0], second, 0))


def _sides(page: Page, one: str, other: str, partings: Sequence[Parting]) -> Iterator[str]:
    for each in map(_focused, partings[:_MOST_PARTINGS]):
        yield from page.prose(each.what, first="  ", indent="  ", style=BOLD)
        yield from _side_by_side(page, one, other, each) if page.width >= BESIDE else _below(page, one, other, each)
    if len(partings) > _MOST_PARTINGS:
        yield from page.prose(f"and {len(partings) - _MOST_PARTINGS:,} more: --json", first="  ")


def _focused(parting: Parting) -> Parting:
    """Of two long texts, what lies around the piece in which they differ."""
    one, other = parting.one, parting.other
    if max(len(one), len(other)) <= _AROUND * 3:
        return parting
    start = next(
        (at for at, (mine, yours) in enumerate(zip(one, other, strict=False)) if mine != yours), min(len(one), len(other))
    )
    room = min(len(one), len(other)) - start
    end = next((at for at in range(room) if one[-1 - at] != other[-1 - at]), room)
    first, last = max(start - _AROUND, 0), max(end - _AROUND, 0)
    sides = (f"{'… ' if first else ''}{text[first : len(text) - last]}{' …' if last else ''}" for text in (one, other))
    return Parting(parting.what, *sides)


def _below(page: Page, one: str, other: str, parting: Parting) -> Iterator[str]:
    room = max(width_of(one), width_of(other)) + 2
    for name, text in ((one, parting.one), (other, parting.other)):
        lines = list(Page(max(page.width - room - 4, 12), ascii=page.ascii).block(text, "", most=_MOST_SIDE)) or ["-"]
        for at, line in enumerate(lines):
            yield f"    {name if at == 0 else '':<{room}}{line}".rstrip()


def _side_by_side(page: Page, one: str, other: str, parting: Parting) -> Iterator[str]:
    room = (page.width - 4 - len(_GAP)) // 2
    half = Page(room, ascii=page.ascii)
    columns = [
        [page.styled(name, DIM), *half.block(text, "", most=_MOST_SIDE)]
        for name, text in ((one, parting.one), (other, parting.other))
    ]
    for at, (left, right) in enumerate(zip_longest(*columns, fillvalue="")):
        visible = width_of(one) if at == 0 else width_of(left)
        yield f"    {left}{' ' * (room - visible)}{_GAP}{right}".rstrip()


def _deeds(page: Page, one: Side, other: Side, diff: CellDiff, so_far: tuple[SoFar, SoFar]) -> Iterator[str]:
    """What both did from there on, turn by turn."""
    if diff.deed is None:
        yield ""
        yield from page.prose("what was done is the same in all turns")
        return
    start = diff.deed - 1
    pairs = list(zip_longest(one[2].turns[start:], other[2].turns[start:]))
    shown = pairs[:MOST_DEEDS]
    yield ""
    yield from page.prose(f"what was done from turn {diff.deed:,} on", style=BOLD)
    numbers = [f"{start + at:,}" for at in range(1, len(shown) + 1)]
    table = Page(page.width - 2, page.color, page.ascii).rows(
        ("turn", numbers, 0),
        (one[0], [deed(mine) for mine, _ in shown], 0),
        (other[0], [deed(yours) if deed(mine) != deed(yours) else "the same" for mine, yours in shown], 0),
    )
    yield from (f"  {line}" for line in table)
    for (name, _, _), scores in zip((one, other), so_far, strict=True):
        told = ["-" if value is None else f"{value:.2f}" for value in scores[start : start + MOST_DEEDS]]
        yield from (
            page.prose(", ".join(told), first=f"  so far {name}  ", indent=" " * (len(name) + 11))
            if told and not page.narrow
            else ()
        )
    if len(pairs) > len(shown):
        yield from page.prose(f"and {figures.many(len(pairs) - len(shown), 'more turn')}: bio show has them", first="  ")
