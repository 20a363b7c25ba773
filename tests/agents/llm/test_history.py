"""What is sent again of a conversation."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents.llm.history import Conversation
from pytest_alienbio.model import Message, ToolCall


def talk(groups: int) -> Conversation:
    """So many groups of a call and its answer."""
    found = Conversation("first")
    for n in range(groups):
        call = ToolCall("wait", {"steps": 1}, f"c{n}")
        found.add(Message("assistant", "", (call,)), Message("tool", f"turn {n}", of=call.id))
    return found


def test_groups_fall_out_whole_and_never_the_last() -> None:
    found = talk(5)
    found.drop_to(2)
    assert [message.text for message in found.messages() if message.role == "tool"] == ["turn 3", "turn 4"]
    assert found.messages()[0].text == "first\n\n[3 earlier turns are left out here.]"
    found.drop_to(0)
    assert found.kept == 1
    found.drop_to(4)
    assert found.kept == 1, "what fell out does not come back"


def test_it_comes_back_from_a_checkpoint() -> None:
    found = talk(4)
    found.drop_to(3)
    assert Conversation.of(found.as_json()).messages() == found.messages()


@pytest.mark.parametrize(
    "value",
    [None, {}, {"first": "x"}, {"first": "x", "groups": "ab", "dropped": 0}, {"first": "x", "groups": [1], "dropped": 0}],
)
def test_a_damaged_one_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|message"):
        Conversation.of(value)  # type: ignore[arg-type]
