"""What all attempts took, added up; and what they would cost by other prices."""

from __future__ import annotations

from dataclasses import replace
from math import fsum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import ModelUse, Outcome, Price, Query, Result, Tokens, Usage
from pytest_alienbio.results.accounts import BY, accounts
from pytest_alienbio.run.costs import repricing
from pytest_alienbio.store import Journal
from pytest_alienbio.store.index import Index
from tests.store.samples import a_dat, a_result

PRICE = Price(3, 15, cached=0.3, cache_written=3.75, source="bio.yaml:3:5")


@st.composite
def attempts(draw: st.DrawFn) -> Result:
    """One attempt of a model, booked by `PRICE`; or of an agent that measures nothing."""
    base = a_result(draw(st.integers(0, 3)), agent=draw(st.sampled_from(["a", "b"])), score=draw(st.sampled_from([0.2, None])))
    if draw(st.booleans()):
        return base
    fresh, cached, written, said = (draw(st.integers(0, 10**6)) for _ in range(4))
    split = Tokens(fresh + cached + written, cached, written, said, None)
    requests = draw(st.integers(1, 30))
    usage = Usage(split.total, PRICE.of(split), requests, split, draw(st.integers(0, requests - 1)), draw(st.floats(0, 100)))
    return base.with_(usage=usage, model=ModelUse("maker", "m", ("m-1",), "", PRICE))


@given(st.lists(attempts(), max_size=8), st.sampled_from(list(BY)))
def test_lines_add_up_to_the_total(found: list[Result], by: str) -> None:
    """By whatever they are told apart; what is unknown is counted, and is no 0."""
    made = accounts(found, by)
    assert sum(line.attempts for line in made.lines) == made.total.attempts == len(found)
    assert sum(line.unpriced for line in made.lines) == made.total.unpriced == sum(each.usd is None for each in found)
    for name in ("tokens", "requests", "retries"):
        told = [value for line in made.lines if (value := getattr(line.usage, name)) is not None]
        assert getattr(made.total.usage, name) == (sum(told) if told else None)
    paid = [each.usd for each in found if each.usd is not None]
    assert made.total.usage.usd == (pytest.approx(fsum(paid), abs=1e-8) if paid else None)
    splits = [line.usage.split for line in made.lines if line.usage.split is not None]
    assert made.total.usage.split == (sum(splits, Tokens()) if splits else None)


@given(st.lists(attempts(), max_size=8))
def test_the_same_prices_give_what_was_booked(found: list[Result]) -> None:
    """Both of what people said beside the command, and of a price that was theirs when it was booked."""
    for reprice in (repricing({"m*": PRICE}), repricing()):
        new = accounts(found, reprice=reprice).total.repriced
        assert new is not None
        assert new.attempts == sum(each.model is not None for each in found)
        assert (new.usd or 0.0) == pytest.approx(new.booked or 0.0, abs=1e-7)
        assert new.left == ()


def used(**changes: object) -> Result:
    """One attempt of a model."""
    split = Tokens(1000, 0, 0, 100)
    usage = Usage(1100, PRICE.of(split), 4, split, 1, 2.0)
    return a_result().with_(**{"usage": usage, "model": ModelUse("maker", "m", ("m-1",), "", PRICE), **changes})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model": None}, "no model is recorded"),
        ({"usage": Usage(1100, 0.1, 4)}, "what kinds of tokens it took is not recorded"),
        ({"usage": Usage(1100, 0.1, 4, Tokens(input=1000))}, "what kinds of tokens it took is not recorded"),
        ({"model": ModelUse("", "mystery")}, "nobody knows what 'mystery' costs"),
    ],
)
def test_what_cannot_be_repriced_is_said(changes: dict[str, object], why: str) -> None:
    """And is in neither sum."""
    new = accounts([used(), used(seed=1, **changes)], reprice=repricing()).total.repriced
    assert new is not None
    assert new.attempts == 1
    assert new.usd == new.booked
    ((said, count),) = new.left
    assert count == 1
    assert why in said


def test_a_sum_of_calls_some_of_which_may_have_been_long_is_not_guessed() -> None:
    long = replace(PRICE, over=((500, Price(6, 30)),))
    new = accounts([used()], reprice=repricing({"m": long})).total.repriced
    assert new is not None
    assert new.usd is None
    assert "which of its calls were long" in new.left[0][0]


def test_what_another_folder_paid_is_counted_apart() -> None:
    """Cells that were reused or replayed, and those never started."""
    found = accounts([used(), used(origin="reused:d#r"), used(origin="replayed:d#r"), a_result(outcome=Outcome.NOT_RUN)])
    assert (found.total.attempts, found.elsewhere) == (1, 2)


def test_calls_that_nobody_settled_are_told_with_their_worst_case() -> None:
    found = accounts([used(metrics={"unsettled_calls": 2, "unsettled_usd": 0.5})])
    assert (found.total.unsettled_calls, found.total.unsettled_usd) == (2, 0.5)
    assert found.total.usage.usd == used().usd


def test_every_attempt_is_paid_whichever_counts(tmp_path: Path) -> None:
    """A cell that was played three times cost thrice; a line that was amended is one attempt."""
    dat = a_dat(tmp_path)
    journal = Journal(dat.path, "r1", "w0")
    for attempt, outcome in ((1, Outcome.PROVIDER_ERROR), (2, Outcome.COMPLETED), (3, Outcome.PROVIDER_ERROR)):
        score = 0.5 if outcome.scored else None
        journal.append(used(attempt=attempt, outcome=outcome, score=score, passed=None, ended_at=float(attempt)))
    journal.append(used(attempt=2, ended_at=2.0, reason="amended"))
    journal.close()
    with Index.open(tmp_path) as index:
        index.refresh()
        assert index.count(Query()) == 1
        found = list(index.results(Query(attempts=True)))
    assert sorted(each.attempt for each in found) == [1, 2, 3]
    made = accounts(found)
    assert (made.total.cells, made.total.attempts) == (1, 3)
    assert made.total.usage.requests == 12
    assert made.total.usage.usd == pytest.approx(3 * (used().usd or 0.0))
