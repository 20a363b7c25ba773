"""What a session spends: the same for a file and for a Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import LimitStoreError, OverLimitError
from pytest_alienbio.model import Excess, Ledger, Spent
from pytest_alienbio.resources import ledger_at
from pytest_alienbio.resources.sharing import is_address


@pytest.fixture
def ledger(where: str) -> Iterator[Ledger]:
    with closing(ledger_at(where, create=True)) as made:
        yield made


def test_the_worst_case_is_booked_and_then_what_it_was(ledger: Ledger) -> None:
    """Under every scope at once, each once."""
    name = ledger.reserve(["session", "cell", "cell"], tokens=1000, usd=0.02)
    assert ledger.spent("session") == ledger.spent("cell") == Spent(reserved_tokens=1000, reserved_usd=0.02)
    assert ledger.settle(name, tokens=400, usd=0.007) == ()
    assert ledger.spent("session") == ledger.spent("cell") == Spent(tokens=400, usd=0.007, requests=1)
    assert ledger.spent("another") == Spent()


def test_a_call_that_was_never_made_leaves_nothing(ledger: Ledger) -> None:
    ledger.release(ledger.reserve(["session"], tokens=1000, usd=0.02))
    assert ledger.spent("session") == Spent()


def test_a_cap_refuses_what_does_not_fit_and_says_why(ledger: Ledger) -> None:
    """Up to the cap exactly; nothing is booked of what is refused, under no scope."""
    ledger.cap("session", usd=0.3, label="--bio-max-usd")
    for _ in range(2):
        ledger.settle(ledger.reserve(["session"], usd=0.1), tokens=0, usd=0.1)
    with pytest.raises(OverLimitError) as refused:
        ledger.reserve(["other", "session"], usd=0.100000001)
    assert str(refused.value) == (
        "--bio-max-usd allows 0.30 USD: 0.20 USD spent; 0.10 USD left, and this call may take 0.100000001 USD"
    )
    assert (refused.value.scope, refused.value.quantity, refused.value.left) == ("session", "usd", 0.1)
    assert not refused.value.for_now
    assert ledger.spent("other") == Spent()
    ledger.reserve(["session"], usd=0.1)


def test_room_that_others_hold_may_come_back(ledger: Ledger) -> None:
    """Refused for now only: what is on its way may turn out cheaper."""
    ledger.cap("session", tokens=100)
    name = ledger.reserve(["session"], tokens=80)
    with pytest.raises(OverLimitError, match="80 tokens reserved for calls on their way; 20 tokens left") as refused:
        ledger.reserve(["session"], tokens=40)
    assert refused.value.for_now
    with pytest.raises(OverLimitError) as refused:
        ledger.reserve(["session"], tokens=101)
    assert not refused.value.for_now
    ledger.settle(name, tokens=60, usd=0)
    ledger.reserve(["session"], tokens=40)


def test_the_tighter_of_two_caps_decides(ledger: Ledger) -> None:
    ledger.cap("session", tokens=1000)
    ledger.cap("run", tokens=10)
    with pytest.raises(OverLimitError, match="run allows 10 tokens: unused; 10 tokens left") as refused:
        ledger.reserve(["session", "run"], tokens=11)
    assert refused.value.scope == "run"
    ledger.reserve(["session"], tokens=11)


def test_a_cap_of_nothing_refuses_all_but_nothing(ledger: Ledger) -> None:
    ledger.cap("session", usd=0.0)
    with pytest.raises(OverLimitError):
        ledger.reserve(["session"], usd=0.000001)
    ledger.reserve(["session"], tokens=10, usd=0.0)


def test_a_cap_can_be_said_anew(ledger: Ledger) -> None:
    """What was booked stays; None takes it away."""
    ledger.cap("session", tokens=10)
    ledger.reserve(["session"], tokens=10)
    ledger.cap("session", tokens=20)
    ledger.reserve(["session"], tokens=10)
    ledger.cap("session")
    ledger.reserve(["session"], tokens=10)
    assert ledger.spent("session").reserved_tokens == 30


def test_no_known_worst_case_fits_under_no_cap(ledger: Ledger) -> None:
    """Not known is not free; without a cap it is counted as what it is."""
    ledger.cap("session", usd=5.0)
    with pytest.raises(OverLimitError, match=r"nobody knows what this call may cost at most; give its price") as refused:
        ledger.reserve(["session"], tokens=10, usd=None)
    assert not refused.value.for_now
    ledger.settle(ledger.reserve(["run"], tokens=10, usd=None), tokens=8)
    assert ledger.spent("run") == Spent(tokens=8, requests=1, unknown_requests=1, unbounded_requests=1)


def test_what_a_call_took_may_stay_unknown(ledger: Ledger) -> None:
    """An answer that never came may have been paid for: the worst case counts on, beside what is known."""
    ledger.cap("session", tokens=100)
    ledger.settle(ledger.reserve(["session"], tokens=60, usd=0.5))
    assert ledger.spent("session") == Spent(requests=1, unknown_tokens=60, unknown_usd=0.5, unknown_requests=1)
    with pytest.raises(OverLimitError, match="60 tokens perhaps spent, by calls whose end nobody saw") as refused:
        ledger.reserve(["session"], tokens=41)
    assert not refused.value.for_now


def test_a_call_that_could_cost_nothing_is_not_unknown(ledger: Ledger) -> None:
    ledger.settle(ledger.reserve(["session"], tokens=60), tokens=50)
    assert ledger.spent("session") == Spent(tokens=50, requests=1)


def test_more_than_the_worst_case_is_booked_as_it_was(ledger: Ledger) -> None:
    """And said: the cap is exceeded by what was really spent."""
    ledger.cap("session", tokens=100, usd=1.0, label="--bio-max-tokens")
    name = ledger.reserve(["session", "cell"], tokens=90, usd=0.5)
    assert ledger.settle(name, tokens=130, usd=0.5) == (Excess("session", "--bio-max-tokens", "tokens", 100, 130),)
    assert ledger.spent("session") == Spent(tokens=130, usd=0.5, requests=1)
    with pytest.raises(OverLimitError, match="0 tokens left"):
        ledger.reserve(["session"], tokens=1)


def test_nothing_is_booked_twice(ledger: Ledger) -> None:
    name = ledger.reserve(["session"], tokens=10)
    ledger.settle(name, tokens=5)
    for again in (lambda: ledger.settle(name, tokens=5), lambda: ledger.release(name), lambda: ledger.settle("none")):
        with pytest.raises(ValueError, match="is not reserved"):
            again()
    assert ledger.spent("session") == Spent(tokens=5, requests=1)


def test_only_so_many_cells_start(ledger: Ledger) -> None:
    ledger.cap("session", cells=2)
    ledger.start(["session", "run"])
    ledger.start(["session", "run"])
    with pytest.raises(OverLimitError, match="session allows 2 cells: 2 cells started; 0 cells left"):
        ledger.start(["run", "session"])
    assert ledger.spent("run").cells == ledger.spent("session").cells == 2


@pytest.mark.parametrize("amount", [-1, 1.5, True, 2**53, float("nan")])
def test_what_is_no_amount_is_refused(ledger: Ledger, amount: float) -> None:
    with pytest.raises(ValueError, match="tokens: expected a whole number"):
        ledger.reserve(["session"], tokens=amount)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="usd: expected a number"):
        ledger.reserve(["session"], usd=-amount if amount == amount and amount != -1 else amount)
    assert ledger.spent("session") == Spent()


def test_sums_of_money_are_exact(ledger: Ledger) -> None:
    """Ten calls of 0.1 USD fit under a cap of 1 USD, and come to 1 USD, in whatever order."""
    ledger.cap("session", usd=1.0)
    for name in [ledger.reserve(["session"], usd=0.1) for _ in range(10)]:
        ledger.settle(name, tokens=0, usd=0.1)
    assert ledger.spent("session").usd == 1.0
    # As floats, ten times this is 10.009999999999998, and a billion times 1000999999.9999999.
    for _ in range(10):
        ledger.settle(ledger.reserve(["run"], usd=1.001), tokens=0, usd=1.001)
    assert ledger.spent("run").usd == 10.01


def test_large_amounts_are_exact(ledger: Ledger) -> None:
    """To the last digit: more than Lua's own way to write a number has."""
    most = 2**53 - 1
    ledger.cap("session", tokens=most, usd=9_000_000.0)
    name = ledger.reserve(["session"], tokens=most, usd=1_234_567.890123)
    assert ledger.spent("session") == Spent(reserved_tokens=most, reserved_usd=1_234_567.890123)
    with pytest.raises(OverLimitError, match="allows 9,007,199,254,740,991 tokens"):
        ledger.reserve(["session"], tokens=1)
    ledger.settle(name, tokens=most - 2, usd=1_234_567.890121)
    assert ledger.spent("session") == Spent(tokens=most - 2, usd=1_234_567.890121, requests=1)
    ledger.reserve(["session"], tokens=2)


def test_scopes_are_any_text(ledger: Ledger) -> None:
    """Other people's names: no text of one scope is taken for another's."""
    scopes = ["tokens", "cap_usd session", "a b", "a", "", "'; DROP TABLE scopes; --", "%s {0} \n\0é" * 3]
    for number, scope in enumerate(scopes, start=1):
        ledger.settle(ledger.reserve([scope], tokens=number), tokens=number)
    assert [ledger.spent(scope).tokens for scope in scopes] == list(range(1, len(scopes) + 1))


def test_who_opens_it_later_sees_the_same(ledger: Ledger, where: str) -> None:
    """And may end what another has reserved."""
    name = ledger.reserve(["session"], tokens=10, usd=0.5)
    other = ledger_at(where)
    assert other.spent("session") == ledger.spent("session")
    other.settle(name, tokens=4, usd=0.25)
    assert ledger.spent("session") == Spent(tokens=4, usd=0.25, requests=1)
    other.close()
    assert other.spent("session").tokens == 4
    other.close()


def test_a_ledger_that_nobody_made_is_an_error(where: str) -> None:
    """A worker that found none would otherwise have a cap of its own."""
    with pytest.raises(LimitStoreError, match="nothing more is paid for"):
        ledger_at(where)


STEP = st.tuples(
    st.sampled_from(["reserve", "reserve", "settle", "settle", "release", "forget"]),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sets(st.sampled_from(["session", "run", "cell"]), min_size=1),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=30), st.integers(0, 200), st.integers(0, 200))
def test_a_cap_is_never_exceeded(ledger: Ledger, steps: list[tuple[str, int, int, set[str]]], most: int, cents: int) -> None:
    """Whatever is reserved, settled at or below its worst case, released or forgotten; and every sum is what was settled."""
    case = os.urandom(4).hex()
    ledger.cap(f"session {case}", tokens=most)
    ledger.cap(f"run {case}", usd=cents / 100)
    open_, spent, refused = [], dict.fromkeys(["session", "run", "cell"], (0, 0)), 0
    for what, tokens, usd, scopes in steps:
        if what == "reserve":
            try:
                open_.append(
                    (ledger.reserve([f"{scope} {case}" for scope in scopes], tokens=tokens, usd=usd / 100), tokens, usd, scopes)
                )
            except OverLimitError:
                refused += 1
        elif open_:
            name, worst_tokens, worst_usd, of = open_.pop(tokens % len(open_))
            took, cost = min(tokens, worst_tokens), min(usd, worst_usd)
            if what == "settle":
                assert ledger.settle(name, tokens=took, usd=cost / 100) == ()
                spent |= {scope: (spent[scope][0] + took, spent[scope][1] + cost) for scope in of}
            elif what == "release":
                ledger.release(name)
            else:
                ledger.settle(name)
        session, run = ledger.spent(f"session {case}"), ledger.spent(f"run {case}")
        assert session.tokens + session.reserved_tokens + session.unknown_tokens <= most
        assert round(100 * (run.usd + run.reserved_usd + run.unknown_usd)) <= cents
    found = {scope: ledger.spent(f"{scope} {case}") for scope in spent}
    assert {scope: (one.tokens, round(100 * one.usd)) for scope, one in found.items()} == spent


_WORKER = """
import sys, threading
from pytest_alienbio.errors import OverLimitError
from pytest_alienbio.resources import ledger_at
where, number = sys.argv[1], int(sys.argv[2])
ledger = ledger_at(where)
sums, guard, refused = [0, 0], threading.Lock(), 0
def work(thread):
    global refused
    for turn in range(25):
        draw = (turn * 7919 + thread * 104729 + number * 1299709) % 97
        try:
            name = ledger.reserve(["session", f"worker-{number}"], tokens=20 + draw, usd=(20 + draw) / 1e6)
        except OverLimitError:
            with guard:
                refused += 1
            continue
        seen = ledger.spent("session")
        assert seen.tokens + seen.reserved_tokens + seen.unknown_tokens <= 3000, seen
        if draw % 5 == 0:
            ledger.release(name)
        else:
            ledger.settle(name, tokens=draw, usd=draw / 1e6)
            with guard:
                sums[0] += draw
                sums[1] += 1
print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=work, args=(thread,)) for thread in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(sums[0], sums[1], refused)
"""


def started(where: str, code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that has said that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, where, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_and_threads_never_exceed_a_cap(ledger: Ledger, where: str) -> None:
    """Processes of three threads each: never more is booked than the cap, and in the end what they settled."""
    ledger.cap("session", tokens=3000)
    count = 2 if is_address(where) else 3
    workers = [started(where, _WORKER, number) for number in range(count)]
    ends = [worker.communicate("go\n", timeout=60)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * count
    tokens, requests, refused = (sum(map(int, column)) for column in zip(*ends, strict=True))
    assert ledger.spent("session") == Spent(tokens=tokens, usd=round(tokens / 1e6, 9), requests=requests)
    assert [ledger.spent(f"worker-{number}").tokens for number in range(count)] == [int(end[0]) for end in ends]
    assert refused > 0


_HOLDER = """
import sys, time
from pytest_alienbio.resources import ledger_at
ledger = ledger_at(sys.argv[1])
ledger.settle(ledger.reserve(["session", "cell"], tokens=10, usd=0.1), tokens=10, usd=0.1)
ledger.reserve(["session", "cell"], tokens=50, usd=0.5)
ledger.reserve(["session", "cell"], tokens=7, usd=None)
print("ready", flush=True)
sys.stdin.readline()
"""


def test_what_a_killed_worker_had_reserved_is_perhaps_spent(ledger: Ledger, where: str) -> None:
    """Its calls may have been paid for: not spent, not free. The others go on, and the cap still holds."""
    ledger.cap("run", tokens=0)
    ledger.cap("session", tokens=100)
    own = ledger.reserve(["session"], tokens=20)
    worker = started(where, _HOLDER)
    assert ledger.release_dead() == ()
    worker.send_signal(signal.SIGKILL)
    # Dead at once, also before its parent has asked for its end.
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    abandoned = ledger.release_dead()
    assert sorted((one.tokens, one.usd, one.scopes) for one in abandoned) == [
        (7, None, ("session", "cell")),
        (50, 0.5, ("session", "cell")),
    ]
    assert {one.holder.partition(":")[0] for one in abandoned} == {str(worker.pid)}
    worker.communicate(timeout=60)
    assert ledger.release_dead() == ()
    assert ledger.spent("cell") == Spent(
        tokens=10, usd=0.1, requests=1, unknown_tokens=57, unknown_usd=0.5, unknown_requests=2, unbounded_requests=1
    )
    with pytest.raises(OverLimitError, match="57 tokens perhaps spent"):
        ledger.reserve(["session"], tokens=14)
    ledger.settle(own, tokens=20)
    ledger.reserve(["session"], tokens=13)


def test_who_was_thought_dead_may_settle_after_all(ledger: Ledger, where: str) -> None:
    """Then it is known what was spent, and no longer unknown."""
    worker = started(where, _HOLDER)
    worker.kill()
    worker.communicate(timeout=60)
    first, second = sorted(ledger.release_dead(), key=lambda one: one.tokens or 0)
    ledger.settle(second.reservation, tokens=30, usd=0.2)
    ledger.release(first.reservation)
    assert ledger.spent("session") == Spent(tokens=40, usd=0.3, requests=2)


def test_threads_share_one_ledger(ledger: Ledger) -> None:
    ledger.cap("session", tokens=50)

    def call(number: int) -> int:
        try:
            ledger.settle(ledger.reserve(["session"], tokens=1), tokens=1)
        except OverLimitError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(call, range(80))) == 50
    assert ledger.spent("session") == Spent(tokens=50, requests=50)
