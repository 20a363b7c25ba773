"""What was asked of a model, as JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Answer, Message, ModelCall, Request, Tokens, Tool, ToolCall
from pytest_alienbio.model.call_record import calls_as_json, calls_of, message_of_answer

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
jsons = st.dictionaries(
    texts, st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
)
tool_calls = st.builds(ToolCall, texts, jsons, texts) | st.builds(ToolCall, texts, st.none(), texts, texts)
numbers = st.none() | st.integers(0, 10**9)
tokens = st.builds(Tokens, numbers, numbers, numbers, numbers, numbers)
answers = st.builds(Answer, texts, st.lists(tool_calls, max_size=2).map(tuple), tokens, texts, texts, texts, st.none() | jsons)
messages = st.builds(
    Message,
    st.sampled_from(["user", "assistant", "tool"]),
    texts,
    st.lists(tool_calls, max_size=2).map(tuple),
    texts,
    st.none() | jsons,
)
tools = st.builds(Tool, texts, texts, jsons)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[ModelCall, ...]:
    """Requests that grow, repeat, lose their beginning; answers and faults."""
    said: tuple[Message, ...] = tuple(draw(st.lists(messages, max_size=2)))
    box = tuple(draw(st.lists(tools, max_size=2)))
    found: list[ModelCall] = []
    for step in range(draw(st.integers(0, 5))):
        request = Request("m", draw(st.sampled_from(["s", "t"])), box, said, draw(st.sampled_from([10, 20])), draw(jsons))
        answer = draw(st.none() | answers)
        fault = "" if answer else "server"
        found.append(
            ModelCall(
                step, 1, request, answer, fault, fault, draw(numbers), draw(tokens), draw(st.none() | st.floats(0, 1)), 0.5, 9.0
            )
        )
        again = (message_of_answer(answer),) if answer and draw(st.booleans()) else ()
        said = (*said[draw(st.integers(0, 1)) :], *again, *draw(st.lists(messages, max_size=1)))
    return tuple(found)


@given(conversations())
def test_calls_come_back_from_their_json(calls: tuple[ModelCall, ...]) -> None:
    """All of every request, though nothing is written twice."""
    calls = tuple(replace(call, said="" if call.answer else call.said) for call in calls)
    calls = tuple(replace(call, status=None) if call.answer else call for call in calls)
    assert calls_of(json.loads(json.dumps(calls_as_json(calls), allow_nan=False))) == calls


def test_a_conversation_is_written_in_the_length_of_what_was_said() -> None:
    """Not in its square: each request sends all that was said before."""
    said: tuple[Message, ...] = (Message("user", "x" * 1000),)
    calls = []
    for step in range(50):
        request = Request("m", "s" * 2000, (), said, 10)
        answer = Answer("y" * 100, (ToolCall("wait", {"steps": 1}, f"c{step}"),))
        calls.append(ModelCall(step, 1, request, answer))
        said = (*said, message_of_answer(answer), Message("tool", "z" * 300, of=f"c{step}"))
    assert len(json.dumps(calls_as_json(calls))) < 50 * 1200


@pytest.mark.parametrize(
    ("place", "value"),
    [("hash", "0" * 64), ("shares", 99), ("messages", ["answered"]), ("messages", [{"role": "god"}]), ("messages", 3)],
)
def test_what_was_changed_is_damaged(place: str, value: object) -> None:
    """A request that is not what was recorded would be a false replay."""
    (told,) = calls_as_json([ModelCall(0, 1, Request("m", "s", (), (Message("user", "x"),), 10), Answer("a"))])
    told["request"][place] = value  # type: ignore[index, call-overload]
    with pytest.raises(ValueError, match=r"damaged|recorded|shares|answered|conversation"):
        calls_of([told])
