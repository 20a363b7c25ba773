"""Words of a question: what each means, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome, Query, Result
from pytest_alienbio.results.ask import ask
from pytest_alienbio.store.index import Index

from .parts import cell

NOW = 1_000_000.0


def keeps(result: Result, **words: Any) -> bool:
    """Whether these words keep a result."""
    with Index.of([result]) as index:
        return index.count(ask(now=NOW, **words)) == 1


ONE = cell(score=0.5, seed=3, difficulty=2, tags=("wet", "red"), ended_at=NOW - 120, params={"t": 0.5})


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ({}, True),
        ({"agent": "gr*"}, True),
        ({"agent": ["noop", "greedy"]}, True),
        ({"agent": "GREEDY"}, False),
        ({"scenario": "m/*"}, True),
        ({"scenario": "m"}, False),
        ({"battery": ("b",)}, True),
        ({"role": "candidate"}, True),
        ({"role": "floor"}, False),
        ({"seed": 3}, True),
        ({"seed": "3"}, True),
        ({"seed": "0-9"}, True),
        ({"seed": [1, "7-8"]}, False),
        ({"seed": range(5)}, True),
        ({"difficulty": 2}, True),
        ({"difficulty": "<2"}, False),
        ({"difficulty": [1, 2]}, True),
        ({"outcome": "completed"}, True),
        ({"outcome": [Outcome.LOST, Outcome.NOT_RUN]}, False),
        ({"passed": False}, True),
        ({"passed": True}, False),
        ({"min_score": 0.5}, True),
        ({"max_score": 0.49}, False),
        ({"tag": "red"}, True),
        ({"tag": ("dry", "wet")}, True),
        ({"since": "3m"}, True),
        ({"since": "1m"}, False),
        ({"until": "1m"}, True),
        ({"since": datetime.fromtimestamp(NOW - 121, UTC)}, True),
        ({"since": NOW - 119}, False),
        ({"params": {"t": 0.5}}, True),
        ({"params": {"t": [0.1, 0.5]}}, True),
        ({"params": {"t": (0.1,)}}, False),
        ({"params": {"u": 0.5}}, False),
        ({"agent": "greedy", "seed": 4}, False),
    ],
)
def test_each_word_narrows(words: dict[str, Any], kept: bool) -> None:
    """Of one word any value will do, and all words must fit. A seed alone is that seed, as for `bio run`."""
    assert keeps(ONE, **words) is kept


def test_a_day_counts_to_its_end() -> None:
    """`until` a day, as a text or a date, keeps what ended late on it; `since` one what ended early."""
    start, end = datetime(2026, 1, 31).timestamp(), datetime(2026, 2, 1).timestamp()
    for day in ("2026-01-31", date(2026, 1, 31)):
        assert keeps(cell(ended_at=start), since=day)
        assert not keeps(cell(ended_at=start - 1), since=day)
        assert keeps(cell(ended_at=end - 1), until=day)
        assert not keeps(cell(ended_at=end), until=day)


def test_a_datetime_without_a_zone_is_of_this_machine() -> None:
    moment = datetime(2026, 1, 31, 10, 30)
    assert ask(now=NOW, since=moment).since == moment.timestamp()


def test_nothing_asked_keeps_all() -> None:
    assert ask(now=NOW) == Query()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"agent": ""}, "agent= is empty"),
        ({"agent": []}, "agent= is empty"),
        ({"scenario": ["a", " "]}, "scenario= is empty"),
        ({"tag": [3]}, "tag= cannot be 3"),
        ({"commit": ""}, "commit= is empty"),
        ({"note": " "}, "note= is empty"),
        ({"seed": "x"}, "seed=: 'x' cannot be read as seeds"),
        ({"seed": []}, "seed= is empty"),
        ({"seed": [True]}, "seed= cannot be True"),
        ({"seed": 1.5}, "seed="),
        ({"seed": -1}, "seed="),
        ({"difficulty": "hard"}, "difficulty=: "),
        ({"outcome": "complete"}, "outcome=: 'complete' is no outcome; did you mean 'completed'?"),
        ({"role": "oracle"}, "role=: 'oracle' is no role; known: candidate, floor, reference"),
        ({"since": "soon"}, "since=: 'soon' is no time"),
        ({"until": float("nan")}, "until=: nan is no time"),
        ({"min_score": float("inf")}, "min_score= cannot be inf"),
        ({"max_score": "0.5"}, "max_score= cannot be '0.5'"),
        ({"max_score": 10**400}, "max_score= cannot be 1000"),
        ({"agent": 3}, "agent= cannot be 3"),
        ({"commit": ["a", "b"]}, "commit= takes one text; got 2"),
        ({"params": "x=1"}, "params= cannot be 'x=1'"),
        ({"passed": "no"}, "passed= cannot be 'no'; expected True or False"),
        ({"imported": 1}, "imported= cannot be 1"),
        ({"latest": "no"}, "latest= cannot be 'no'"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(words: dict[str, Any], said: str) -> None:
    """An empty word is an unset variable: what it leaves must not look like what was asked for."""
    with pytest.raises(SpecError) as caught:
        ask(now=NOW, **words)
    assert said in str(caught.value)


def test_numbers_of_numpy_are_numbers() -> None:
    """What comes out of a frame goes into a question."""
    words: dict[str, Any] = {"min_score": np.float32(0.5), "max_score": np.float64(1), "since": np.int64(7)}
    query = ask(now=NOW, seed=np.arange(2), **words)
    assert (query.min_score, query.max_score, query.since, query.seeds) == (0.5, 1.0, 7.0, frozenset({0, 1}))
    assert {type(bound) for bound in (query.min_score, query.max_score, query.since)} == {float}


def test_a_shell_s_complaint_names_the_option() -> None:
    with pytest.raises(SpecError, match=r"--min-score cannot be nan"):
        ask(now=NOW, flag="--{}", min_score=float("nan"))
