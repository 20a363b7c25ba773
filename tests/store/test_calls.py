"""Calls of a model in a trace: whole, once, harmless."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pytest_alienbio.agents.llm import reading
from pytest_alienbio.model import Answer, Json, Message, ModelCall, Request, Tokens, Tool, ToolCall
from pytest_alienbio.model.call_record import calls_as_json, calls_of
from pytest_alienbio.store import calls

TOOL = Tool("wait", "Lets time pass.", {"type": "object"})
KEY = "sk-live-0123456789abcdefghij"
DEEP: Json = []
for _ in range(500):
    DEEP = [DEEP]


def a_call(answer: Answer, *messages: Message) -> ModelCall:
    return ModelCall(
        0, 1, Request("m", "s", (TOOL,), messages or (Message("user", "hi"),), 100), answer, tokens=Tokens(1, 0, 0, 1, 0)
    )


def read(*made: ModelCall) -> tuple[ModelCall, ...]:
    found, why = calls.kept(made)
    assert not why
    return calls_of(json.loads(json.dumps(found)))


def test_a_conversation_is_kept_once_and_comes_back_whole_also_where_it_was_trimmed() -> None:
    said = Message("assistant", "", (ToolCall("wait", {"steps": 1}, "c"),))
    turns = [Message("user", "begin " * 200)]
    made = []
    for number in range(30):
        made.append(a_call(Answer(calls=said.calls), *turns))
        turns += [said, Message("tool", f"reading {number} " * 30, of="c")]
        if number == 20:
            turns = [replace(turns[0], text="[left out]"), *turns[-6:]]
    assert read(*made) == tuple(made)
    size = len(json.dumps(calls.kept(made)[0]))
    assert size < sum(len(message.text) for call in made for message in call.request.messages) / 4


def test_keys_are_hidden_in_what_the_model_says_and_in_what_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their looks, and values of this process' own variables; the request that follows is still the recorded one."""
    monkeypatch.setenv("SOME_API_KEY", "plain-words-of-mine")
    answer = Answer(f"my key is {KEY}", (ToolCall("wait", {"note": "plain-words-of-mine"}, "c"),), native={"t": [KEY]})
    first = a_call(answer)
    second = a_call(
        Answer("ok"), *first.request.messages, Message("assistant", answer.text, answer.calls, native=answer.native)
    )
    told = json.dumps(calls.kept([first, second])[0])
    assert KEY not in told
    assert "plain-words-of-mine" not in told
    assert read(first, second)[1].request == calls.kept_request(second.request)


@pytest.mark.parametrize(
    "answer",
    [
        Answer("\ud800 half"),
        Answer("nul \0 and \x1b[2J", native={"a": 1}),
        Answer("x" * (calls.MOST_TEXT + 5), native={"a": 1}),
        Answer("", (ToolCall("wait", {"deep": DEEP}),), native={"a": 1}),
        Answer("", (ToolCall("wait", {"long": "y" * (calls.MOST_ARGUMENTS + 5)}),)),
        Answer("", (ToolCall("w\ud800" * 300, None, "i" * 9000, "{" * (calls.MOST_TEXT + 5)),)),
        Answer("fine", native={"deep": DEEP}),
        Answer("fine", native={"nan": float("nan")}),
    ],
    ids=["surrogate", "escapes", "long", "deep", "long-argument", "no-json", "deep-native", "nan"],
)
def test_what_is_kept_of_a_hostile_answer_is_bounded(answer: Answer) -> None:
    (found,) = read(a_call(answer))
    assert found.answer
    json.dumps(calls_as_json([found]), allow_nan=False).encode()
    assert len(json.dumps(calls_as_json([found]))) < 2 * calls.MOST_ARGUMENTS


@pytest.mark.parametrize(
    "answer",
    [
        Answer("\ud800 half", native={"a": 1}),
        Answer("x" * (calls.MOST_TEXT + 5), native={"a": 1}),
        Answer("", (ToolCall("wait", {"deep": DEEP}),), native={"a": 1}),
        Answer("", (ToolCall("wait", {"long": "y" * (calls.MOST_TEXT + 5)}),)),
        Answer("fine", native={"a": 1}),
    ],
    ids=["surrogate", "long", "deep", "long-argument", "fine"],
)
def test_what_is_said_again_of_a_kept_answer_is_what_was_said_of_the_whole_one(answer: Answer) -> None:
    """Else a replay would diverge where nothing has changed."""
    played = reading.clean(answer)
    (found,) = read(a_call(played))
    assert found.answer
    assert reading.said(reading.clean(found.answer)) == reading.said(played)
    assert calls.MOST_TEXT >= reading.MOST_KEPT


def test_too_many_calls_are_left_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_IN_ALL", 50)
    assert calls.kept([a_call(Answer("hello"))])[0] == []
    assert "more than 50" in calls.kept([a_call(Answer("hello"))])[1]
