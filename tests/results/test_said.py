"""A query in words."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Query
from pytest_alienbio.results.said import said


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Query(), ""),
        (Query(agents=("a", "b*"), scenarios=("m/*",)), "agent=a|b*, scenario=m/*"),
        (Query(seeds=frozenset({3, 0, 1, 2, 7})), "seed=0-3,7"),
        (Query(seeds=frozenset()), "seed=none"),
        (Query(levels=((0, 3), (5, 5))), "difficulty=0-3,5"),
        (Query(passed=False, min_score=0.5, max_score=0.75), "failed, score >= 0.5, score <= 0.75"),
        (Query(since=0.0), "since 1970-01-01T00:00:00Z"),
        (Query(params={"t": (0.5, True)}), "t=0.5|true"),
        (Query(outcomes=frozenset({"lost"}), tags=("wet",), imported=True), "tag=wet, outcome=lost, imported"),
        (Query(dats=("/a", "/b", "/c"), latest=True), "3 DATs, latest record of each cell"),
        (Query(agents=("\x1b[31mred\n",)), "agent=red"),
    ],
)
def test_it_says_what_was_asked_and_can_do_nothing(query: Query, words: str) -> None:
    assert said(query) == words
