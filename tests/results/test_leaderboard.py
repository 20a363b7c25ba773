"""The numbers of a leaderboard, and that they are remembered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.model import Outcome, Query, Standing, Summary
from pytest_alienbio.results.leaderboard import leaderboard
from pytest_alienbio.results.remembered import summary_from, summary_to
from pytest_alienbio.stats import summarize, wilson
from pytest_alienbio.store.index import Index

from .parts import cell, played, write_dat

SCORES: dict[tuple[str, str], list[float | None]] = {
    ("m/x", "good"): [0.8, 0.9, 0.7, 0.8, 0.9, 0.7],
    ("m/y", "good"): [0.7, 0.9, 0.8, 0.7, 0.9, 0.8],
    ("m/x", "fair"): [0.5, 0.6, 0.4, 0.5, 0.6, None],
    ("m/y", "fair"): [0.4, 0.6, 0.5, 0.4, 0.6, 0.5],
    ("m/x", "alike"): [0.6, 0.5, 0.3, 0.6, 0.5, 0.4],
    ("m/y", "alike"): [0.5, 0.5, 0.5, 0.3, 0.7, 0.4],
    ("m/x", "oracle"): [1.0, 1.0, 1.0],
    ("m/y", "oracle"): [1.0, 1.0, 1.0],
    ("m/x", "noop"): [0.0, 0.1, 0.0],
    ("m/y", "noop"): [0.1, 0.0, 0.0],
}


def board(scores: Mapping[tuple[str, str], Sequence[float | None]] = SCORES, query: Query | None = None) -> Summary:
    """The leaderboard of these."""
    with Index.of(played(scores)) as index:
        return leaderboard(index, query or Query(), resamples=200)


def line(summary: Summary, agent: str) -> Standing:
    """One agent's."""
    return next(one for one in summary.standings if one.agent == agent)


def test_candidates_are_ranked_between_ceiling_and_floor() -> None:
    found = board()
    assert [(one.agent, one.role, one.rank) for one in found.standings] == [
        ("good", "candidate", 1),
        ("fair", "candidate", 2),
        ("alike", "candidate", 3),
        ("oracle", "reference", None),
        ("noop", "floor", None),
    ]


def test_means_and_intervals_are_those_of_a_run_s_report() -> None:
    """Agent by agent and leaf by leaf, whatever their order: one rule for both."""
    found, report = board(), summarize(played(SCORES))
    for one in report.standings:
        mine = line(found, one.agent)
        assert (mine.mean, mine.interval, mine.n, mine.pass_rate, mine.errors) == (
            one.mean,
            one.interval,
            one.n,
            one.pass_rate,
            one.errors,
        )
    leaves = {(leaf.agent, leaf.scenario): leaf for leaf in found.leaves}
    assert leaves == {(leaf.agent, leaf.scenario): leaf for leaf in report.leaves}


def test_ranks_have_intervals_and_ties_are_marked() -> None:
    found = board()
    assert line(found, "good").rank_interval == (1, 1)
    assert line(found, "fair").rank_interval == (2, 3)
    assert not line(found, "good").tied_with_above
    assert not line(found, "fair").tied_with_above
    assert line(found, "alike").tied_with_above
    assert line(found, "good").p_above is None
    fair = line(found, "fair").p_above
    assert fair is not None
    assert fair <= 0.05
    assert (found.seed, found.resamples) == (0, 200)


def test_what_is_missing_is_counted() -> None:
    assert line(board(), "fair").missing == {"timed_out": 1}
    assert line(board(), "fair").errors == 1
    assert board().outcomes == {"completed": 47, "timed_out": 1}


def test_a_population_is_shown_where_it_differs() -> None:
    """Two scenarios far apart: on new ones it is anyone's guess. Alike: one interval says it."""
    apart = board({("m/x", "a"): [0.1, 0.11, 0.12], ("m/y", "a"): [0.8, 0.81, 0.82]})
    found = line(apart, "a")
    assert found.population is not None
    assert found.interval is not None
    assert found.population.high - found.population.low > 1.5 * (found.interval.high - found.interval.low)
    alike = {(f"m/{name}", "a"): [0.4, 0.5, 0.6, 0.5] for name in "abcdefgh"}
    alike["m/a", "a"] = [0.2, 0.5, 0.6, 0.1]
    assert line(board(alike), "a").population is None or line(board(alike), "a").interval is not None


def test_lower_may_be_better() -> None:
    with Index.of([one.with_(better="lower") for one in played(SCORES)]) as index:
        found = leaderboard(index, Query(), resamples=200)
    assert [one.agent for one in found.standings if one.rank] == ["alike", "fair", "good"]
    assert found.better == "lower"


def test_scores_of_both_directions_have_no_ranks() -> None:
    mixed = [*played({("m/x", "a"): [0.1, 0.2]}), *played({("m/y", "a"): [0.1]}, better="lower")]
    with Index.of(mixed) as index:
        found = leaderboard(index, Query())
    assert (found.better, found.standings[0].rank, found.standings[0].mean) == ("mixed", None, None)
    assert "both directions" in found.standings[0].why


@pytest.mark.parametrize("scores", [{}, {("m/x", "a"): [None]}, {("m/x", "a"): [0.5]}, {("m/x", "noop"): [0.5, 0.4]}])
def test_little_data_gives_little_and_breaks_nothing(scores: dict[tuple[str, str], list[float | None]]) -> None:
    found = board(scores)
    assert len(found.standings) == len({agent for _, agent in scores})
    for one in found.standings:
        assert one.rank_interval is None or one.rank == 1


def test_agents_that_met_nowhere_are_not_told_apart_and_it_says_so() -> None:
    found = board({("m/x", "a"): [0.9, 0.8, 0.9], ("m/y", "b"): [0.1, 0.2, 0.1]})
    assert line(found, "b").p_above is None
    assert not line(found, "b").tied_with_above
    assert line(found, "b").why == "only 0 cells in common with the one above: no test"


def test_older_records_are_left_out_and_counted() -> None:
    """Of one cell in two DATs, and of an agent that was changed in between; two versions are said."""
    new = played({("m/x", "a"): [0.8, 0.9]}, ended_at=9.0)
    again = [one.with_(dat_path="/data/old", score=0.1, ended_at=1.0) for one in new]
    changed = [
        one.with_(key=f"other {one.key}", agent_hash="other", dat_path="/data/older", score=0.2, ended_at=2.0) for one in new
    ]
    with Index.of([*again, *changed, *new]) as index:
        found = leaderboard(index, Query(), resamples=200)
    assert found.notes == ("4 older records of the same cells left out",)
    assert line(found, "a").mean == pytest.approx(0.85)
    assert found.older == 4


def test_versions_that_stand_side_by_side_are_said() -> None:
    """A cell that only the old agent, or the old scenario, has been played on still counts."""
    old = played({("m/x", "a"): [0.1, 0.2, 0.3]}, ended_at=1.0, agent_hash="old", scenario_hash="old")
    new = played({("m/x", "a"): [0.8, 0.9]}, ended_at=9.0)
    with Index.of([*(one.with_(key=f"old {one.key}", dat_path="/data/old") for one in old), *new]) as index:
        found = leaderboard(index, Query(), resamples=200)
    assert line(found, "a").mean == pytest.approx((0.8 + 0.9 + 0.3) / 3)
    assert found.notes == (
        "2 older records of the same cells left out",
        "more than one version of the agent a is counted together",
        "more than one version of the scenario m/x is counted together",
    )


def test_a_pass_rate_without_scores_counts_worlds() -> None:
    """A world that was shown four ways is one unit, whether it has a score or a verdict alone."""
    once = [cell("m/x", "a", seed, outcome=Outcome.COMPLETED, passed=seed < 5) for seed in range(10)]
    shown = [one.with_(key=f"{one.key} {v}", id=f"{one.id} {v}", variant=v) for one in once for v in (1, 2, 3, 4)]
    with Index.of(shown) as index:
        (leaf,) = leaderboard(index, Query(), resamples=200).leaves
    assert (leaf.passed, leaf.unscored, leaf.pass_interval) == (20, 40, wilson(5, 10))
    assert leaf == summarize(shown).leaves[0]


def test_the_same_seed_gives_the_same_ranks() -> None:
    """And the order of results does not matter."""
    with Index.of(reversed(played(SCORES))) as index:
        assert leaderboard(index, Query(), resamples=200).standings == board().standings


def test_a_summary_is_json_and_back() -> None:
    found = board()
    assert summary_from(json.loads(json.dumps(summary_to(found)))) == found
    for damaged in (None, 3, {}, {"leaves": 1}, {**json.loads(json.dumps(summary_to(found))), "extra": 1}):
        assert summary_from(damaged) is None


def test_it_is_remembered_until_something_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    from pytest_alienbio.results import leaderboard as module

    real = module._made

    def counted(*args: Any) -> Summary:
        made.append(1)
        return real(*args)

    monkeypatch.setattr(module, "_made", counted)
    write_dat(tmp_path / "one", played({("m/x", "a"): [0.5, 0.6], ("m/x", "b"): [0.1, 0.2]}))

    def asked(query: Query = Query(), seed: int = 0) -> Summary:  # noqa: B008 - frozen
        with Index.open(tmp_path) as index:
            index.refresh()
            return leaderboard(index, query, seed=seed, resamples=100)

    first = asked()
    assert asked() == first
    assert len(made) == 1
    assert asked(seed=1).seed == 1
    assert [one.agent for one in asked(replace(Query(), agents=("a",))).standings] == ["a"]
    assert len(made) == 3
    write_dat(tmp_path / "two", [cell("m/x", "c", 0, 0.9)])
    assert {one.agent for one in asked().standings} == {"a", "b", "c"}


def test_a_remembered_one_needs_neither_numpy_nor_scipy(tmp_path: Path) -> None:
    write_dat(tmp_path / "one", played({("m/x", "a"): [0.5, 0.6], ("m/x", "b"): [0.1, 0.2]}))
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from pytest_alienbio.model import Query\nfrom pytest_alienbio.store.index import Index\n"
        "from pytest_alienbio.results.leaderboard import leaderboard\n"
        f"index = Index.open(Path({str(tmp_path)!r})); index.refresh()\n"
        "first = leaderboard(index, Query()).standings[0]\n"
        "print(first.agent, sorted({'numpy', 'scipy', 'pandas', 'pydantic'} & set(sys.modules)))"
    )
    said = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert said == ["a ['numpy']\n", "a []\n"]


def test_cells_that_never_ran_are_no_errors() -> None:
    with Index.of([cell("m/x", "a", 0, 0.5), cell("m/x", "a", 1, outcome=Outcome.SKIPPED)]) as index:
        found = leaderboard(index, Query())
    assert (found.standings[0].skipped, found.standings[0].errors, found.standings[0].missing) == (1, 0, {"skipped": 1})
