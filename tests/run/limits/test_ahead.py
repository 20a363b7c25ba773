"""What a dry run says of money and of caps."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_alienbio.model import Caps, Cell, Outcome
from pytest_alienbio.run.asking import Asking
from pytest_alienbio.run.history import History
from pytest_alienbio.run.limits.ahead import caps_ahead
from pytest_alienbio.store import CellCost

from ..parts import make_catalog, make_plan

CELLS = make_plan(seeds=list(range(8))).cells


def history(*usd: float | None) -> History:
    """Earlier cells of the same kind that cost so much."""
    found = History()
    for spent in usd:
        cost = CellCost("walks/plain", None, "right", Outcome.COMPLETED, 2.0, None, 100, None, False, True, spent, None)
        found.add(cost, 0, "all")
    return found


def asking(cells: Sequence[Cell], *usd: float | None) -> Asking:
    """What such cells will likely take."""
    return Asking(cells, history(*usd), make_catalog())


@pytest.mark.parametrize(
    ("caps", "usd", "said"),
    [
        (
            Caps(usd=1.0),
            (0.2, 0.4),
            ["stops after about 3 of 8 cells at limits.usd 1"],
        ),
        (Caps(usd=9.0), (0.2, 0.4), []),
        (
            Caps(usd=1.0),
            (None,),
            ["limits.usd 1: nothing tells what these cells take, so where it stops is not known"],
        ),
        (Caps(cells=3), (None,), ["stops after 3 of 8 cells at limits.cells 3"]),
        (Caps(cells=30), (None,), []),
        (Caps(wall_clock_s=4.0), (None,), ["stops after about 2 of 8 cells at limits.wall_clock_s 4"]),
        (Caps(wall_clock_s=40.0), (), []),
    ],
)
def test_where_a_cap_stops_the_run(caps: Caps, usd: tuple[float | None, ...], said: list[str]) -> None:
    assert list(caps_ahead(caps, CELLS, asking(CELLS, *usd).expected, 16.0, None)) == said


def test_what_was_measured_of_some_cells_is_said_of_those() -> None:
    both = make_plan(agents=["right", "half"], seeds=[0, 1]).cells
    found = asking(both, 0.5).quantity("usd")
    assert (found.value, found.known, found.cells) == (1.0, 2, 2)
