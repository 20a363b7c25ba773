"""What is broken about a scenario is found, one rule at a time; a sound one is left in peace."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Climb
from pytest_alienbio.stats import doubts, unsound

from .climbs import KINDS, ROLES, climb, stairs


def broken(climbs: list[Climb]) -> dict[str, str]:
    """Sentences by rule."""
    return {finding.rule: finding.sentence for finding in unsound(climbs, KINDS, ROLES)}


def test_a_sound_scenario_has_no_findings() -> None:
    assert broken(stairs()) == {}
    assert doubts(stairs(), KINDS, ROLES) == ()


@pytest.mark.parametrize(
    ("climbs", "rule", "says"),
    [
        (stairs(oracle=1 - 2**-53), "oracle_end", "oracle scores 0.9999999999999999 in s[d1-oracle-s0], not exactly 1"),
        (stairs(idle=1e-17), "noop_end", "noop scores 1e-17 in s[d1-idle-s0], not exactly 0"),
        (
            [*stairs([1], 5, dice=0.6), *stairs([2, 3])],
            "floor_bar",
            "dice scores 0.6 on average at difficulty 1, and the bar is 0.6; who has no idea",
        ),
        (stairs(greedy=0.3), "difficulty", "cannot be told: all scores are equal"),
        (
            [climb(level, seed, greedy=0.1 * level) for level in (1, 2) for seed in (0, 1)],
            "difficulty",
            "Spearman +1.00 over 4",
        ),
        (stairs(dice=0.59), "above_random", "dice scores 0.59 on average, greedy 0.485"),
        (
            [*stairs(), climb(3, 9, oracle=None, greedy=None, dice=None, idle=None)],
            "error",
            "environment_error on 1 of 13 worlds, first s[d3-oracle-s9]: no acceptable instance",
        ),
        (
            [climb(1, seed, attempts=1 + seed % 2, rejected={"trivial": seed % 2}, greedy=0.5) for seed in range(20)],
            "first_try",
            "only 10 of 20 worlds were accepted at the first attempt (10x trivial), clearly less than 90%; try: make random",
        ),
        ([climb(None, 0, raw=False, oracle=0.5, greedy=0.6)], "oracle_top", "greedy scores 0.6 on average, oracle only 0.5"),
    ],
)
def test_what_is_broken_is_said_with_numbers_and_what_to_try(climbs: list[Climb], rule: str, says: str) -> None:
    found = broken(climbs)
    assert set(found) == {rule}
    assert found[rule].startswith("s: ")
    assert says in found[rule]
    assert ";" in found[rule]


def test_errors_that_mean_the_same_are_said_once_with_a_remedy() -> None:
    sentence = broken([climb(1, seed, greedy=None, dice=None) for seed in range(3)])["error"]
    assert "on 3 of 3 worlds" in sentence
    assert "try: make random acting do worse" in sentence


def test_lower_scores_can_be_better() -> None:
    """Then a floor agent must stay above the bar, and the reference below everybody."""
    sound = [
        climb(d, s, raw=False, better="lower", bar=2.0, oracle=0.5, greedy=float(d), dice=5.0) for d in (1, 2) for s in range(5)
    ]
    assert broken(sound) == {}
    bad = [
        climb(d, s, raw=False, better="lower", bar=2.0, oracle=3.0, greedy=float(d), dice=1.0) for d in (1, 2) for s in range(5)
    ]
    assert set(broken(bad)) == {"oracle_top", "floor_bar"}


def test_a_scale_of_its_own_has_no_exact_ends() -> None:
    """Only where oracle and noop fix the scale must they hit its ends."""
    assert broken([climb(None, seed, raw=False, oracle=0.97, greedy=0.5, idle=0.02) for seed in range(5)]) == {}


@pytest.mark.parametrize(
    ("climbs", "says"),
    [
        ([climb(1, 0, oracle=1.0, greedy=1.25)], "the oracle was beaten on 1 of 1 worlds, at most by greedy: raw_score 1.250"),
        ([climb(d, 0, greedy=1 / d) for d in (1, 2)] + [climb(2, 1, greedy=1.0)], "may be chance (p 0."),
        (
            [climb(1, s, attempts=1 + (s == 0), greedy=0.5) for s in range(5)],
            "4 of 5 worlds were accepted at the first attempt",
        ),
    ],
)
def test_what_is_no_fault_is_noted(climbs: list[Climb], says: str) -> None:
    assert any(says in note for note in doubts(climbs, KINDS, ROLES)), doubts(climbs, KINDS, ROLES)
    assert "first_try" not in broken(climbs)


def test_few_worlds_prove_nothing() -> None:
    """Two worlds at two levels tell no trend, lucky dice are luck, and that is no fault."""
    assert broken([climb(1, 0, greedy=0.2, dice=0.7), climb(2, 0, greedy=0.4, dice=0.0)]) == {}
