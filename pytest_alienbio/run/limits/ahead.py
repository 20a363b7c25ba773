"""What a coming run would cost, and which of its cells a cap would leave out: as earlier runs tell, for a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import accumulate

from ...model import Caps, Cell
from ...model.cap_use import said
from ...report import many
from ...report.spend import money
from ..history import History
from ..settings import Settings


def caps_ahead(
    own: Caps, cells: Sequence[Cell], history: History, seconds: float | None, session: Settings | None
) -> Iterator[str]:
    """Sentences: what `cells`, in their order, cost in the mean of earlier ones, and where each cap would stop them.

    `own` are the battery's caps, `session` has those beside them; `seconds` is the time of all cells one after the other.
    """
    took = {quantity: _expected(cells, history, quantity) for quantity in ("usd", "tokens")}
    for quantity, (sums, known) in took.items():
        if known and sums[-1]:
            of = "" if known == len(cells) else f", for the {many(known, 'cell')} whose like was measured"
            yield f"about {_amount(quantity, sums[-1])} in the mean of earlier cells{of}"
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
                yield f"{cap}: no earlier run measured what these cells take, so where it stops is not known"


def _expected(cells: Sequence[Cell], history: History, quantity: str) -> tuple[list[float], int]:
    """What the first, the first two, ... of `cells` take, and of how many something is known."""
    pasts = [
        history.took(quantity, (cell.case.scenario, cell.agent.name, cell.case.difficulty))
        or history.took(quantity, (cell.case.scenario, cell.agent.name, "any"))
        for cell in cells
    ]
    return list(accumulate(past.mean if past else 0.0 for past in pasts)), sum(past is not None for past in pasts)


def _stops(cap: str, cells: int, played: int, about: str) -> Iterator[str]:
    if played < cells:
        yield f"stops after {about}{played:,} of {many(cells, 'cell')} at {cap}"


def _amount(quantity: str, value: float) -> str:
    return money(value) if quantity == "usd" else f"{value:,.0f} {quantity}"
