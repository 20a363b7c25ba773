"""A result before anything is known but the cell."""

from __future__ import annotations

from dataclasses import fields, replace

from pytest_alienbio.model import Case, CellError, Outcome, Result
from pytest_alienbio.play import result_of, run_cell

from .worlds import make_catalog, make_cell

FROM_PLAY = {"score", "scores", "better", "passed", "metrics", "usage", "trajectory", "trace"}
FROM_RECORDING = {"attempt", "run", "worker", "dat_path", "started_at", "ended_at", "duration_s"}


def test_it_says_all_that_the_cell_says() -> None:
    """A played cell's result differs from its blank in what playing gives, and in nothing else."""
    cell = make_cell(case=Case("pond/small", 3, {"a": 1}, "c0", ("wet",), 0.25))
    played, blank = run_cell(cell, make_catalog()), result_of(cell, Outcome.COMPLETED)
    differing = {field.name for field in fields(Result) if getattr(played, field.name) != getattr(blank, field.name)}
    assert differing <= FROM_PLAY | FROM_RECORDING
    assert (blank.key, blank.difficulty, blank.params, blank.tags) == (cell.key, 3, {"a": 1}, ("wet",))
    assert blank.passing_score == 0.25


def test_its_params_are_the_cases_and_the_axes() -> None:
    """An axis that only the agent takes is a param of the cell, too; and the surface is told."""
    cell = replace(make_cell(case=Case("pond/small", 3, {"a": 1}, variant=2)), axes={"temperature": 0.5})
    blank = result_of(cell, Outcome.LOST)
    assert (blank.params, blank.variant) == ({"a": 1, "temperature": 0.5}, 2)


def test_it_has_no_score_and_says_why() -> None:
    error = CellError("OSError", "gone")
    result = result_of(make_cell(), Outcome.LOST, "worker died", error=error)
    assert (result.outcome, result.reason, result.error) == (Outcome.LOST, "worker died", error)
    assert (result.score, result.passed, result.trajectory, result.scores) == (None, None, None, {})
