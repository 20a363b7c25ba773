"""What cells cost."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pytest_alienbio.model import Outcome, Usage
from pytest_alienbio.results.bill import Billing, bill

from ..report.documents import results
from ..stats.results import result


def test_totals_add_up_and_medians_are_of_cells() -> None:
    cells = list(results(4, 3))
    found = bill(cells)
    assert found.total.cells == len(cells)
    for by in (found.agents, found.scenarios, found.leaves):
        assert sum(each.cells for each in by) == len(cells)
        assert math.fsum(each.usd.total or 0.0 for each in by) == pytest.approx(found.total.usd.total)
    prices = [cell.usage.usd for cell in cells]
    assert found.total.usd.median.value == pytest.approx(np.median(prices))  # type: ignore[arg-type]
    assert found.total.usd.p90.value == pytest.approx(np.percentile(prices, 90))  # type: ignore[arg-type]
    assert (found.total.usd.p90.method, found.leaves[0].usd.p90.method) == ("p90", "max")


def test_what_was_not_measured_is_missing_not_free() -> None:
    cells = [
        result("s", "a", 0.9).with_(usage=Usage(tokens=100, usd=0.5)),
        result("s", "a", 0.1, seed=1).with_(usage=Usage(usd=0.25)),
        result("s", "a", 0.9, seed=2),
    ]
    total = bill(cells).total
    assert (total.usd.total, total.usd.median.n, total.usd.median.missing) == (0.75, 2, {"not measured": 1})
    assert (total.tokens.total, total.requests.total, total.seconds.total) == (100.0, None, None)
    assert total.usd_per_pass == 0.75, "of the cells with a price one passed, and both were paid for"


def test_what_was_never_started_cost_nothing_and_what_broke_did() -> None:
    cells = [
        result("s", "a", None, outcome=Outcome.NOT_RUN),
        result("s", "a", None, outcome=Outcome.SKIPPED, seed=1),
        result("s", "a", None, outcome=Outcome.TIMED_OUT, seed=2).with_(usage=Usage(usd=1.0)),
    ]
    total = bill(cells).total
    assert (total.cells, total.passed, total.usd.total, total.usd_per_pass) == (1, 0, 1.0, None)


def test_attempts_that_failed_are_paid_with_their_cell() -> None:
    """One cell, all of its money; what was not measured of one attempt leaves the others' sum."""
    broke = result("s", "a", None, outcome=Outcome.PROVIDER_ERROR).with_(usage=Usage(usd=1.0, requests=8))
    mended = result("s", "a", 0.9).with_(usage=Usage(usd=0.25))
    billing = Billing()
    billing.add(mended, [broke, result("s", "a", None, outcome=Outcome.NOT_RUN)])
    total = billing.made().total
    assert (total.cells, total.passed, total.usd.total, total.usd_per_pass, total.requests.total) == (1, 1, 1.25, 1.25, 8.0)


def test_nothing_costs_nothing() -> None:
    found = bill([])
    assert (found.total.cells, found.total.usd.total, found.agents) == (0, None, ())


def test_money_beyond_floats_has_no_price_a_pass() -> None:
    spent = bill([result("s", "a", 0.9, seed=seed).with_(usage=Usage(usd=1e308)) for seed in range(3)]).total
    assert (spent.usd.total, spent.usd_per_pass, spent.passed) == (None, None, 3)
