"""Attempts: each asks for leave, is booked for what it took, and is kept."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents.llm.asking import Asking
from pytest_alienbio.agents.llm.faults import ASKED_S, LONGEST_S, REMEDIES, pause_s
from pytest_alienbio.errors import OverLimitError, ProviderError
from pytest_alienbio.model import Answer, CellLimits, Request, Tokens
from pytest_alienbio.model.call_record import calls_as_json, calls_of
from pytest_alienbio.play.meter import CellMeter

from ...play.test_meter import Ahead
from .wires import ENDPOINT, PRICE, TOOK, Timeless, Wire, in_turn, says

REQUEST = Request("model-1", "s", (), (), 100)


def asking(*answers: Answer | ProviderError, retries: int = 8, meter: CellMeter | None = None) -> tuple[Asking, Timeless]:
    """Over a wire that answers so, with time that stands."""
    time = Timeless()
    return Asking(ENDPOINT, 10.0, retries, time.clock(), Wire(in_turn(*answers)), meter), time


def fault(kind: str, status: int | None = 500, retry_after_s: float | None = None, tokens: object = None) -> ProviderError:
    return ProviderError(f"it is {kind}", kind=kind, status=status, retry_after_s=retry_after_s, tokens=tokens)


@pytest.mark.parametrize("kind", [kind for kind, remedy in REMEDIES.items() if remedy.tries > 1])
def test_what_may_pass_is_tried_again_so_often_and_no_more(kind: str) -> None:
    """Then it is a `ProviderError` of its kind, with what to try."""
    tries = REMEDIES[kind].tries
    asked, time = asking(*[fault(kind)] * 20)
    with pytest.raises(ProviderError) as caught:
        asked.ask(REQUEST, 0, 500)
    assert caught.value.kind == kind
    assert f"({tries} attempts)" in str(caught.value)
    assert REMEDIES[kind].hint in str(caught.value)
    assert [call.attempt for call in asked.calls] == list(range(1, tries + 1))
    assert len(time.rests) == tries - 1
    assert asked.usage.retries == tries - 1


@pytest.mark.parametrize("kind", [kind for kind, remedy in REMEDIES.items() if remedy.tries == 1])
def test_what_will_not_pass_is_not_tried_again(kind: str) -> None:
    asked, time = asking(fault(kind, 401))
    with pytest.raises(ProviderError):
        asked.ask(REQUEST, 0, 500)
    assert (len(asked.calls), time.rests) == (1, [])


def test_the_providers_hint_wins_and_is_told_to_all() -> None:
    """A pause that is asked for is kept by everybody; one beyond reason ends the cell."""
    asked, time = asking(fault("rate_limit", 429, 7.0), says("", ("wait", {})))
    asked.ask(REQUEST, 0, 500)
    assert time.rests == [7.0]
    asked, time = asking(fault("rate_limit", 429, ASKED_S + 1))
    with pytest.raises(ProviderError):
        asked.ask(REQUEST, 0, 500)
    assert time.rests == []


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [pause_s("rate_limit", attempt, None) for attempt in range(1, 9)]
    assert pauses == [2, 4, 8, 16, 32, LONGEST_S, LONGEST_S, LONGEST_S]


def test_each_attempt_is_booked_with_what_is_known_of_it() -> None:
    """An error's answer was not billed; silence may have been; a refusal that tells its tokens was."""
    meter = CellMeter(CellLimits())
    told = Tokens(input=10, output=5)
    asked, _ = asking(
        fault("server"), fault("timeout", None), fault("truncated", 200, tokens=told), says("", ("wait", {})), meter=meter
    )
    asked.ask(REQUEST, 3, 500)
    assert [call.tokens for call in asked.calls] == [Tokens(0, output=0), Tokens(), told, TOOK]
    assert [call.fault for call in asked.calls] == ["server", "timeout", "truncated", ""]
    assert {call.step for call in asked.calls} == {3}
    assert meter.usage.requests == asked.usage.requests == 4
    assert meter.usage.tokens == asked.usage.tokens == 15 + 1050
    assert meter.usage.usd == asked.usage.usd
    assert meter.unknown_calls == 1
    assert meter.unknown_tokens == 500 + REQUEST.max_tokens
    assert meter.unknown_usd == pytest.approx(PRICE.most(500, 100))


def test_waiting_for_leave_is_told_apart_from_waiting_for_the_answer() -> None:
    waits = [4.0, 0.0]

    class Queue(Ahead):
        def acquire(self, provider: str, *, tokens: int = 0, cancel: object = None) -> float:
            time.rests.append(waits[0])
            return waits.pop(0)

    queue = Queue()
    asked, time = asking(says("", ("wait", {})), says("", ("wait", {})), meter=CellMeter(limiter=lambda: queue))
    asked.ask(REQUEST, 0, 500)
    asked.ask(REQUEST, 1, 500)
    assert [(call.waited_s, call.latency_s) for call in asked.calls] == [(4.0, 0.0), (0.0, 0.0)]
    assert asked.calls[0].at == 1004.0, "when it was sent"
    first, second = calls_as_json(asked.calls)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["waited_s"], "waited_s" in second) == (4.0, False)
    assert calls_of([first, second]) == tuple(asked.calls)


def test_an_empty_answer_is_billed_and_is_no_turn() -> None:
    asked, _ = asking(says(""), says(" \n"))
    with pytest.raises(ProviderError) as caught:
        asked.ask(REQUEST, 0, 500)
    assert caught.value.kind == "empty"
    assert asked.usage.tokens == 2 * 1050


def test_no_attempt_is_made_that_a_cap_does_not_cover() -> None:
    asked, _ = asking(meter=CellMeter(CellLimits(usd=0.0001)))
    with pytest.raises(OverLimitError):
        asked.ask(REQUEST, 0, 500)
    assert asked.calls == []


def test_the_use_names_what_answered_and_how_it_was_priced() -> None:
    asked, _ = asking(says("", ("wait", {})), says("", ("wait", {})))
    asked.ask(REQUEST, 0, 500)
    asked.ask(REQUEST, 1, 500)
    use = asked.use
    assert use
    assert (use.provider, use.requested, use.resolved, use.sdk) == ("openai", "model-1", ("model-1-2026",), "fake 1")
    assert use.responses == ("resp-1", "resp-1")
    assert use.price == PRICE
