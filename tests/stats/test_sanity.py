"""Which scenarios are called broken, and in which words."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome, Result, Sanity
from pytest_alienbio.stats import broken

from .results import result

KINDS = {"oracle": "oracle", "idle": "noop", "dice": "random", "mine": "greedy"}


def cells(agent: str, score: float, count: int = 5, scenario: str = "m/x", better: str = "higher") -> list[Result]:
    """`count` scored cells of one agent."""
    return [result(scenario, agent, score, seed=seed, better=better) for seed in range(count)]


@pytest.mark.parametrize(
    ("agent", "score", "sentence"),
    [
        ("dice", 0.71, "m/x: random scores 0.71 on 5 cells, more than random_max 0.5; the scenario may be trivial"),
        ("idle", 0.4, "m/x: noop scores 0.40 on 5 cells, more than noop_max 0.3; the scenario may reward doing nothing"),
        (
            "oracle",
            0.998,
            "m/x: oracle scores 0.998 on 5 cells, less than oracle_min 1; the scenario may be unsolvable or its scoring wrong",
        ),
    ],
)
def test_a_mean_beyond_its_bound_is_a_finding_with_numbers(agent: str, score: float, sentence: str) -> None:
    """As many digits as show that the bound was crossed."""
    (finding,) = broken(cells(agent, score), Sanity(), KINDS)
    assert (finding.scenario, finding.sentence) == ("m/x", sentence)


@pytest.mark.parametrize(("agent", "score"), [("dice", 0.5), ("idle", 0.3), ("oracle", 1.0), ("mine", 0.99), ("unknown", 0.99)])
def test_on_the_bound_or_unwatched_is_fine(agent: str, score: float) -> None:
    """The bounds themselves are allowed; only oracle, noop and random are watched."""
    assert broken(cells(agent, score, 11), Sanity(), KINDS) == ()


def test_four_cells_are_too_few_to_judge_and_five_are_enough() -> None:
    """Cells without a score do not help to reach five."""
    four = [*cells("dice", 0.9, 4), result("m/x", "dice", outcome=Outcome.LOST, seed=9)]
    assert broken(four, Sanity(), KINDS) == ()
    assert len(broken(cells("dice", 0.9, 5), Sanity(), KINDS)) == 1
    assert len(broken(four, Sanity(), KINDS, min_cells=4)) == 1


@pytest.mark.parametrize("outcome", [Outcome.AGENT_ERROR, Outcome.ENVIRONMENT_ERROR, Outcome.SCORER_ERROR, Outcome.TIMED_OUT])
@pytest.mark.parametrize("agent", ["idle", "dice"])
def test_one_error_of_noop_or_random_is_enough(agent: str, outcome: Outcome) -> None:
    """They only do legal things, so the scenario broke."""
    (finding,) = broken([*cells(agent, 0.1, 2), result("m/x", agent, outcome=outcome, seed=7)], Sanity(), KINDS)
    assert finding.rule == "error"
    assert f"{KINDS[agent]} ended in an error on 1 of 3 cells ({outcome} in m/x[{agent}-s7])" in finding.sentence


@pytest.mark.parametrize(
    "outcome", [Outcome.LOST, Outcome.OVER_LIMIT, Outcome.NOT_RUN, Outcome.SKIPPED, Outcome.PROVIDER_ERROR]
)
def test_what_the_scenario_cannot_help_is_no_finding(outcome: Outcome) -> None:
    """A dead worker, a spent cap, an outage."""
    assert broken([result("m/x", "dice", outcome=outcome)], Sanity(), KINDS) == ()


def test_scenarios_are_judged_one_by_one() -> None:
    """One trivial scenario is not hidden by hard ones, nor blames them."""
    found = broken([*cells("dice", 0.9, scenario="easy"), *cells("dice", 0.0, scenario="hard")], Sanity(), KINDS)
    assert [finding.scenario for finding in found] == ["easy"]


def test_scores_where_lower_is_better_are_not_held_to_the_bounds() -> None:
    """The bounds are about scores that rise with success."""
    assert broken(cells("dice", 9.0, better="lower"), Sanity(), KINDS) == ()
