"""What somebody typed, and what is meant by it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.human.command import WORDS, Call, Menu, NotUnderstoodError, Word, read, spelled
from pytest_alienbio.model import Action, ActionSpec, Json

SPECS = (
    ActionSpec("cull", {"species": "Kbroiflaem"}, cost=1.5, takes_dose=True),
    ActionSpec("cull", {"species": "Kkreflain"}, cost=1.5, takes_dose=True),
    ActionSpec("add_feedstock", {"molecule": "MEvoihul"}, cost=1.0, takes_dose=True),
    ActionSpec("add_feedstock", {"molecule": "MEvo"}, cost=1.0, takes_dose=True),
    ActionSpec("assay", {"quantity": "MEvoihul"}, cost=1.0, takes_step=False),
    ActionSpec("pump", {"from": "north", "to": "south"}),
    ActionSpec("pump", {"from": "south", "to": "north"}),
    ActionSpec("seal"),
)
MENU = Menu(SPECS, remaining=2.0)


def call(line: str, menu: Menu = MENU) -> Call:
    asked = read(line, menu)
    assert isinstance(asked, Call), asked
    return asked


def refusal(line: str, menu: Menu = MENU) -> str:
    with pytest.raises(NotUnderstoodError) as caught:
        read(line, menu)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "name", "params"),
    [
        ("1", "cull", {"species": "Kbroiflaem"}),
        ("1 0.5", "cull", {"species": "Kbroiflaem", "dose": 0.5}),
        ("1 dose=.5", "cull", {"species": "Kbroiflaem", "dose": 0.5}),
        ("1 d=0,5", "cull", {"species": "Kbroiflaem", "dose": 0.5}),
        ("1 50%", "cull", {"species": "Kbroiflaem", "dose": 0.5}),
        ("1\t1", "cull", {"species": "Kbroiflaem", "dose": 1.0}),
        ("cull kk", "cull", {"species": "Kkreflain"}),
        ("CULL species=KKREFLAIN 0.25", "cull", {"species": "Kkreflain", "dose": 0.25}),
        ("cu 0.25 sp=kb", "cull", {"species": "Kbroiflaem", "dose": 0.25}),
        ("add_feedstock molecule=MEvoihul dose=0.5", "add_feedstock", {"molecule": "MEvoihul", "dose": 0.5}),
        ("add MEvo", "add_feedstock", {"molecule": "MEvo"}),
        ("add mevoi", "add_feedstock", {"molecule": "MEvoihul"}),
        ("assay m", "assay", {"quantity": "MEvoihul"}),
        ("assay", "assay", {"quantity": "MEvoihul"}),
        ("pump from=n", "pump", {"from": "north", "to": "south"}),
        ("seal", "seal", {}),
        ("wait", "wait", {}),
        ("done", "done", {}),
        ("call assay quantity=Kx n=2 x=0.5 y=true", "assay", {"quantity": "Kx", "n": 2, "x": 0.5, "y": True}),
    ],
)
def test_a_call_by_number_or_name(line: str, name: str, params: dict[str, Any]) -> None:
    """Unique beginnings, any case, params with or without their names, a dose where it likes to stand."""
    assert call(line).action == Action(name, params)


def test_an_exact_value_wins_over_one_that_begins_with_it() -> None:
    """Else `MEvo` could not be said where there is a `MEvoihul`."""
    assert call("add MEvo").action.params == {"molecule": "MEvo"}
    assert "which add_feedstock? 3 add_feedstock molecule=MEvoihul, 4 add_feedstock molecule=MEvo" in refusal("add me")


@pytest.mark.parametrize(("line", "times"), [("wait", 1), ("wait 3", 3), ("wa steps=2", 2)])
def test_several_waits_are_one_wait_a_step(line: str, times: int) -> None:
    """In every world, whether its `wait` takes steps or not."""
    found = call(line)
    assert (found.action, found.times) == (Action("wait"), times)


@pytest.mark.parametrize("word", WORDS)
def test_our_own_words(word: str) -> None:
    """By their beginnings too, but `quit`, which ends everything, only in full."""
    asked = "quit" if word == "exit" else word
    assert read(word, MENU) == read(f" {word.upper()} ", MENU) == Word(asked)
    if asked != "quit":
        assert read(word[:-1], MENU) == Word(asked)
    else:
        assert "unknown" in refusal(word[:-1])


def test_nothing_typed_is_a_word_too() -> None:
    """Enter carries out what is pending."""
    assert read("  \t ", MENU) == Word("")
    assert read("?", MENU) == Word("help")


def test_a_bang_at_the_end_needs_no_enter() -> None:
    assert call("1 0.5!").at_once
    assert call("cull kk !").at_once
    assert not call("1 0.5").at_once


def test_what_a_call_costs_is_known_before() -> None:
    assert (call("1 0.5").cost, call("1").cost, call("wait").cost) == (0.75, 1.5, 0.0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("9", "there is no action 9: they are numbered 1 to 8"),
        ("0", "there is no action 0"),
        ("culll kk", "'culll' is unknown; did you mean 'cull'?"),
        ("s", "'s' could be seal or state"),
        ("cull", "which cull? 1 cull species=Kbroiflaem, 2 cull species=Kkreflain"),
        ("cull k 0.5", "which cull?"),
        ("cull weight=3", "cull has no 'weight'; it takes species or dose"),
        ("1 2", "'2' is no dose: a number above 0 and up to 1"),
        ("1 0", "'0' is no dose"),
        ("1 -0.5", "'-0.5' is no dose"),
        ("1 nan", "'nan' is no dose"),
        ("1 0.5 0.5", "takes a dose and nothing else"),
        ("1 species=Kx", "takes a dose and nothing else"),
        ("8 0.5", "seal takes no dose"),
        ("pump from=north 0.5", "takes no dose"),
        ("pump west", "pump knows no 'west'; known: north, south"),
        ("wait x", "wait takes a number of steps, like: wait 2"),
        ("wait 0", "wait takes a number"),
        ("wait 1 2", "wait takes a number"),
        ("done now", "done takes nothing"),
        ("help me", "help takes nothing"),
        ("call", "call takes a name and params"),
        ("call x y", "'y' is no param; write key=value"),
        ("call x k=\udcff", "that is no text in the encoding of this terminal"),
    ],
)
def test_what_means_nothing_is_told_with_what_would(line: str, words: str) -> None:
    """And nothing is done: no such line reaches the world, where a refusal would cost a step."""
    assert words in refusal(line)


def test_what_cannot_be_paid_is_told_with_what_can() -> None:
    poor = Menu(SPECS, remaining=0.5)
    assert refusal("1", poor) == "cull species=Kbroiflaem costs 1.5, and 0.5 is left; a dose of 0.33 can be paid"
    assert call("1 0.33", poor).cost == pytest.approx(0.495)
    assert refusal("5", poor).endswith("costs 1, and 0.5 is left")
    assert call("1", Menu(SPECS)).cost == 1.5, "where there is no budget everything can be paid"


def test_a_value_that_is_not_listed_is_doubted_and_can_be_tried() -> None:
    """A name learned on the way may be asked about; a mistyped one is told from it before anything happens."""
    found = call("assay Kxn")
    assert found.action == Action("assay", {"quantity": "Kxn"})
    assert found.doubt.startswith("'Kxn' is not listed")
    assert "did you mean 'Kkreflain'?" in call("cull Kkreflian 0.5").doubt
    assert call("cull species=Kx 0.5").action.params == {"species": "Kx", "dose": 0.5}


def test_a_world_that_lists_nothing_takes_what_is_typed() -> None:
    bare = Menu()
    assert call("go to=3", bare).action == Action("go", {"to": 3})
    assert read("help", bare) == Word("help")
    assert call("wait", bare).action == Action("wait")


@given(st.text(st.characters(codec=None)))
def test_whatever_is_typed_means_something_or_is_refused(line: str) -> None:
    """Never an exception of another kind: a dialogue must not end by a slip."""
    with suppress(NotUnderstoodError):
        assert isinstance(read(line, MENU), Call | Word)


@given(st.sampled_from(SPECS), st.none() | st.floats(0.01, 1.0))
def test_a_call_as_it_is_spelled_means_itself(spec: ActionSpec, dose: float | None) -> None:
    """What the history shows can be typed again."""
    params: dict[str, Json] = {**spec.params, **({"dose": dose} if dose is not None and spec.takes_dose else {})}
    action = Action(spec.name, params)
    assert call(spelled(action), Menu(SPECS)).action == action
