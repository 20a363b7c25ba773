"""One pass for all that a report shows."""

from __future__ import annotations

from pytest_alienbio.model import Outcome
from pytest_alienbio.results.review import review
from pytest_alienbio.stats import summarize

from ..report.documents import results
from ..stats.results import result


def test_it_reads_results_once_and_gives_all_of_them_the_same() -> None:
    cells = list(results(5, 3))
    found = review(iter(cells), title="t", dats=["d"])
    assert found.summary == summarize(cells)
    assert sum(each.whole.cells for each in found.breakdowns) == found.bill.total.cells == len(cells)


def test_errors_and_low_scores_are_told_apart() -> None:
    """What broke, by class and message; candidates and references below the bar, worst first; a floor belongs there."""
    cells = [
        *(result("s", "a", None, outcome=Outcome.TIMED_OUT, seed=seed).with_(reason="too long") for seed in range(3)),
        result("s", "a", 0.4, seed=3),
        result("s", "a", 0.1, seed=4),
        result("s", "b", 0.5),
        result("t", "a", 0.9),
        result("s", "random", 0.1, role="floor"),
        result("s", "oracle", 0.1, role="reference"),
    ]
    found = review(cells, title="t", command=lambda cell: f"again {cell.id}")
    assert [(group.count, group.first.reason) for group in found.errors.groups] == [(3, "too long")]
    assert found.errors.groups[0].first.command == "again s[a-s0]"
    assert [(group.first.agent, group.count, group.first.score) for group in found.below.groups] == [
        ("a", 2, 0.1),
        ("b", 1, 0.5),
        ("oracle", 1, 0.1),
    ]


def test_where_lower_is_better_the_highest_score_is_the_worst() -> None:
    cells = [result("s", "a", score, seed=at, better="lower", bar=0.2) for at, score in enumerate((0.5, 0.9, 0.7))]
    assert [group.cells for group in review(cells, title="t").below.groups] == [("s[a-s1]", "s[a-s2]", "s[a-s0]")]


def test_a_board_brings_its_standings_and_what_it_left_out() -> None:
    cells = list(results(3, 2))
    board = summarize([result("s", "somebody", 0.5)])
    found = review(cells, title="t", board=board)
    assert [standing.agent for standing in found.summary.standings] == ["somebody"]
    assert len(found.summary.leaves) == 6
