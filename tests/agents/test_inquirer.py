"""The agent that asks before it acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from pytest_alienbio.agents import GreedyAgent, InquirerAgent
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, ActionResult, ActionSpec, Briefing, Goal, Json, Observation

from . import anywhere
from .worlds import BAND, DECOY, FRAIL, LURE, play

Told = Mapping[str, Mapping[str, Json]]
NOTHING: Told = {}
UP = Goal("fish", "up", 0.0, 10.0)
LOW = {"fish": 1.0}


def ask(subject: str, cost: float = 1.0) -> ActionSpec:
    return ActionSpec("investigate", {"subject": subject}, cost, takes_step=False)


def feed(molecule: str, cost: float = 1.0, **effects: float) -> ActionSpec:
    return ActionSpec("add_feedstock", {"molecule": molecule}, cost, effects, takes_dose=True)


def cull(species: str, **effects: float) -> ActionSpec:
    return ActionSpec("cull", {"species": species}, 1.0, effects, takes_dose=True)


def conversation(
    *actions: ActionSpec,
    answers: Told = NOTHING,
    state: Mapping[str, float] = LOW,
    steps: int = 1,
    goals: tuple[Goal, ...] = (UP,),
    protected: Mapping[str, float] = {},
    budget: float = 10.0,
    **constants: Any,
) -> list[str]:
    """What it does, as "investigate fish" or "add_feedstock salt", in so many steps; a question not in `answers` is refused."""
    agent = InquirerAgent(**constants)
    agent.start(Briefing("", goals=goals, protected=protected, actions=actions, max_steps=20, budget=budget))
    done: list[str] = []
    step, spent, last = 0, 0.0, None
    while step < steps:
        action = agent.decide(Observation(step, dict(state), 20, budget, spent, last))
        named = next((value for value in action.params.values() if isinstance(value, str)), "")
        done.append(f"{action.name} {named}".strip())
        spec = next((spec for spec in actions if spec.name == action.name and named in spec.params.values()), None)
        if spec is None or spec.takes_step:
            step, last, spent = step + 1, ActionResult(True), spent + (spec.cost if spec else 0.0)
        elif named in answers:
            last, spent = ActionResult(True, cost=spec.cost, reading={"subject": named, **answers[named]}), spent + spec.cost
        else:
            last = ActionResult(False, "nobody knows")
    return done


def test_it_asks_about_goals_then_the_protected_then_acts() -> None:
    """Each once, in the order of the briefing; whoever cannot be asked about is left out."""
    actions = (ask("crab"), ask("fish"), ask("snail"), feed("salt", fish=0.5))
    told: Told = {"fish": {"needs": {"salt": 1.0}}, "crab": {}}
    done = conversation(*actions, answers=told, protected={"gull": 0.3, "crab": 0.3})
    assert done == ["investigate fish", "investigate crab", "add_feedstock salt"]


def test_questions_take_their_share_of_the_budget_and_no_more() -> None:
    """30 % of 10 pays for three at 1, or one at 2."""
    subjects = ("fish", "a", "b", "c", "d")
    asked = conversation(*map(ask, subjects), answers={name: {} for name in subjects}, protected=dict.fromkeys("abcd", 0.1))
    assert asked == ["investigate fish", "investigate a", "investigate b", "wait"]
    dear = conversation(*(ask(name, 2.0) for name in subjects), answers={"fish": {}}, protected=dict.fromkeys("abcd", 0.1))
    assert dear == ["investigate fish", "wait"]
    assert conversation(*map(ask, subjects), answers={}, asking_share=0.0, late_share=0.0) == ["wait"]


def test_a_refused_question_is_not_asked_again() -> None:
    """It cost nothing, and the answer would be the same."""
    assert conversation(ask("fish"), feed("salt", fish=0.5), steps=3).count("investigate fish") == 1


def test_it_feeds_what_is_needed_and_not_what_only_the_documents_praise() -> None:
    """A claim about somebody it asked about, for a thing that no answer names, does not count, or as `doubt` says."""
    actions = (ask("fish"), feed("fluff", fish=0.9), feed("salt"))
    told: Told = {"fish": {"needs": {"salt": 1.0}}}
    plenty = {"fish": 1.0, "salt": 50.0}
    assert conversation(*actions, answers=told) == ["investigate fish", "add_feedstock salt"]
    assert conversation(*actions, answers=told, state=plenty) == ["investigate fish", "wait"]
    assert conversation(*actions, answers=told, state=plenty, doubt=1.0) == ["investigate fish", "add_feedstock fluff"]


def test_a_fact_about_a_thing_leaves_room_for_others() -> None:
    """Who asked about a product was told one promoter: that does not make another documented one a lie."""
    actions = (ask("fish"), feed("one"), feed("two", fish=0.9))
    told: Told = {"fish": {"promoted_by": ["one"]}}
    assert set(conversation(*actions, answers=told, steps=6)) == {
        "investigate fish",
        "add_feedstock one",
        "add_feedstock two",
        "wait",
    }


def test_a_poison_is_left_alone_whatever_is_documented() -> None:
    """Of a goal, and of a population that is only protected."""
    actions = (ask("fish"), ask("crab"), feed("lure", fish=0.9))
    done = conversation(*actions, answers={"fish": {"poisons": {"lure": 1.0}}, "crab": {}}, steps=3)
    assert done == ["investigate fish", "wait", "wait", "wait"]
    told: Told = {"fish": {"promoted_by": ["lure"]}, "crab": {"poisons": {"lure": 0.2}}}
    assert "add_feedstock lure" in conversation(*actions, answers=told, steps=3)
    assert "add_feedstock lure" not in conversation(*actions, answers=told, steps=3, protected={"crab": 0.5})


def test_it_follows_the_chain_to_a_lever_some_links_away() -> None:
    """Waste feeds the partner, who makes the broth, which the fish needs: three links."""
    actions = (ask("fish"), ask("partner"), feed("waste"))
    told: Told = {"fish": {"needs": {"broth": 1.0}}, "partner": {"needs": {"waste": 1.0}, "excretes": {"broth": 0.1}}}
    assert conversation(*actions, answers=told, links=3)[-1] == "add_feedstock waste"
    assert conversation(*actions, answers=told, links=2)[-1] == "wait"


def test_a_food_from_nowhere_makes_it_ask_around() -> None:
    """Nobody asked makes the broth and no lever adds it: somebody else must."""
    actions = (ask("fish"), ask("stranger"), feed("waste"))
    told: Told = {"fish": {"needs": {"broth": 1.0}}, "stranger": {"needs": {"waste": 1.0}, "excretes": {"broth": 0.1}}}
    assert conversation(*actions, answers=told) == ["investigate fish", "investigate stranger", "add_feedstock waste"]
    assert conversation(*actions, feed("broth"), answers=told) == ["investigate fish", "add_feedstock broth"]


def test_it_asks_before_it_culls_and_spares_an_ally() -> None:
    """The cull is praised, but its victim alone makes what the fish needs."""
    actions = (ask("fish"), ask("crab"), cull("crab", fish=0.9), feed("vitamin", cost=5.0))
    told: Told = {"fish": {"needs": {"vitamin": 1.0}}, "crab": {"excretes": {"vitamin": 0.1}}}
    assert conversation(*actions, answers=told, steps=2) == ["investigate fish", "investigate crab", "wait", "wait"]
    rival: Told = {"fish": {"needs": {"vitamin": 1.0}}, "crab": {"needs": {"vitamin": 1.0}}}
    assert conversation(*actions, answers=rival)[-1] == "cull crab"


@pytest.mark.parametrize(("later", "expected"), [(1.0, 1), (4.6, 2)], ids=["gone", "stays"])
def test_it_turns_from_what_does_not_last(later: float, expected: int) -> None:
    """A scarce food is given; whether it is given again when it is scarce again depends on how long it was seen to stay."""
    agent = InquirerAgent(threshold=0.3, repeat_penalty=0.0)
    agent.start(Briefing("", goals=(UP,), actions=(ask("fish"), feed("salt")), max_steps=20, budget=100.0))
    assert agent.decide(Observation(0, {"fish": 1.0, "salt": 1.0}, 20, 100.0)).name == "investigate"
    last = ActionResult(True, cost=1.0, reading={"subject": "fish", "needs": {"salt": 1.0}})
    levels = [1.0, 5.0, later, 1.0, 5.0, 5.0]
    seen = [Observation(step, {"fish": 1.0, "salt": level}, 20, 100.0, 1.0, last) for step, level in enumerate(levels)]
    assert [agent.decide(observation).name for observation in seen].count("add_feedstock") == expected


def test_a_lever_on_the_goal_itself_needs_no_document() -> None:
    """What `bind x` does to x is in its name."""
    goals = (Goal("silt", "band", 4.0, 6.0),)
    bind = ActionSpec("bind", {"molecule": "silt"}, 1.0, takes_dose=True)
    assert conversation(bind, feed("silt"), goals=goals, state={"silt": 8.0}) == ["bind silt"]
    assert conversation(bind, feed("silt"), goals=goals, state={"silt": 2.0}) == ["add_feedstock silt"]


def test_without_anybody_to_ask_it_believes_the_documents() -> None:
    """Then it is greedy, with its own constants."""
    levers = (feed("salt", fish=0.5), feed("lure", fish=0.9))
    briefing = Briefing("", goals=(UP,), actions=levers, max_steps=20, budget=10.0)
    same = {"threshold": 0.05, "repeat_penalty": 0.2}
    acts = []
    for agent in (InquirerAgent(**same), GreedyAgent(**same)):  # type: ignore[arg-type]
        agent.start(briefing)
        acts.append([agent.decide(Observation(step, dict(LOW), 20, 10.0, 0.0)) for step in range(8)])
    assert acts[0] == acts[1]
    assert acts[0][0] == Action("add_feedstock", {"molecule": "lure", "dose": 1.0})


@pytest.mark.parametrize("seed", range(2))
def test_a_poisoned_lever_does_not_lure_it(seed: int) -> None:
    """Greedy follows the document to the bottom."""
    score, _, done = play(InquirerAgent(), LURE, seed)
    assert score > 0.8
    assert ("add_feedstock", "lure") not in done
    assert play(GreedyAgent(), LURE, seed)[0] < 0.05


@pytest.mark.parametrize("seed", range(2))
def test_a_wrong_document_and_a_delayed_effect(seed: int) -> None:
    """It asks who makes the food, and feeds that one."""
    score, _, done = play(InquirerAgent(), DECOY, seed)
    assert score > 0.8
    assert done[:2] == [("investigate", "focal"), ("investigate", "link")]
    assert play(GreedyAgent(), DECOY, seed)[0] < 0.05


def test_a_band_is_kept_without_documents() -> None:
    """The level drifts upwards; it binds, and does not overshoot."""
    assert play(InquirerAgent(), BAND)[0] > 0.8


def test_the_protected_are_spared() -> None:
    """The stronger stimulant kills a bystander; only a question tells."""
    score, parts, done = play(InquirerAgent(), FRAIL)
    assert score > 0.8
    assert parts["safety"] == 1.0
    assert ("stimulate", "blaze") not in done
    assert play(GreedyAgent(), FRAIL)[1]["safety"] == 0.0


@given(anywhere.briefings, anywhere.moments)
def test_it_answers_whatever_it_is_handed(briefing: Briefing, seen: list[Any]) -> None:
    """Hidden goals, no levers, no budget, other actions, odd answers; the same each time, and what it may."""
    done = anywhere.acts(InquirerAgent(), briefing, seen)
    assert done == anywhere.acts(InquirerAgent(), briefing, seen)
    known = {(spec.name, tuple(sorted(spec.params.items()))) for spec in briefing.actions}
    for action in done:
        params = tuple(sorted((key, str(value)) for key, value in action.params.items() if key != "dose"))
        assert action == Action("wait") or (action.name, params) in known


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("asking_share", 1.5),
        ("late_share", -0.1),
        ("links", 2.5),
        ("links", 7),
        ("hop", 2),
        ("doubt", "no"),
        ("threshold", -1),
        ("cost_offset", 0),
    ],
)
def test_a_constant_out_of_range_is_refused(name: str, value: object) -> None:
    """Checked when the agent is built, and told by its own name."""
    with pytest.raises(SpecError, match=f"agent 'inquirer': {name} cannot be"):
        InquirerAgent(**{name: value})  # type: ignore[arg-type]
