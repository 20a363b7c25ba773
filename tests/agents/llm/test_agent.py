"""What becomes of a model's answers, good and bad."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.llm.agent import CUT_OFF, KEPT_READINGS, ONLY_ONE, REMINDER, WAITED
from pytest_alienbio.agents.llm.reading import MOST_REASONING
from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import Action, ActionResult, ActionSpec, Answer, Briefing, Goal, Json, Observation, Tokens, ToolCall

from .wires import ENDPOINT, Timeless, connected, in_turn, says, texts

BRIEFING = Briefing(
    "Save it.",
    "No harm.",
    (Goal("Kx", "up", 1.0, 4.0),),
    {"Kx": 0.3},
    (
        ActionSpec("cull", {"species": "Ky"}, 1.5, {"Kx": 0.9}, takes_dose=True),
        ActionSpec("cull", {"species": "Kz"}, 1.5, {}, takes_dose=True),
        ActionSpec("assay", {"quantity": "Kx"}, 1.0, takes_step=False),
    ),
    20,
    13.0,
)
SEEN = Observation(0, {"Kx": 2.0, "Ky": 3.25}, 20, 13.0)


def after(step: int, **values: object) -> Observation:
    """What is seen later, when the last call was carried out."""
    last = ActionResult(True, cost=0.75)
    return replace(SEEN, step=step, spent=0.75, **{"last": last, "state": {"Kx": 2.5, "Ky": 3.0}, **values})  # type: ignore[arg-type]


def test_a_call_becomes_an_action_and_the_next_turn_is_its_answer() -> None:
    """Providers want each call answered at once: by the turn that came of it."""
    agent, wire = connected(in_turn(says("Less of Ky.", ("cull", {"species": "Ky", "dose": 0.5}))))
    agent.start(BRIEFING)
    assert agent.decide(SEEN) == Action("cull", {"species": "Ky", "dose": 0.5}, "Less of Ky.")
    agent.decide(after(1))
    first, said, answer = wire.requests[1].messages
    assert (first.role, said.role, answer.role) == ("user", "assistant", "tool")
    assert first.text == "Step 0/20 | budget left 13/13\nKx      2.00\nKy      3.25"
    assert answer.of == said.calls[0].id
    assert answer.text == (
        "Step 1/20 | budget left 12.25/13 | last call: ok, cost 0.75\nKx      2.50  (+0.50)\nKy      3.00  (-0.25)"
    )


def test_only_the_first_of_several_calls_is_carried_out_and_the_others_are_told() -> None:
    agent, wire = connected(in_turn(says("", ("assay", {"quantity": "Kx"}), ("cull", {"species": "Ky", "dose": 1}))))
    agent.start(BRIEFING)
    assert agent.decide(SEEN).name == "assay"
    agent.decide(after(0))
    assert [message.of for message in wire.requests[1].messages[2:]] == ["call-0", "call-1"]
    assert wire.requests[1].messages[3].text == ONLY_ONE


def test_text_without_a_call_is_reminded_once_and_then_waits() -> None:
    """A model that never calls a tool ends with the episode: each turn of it is a step."""
    agent, wire = connected(lambda request: says("I would rather talk."))
    agent.start(BRIEFING)
    assert [agent.decide(after(step)) for step in range(3)] == [Action("wait", {}, "I would rather talk.")] * 3
    assert len(wire.requests) == 6
    assert texts(wire.requests)[1] == REMINDER
    assert texts(wire.requests)[2].startswith(WAITED + "Step 1/20")


def test_an_answer_that_was_cut_off_is_told_why() -> None:
    agent, wire = connected(in_turn(says("Let me think", stop="length")), max_tokens=77)
    agent.start(BRIEFING)
    agent.decide(SEEN)
    assert texts(wire.requests)[1] == CUT_OFF.format(77) + REMINDER


def test_waiting_several_steps_asks_nobody_in_between() -> None:
    agent, wire = connected(in_turn(says("", ("wait", {"steps": "3"}))))
    agent.start(BRIEFING)
    assert [agent.decide(after(step)).name for step in range(3)] == ["wait"] * 3
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("call", "action"),
    [
        (("cull", {"species": "Kq", "dose": 1}), Action("cull", {"species": "Kq", "dose": 1})),
        (("boil", {"x": 1}), Action("boil", {"x": 1})),
        (("cull", None), Action("cull", {"arguments": "{broken"})),
        (("cull", {"species": ["Ky"], "dose": "0.5"}), Action("cull", {"species": "['Ky']", "dose": 0.5})),
        (("\x1b[31mred\x00", {"a\x1b[0m": "\u202eb"}), Action("red\\x00", {"a": "b"})),
    ],
    ids=["value", "tool", "no json", "list", "hostile"],
)
def test_a_call_that_means_nothing_is_left_to_the_world_to_refuse(
    call: tuple[str, dict[str, Json] | None], action: Action
) -> None:
    """As near to what was called as can be said, and inert."""
    agent, wire = connected(in_turn(says("", call)))
    agent.start(BRIEFING)
    assert agent.decide(SEEN) == action
    agent.decide(after(1, last=ActionResult(False, "no such thing")))
    assert "refused (no such thing); " in texts(wire.requests)[1]


def test_a_refusal_tells_what_is_allowed() -> None:
    """All tools for an unknown one, else its values."""
    agent, wire = connected(in_turn(says("", ("boil", {})), says("", ("cull", {"species": "Kq", "dose": 9}))))
    agent.start(BRIEFING)
    agent.decide(SEEN)
    agent.decide(after(1, last=ActionResult(False, "unknown")))
    agent.decide(after(2, last=ActionResult(False, "unknown")))
    assert "tools: cull, assay, wait, done" in texts(wire.requests)[1]
    assert "cull takes species: Ky, Kz; dose: 0.05 to 1" in texts(wire.requests)[2]


def test_long_turns_fall_out_oldest_first_several_at_once() -> None:
    """The first turn stays, each call with its answer; what is sent begins the same for many turns."""
    wide = {f"K{n:03}": float(n) for n in range(60)}
    agent, wire = connected(in_turn())
    agent.start(BRIEFING)
    for step in range(40):
        agent.decide(after(step, state=wide))
    kept = [(len(request.messages) - 1) // 2 for request in wire.requests]
    assert max(kept) == KEPT_READINGS + KEPT_READINGS // 2
    assert min(kept[18:]) == KEPT_READINGS
    last = wire.requests[-1].messages
    assert "earlier turns are left out here" in last[0].text
    assert [message.role for message in last[1:]] == ["assistant", "tool"] * kept[-1]
    starts = [request.messages[:3] for request in wire.requests[18:]]
    assert sum(one != other for one, other in pairwise(starts)) == 3


def test_a_context_is_never_exceeded_as_far_as_can_be_told() -> None:
    """By the count of the provider's last answer, with a margin."""
    endpoint = replace(ENDPOINT, max_context=3000)
    agent, wire = connected(lambda request: says("x " * 200, ("wait", {"steps": 1})), endpoint, max_tokens=500)
    agent.start(BRIEFING)
    for step in range(30):
        agent.decide(after(step))
    assert max(len(request.messages) for request in wire.requests) < 30
    assert "left out" in wire.requests[-1].messages[0].text


def test_what_is_gigantic_or_cannot_be_written_is_cut_before_it_is_said_again() -> None:
    """The trace's turn has a short and inert version of it."""
    answer = Answer(
        "\ud800<script>\x00" + "y" * 10_000_000,
        (ToolCall("cull", {"species": "\ud800" + "x" * 100_000, "dose": 1}, "i" * 1000),),
        Tokens(),
        native={"text": "\ud800"},
    )
    agent, wire = connected(in_turn(answer))
    agent.start(BRIEFING)
    action = agent.decide(SEEN)
    assert len(action.reasoning) <= MOST_REASONING
    assert "\x00" not in action.reasoning
    assert len(str(action.params)) < 1000
    agent.decide(after(1))
    said = wire.requests[1].messages[1]
    assert said.native is None
    json.dumps([said.text, said.calls[0].raw], ensure_ascii=False).encode()
    assert len(said.text) + len(said.calls[0].raw) < 50_000


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
calls = st.builds(
    ToolCall,
    st.sampled_from(["cull", "assay", "wait", "done"]) | st.text(max_size=80),
    st.none()
    | st.dictionaries(st.sampled_from(["species", "dose", "quantity", "steps"]) | st.text(max_size=8), values, max_size=4),
    st.text(max_size=20),
    st.text(max_size=200),
)
answers = st.builds(Answer, st.text(max_size=200), st.lists(calls, max_size=3).map(tuple))


@given(st.lists(answers, min_size=1, max_size=4))
def test_whatever_a_model_answers_is_an_action_or_a_provider_error(given_answers: list[Answer]) -> None:
    """Nothing it says breaks the agent, and all of it can be written down and sent back."""
    clock = Timeless()
    agent, wire = connected(in_turn(*given_answers), clock=clock.clock())
    agent.start(BRIEFING)
    for step in range(4):
        try:
            action = agent.decide(after(step))
        except ProviderError as error:
            assert error.kind == "empty"  # noqa: PT017 - the other outcome is the action
            break
        json.dumps(dict(action.params), allow_nan=False, ensure_ascii=False).encode()
        action.reasoning.encode()
    for request in wire.requests:
        assert len(request.hash) == 64
        for message in request.messages:
            message.text.encode()


def test_a_checkpoint_goes_on_as_if_nothing_had_been() -> None:
    """Conversation, waits, and all that was asked."""
    script = [says("a", ("cull", {"species": "Ky", "dose": 1})), says("b"), says("c", ("wait", {"steps": 2}))]
    agent, _ = connected(in_turn(*script))
    agent.start(BRIEFING)
    agent.decide(SEEN)
    agent.decide(after(1))
    state = json.loads(json.dumps(agent.checkpoint()))
    other, wire = connected(in_turn())
    other.start(BRIEFING)
    other.restore(state)
    assert other.calls == agent.calls
    assert other.usage == agent.usage
    for step in (2, 3):
        assert other.decide(after(step)).name == agent.decide(after(step)).name == "wait"
    assert wire.requests[-1] == agent.calls[-1].request


def test_before_start_and_without_a_wire_it_says_so() -> None:
    agent, _ = connected(in_turn())
    with pytest.raises(RuntimeError, match="before start"):
        agent.decide(SEEN)
