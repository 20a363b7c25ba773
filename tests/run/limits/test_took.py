"""What a run took."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome, Usage
from pytest_alienbio.model.cap_use import CapUse
from pytest_alienbio.play import result_of
from pytest_alienbio.run.limits.took import Took

from ..parts import make_plan

CELL = make_plan(seeds=[0]).cells[0]


def test_nothing_measured_is_nothing_told() -> None:
    """Not 0."""
    took = Took()
    took.add(result_of(CELL, Outcome.COMPLETED, ""))
    assert (took.usage, took.status()) == (Usage(), {})


def test_what_is_known_is_added_up_and_what_is_not_stands_beside_it() -> None:
    took = Took()
    took.add(result_of(CELL, Outcome.COMPLETED, "").with_(usage=Usage(10, 0.1, 2)))
    took.add(result_of(CELL, Outcome.OVER_LIMIT, "no room").with_(usage=Usage(5, 0.2, 1)))
    lost = {"unsettled_calls": 1, "unsettled_tokens": 20, "unsettled_usd": 0.5}
    took.add(result_of(CELL, Outcome.LOST, "its worker died").with_(usage=Usage(None, 0.3, 1), metrics=lost))
    took.uses = (CapUse("--bio-max-usd", "usd", 1.0, 0.6, unknown=0.5, reached=True), CapUse("max_cells=", "cells", 9, 3))
    assert took.usage == Usage(15, 0.6, 4)
    assert (took.unknown, took.over, [use.label for use in took.reached]) == ((1, 0.5), 1, ["--bio-max-usd"])
    assert took.status() == {
        "spent": {"usd": 0.6, "tokens": 15, "requests": 4, "unsettled_calls": 1, "unsettled_usd": 0.5},
        "limits": [
            {"cap": "--bio-max-usd", "quantity": "usd", "most": 1.0, "spent": 0.6, "unknown": 0.5, "reached": True},
            {"cap": "max_cells", "quantity": "cells", "most": 9, "spent": 3, "reached": False},
        ],
    }


@pytest.mark.parametrize("origin", ["reused:results/a/1#run", "replayed:results/a/1#run"])
def test_what_was_paid_for_another_folder_is_not_spent_again(origin: str) -> None:
    """A cell that was replayed or taken over has its usage, and took nothing of this run's."""
    took = Took()
    took.pay(result_of(CELL, Outcome.COMPLETED, "").with_(usage=Usage(10, 0.1, 2), origin=origin))
    assert (took.usage, took.status()) == (Usage(), {})
    assert took.by["agent"].made().elsewhere == 1
