"""Who lives on what, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.answer import Answer
from pytest_alienbio.agents.levels import Levels
from pytest_alienbio.agents.web import AMOUNT, EXCRETES, HUNTS, STRONGEST, Web, harm, relief

levels_of = st.floats(0, 50)
halves = st.floats(0.01, 50)


def web(**answers: Answer) -> Web:
    """A web of what is told of each subject; half of an effect is left from link to link."""
    made = Web(0.5)
    for subject, answer in answers.items():
        made.learn(subject, answer)
    return made


def levels(**state: float) -> Levels:
    """What is read."""
    seen = Levels()
    seen.see(state, later=True)
    return seen


def test_a_scarce_food_helps_and_a_plentiful_one_hardly() -> None:
    """By how much growth c / (K + c) rises."""
    known = web(fish=Answer(needs={"food": 1.0}))
    assert known.effects("food", 1, levels(food=0.2), 1) == {"fish": STRONGEST}
    assert known.effects("food", 1, levels(food=20.0), 1)["fish"] < 0.01
    assert known.effects("food", -1, levels(food=0.2), 1)["fish"] < 0


@given(halves, levels_of, levels_of)
def test_relief_falls_with_the_level_and_stays_a_share(half: float, one: float, other: float) -> None:
    """The more there is, the less more of it gives."""
    low, high = sorted((one, other))
    assert 0.0 <= relief(half, high) <= relief(half, low) + 1e-12 <= 1.0 + 1e-12


@given(halves, levels_of)
def test_relief_is_the_rise_of_growth(half: float, level: float) -> None:
    """Written out, above the level below which nothing is told apart, and up to doubling."""
    now = max(0.05 * half, level)
    rise = ((now + AMOUNT) / (half + now + AMOUNT)) / (now / (half + now)) - 1
    assert relief(half, level) == pytest.approx(min(1.0, rise), abs=1e-9)


@given(halves, levels_of)
def test_harm_is_the_change_of_growth_by_a_poison(half: float, level: float) -> None:
    """K / (K + c): the share lost when `AMOUNT` is added; the share won when as much, or all there is, is taken away."""
    growth = half / (half + level)
    assert harm(half, level, more=True) == pytest.approx(1 - half / (half + level + AMOUNT) / growth, abs=1e-9)
    cleaned = half / (half + max(0.0, level - AMOUNT))
    assert harm(half, level, more=False) == pytest.approx(min(1.0, cleaned / growth - 1), abs=1e-9)


def test_a_poison_harms_and_taking_it_away_helps() -> None:
    """Nothing is won where there is none of it."""
    known = web(fish=Answer(poisons={"venom": 1.0}))
    assert known.effects("venom", 1, levels(venom=0.0), 1)["fish"] == pytest.approx(-STRONGEST * 2 / 3)
    assert known.effects("venom", -1, levels(venom=3.0), 1)["fish"] == STRONGEST
    assert known.effects("venom", -1, levels(venom=0.0), 1)["fish"] == 0.0


def test_the_chain_is_followed_and_weakens_from_link_to_link() -> None:
    """Waste feeds the partner, who makes the buffer, which the focal population needs."""
    known = web(
        focal=Answer(needs={"buffer": 1.0}, excretes={"waste": 0.1}),
        partner=Answer(needs={"waste": 1.0}, excretes={"buffer": 0.1}),
    )
    seen = levels(buffer=0.1, waste=0.1)
    effects = known.effects("waste", 1, seen, 3)
    assert effects["partner"] == STRONGEST
    assert effects["buffer"] == pytest.approx(STRONGEST * 0.5 * EXCRETES)
    assert effects["focal"] == pytest.approx(STRONGEST * 0.5 * EXCRETES * 0.5 * STRONGEST)
    assert "focal" not in known.effects("waste", 1, seen, 2)


def test_a_shared_food_is_worth_less_and_fewer_rivals_more() -> None:
    """What three eat is lost on the others; a cull of one of them leaves more for the rest."""
    alone = web(fish=Answer(needs={"food": 1.0}))
    crowd = web(**dict.fromkeys(("fish", "crab", "snail"), Answer(needs={"food": 1.0})))
    seen = levels(food=0.2)
    assert crowd.effects("food", 1, seen, 1)["fish"] == pytest.approx(alone.effects("food", 1, seen, 1)["fish"] / 9)
    assert crowd.effects("crab", -1, seen, 2)["fish"] > 0


def test_an_ally_is_worth_more_alive() -> None:
    """It eats a third of the food, but it alone makes the vitamin: culling it does harm."""
    answers = {
        "fish": Answer(needs={"food": 1.0, "vitamin": 1.0}),
        "ally": Answer(needs={"food": 1.0}, excretes={"vitamin": 0.1}),
        "rival": Answer(needs={"food": 1.0}),
    }
    known = web(**answers)
    seen = levels(food=0.5, vitamin=0.5)
    assert known.effects("ally", -1, seen, 3)["fish"] < 0 < known.effects("rival", -1, seen, 3)["fish"]


def test_prey_feeds_its_hunter_and_suffers_from_it() -> None:
    """Both ways, told by the hunter's answer."""
    known = web(hunter=Answer(preys_on={"hare": 0.2}))
    assert known.effects("hare", 1, levels(), 1) == {"hunter": HUNTS}
    assert known.effects("hunter", 1, levels(), 1) == {"hare": -HUNTS}


def test_promoters_and_reducers_work_on_what_they_are_told_of() -> None:
    """A promoter that is already plentiful is worth less."""
    known = web(product=Answer(promoted_by={"enzyme": 1.0}, reduced_by={"eater": 1.0}))
    assert known.effects("enzyme", 1, levels(enzyme=0.02), 1) == {"product": STRONGEST}
    assert known.effects("enzyme", 1, levels(enzyme=5.0), 1)["product"] < 0.2
    assert known.effects("eater", 1, levels(), 1) == {"product": -STRONGEST}


def test_it_knows_what_it_was_told_of_and_no_more() -> None:
    """Asked about or named in an answer; an answer about a living thing leaves nothing out."""
    known = web(fish=Answer(needs={"food": 1.0}, poisons={"venom": 1.0}), toxin=Answer(reduced_by={"eater": 1.0}))
    assert all(name in known for name in ("fish", "food", "venom", "toxin", "eater"))
    assert "decoy" not in known
    assert known.effects("decoy", 1, levels(), 4) == {}
    assert (known.exhausts("fish"), known.exhausts("toxin"), known.exhausts("food")) == (True, False, False)
    assert known.ties("food", "fish")
    assert not known.ties("food", "toxin")


def test_a_food_without_a_source_is_missed() -> None:
    """Until somebody is known to excrete it, or a lever supplies it."""
    known = web(fish=Answer(needs={"broth": 1.0}))
    assert known.unsourced(())
    assert not known.unsourced({"broth"})
    known.learn("link", Answer(needs={}, excretes={"broth": 0.1}))
    assert not known.unsourced(())


@given(
    st.dictionaries(
        st.sampled_from("abcde"),
        st.builds(Answer, *[st.dictionaries(st.sampled_from("abcdexyz"), st.floats(0, 5), max_size=3)] * 6),
        max_size=5,
    ),
    st.dictionaries(st.sampled_from("abcdexyz"), st.floats(0, 20)),
)
def test_effects_are_bounded_whatever_is_told(answers: dict[str, Answer], state: dict[str, float]) -> None:
    """Loops end, and no effect is stronger than the strongest."""
    known = web(**answers)
    for start in "abcxyz":
        for sign in (-1, 1):
            effects = known.effects(start, sign, levels(**state), 4)
            assert start not in effects
            assert all(-STRONGEST <= effect <= STRONGEST for effect in effects.values())
