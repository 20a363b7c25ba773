"""Answers of any kind, read."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.agents.llm.reading import MOST_TEXT, act, clean, said
from pytest_alienbio.agents.llm.tools import Toolbox
from pytest_alienbio.model import Action, Answer, Message, ToolCall
from pytest_alienbio.model.call_record import message_of
from pytest_alienbio.model.conversation import message_as_json
from pytest_alienbio.play.handout import hand_action
from pytest_alienbio.testing import Pond

BOX = Toolbox(Pond().briefing())
HUGE = 10**400


def does(name: str, arguments: dict[str, Any] | None, raw: str = "") -> tuple[Action, int]:
    return act(BOX, Answer(calls=(ToolCall(name, arguments, raw=raw),)))


def test_a_call_becomes_its_action() -> None:
    assert does("feed", {"species": "fish", "dose": 0.5}) == (Action("feed", {"species": "fish", "dose": 0.5}), 1)


def test_the_text_beside_a_call_becomes_its_reasoning_made_inert() -> None:
    action, _ = act(BOX, Answer("why\x1b[2J\n\u202enot", (ToolCall("done", {}),)))
    assert action == Action("done", reasoning="why not")


def test_of_parallel_calls_the_first_counts() -> None:
    answer = Answer(calls=(ToolCall("wait", {"steps": 1}), ToolCall("done", {})))
    assert act(BOX, answer) == (Action("wait"), 1)


def test_text_without_a_call_waits() -> None:
    assert act(BOX, Answer("I think we should feed them.")) == (Action("wait", reasoning="I think we should feed them."), 1)


@pytest.mark.parametrize(
    ("steps", "waited"),
    [(1, 1), (3, 3), ("4", 4), (9, 5), (0, 1), (-HUGE, 1), (HUGE, 5), (2.9, 2), ("x", 1), (True, 1), (None, 1)],
)
def test_wait_takes_the_nearest_number_of_steps_that_it_may(steps: Any, waited: int) -> None:
    assert does("wait", {"steps": steps}) == (Action("wait"), waited)


@pytest.mark.parametrize(("dose", "read"), [("0.5", 0.5), (" 1 ", 1.0), ("half", "half"), ("nan", "nan"), ("1e999", "1e999")])
def test_a_dose_that_was_sent_as_text_is_read(dose: str, read: object) -> None:
    assert does("feed", {"species": "fish", "dose": dose})[0].params["dose"] == read


def test_unknown_names_and_values_stay_what_they_are_for_the_world_to_refuse() -> None:
    assert does("fly", {"to": "moon"})[0] == Action("fly", {"to": "moon"})
    assert does("feed", {"species": "whale", "extra": 1})[0] == Action("feed", {"species": "whale", "extra": 1})


def test_arguments_that_are_no_json_are_one_param() -> None:
    assert does("feed", None, '{"species": "fi')[0] == Action("feed", {"arguments": '{"species": "fi'})


def test_a_call_of_nothing_has_a_name_all_the_same() -> None:
    assert does("", {})[0].name == "(nothing)"
    assert does("\u202e\u200b", {})[0].name == "(nothing)"


def test_what_cannot_be_sent_back_is_tidied() -> None:
    calls = (ToolCall("a b", {"x": "\ud800"}, "same"), ToolCall("b", None, "same", raw="{"), ToolCall("c" * 99, {}, ""))
    message = said(Answer("\ud800", calls, native={"signed": 1}))
    assert message.native is None
    assert message.text == "\\ud800"
    assert [call.name for call in message.calls] == ["a_b", "b", "c" * 64]
    assert [call.id for call in message.calls] == ["same", "call_2", "call_3"]
    assert [call.arguments for call in message.calls] == [{"x": "\\ud800"}, {"unreadable": "{"}, {}]


def test_what_can_be_sent_back_is_sent_word_for_word() -> None:
    answer = Answer("why", (ToolCall("feed", {"species": "fish", "dose": 1}, "toolu_1"),), native=[{"type": "thinking"}])
    assert said(answer) == Message("assistant", "why", answer.calls, native=answer.native)


def test_an_empty_answer_is_no_empty_message() -> None:
    assert said(Answer(" \n", stop="length")).text == "(nothing)"


def test_nothing_gigantic_is_sent_back() -> None:
    message = said(Answer("x" * 10**6, (ToolCall("feed", {"species": "y" * 10**6}, "1"),)))
    assert len(json.dumps(message_as_json(message))) < 2 * MOST_TEXT


TEXTS = st.text(st.characters(codec=None, categories=None), max_size=60) | st.sampled_from(
    ["\x00", "\ud800", "\u202e", "<script>", "\x1b]0;x\x07", "&a *b !!python/object", "x" * 30_000, "feed", "fish"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(HUGE) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
CALLS = st.builds(
    ToolCall,
    st.sampled_from(["feed", "cull", "assay", "wait", "done"]) | TEXTS,
    st.none() | st.dictionaries(st.sampled_from(["species", "dose", "steps", "quantity"]) | TEXTS, VALUES, max_size=5),
    TEXTS,
    TEXTS,
)
ANSWERS = st.builds(Answer, TEXTS, st.lists(CALLS, max_size=3).map(tuple), stop=TEXTS, model=TEXTS, id=TEXTS, native=VALUES)


@given(ANSWERS)
@settings(max_examples=80)
def test_whatever_is_answered_is_an_action_that_can_be_recorded(answer: Answer) -> None:
    """It passes the same check as every agent's action, is short, and says the same after it was cleaned for the trace."""
    kept = clean(answer)
    action, steps = act(BOX, kept)
    assert hand_action(action) == action
    assert 1 <= steps <= 5
    assert len(json.dumps([action.name, dict(action.params), action.reasoning])) < 60_000
    assert not {unicodedata.category(character) for character in action.reasoning} & {"Cc", "Cs", "Cf", "Zl", "Zp"}


@given(ANSWERS)
@settings(max_examples=80)
def test_whatever_is_answered_can_be_sent_back_and_stored(answer: Answer) -> None:
    """As UTF-8 and strict JSON, names and ids as providers take them, no id twice; cleaning twice changes nothing."""
    kept = clean(answer)
    assert clean(kept) == kept
    message = said(kept)
    text = json.dumps(message_as_json(message), ensure_ascii=False, allow_nan=False)
    assert message_of(json.loads(text.encode())) == message
    assert message.text or message.calls
    assert len({call.id for call in message.calls}) == len(message.calls)
    assert all(call.id and call.arguments is not None for call in message.calls)
    assert all(Toolbox.takes(call.name) for call in message.calls)
