"""What an agent spends, and what it is held to."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import LimitStoreError, OverLimitError, ProviderError
from pytest_alienbio.model import CellLimits, Meter, Usage
from pytest_alienbio.play.meter import CellMeter
from pytest_alienbio.resources import FileLedger

SCOPES = ("session", "run", "cell")


def pay(meter: Meter, tokens: int, usd: float, *, worst: float = 1.0) -> None:
    """One call that takes so much, with a worst case of `worst`."""
    with meter.call("maker", tokens=100, usd=worst) as call:
        call.settle(tokens=tokens, usd=usd)


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(0, 1)), max_size=8))
def test_what_it_took_is_the_sum_of_what_was_settled(calls: list[tuple[int, float]]) -> None:
    """To a billionth of a dollar, in any order."""
    meter, back = CellMeter(), CellMeter()
    for tokens, usd in calls:
        pay(meter, tokens, usd)
    for tokens, usd in reversed(calls):
        pay(back, tokens, usd)
    assert meter.usage == back.usage
    assert meter.usage == Usage(sum(t for t, _ in calls), round(sum(round(usd, 9) for _, usd in calls), 9), len(calls))
    assert meter.used == bool(calls)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (CellLimits(usd=1.5), "limits.per_cell.usd: $1.5 at most, $0.6 left, and the next call may take $1"),
        (
            CellLimits(tokens=110),
            "limits.per_cell.tokens: 110 tokens at most, 60 tokens left, and the next call may take 100 tokens",
        ),
    ],
)
def test_the_cells_own_caps_hold_before_the_call(limits: CellLimits, said: str) -> None:
    """The worst case must fit in what is left; what was cheaper leaves more."""
    meter = CellMeter(limits)
    pay(meter, 50, 0.9)
    with pytest.raises(OverLimitError) as caught, meter.call("maker", tokens=100, usd=1.0):
        raise AssertionError("the call was made")
    assert str(caught.value) == said
    assert str(meter.refused) == said
    assert meter.usage == Usage(50, 0.9, 1)


def test_calls_at_the_same_time_count_together() -> None:
    """What the first may still take is not there for the second."""
    meter = CellMeter(CellLimits(usd=1.5))
    with meter.call("maker", usd=1.0), pytest.raises(OverLimitError), meter.call("maker", usd=1.0):
        pass


def test_a_call_without_a_worst_case_does_not_fit_under_a_cap() -> None:
    with pytest.raises(OverLimitError, match="has no worst case"), CellMeter(CellLimits(usd=9)).call("maker", usd=None):
        pass


@pytest.mark.parametrize(
    ("raised", "unknown"),
    [
        (ProviderError("429 too many requests", status=429), 0),
        (ProviderError("no answer within 60 s"), 1),
        (RuntimeError("boom"), 1),
        (KeyboardInterrupt(), 1),
        (None, 1),
    ],
    ids=["an error is answered", "no answer", "the agent fails", "cut off", "not settled"],
)
def test_what_nobody_knows_is_not_nothing(tmp_path: Path, raised: BaseException | None, unknown: int) -> None:
    """A call without an answer may be on the bill: its worst case is told apart from what is known, and counts against caps.
    A provider that answers with an error has not billed it."""
    ledger = FileLedger(tmp_path / "l", create=True)
    meter = CellMeter(CellLimits(usd=1.2), ledger=lambda: ledger, scopes=SCOPES)

    def call() -> None:
        with meter.call("maker", tokens=10, usd=0.5):
            if raised:
                raise raised

    if raised:
        with pytest.raises(type(raised)):
            call()
    else:
        call()
    assert (meter.unknown_calls, meter.unknown_tokens, meter.unknown_usd) == (unknown, 10 * unknown, 0.5 * unknown)
    assert meter.usage == Usage(0, 0.0, 1)
    spent = ledger.spent("run")
    assert (spent.usd, spent.unknown_usd, spent.reserved_usd) == (0.0, 0.5 * unknown, 0.0)
    with pytest.raises(OverLimitError) if unknown else _fine(), meter.call("maker", usd=1.0) as later:
        later.settle(usd=0.0, tokens=0)


class _fine:  # noqa: N801 - reads like nullcontext
    def __enter__(self) -> None:
        pass

    def __exit__(self, *told: object) -> None:
        pass


def test_everything_is_booked_under_every_scope(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "l", create=True)
    meter = CellMeter(ledger=lambda: ledger, scopes=SCOPES)
    pay(meter, 7, 0.25)
    assert {(ledger.spent(scope).tokens, ledger.spent(scope).usd, ledger.spent(scope).requests) for scope in SCOPES} == {
        (7, 0.25, 1)
    }


def test_a_shared_cap_refuses_and_who_asks_is_told(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "l", create=True)
    ledger.cap("run", usd=1.0, label="limits.usd")
    told: list[OverLimitError] = []
    meter = CellMeter(ledger=lambda: ledger, scopes=SCOPES, capped=True, on_refusal=told.append)
    pay(meter, 1, 0.5)
    with pytest.raises(OverLimitError, match=r"limits\.usd allows 1\.00 USD"), meter.call("maker", usd=0.75):
        pass
    assert [(error.scope, error.quantity) for error in told] == [("run", "usd")]
    assert ledger.spent("run").reserved_usd == 0


class Ahead:
    """A limiter that remembers what it was asked, and may refuse."""

    def __init__(self, fail: BaseException | None = None) -> None:
        self.fail, self.told = fail, list[tuple[Any, ...]]()

    def acquire(self, provider: str, *, tokens: int = 0, cancel: object = None) -> float:
        self.told.append(("acquire", provider, tokens))
        if self.fail:
            raise self.fail
        return 0.0

    def correct(self, provider: str, *, expected: int, used: int) -> None:
        self.told.append(("correct", provider, expected, used))

    def slow_down(self, provider: str, seconds: float) -> None:
        self.told.append(("slow_down", provider, seconds))

    def close(self) -> None:
        pass


def test_the_rate_is_waited_for_corrected_and_put_off_by_the_server() -> None:
    limiter = Ahead()
    meter = CellMeter(limiter=lambda: limiter)
    with meter.call("maker", tokens=100) as call:
        call.slow_down(2.5)
        call.settle(tokens=40, usd=0)
    assert limiter.told == [("acquire", "maker", 100), ("slow_down", "maker", 2.5), ("correct", "maker", 100, 40)]


def test_what_calls_wait_for_leave_is_told_those_included_that_got_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else time in a queue would look like time with the model. Being asked is no waiting, however long a disk takes."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    class Queue(Ahead):
        def acquire(self, provider: str, *, tokens: int = 0, cancel: object = None) -> float:
            now[0] += 1.0 + tokens / 100
            super().acquire(provider)
            return tokens / 100

    limiter, waits = Queue(), []
    meter = CellMeter(limiter=lambda: limiter)
    for tokens in (0, 250, 50):
        with meter.call("maker", tokens=tokens) as call:
            now[0] += 10.0  # the answer takes its time, too
            call.settle(tokens=0, usd=0)
        waits.append(call.waited_s)
    assert (waits, meter.waited_s) == ([0.0, 2.5, 0.5], 3.0)
    limiter.fail = LimitStoreError("gone")
    with pytest.raises(LimitStoreError), meter.call("maker", tokens=100):
        pass
    assert meter.waited_s == 3.0
    limiter.fail = KeyboardInterrupt()  # or its time was over
    with pytest.raises(KeyboardInterrupt), meter.call("maker", tokens=100):
        pass
    assert meter.waited_s == 5.0


def test_waiting_for_room_under_a_cap_is_told_too(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "l", create=True)

    def waiting(*told: object, waited: Callable[[float], None], **more: object) -> str:
        waited(0.25)
        waited(0.5)
        return ledger.reserve(SCOPES, tokens=0, usd=0.0)

    meter = CellMeter(ledger=lambda: ledger, waiting=waiting)
    with meter.call("maker") as call:
        call.settle(tokens=0, usd=0)
    assert (call.waited_s, meter.waited_s) == (0.75, 0.75)


def test_who_is_cut_off_while_waiting_gives_the_room_back(tmp_path: Path) -> None:
    """The call was never made."""
    ledger = FileLedger(tmp_path / "l", create=True)
    meter = CellMeter(CellLimits(usd=1), ledger=lambda: ledger, limiter=lambda: Ahead(KeyboardInterrupt()), scopes=SCOPES)
    with pytest.raises(KeyboardInterrupt), meter.call("maker", usd=1.0):
        pass
    assert (ledger.spent("run").reserved_usd, ledger.spent("run").unknown_usd, meter.used) == (0, 0, False)


def test_a_place_for_limits_that_is_gone_allows_nothing() -> None:
    """Nobody knows what is left then."""

    def gone() -> FileLedger:
        raise LimitStoreError("the disk is full")

    meter = CellMeter(ledger=gone, scopes=SCOPES)
    with pytest.raises(LimitStoreError), meter.call("maker", usd=1.0):
        pass
    assert str(meter.refused) == "the disk is full"


@pytest.mark.parametrize(
    "wrong", [{"tokens": -1}, {"tokens": 1.5}, {"usd": float("nan")}, {"usd": float("inf")}, {"tokens": True}]
)
def test_what_is_no_amount_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        CellMeter().call("maker", **wrong)
    with CellMeter().call("maker") as call:
        with pytest.raises(ValueError, match="expected"):
            call.settle(**wrong)
        call.settle(tokens=1)
        with pytest.raises(ValueError, match="settled already"):
            call.settle(tokens=1)


def test_what_is_set_aside_is_settled_by_what_the_agent_says(tmp_path: Path) -> None:
    """For one that takes no meter: the cell's own caps are its worst case; booked once."""
    ledger = FileLedger(tmp_path / "l", create=True)
    ledger.cap("run", usd=1.0)
    meter = CellMeter(CellLimits(usd=0.4, tokens=50), ledger=lambda: ledger, scopes=SCOPES, capped=True)
    meter.set_aside()
    assert ledger.spent("run").reserved_usd == 0.4
    meter.take(Usage(20, 0.125, 3))
    meter.take(Usage(99, 9.0, 3))
    spent = ledger.spent("run")
    assert (spent.usd, spent.tokens, spent.reserved_usd) == (0.125, 20, 0)


def test_without_a_cap_of_its_own_nothing_can_be_set_aside_under_a_shared_one(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "l", create=True)
    ledger.cap("run", usd=1.0, label="limits.usd")
    meter = CellMeter(ledger=lambda: ledger, scopes=SCOPES, capped=True)
    with pytest.raises(OverLimitError, match=r"limits\.usd allows 1\.00 USD, and nobody knows"):
        meter.set_aside()


@pytest.mark.parametrize("usage", [Usage(usd=0.5), Usage(tokens=51)])
def test_who_says_that_it_took_too_much_is_over(usage: Usage) -> None:
    meter = CellMeter(CellLimits(usd=0.4, tokens=50))
    meter.check(Usage(50, 0.4))
    with pytest.raises(OverLimitError, match="at most, and it has used"):
        meter.check(usage)


def test_threads_of_one_agent_share_its_meter() -> None:
    meter = CellMeter()

    def work() -> None:
        for _ in range(200):
            pay(meter, 1, 0.001)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meter.usage == Usage(800, 0.8, 800)


def test_what_an_earlier_part_of_the_cell_took_counts() -> None:
    meter = CellMeter(CellLimits(usd=1.0))
    meter.carry(Usage(10, 0.5, 2))
    assert (meter.used, meter.usage) == (True, Usage(10, 0.5, 2))
    with pytest.raises(OverLimitError), meter.call("maker", usd=0.75):
        pass


def test_a_call_is_made_once_and_begun_before_it_is_settled(tmp_path: Path) -> None:
    """Else money would be spent that no cap sees, or room be held that nobody gives back."""
    ledger = FileLedger(tmp_path / "ledger.sqlite", create=True)
    meter = CellMeter(ledger=lambda: ledger, scopes=SCOPES)
    call = meter.call("maker", tokens=100, usd=1.0)
    with pytest.raises(ValueError, match="not begun"):
        call.settle(tokens=10, usd=0.5)
    with call:
        call.settle(tokens=10, usd=0.5)
    with pytest.raises(ValueError, match="made already"), call:
        pass
    spent = ledger.spent("run")
    assert (spent.usd, spent.reserved_usd, spent.requests, meter.usage) == (0.5, 0.0, 1, Usage(10, 0.5, 1))


def test_a_cell_that_is_over_makes_no_call_and_what_is_on_its_way_is_unknown(tmp_path: Path) -> None:
    """A client that keeps the first cell's meter is told; a thread's late answer is booked, and in no result twice."""
    ledger = FileLedger(tmp_path / "ledger.sqlite", create=True)
    meter = CellMeter(ledger=lambda: ledger, scopes=SCOPES)
    with meter.call("maker", tokens=100, usd=1.0) as late:
        meter.end()
        meter.end()
        with pytest.raises(ValueError, match="is over"):
            pay(meter, 10, 0.5)
        late.settle(tokens=10, usd=0.5)
    assert (meter.usage, meter.unknown_calls, meter.unknown_tokens, meter.unknown_usd) == (Usage(0, 0.0, 1), 1, 100, 1.0)
    assert (ledger.spent("run").usd, ledger.spent("run").reserved_usd) == (0.5, 0.0)
