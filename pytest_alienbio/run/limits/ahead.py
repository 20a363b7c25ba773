"""Which of a coming run's cells a cap would leave out, for a dry run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import accumulate

from ...model import Caps, Cell
from ...model.cap_use import said
from ...report import many
from ..settings import Settings

Expected = Callable[[Cell, str], float | None]
"""What a cell will likely take of `usd` or `tokens`; None = nobody can tell."""


def caps_ahead(
    own: Caps, cells: Sequence[Cell], expected: Expected, seconds: float | None, session: Settings | None
) -> Iterator[str]:
    """Sentences: where each cap would stop `cells`, in their order.

    `own` are the battery's caps, `session` has those beside them; `seconds` is the time of all cells one after the other.
    """
    took = {quantity: _expected(cells, expected, quantity) for quantity in ("usd", "tokens")}
    for label, caps in (("limits.{}", own), ("", session.caps if session else Caps())):
        for each in fields(caps):
            most = getattr(caps, each.name)
            if most is None:
                continue
            cap = said(label.format(each.name) if label else (session.cap_labels[each.name] if session else ""), most)
            if each.name == "cells":
                yield from _stops(cap, len(cells), min(int(most), len(cells)), "")
            elif each.name == "wall_clock_s":
                if seconds:
                    yield from _stops(cap, len(cells), min(int(len(cells) * most / seconds), len(cells)), "about ")
            elif took[each.name][1]:
                sums = took[each.name][0]
                yield from _stops(cap, len(cells), sum(total <= most for total in sums), "about ")
            else:
                yield f"{cap}: nothing tells what these cells take, so where it stops is not known"


def _expected(cells: Sequence[Cell], expected: Expected, quantity: str) -> tuple[list[float], int]:
    """What the first, the first two, ... of `cells` take, and of how many something is known."""
    told = [expected(cell, quantity) for cell in cells]
    return list(accumulate(each or 0.0 for each in told)), sum(each is not None for each in told)


def _stops(cap: str, cells: int, played: int, about: str) -> Iterator[str]:
    if played < cells:
        yield f"stops after {about}{played:,} of {many(cells, 'cell')} at {cap}"
