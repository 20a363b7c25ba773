"""Which scenarios are called broken, and in which words."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import GenerationError
from pytest_alienbio.model import CellError, Outcome, Result, Sanity
from pytest_alienbio.stats import MIN_CELLS, MIN_CELLS_SMOKE, broken

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


@pytest.mark.parametrize(("bar", "found"), [(None, 0), (475.0, 0), (-110.0, 0), (0.0, 1), (1.0, 1)])
def test_a_scenario_without_a_bar_from_0_to_1_has_no_scale_to_be_judged_on(bar: float | None, found: int) -> None:
    """A return of 22 says nothing about what random play is worth; an error still does."""
    scored = [each.with_(passing_score=bar) for each in cells("dice", 22.0)]
    assert len(broken(scored, Sanity(), KINDS)) == found
    failed = result("m/x", "dice", outcome=Outcome.ENVIRONMENT_ERROR, seed=9).with_(passing_score=bar)
    assert "error" in [finding.rule for finding in broken([*scored, failed], Sanity(), KINDS)]


def test_four_cells_are_too_few_to_judge_and_five_are_enough() -> None:
    """Cells without a score do not help to reach five."""
    four = [*cells("dice", 0.9, 4), result("m/x", "dice", outcome=Outcome.LOST, seed=9)]
    assert broken(four, Sanity(), KINDS) == ()
    assert len(broken(cells("dice", 0.9, 5), Sanity(), KINDS)) == 1
    assert len(broken(four, Sanity(), KINDS, {**MIN_CELLS, "random": 4})) == 1


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


def test_a_smoke_run_judges_oracle_and_noop_by_one_cell_and_random_by_five() -> None:
    """One throw of the dice proves nothing."""
    one = [*cells("oracle", 0.5, 1), *cells("idle", 0.4, 1), *cells("dice", 0.9, 1)]
    assert broken(one, Sanity(), KINDS) == ()
    found = broken(one, Sanity(), KINDS, MIN_CELLS_SMOKE)
    assert [finding.rule for finding in found] == ["oracle_min", "noop_max"]
    assert "oracle scores 0.50 on 1 cell, less" in found[0].sentence
    five = broken(cells("dice", 0.9, 5), Sanity(), KINDS, MIN_CELLS_SMOKE)
    assert [finding.rule for finding in five] == ["random_max"]


def _ungenerated(agent: str, seed: int) -> Result:
    error = CellError(f"pytest_alienbio.errors.{GenerationError.__qualname__}", "no acceptable instance")
    return result("m/x", agent, outcome=Outcome.ENVIRONMENT_ERROR, seed=seed).with_(error=error)


def test_a_scenario_that_cannot_be_generated_is_said_to_be_just_that() -> None:
    """Once for noop and random together: no action was ever played, so none is suspected."""
    (finding,) = broken([_ungenerated(agent, seed) for agent in ("idle", "dice") for seed in (1, 2)], Sanity(), KINDS)
    assert finding.sentence == (
        "m/x: noop and random ended in an error on 4 of 4 cells (environment_error in m/x[idle-s1]); "
        "no world that can be played was found; the reasons are with the cells, "
        "and easing the scenario's numbers there may help"
    )


def test_where_only_some_worlds_are_missing_both_are_said() -> None:
    errors = [_ungenerated("dice", 1), result("m/x", "dice", outcome=Outcome.SCORER_ERROR, seed=2)]
    (finding,) = broken(errors, Sanity(), KINDS)
    assert "; on 1 of them no world that can be played was found; the reasons" in finding.sentence


@pytest.mark.parametrize(("kind", "told"), [("SpecError", 0), ("pytest_alienbio.errors.SpecError", 0), ("TypeError", 1)])
def test_an_agent_that_could_not_be_built_says_nothing_about_the_scenario(kind: str, told: int) -> None:
    """Its params are wrong, and that is with its cells; the cells of others are judged as if it were not there."""
    error = CellError(kind, "wait_probability must be from 0 to 1")
    unbuilt = [result("m/x", "dice", outcome=Outcome.AGENT_ERROR, seed=seed).with_(error=error) for seed in range(3)]
    assert len(broken(unbuilt, Sanity(), KINDS)) == told
    other = result("m/x", "idle", outcome=Outcome.SCORER_ERROR)
    (finding,) = broken([*unbuilt, other], Sanity(), KINDS)
    assert ("on 1 of 1 cells" in finding.sentence) == (not told)
