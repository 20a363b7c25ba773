"""One cell as data for a page: what it says, how long it may become, and that nothing in it is trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import (
    Annotations,
    Answer,
    Goal,
    Message,
    ModelCall,
    Note,
    Request,
    Retold,
    TaskRecord,
    Tokens,
    ToolCall,
    Trajectory,
    Turn,
    inert,
)
from pytest_alienbio.model.cell_diff import cell_diff
from pytest_alienbio.model.fingerprint import fingerprints, setup_print
from pytest_alienbio.report.traces import Texts, trace_data

from ..test_trace import HOSTILE, NASTY, cell
from ..test_turns import ROWS, cells_of

SEEN = [{"A": 1.0, "B": 2.0}, {"A": 1.5, "B": 2.0}]
TRUE = [{"A": 1.23456, "B": 2.0, "C": 7.0}, {"A": 1.4, "B": 2.1, "C": 6.0}, {"A": 1.6, "B": 2.2, "C": 5.0}]
PLAYED = Trajectory(
    (
        Turn(0, "feed", {"molecule": "A"}, cost=1.5, seen=SEEN[0], reasoning="it may help", state=TRUE[1]),
        Turn(1, "wait", {"steps": 3}, ok=False, reason="too long", seen=SEEN[1], state=TRUE[2]),
    ),
    TRUE[0],
    budget=4.0,
)


def asked(step: int, told: str, answered: str | None, *, names: str = "1", **more: Any) -> ModelCall:
    """A call to a model; `names` are those that its provider gives."""
    answer = None if answered is None else Answer(answered, (ToolCall("wait", {"steps": 1}, f"call-{names}"),), id=names)
    request = Request("m", "be good", (), (Message("user", told),), 100)
    return ModelCall(step, 1, request, answer, fault="" if answer else "server", tokens=Tokens(10, 0, None, 5, None), **more)


def data(trajectory: Trajectory | None = PLAYED, *, texts: Texts | None = None, retold: Retold | None = None) -> dict[str, Any]:
    """The data, as a browser would read it."""
    made = trace_data(cell(), trajectory, retold=retold or Retold(), texts=texts)
    return json.loads(json.dumps(made, allow_nan=False))  # type: ignore[no-any-return]


def test_seen_and_true_stand_in_rows_of_one_order_and_hidden_ones_are_told() -> None:
    """Numbers in four digits; the state after a turn is at the next place, with the step at which it was."""
    told = data()
    assert told["quantities"] == ["A", "B", "C"]
    assert told["hidden"] == [False, False, True]
    assert [turn["seen"] for turn in told["turns"]] == [[1, 2, None], [1.5, 2, None]]
    assert [turn["moved"] for turn in told["turns"]] == [None, ["↑0.50", "", ""]]
    assert told["truth"] == [[0, [1.235, 2, 7]], [1, [1.4, 2.1, 6]], [4, [1.6, 2.2, 5]]]
    assert [turn["truth"] for turn in told["turns"]] == [0, 1]


def test_who_is_done_early_is_shown_at_the_end_to_which_the_world_went_on() -> None:
    """The state after `done` is that of the last step; where nobody knows which one that is, of none."""
    played = replace(PLAYED, turns=(PLAYED.turns[0], replace(PLAYED.turns[1], action="done", params={}, ok=True)))
    assert [step for step, _ in data(played, retold=Retold(steps=20))["truth"]] == [0, 1, 20]
    assert [step for step, _ in data(played)["truth"]] == [0, 1, None]
    at_the_end = replace(played, turns=(played.turns[0], replace(played.turns[1], state=played.turns[0].state)))
    assert [step for step, _ in data(at_the_end)["truth"]] == [0, 1, 1]
    refused = replace(played, turns=(played.turns[0], replace(played.turns[1], ok=False)))
    assert [step for step, _ in data(refused, retold=Retold(steps=20))["truth"]] == [0, 1, 2]


def test_what_an_agent_said_is_not_said_again_where_its_model_s_answer_says_it() -> None:
    """An agent keeps an answer in one line, cut; what it did not get from its model is its own."""
    answer = "First:\n\n* look\n* wait " + "and wait " * 50

    def because(reasoning: str) -> str:
        turn = replace(PLAYED.turns[0], reasoning=reasoning)
        told = data(replace(PLAYED, turns=(turn,), calls=(asked(0, "what now?", answer),)))
        return str(told["turns"][0]["because"])

    assert because(inert(answer, most=40)) == because(answer) == ""
    assert because("First: * look") == "First: * look"


def test_a_trial_has_no_turns_to_show_and_parts_from_another_where_they_differ() -> None:
    """What it told is a text, and what came of it an event like any other."""
    task = TaskRecord(7)
    one, other = (trace_data(cell(task=task), Trajectory((Turn(0, "execute", {"most": most}),))) for most in (4, 9))
    assert (one["turns"], one["quantities"], one["trial"]) == ([], [], "params    most 4")
    assert len(one["events"]) == len(other["events"]) == 1  # type: ignore[arg-type]
    assert one["events"] != other["events"]


def test_a_world_is_what_it_is_made_of_and_unknown_where_nobody_says() -> None:
    told = dict(trace_data(cell(params={"b": 1, "a": [2]}, variant=3, difficulty=None), PLAYED)["world"])  # type: ignore[arg-type]
    assert (told["params"], told["variant"], told["difficulty"]) == ('{"a":[2],"b":1}', "3", "")


def test_a_turn_says_what_was_done_what_it_cost_and_what_is_left() -> None:
    """And why it was refused, what the agent said, and the score so far where it is known."""
    first, second = data(retold=Retold((0.123456, None)))["turns"]
    assert (first["does"], first["action"], first["ok"], first["because"]) == ("feed(molecule=A)", "feed", True, "it may help")
    assert (first["cost"], first["spent"], first["left"], first["so_far"]) == (1.5, 1.5, 2.5, 0.1235)
    assert (second["ok"], second["refused"], second["so_far"], second["left"]) == (False, "too long", None, 2.5)


def test_goals_floors_and_the_oracle_stand_at_the_places_of_their_quantities() -> None:
    """A floor is a level; what nobody knows of has no place; without anything told all of it is empty."""
    beside = Retold(reference=PLAYED, goals=(Goal("B", "up", 1.0, 9.0, since=2), Goal("X", "up", 0, 1)), protected={"C": 0.5})
    told = data(retold=beside)
    assert told["goals"] == [{"quantity": 1, "kind": "up", "low": 1, "high": 9, "since": 2}]
    assert told["floors"] == [[2, 3.5]]
    assert told["reference"]["truth"] == told["truth"]
    assert told["reference"]["does"] == [[0, "feed(molecule=A)"], [1, "wait(steps=3)"]]
    bare = data()
    assert (bare["goals"], bare["floors"], bare["reference"], bare["turns"][0]["so_far"]) == ([], [], None, None)


def test_a_model_s_calls_stand_at_their_turns_with_what_they_took() -> None:
    """What was new in a request, what came, what failed; the last may have led to nothing any more."""
    calls = (asked(0, "go", None, said="down", status=500), asked(0, "go", "hm"), asked(2, "on", "enough", usd=0.25))
    told = data(replace(PLAYED, calls=calls))
    first, again = told["turns"][0]["calls"]
    assert first["fault"] == {"kind": "server", "status": 500, "said": "down"}
    assert first["messages"] == [{"from": "user", "text": "go", "calls": []}]
    assert (again["again"], again["messages"], again["came"]["calls"]) == (True, [], ["wait(steps=1)"])
    assert (again["tokens"], again["usd"]) == ([10, 0, None, 5, None], None)
    late = told["turns"][-1]
    assert (late["turn"], late["does"], late["calls"][0]["usd"]) == (3, None, "0.25")
    assert told["system"]["text"] == "be good"
    assert told["requests"].startswith("3 calls, 1 of them failed")


def test_long_texts_are_cut_and_say_by_how_much_and_all_steps_are_there() -> None:
    """However much is said in all, every turn is there, with the beginning of what was said."""
    turns = tuple(replace(PLAYED.turns[0], step=at, reasoning="x" * 5000) for at in range(300))
    told = data(replace(PLAYED, turns=turns), texts=Texts(1000, 20_000))
    said = [turn["because"] for turn in told["turns"]]
    assert len(said) == 300
    assert said[0] == {"text": "x" * 1000, "left_out": 4000}
    assert said[-1] == {"text": "x" * 200, "left_out": 4800}
    assert len(json.dumps(told)) < 300_000


def test_a_cell_without_turns_says_why() -> None:
    """No trace, a damaged one, an agent that made no call."""
    assert data(None)["why"].startswith("no trace was kept")
    assert data(Trajectory())["why"] == "the agent made no call"
    assert trace_data(cell(), None, damage="cut off")["why"] == "cut off"
    assert data()["why"] == ""


def test_notes_and_facts_are_those_of_the_terminal() -> None:
    """Labels and texts of `bio show`, tags and notes."""
    told = trace_data(cell(reason="why not"), PLAYED, Annotations(("odd",), (Note("look here", "ann", 5.0),)))
    assert ["reason", "why not"] in told["facts"]  # type: ignore[operator]
    assert told["tags"] == ["odd"]
    assert told["notes"] == [{"text": "look here", "author": "ann", "at": 5.0}]
    assert told["score_text"] == "0.7500, bar 0.6: passed"


def texts_in(value: object) -> list[str]:
    """Every text in it, names of keys left out."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in texts_in(each)]


@settings(max_examples=40)
@given(ROWS, HOSTILE)
def test_whatever_stands_in_a_trace_is_data_and_harmless(rows: list[tuple[Any, ...]], other: Any) -> None:
    """Any JSON in any place: nothing crashes, no number is none, no text steers what shows it."""
    calls = (asked(0, NASTY, NASTY), asked(9, NASTY, None, said=NASTY))
    of = replace(cells_of(rows), initial=other, calls=calls)
    made = trace_data(cell(id=NASTY, reason=NASTY), of, Annotations((NASTY,)), Retold(reference=of))
    for text in texts_in(json.loads(json.dumps(made, allow_nan=False))):
        assert all(inert(line, most=len(line) + 1, verbatim=True) == line for line in text.split("\n"))


CALLS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["go", "stop"]), st.sampled_from(["yes", "no", None]), st.sampled_from("12")),
    max_size=4,
)


def first_parting(one: Trajectory, other: Trajectory) -> tuple[str, int, int | None] | None:
    """As a page finds it, by fingerprints alone."""
    sides = [list(fingerprints(one)), list(fingerprints(other))]
    if not (setup_print(one) and setup_print(other)):
        sides = [[each for each in side if each.what == "turn"] for side in sides]
    for at in range(max(map(len, sides))):
        mine, yours = (side[at] if at < len(side) else None for side in sides)
        event = mine or yours
        assert event
        if mine is None or yours is None or mine.what != yours.what:
            return "end", event.turn, None
        if mine.letters != yours.letters:
            return event.what, event.turn, event.call
    return None


@settings(max_examples=100)
@given(ROWS, ROWS, CALLS, CALLS, st.integers(0, 3))
def test_fingerprints_part_where_the_cells_do(
    one: list[tuple[Any, ...]], other: list[tuple[Any, ...]], mine: list[Any], yours: list[Any], shared: int
) -> None:
    """The first place at which two lists differ is what `cell_diff` finds; names of a provider are no difference."""
    other, yours = [*one[:shared], *other], [*mine[:shared], *yours]

    def of(rows: list[tuple[Any, ...]], calls: list[Any]) -> Trajectory:
        made = [asked(step, said, answer, names=names) for step, said, answer, names in sorted(calls, key=lambda call: call[0])]
        return replace(cells_of(rows), calls=tuple(made))

    a, b = of(one, mine), of(other, yours)
    first = cell_diff(a, b).first
    assert first_parting(a, b) == (None if first is None else (first.what, first.turn, first.call))
    assert first_parting(a, a) is None
