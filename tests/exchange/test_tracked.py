"""Runs of experiment trackers as cells: what is asked for, what is never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import Columns, Problems
from pytest_alienbio.exchange.tracked import Reader, Tracked
from pytest_alienbio.model import CellError, Outcome, Result


def run(number: int = 1, **more: Any) -> Tracked:
    """A run that ended well."""
    given: dict[str, Any] = {
        "origin": f"x:y:{number}",
        "place": f"run {number}",
        "outcome": Outcome.COMPLETED,
        "battery": "walk",
        "scenario": "walk",
        "settings": {"agent": "greedy", "seed": number, "lr": "0.1"},
        "numbers": {"score": 0.5, "loss": 2.0},
        **more,
    }
    return Tracked(**given)


def cells(*runs: Tracked | Result, columns: Columns | None = None) -> list[Result]:
    """The cells of some runs; refuses as the command does."""
    problems = Problems()
    found = list(Reader("source", columns or Columns(), problems).cells(runs))
    problems.refuse()
    return found


def one(columns: Columns | None = None, **more: Any) -> Result:
    """The cell of a run."""
    return cells(run(**more), columns=columns)[0]


def test_settings_called_as_our_fields_are_those_and_the_others_are_params() -> None:
    found = one(settings={"agent": "greedy", "seed": "3", "difficulty": 2, "variant": "wide", "lr": "0.1"})
    assert (found.agent, found.seed, found.difficulty, found.variant) == ("greedy", 3, 2, 1)
    assert found.params == {"lr": 0.1, "variant": "wide"}


def test_a_setting_that_means_something_else_can_be_a_param_or_nothing() -> None:
    """Their `difficulty` is a word."""
    settings = {"agent": "greedy", "seed": 1, "difficulty": "hard"}
    with pytest.raises(SpecError, match="difficulty: 'hard' is no whole number"):
        one(settings=settings)
    found = one(Columns({"params.difficulty": "difficulty"}), settings=settings)
    assert (found.difficulty, found.params) == (None, {"difficulty": "hard"})
    found = one(Columns(ignored=("difficulty",)), settings=settings)
    assert (found.difficulty, found.params) == (None, {})


def test_what_is_mapped_is_no_param_and_what_is_ignored_is_nowhere() -> None:
    columns = Columns({"agent": "model", "score.cost": "loss"}, ignored=("note",))
    found = one(columns, settings={"model": "big", "seed": 1, "note": "x", "lr": 1}, numbers={"score": 1.0, "loss": 2.0})
    assert (found.agent, found.params) == ("big", {"lr": 1})
    assert found.scores["cost"] == 2.0
    bare = one(Columns(ignored=("*",)), settings={"agent": "greedy", "seed": 1, "lr": 1})
    assert (bare.params, bare.scores) == ({}, {})


def test_what_is_set_for_all_wins() -> None:
    found = one(Columns(fixed={"agent": "mine", "seed": "7", "battery": "b", "passing_score": "0.5", "params.site": "north"}))
    assert (found.agent, found.seed, found.battery, found.passed) == ("mine", 7, "b", True)
    assert found.params["site"] == "north"


def test_two_runs_must_not_be_scored_by_two_things() -> None:
    """`result` here and `score` there are nothing to compare."""
    other = run(2, numbers={"result": 0.9})
    with pytest.raises(SpecError, match="run 2: 'result' would be its score, and 'score' that of others"):
        cells(run(1), other)
    assert [each.score for each in cells(run(1), run(2), columns=Columns({"score": "loss"}))] == [2.0, 2.0]


@pytest.mark.parametrize("numbers", [{"score": 1.0, "result": 2.0}, {"acc": 1.0}])
def test_a_number_of_another_name_is_never_taken_for_the_score(numbers: dict[str, float]) -> None:
    with pytest.raises(SpecError, match=r"which of its numbers is the score\?"):
        one(numbers=numbers)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "text", None])
def test_a_score_that_is_no_number_is_the_scorers_error(value: object) -> None:
    found = one(Columns({"score": "acc"}), numbers={"acc": value, "loss": 1.0})
    assert (found.outcome, found.score) == (Outcome.SCORER_ERROR, None)


def test_a_part_of_a_score_that_is_no_number_is_left_out() -> None:
    assert one(Columns({"score.cost": "loss"}), numbers={"score": 1.0, "loss": float("nan")}).scores == {"score": 1.0}


@pytest.mark.parametrize("outcome", [each for each in Outcome if not each.scored])
def test_what_broke_has_no_score_whatever_was_logged_before(outcome: Outcome) -> None:
    """An outage is never a score."""
    found = one(outcome=outcome, error=CellError("E", "m"), reason="E: m")
    assert (found.outcome, found.score, found.error, found.reason) == (outcome, None, CellError("E", "m"), "E: m")
    assert found.scores["score"] == 0.5  # what was logged stays to be seen


def test_an_outcome_can_be_mapped_with_words_of_its_own() -> None:
    columns = Columns({"outcome": "state"}, outcomes={"oom": "environment_error"})
    found = one(columns, settings={"agent": "a", "seed": 1, "state": "oom"})
    assert (found.outcome, found.score) == (Outcome.ENVIRONMENT_ERROR, None)
    with pytest.raises(SpecError, match="state: 'weird' is no outcome"):
        one(columns, settings={"agent": "a", "seed": 1, "state": "weird"})


def test_repeats_are_attempts_of_a_seed_or_seeds_of_their_own() -> None:
    again = [run(number, settings={"agent": "a", "seed": 1}) for number in (1, 2)]
    assert [(each.seed, each.attempt) for each in cells(*again)] == [(1, 1), (1, 2)]
    unseeded = [run(number, settings={"agent": "a"}) for number in (1, 2, 3)]
    assert [(each.seed, each.attempt) for each in cells(*unseeded)] == [(0, 1), (1, 1), (2, 1)]
    assert len({each.key for each in cells(*unseeded)}) == 3


def test_a_cell_that_is_one_already_passes_through() -> None:
    (first, second) = cells(one(), run(2))
    assert (first.origin, second.origin) == ("x:y:1", "x:y:2")


def test_names_are_made_fit_for_cells() -> None:
    found = one(scenario="my walk", settings={"agent": "a b", "seed": 1})
    assert (found.scenario, found.agent) == ("my-walk", "a-b")
