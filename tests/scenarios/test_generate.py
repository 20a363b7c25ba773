"""Generation: what is accepted, what is said when nothing is, and the way through a cache."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from pytest_alienbio.errors import GenerationError
from pytest_alienbio.model import Action, Json, canonical
from pytest_alienbio.scenarios import generate as generation
from pytest_alienbio.scenarios.dynamics import follow
from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.scenarios.generate import TRIVIAL_ABOVE, cache_key, generate, obtain
from pytest_alienbio.scenarios.planner import Found, random_plan
from pytest_alienbio.scenarios.reference import POLICIES

from .parts import (
    BALANCE,
    COMPETITION,
    HIDDEN,
    REFUGE,
    SMALL,
    Memory,
    changed,
    instance,
    play,
    small,
    solution,
    template,
    template_of,
)


@pytest.mark.parametrize("name", [HIDDEN, COMPETITION])
@pytest.mark.parametrize("difficulty", [1, 2, 3, 4, 5])
def test_the_oracle_scores_1_and_waiting_0_exactly(name: str, difficulty: int) -> None:
    """Not nearly: both run through the code that fixed the scale."""
    of = instance(name, difficulty, difficulty % 2)
    best, idle = play(of, solution(of)), play(of, [Action("wait")] * 20)
    assert (best.score, best.parts["raw_score"], best.parts["utility"]) == (1.0, 1.0, of.top)
    assert (idle.score, idle.parts["raw_score"], idle.parts["utility"]) == (0.0, 0.0, of.floor)


@pytest.mark.parametrize(
    "which", [(HIDDEN, 1, 1), (HIDDEN, 4, 0), (COMPETITION, 3, 1), (COMPETITION, 5, 1), (BALANCE, 5, 1), (REFUGE, 4, 0)]
)
def test_what_is_accepted_can_be_solved_and_needs_solving(which: tuple[str, int, int]) -> None:
    """The plan reaches the goal in safety, well above waiting; targets are finite and apart."""
    of = instance(*which)
    best = of.marks(*follow(of.dynamics, of.plan))
    assert best.goal >= 0.70
    assert best.safety >= 0.90
    assert of.top - of.floor >= 0.30
    assert all(0 < target.high - target.low < 1e3 for target in of.rules.targets)
    assert sum(of.rejected.values()) == of.attempt


def test_more_difficulty_hides_more_and_says_less_truth() -> None:
    """Noise, decoys, hidden quantities and missing documentation grow with the level."""
    easy, hard = (instance(HIDDEN, d, d % 2).blueprint for d in (1, 5))
    assert easy.noise < hard.noise
    assert easy.budget > hard.budget
    assert (len(easy.hidden), len(easy.levers)) == (0, 4)
    assert (len(hard.hidden), len(hard.levers)) == (5, 8)


WILD = changed("needs: {food: {half: 1,", "excretes: {food: 40}\n    needs: {food: {half: 1,")
for old, new in (("death: 0.3", "death: 0"), ("crowding: 0.01", "crowding: 0"), ("growth: 0.9", "growth: 3")):
    WILD = changed(old, new, WILD)
REFUSED = [
    (changed("[[scale, focal, 0.5]]", "[[add, food, 3]]"), "trivial"),
    (WILD, "unbounded"),
    (changed("effects: [[add, food, 3]]", "effects: [[add, food, 0]]"), "unsolvable"),
    (changed("from: 0.5", "from: 0.5, low: 0, high: 0.1"), "no_gap"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_cannot_be_made_acceptable_is_an_error_that_counts_the_reasons(
    text: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a bounded number of attempts; the words say what the reason means."""
    monkeypatch.setattr("pytest_alienbio.scenarios.generate.MOST_ATTEMPTS", 2)
    with pytest.raises(GenerationError, match=f"tests/small at difficulty 3, seed 7 in 2 attempts: 2x {reason} \\(") as caught:
        generate(template_of(text), 3, 7)
    assert caught.value.reasons == {reason: 2}


def test_that_nothing_was_found_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The long search is not repeated for every cell, the error says the same, and a count that cannot be is not believed."""
    monkeypatch.setattr("pytest_alienbio.scenarios.generate.MOST_ATTEMPTS", 2)
    memory, template = Memory(), template_of(changed("effects: [[add, food, 3]]", "effects: [[add, food, 0]]"))
    with pytest.raises(GenerationError) as first:
        obtain(template, 3, 7, memory)
    with pytest.raises(GenerationError) as second:
        obtain(template, 3, 7, memory, variant=2)
    assert memory.made == 1
    assert str(first.value) == str(second.value)
    assert second.value.reasons == {"unsolvable": 2}
    for foreign in ({"unsolvable": 1}, {"dull": 2}, {"unsolvable": "2"}):
        memory.kept[cache_key(template, 3, 7)] = {"refused": foreign}
        with pytest.raises(GenerationError, match="2x unsolvable"):
            obtain(template, 3, 7, memory)
    assert memory.made == 4


@pytest.mark.parametrize(
    ("difficulty", "seed", "said"), [(3, -1, "a seed is a whole number"), (2, 0, "has no difficulty 2; it has 1, 3")]
)
def test_a_question_without_sense_is_refused(difficulty: int, seed: int, said: str) -> None:
    """Negative seeds, levels a file does not have."""
    with pytest.raises(ValueError, match=said):
        generate(template_of(SMALL), difficulty, seed)


def test_stated_goals_are_the_authors_choice_even_if_they_are_easy() -> None:
    """Drawing again would not make them harder."""
    easy = changed("from: 0.5", "from: 0.5, low: 8, high: 10", changed("[[scale, focal, 0.5]]", "[[add, food, 3]]"))
    of, rng = generate(template_of(easy), 3, 7), np.random.default_rng(0)
    paths = [follow(of.dynamics, random_plan(of.dynamics, rng)) for _ in range(30)]
    assert np.mean([min(of.normalised(of.marks(*path).utility), 1.0) for path in paths]) > TRIVIAL_ABOVE
    assert of.attempt == 0


def test_a_cache_is_asked_once_and_believed_only_after_a_replay() -> None:
    """The second time nothing is generated; a flipped bit is noticed and made good."""
    memory, of = Memory(), small()
    first = obtain(of.template, 3, 0, memory)
    second = obtain(of.template, 3, 0, memory)
    assert memory.made == 1
    assert first == second == of
    key = cache_key(of.template, 3, 0)
    plan = memory.kept[key]["plan"]
    assert isinstance(plan, list)
    memory.kept[key] = {**memory.kept[key], "plan": [plan[0] ^ 1, *plan[1:]]}
    assert obtain(of.template, 3, 0, memory) == of
    assert memory.made == 2


class Credulous:
    """A cache that hands out what it was filled with, unverified."""

    def __init__(self, value: Mapping[str, Json]) -> None:
        self.value = value

    def fetch(
        self, key: str, make: Callable[[], Mapping[str, Json]], verify: Callable[[Mapping[str, Json]], bool], /
    ) -> Mapping[str, Json]:
        """What it has."""
        return self.value


def test_a_cache_that_does_not_verify_is_not_trusted() -> None:
    """A right value is used, a wrong one is replaced."""
    of = small()
    assert obtain(of.template, 3, 0, Credulous(of.to_json())) == of
    assert obtain(of.template, 3, 0, Credulous({"plan": []})) == of


def test_keys_differ_in_whatever_makes_an_instance_differ() -> None:
    """Content, difficulty, seed."""
    one, other = template_of(SMALL), template_of(changed("init: 6", "init: 7"))
    assert len({cache_key(t, d, s) for t in (one, other) for d in (1, 3) for s in (0, 1)}) == 8


def test_a_reference_policy_that_beats_the_plan_starts_a_new_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a search that finds nothing, the policies' plans become the floor of the oracle's."""
    of = instance(HIDDEN, 1, 1)
    lazy = (0,) * 20
    monkeypatch.setattr(generation, "search", lambda dynamics, rules, rng: Found(lazy, of.rules))
    weak = generation._attempt(of.template, 1, 1, of.attempt)
    assert not isinstance(weak, str)
    played = [generation._played(replace(of, plan=lazy), policy()) for policy in POLICIES]
    best = max(of.marks(*follow(of.dynamics, plan)).utility for plan in played)
    assert weak.top >= best > weak.floor


PRINT = """
import sys
from pytest_alienbio.model import Action, canonical
from pytest_alienbio.scenarios.episode import Episode
from tests.scenarios.parts import instance
of = instance("mutualism/competition", 2, 0)
episode = Episode(of)
seen = [dict(episode.act(Action("wait")).observation.state) for _ in range(3)]
sys.stdout.write(canonical([of.to_json(), list(of.surface.names), seen]))
"""


def test_another_process_with_another_hash_seed_makes_the_same_bits() -> None:
    """Nothing hangs on the order of sets or on `hash`."""
    of = instance(COMPETITION, 2, 0)
    episode = Episode(of)
    seen: list[Json] = [dict(episode.act(Action("wait")).observation.state) for _ in range(3)]
    here = canonical([of.to_json(), list(of.surface.names), seen])
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run(
        [sys.executable, "-c", PRINT], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert there.stdout == here


def test_the_default_level_of_shipped_scenarios_is_one_they_have() -> None:
    """A bare name plays."""
    assert {template(name).default_level for name in (HIDDEN, COMPETITION)} == {2}
