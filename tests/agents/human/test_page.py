"""What a person is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.human import page
from pytest_alienbio.agents.human.command import Call
from pytest_alienbio.model import Action, ActionResult, ActionSpec, Briefing, Goal, Observation, Scores
from pytest_alienbio.testing import Pond

BRIEFING = Pond().briefing()
SEEN = Observation(3, {"algae": 2.5, "fish": 4.25, "krill": 0.00012}, 10, 6.0, 1.5)


def words(lines: Iterable[str]) -> str:
    """Lines as one text, however they are folded."""
    return " ".join(" ".join(lines).split())


def everything(briefing: Briefing, seen: Observation, width: int) -> list[str]:
    """Every page."""
    result = ActionResult(False, "no such lever", reading={"value": 1.5, "needs": {"krill": [0.5]}})
    call = Call(Action("feed", {"species": "fish", "dose": 0.5}), spec=briefing.actions[0], cost=0.5, doubt="who knows")
    return [
        *page.briefing_lines(briefing, width),
        *page.action_lines(briefing.actions, width),
        *page.status_lines(seen, width),
        *page.reading_lines(briefing, seen, {"fish": 4.0}, {"algae": 8.0}, width),
        *page.result_lines("feed species=fish", result, width),
        *page.pending_lines(call, seen, width),
        *page.history_lines([(0, "feed species=fish", result), (1, "wait", None)], width),
        *page.score_lines(Scores(0.5, {"raw_score": 0.5}), width),
        *page.message_lines("'x' is unknown; known: " + "wait, " * 30, width),
    ]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = replace(BRIEFING, text="word " * 100, actions=(*BRIEFING.actions, ActionSpec("x" * 50, {"y" * 30: "z" * 30})))
    for briefing in (BRIEFING, long):
        lines = [*everything(briefing, SEEN, width), *page.help_lines(width)]
        assert max(map(len, lines)) <= width
        assert not any("\t" in line for line in lines)


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_is_aligned_and_says_what_counts(width: int) -> None:
    """Reading, difference, what is wanted, the floor; and a word where a target is reached or a floor broken."""
    lines = list(page.reading_lines(BRIEFING, SEEN, {"fish": 4.0, "algae": 3.0}, {"algae": 8.0, "fish": 4.0}, width))
    assert lines == [
        "  quantity   reading  change    wanted  floor*",
        "  algae        2.500  -0.500             4.000  BELOW ITS FLOOR",
        "  fish         4.250  +0.250  >= 9.000",
        "  krill     1.20e-04",
        "* reckoned from the first reading",
    ]


@pytest.mark.parametrize(
    ("goal", "wanted", "levels"),
    [
        (Goal("x", "up", 1.0, 4.0), ">= 4.000", {3.9: False, 4.0: True, 9.0: True}),
        (Goal("x", "down", 1.0, 4.0), "<= 1.000", {1.1: False, 1.0: True, 0.0: True}),
        (Goal("x", "band", 1.0, 4.0), "1.000 to 4.000", {0.9: False, 1.0: True, 4.0: True, 4.1: False}),
    ],
)
def test_a_target_is_reached_at_its_end(goal: Goal, wanted: str, levels: dict[float, bool]) -> None:
    for level, reached in levels.items():
        row = list(page.reading_lines(Briefing("", goals=(goal,)), Observation(0, {"x": level}), {}, {}, 80))[1]
        assert wanted in row
        assert row.endswith("reached") == reached


def test_a_target_that_cannot_be_seen_has_no_reading() -> None:
    """Missing is missing: no number stands where none was read."""
    rows = list(page.reading_lines(Briefing("", goals=(Goal("x", "up", 0.0, 1.0),)), Observation(0, {}), {}, {}, 80))
    assert rows[1].split() == ["x", "-", ">=", "1.000"]


def test_actions_are_numbered_with_cost_and_effects_and_measurements_packed() -> None:
    specs = (*BRIEFING.actions, ActionSpec("assay", {"quantity": "fish"}, cost=0.2, takes_step=False), ActionSpec("seal"))
    assert list(page.action_lines(specs, 80)) == [
        "ACTIONS, a step each; a dose scales cost and effect",
        "     action              cost  documented effects",
        "  1  feed species=fish      1  fish +0.8",
        "  2  feed species=algae     1  algae +0.5",
        "  3  cull species=algae   0.8  fish +0.3",
        "  6  seal                   0  none",
        "MEASUREMENTS, which take no step",
        "assay quantity, cost 0.2 each:",
        "    4 algae   5 fish",
        "ALWAYS: wait, done",
    ]


def test_a_pending_call_says_what_it_would_cost() -> None:
    call = Call(Action("feed", {"species": "fish", "dose": 0.5}), spec=BRIEFING.actions[0], cost=0.5)
    assert words(page.pending_lines(call, SEEN, 80)) == (
        "pending: feed species=fish dose=0.5; costs 0.5, which leaves 4 of 6 Enter carries it out, undo drops it"
    )
    assert "it ends here" in words(page.pending_lines(Call(Action("done")), SEEN, 80))
    assert "takes no step" in words(page.pending_lines(Call(Action("assay"), spec=BRIEFING.actions[3]), SEEN, 80))


def test_an_outcome_without_a_score_has_none() -> None:
    assert words(page.score_lines(Scores(None), 80)) == "The episode is over: not scored"


HOSTILE = "\x1b]0;title\x07\x1b[2Jred\x1b[0m\u202e\nsecond"


@given(st.text(st.characters(codec=None), max_size=30) | st.just(HOSTILE), st.sampled_from([20, 40, 80]))
def test_nothing_from_a_world_does_anything_to_the_terminal(text: str, width: int) -> None:
    """Every text of a world, in every place: no escape sequence, no control or bidi character comes through."""
    world = Briefing(
        text,
        text,
        (Goal(text, "up", 0.0, 1.0),),
        {text: 0.5},
        (ActionSpec(text, {text: text}, effects={text: 1.0}), ActionSpec(text, {text: text}, takes_step=False)),
        5,
        2.0,
    )
    seen = Observation(1, {text: 1.0}, 5, 2.0, info={text: {text: text}})
    result = ActionResult(True, text, reading={text: [text]})
    call = Call(Action(text or "x", {text: text}), doubt=text)
    lines = [
        *everything(world, seen, width),
        *page.reading_lines(world, seen, {text: 1.0}, {text: 1.0}, width),
        *page.result_lines(text, result, width),
        *page.pending_lines(call, seen, width),
        *page.history_lines([(0, text, result)], width),
        *page.score_lines(Scores(0.1, {text: 0.2}), width),
        *page.message_lines(text, width),
    ]
    assert not {unicodedata.category(character) for line in lines for character in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
