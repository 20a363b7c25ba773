"""What a tracker's run says of one agent in one DAT."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio import stats
from pytest_alienbio.exchange.around import around
from pytest_alienbio.exchange.groups import groups
from pytest_alienbio.exchange.runs_of import agent_params, cell_numbers, data_root, summary_of
from pytest_alienbio.model import Leaf, Outcome, Result, TaskRecord, Usage

from .played import a_run, broken, cell, cells


def leaves(results: object) -> list[Leaf]:
    """As the commands make them."""
    return list(stats.summarize(results).leaves)  # type: ignore[arg-type]


def test_the_mean_is_that_of_the_leaderboard() -> None:
    """Each scenario weighs the same."""
    given = [cell(1), cell(2), cell(3), cell(4, scenario="walks/other", score=1.0), broken(5, Outcome.LOST)]
    (standing,) = stats.summarize(given).standings
    found = summary_of(given, leaves)
    assert found["score_mean"] == pytest.approx(standing.mean)
    assert found["pass_rate"] == pytest.approx(standing.pass_rate)
    assert found["score_mean/walks/line"] == pytest.approx(0.5)
    assert (found["cells"], found["scored"], found["errors"], found["outcome/lost"]) == (5, 4, 1, 1)
    assert (found["tokens"], found["usd"]) == (515, 0.625)


def test_what_is_not_known_has_no_entry() -> None:
    """Never 0."""
    found = summary_of([broken(1, Outcome.LOST, usage=Usage())], leaves)
    assert not {"score_mean", "tokens", "usd", "score_mean/walks/line"} & found.keys()
    assert "score_mean" not in summary_of([cell(1)], None)


def test_scores_of_both_directions_have_no_mean() -> None:
    assert "score_mean" not in summary_of([cell(1), cell(2, scenario="walks/cost", better="lower")], leaves)


def test_the_numbers_of_a_cell() -> None:
    found = cell_numbers(cell(1, metrics={"cost": 3, "note": "x"}, task=TaskRecord(None)))
    assert found["metric.cost"] == 3
    assert (found["score"], found["passed"], found["score.goal"], found["tokens"]) == (0.25, 0.0, 0.5, 101)
    assert not {"score", "passed"} & cell_numbers(broken(1, Outcome.LOST)).keys()


def test_a_dat_tells_what_is_around_it(tmp_path: Path) -> None:
    dat = a_run(tmp_path)
    assert data_root(dat) == tmp_path.resolve()
    about = around(dat, data_root(dat))
    assert about.place == dat.path.resolve().relative_to(tmp_path.resolve()).as_posix()
    assert (about.run, about.user, about.command, about.commit, about.dirty) == ("r1", "ann", "bio run walk", "c" * 40, True)
    assert (about.description, about.tags, about.closed) == ("Walks of several lengths.", ("nightly",), True)
    assert agent_params(dat, "greedy") == {"depth": 3}
    assert agent_params(dat, "nobody") == agent_params(None, "greedy") == {}


def test_what_is_damaged_is_not_known(tmp_path: Path) -> None:
    dat = a_run(tmp_path, closed=False)
    (dat.path / "_spec_.yaml").write_text("{", "utf-8")
    (dat.path / "environment.json").unlink()
    about = around(dat)
    assert (about.place, about.run, about.user, about.closed) == (dat.path.name, "", "", False)


def test_cells_are_grouped_by_agent_a_dat_at_a_time() -> None:
    found = list(groups([result.with_(dat_path=place) for place in ("a", "b") for result in cells()]))
    assert [(group[0].dat_path, group[0].agent, len(group)) for group in found] == [
        ("a", "greedy", 8),
        ("a", "idle", 2),
        ("b", "greedy", 8),
        ("b", "idle", 2),
    ]


def test_a_dat_whose_cells_do_not_stand_together_is_refused() -> None:
    apart: list[Result] = [cell(1, dat_path="a"), cell(1, dat_path="b"), cell(2, dat_path="a")]
    with pytest.raises(ValueError, match="the cells of a do not stand together"):
        list(groups(apart))
