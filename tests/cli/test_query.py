"""Filters and order of recorded cells."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.cli.parser import Parser
from pytest_alienbio.cli.query import SORTS, add_filters, in_order, query_of, sort_keys
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome, Result

NOW = 1_000_000.0


def cell(**fields: Any) -> Result:
    """A result of two minutes ago."""
    base: dict[str, Any] = {"battery": "b", "key": "k", "id": "i", "scenario": "m/x", "scenario_hash": "", "difficulty": 2}
    base |= {"agent": "greedy", "agent_hash": "", "role": "candidate", "seed": 3, "outcome": Outcome.COMPLETED}
    base |= {"score": 0.5, "passed": False, "passing_score": 0.6, "tags": ("wet", "red"), "ended_at": NOW - 120}
    return Result(**{**base, **fields})


def keeps(*argv: str, **fields: Any) -> bool:
    """Whether the options keep a result of these fields."""
    parser = Parser()
    add_filters(parser)
    return query_of(parser.parse_args(argv), NOW).keeps(cell(**fields), ("nightly",))


@pytest.mark.parametrize(
    ("argv", "kept"),
    [
        ([], True),
        (["--battery", "b"], True),
        (["--battery", "c"], False),
        (["--agent", "gr*"], True),
        (["--agent", "noop", "--agent", "greedy"], True),
        (["--agent", "noop,greedy"], True),
        (["--agent", "GREEDY"], False),
        (["--scenario", "m/*"], True),
        (["--scenario", "*x"], True),
        (["--scenario", "m"], False),
        (["--seed", "3"], True),
        (["--seed", "4"], False),
        (["--seed", "1,3"], True),
        (["--seed", "0-9"], True),
        (["--seed", "7", "--seed", "3"], True),
        (["--difficulty", "2"], True),
        (["--difficulty", "<2"], False),
        (["--difficulty", ">=2"], True),
        (["--difficulty", "1,3"], False),
        (["--difficulty", "1", "--difficulty", "2-4"], True),
        (["--tag", "red"], True),
        (["--tag", "nightly"], True),
        (["--tag", "dry"], False),
        (["--tag", "dry,wet"], True),
        (["--outcome", "completed"], True),
        (["--outcome", "lost,not_run"], False),
        (["--outcome", "lost", "--outcome", "completed"], True),
        (["--passed"], False),
        (["--failed"], True),
        (["--min-score", "0.5"], True),
        (["--min-score", "0.51"], False),
        (["--max-score", "0.5"], True),
        (["--max-score", "0.49"], False),
        (["--since", "3m"], True),
        (["--since", "1m"], False),
        (["--until", "1m"], True),
        (["--until", "3m"], False),
        (["--agent", "greedy", "--seed", "4"], False),
    ],
)
def test_each_filter_narrows(argv: list[str], kept: bool) -> None:
    """Of one filter any value will do, and all filters must fit. One number is that seed, as for `bio run`."""
    assert keeps(*argv) is kept


def test_a_day_counts_to_its_end() -> None:
    """`--until DAY` keeps what ended late on that day, `--since DAY` what ended early."""
    start, end = datetime(2026, 1, 31).timestamp(), datetime(2026, 2, 1).timestamp()
    assert keeps("--since", "2026-01-31", ended_at=start)
    assert not keeps("--since", "2026-01-31", ended_at=start - 1)
    assert keeps("--until", "2026-01-31", ended_at=end - 1)
    assert not keeps("--until", "2026-01-31", ended_at=end)


@pytest.mark.parametrize("bound", [["--min-score", "0"], ["--max-score", "1"], ["--since", "2w"], ["--until", "0m"]])
def test_what_is_missing_fits_no_bound(bound: list[str]) -> None:
    """An outage is neither a low nor a high score; a cell that was never started is neither early nor late."""
    assert not keeps(*bound, outcome=Outcome.NOT_RUN, score=None, passed=None, ended_at=0.0)


@pytest.mark.parametrize(
    ("outcome", "passed", "is_passed", "is_failed"),
    [
        (Outcome.COMPLETED, True, True, False),
        (Outcome.TRUNCATED, False, False, True),
        (Outcome.COMPLETED, None, False, False),
        (Outcome.TIMED_OUT, None, False, True),
        (Outcome.AGENT_ERROR, None, False, True),
        (Outcome.SKIPPED, None, False, False),
        (Outcome.NOT_RUN, None, False, False),
    ],
)
def test_failed_is_below_the_bar_or_broken(outcome: Outcome, passed: bool | None, is_passed: bool, is_failed: bool) -> None:
    """A cell that was never meant to run, or never did, has neither passed nor failed."""
    assert keeps("--passed", outcome=outcome, passed=passed) is is_passed
    assert keeps("--failed", outcome=outcome, passed=passed) is is_failed


def test_a_scenario_without_levels_fits_no_difficulty() -> None:
    assert not keeps("--difficulty", ">=0", difficulty=None)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--seed", "x"], "--seed: 'x' cannot be read as seeds"),
        (["--seed", "-1"], "--seed"),
        (["--difficulty", "hard"], "--difficulty: "),
        (["--outcome", "complete"], "--outcome: 'complete' is no outcome; did you mean 'completed'?"),
        (["--since", "soon"], "--since: 'soon' is no time"),
        (["--until", "2026-02-30"], "--until: '2026-02-30' is no time"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_with_its_option(argv: list[str], words: str) -> None:
    with pytest.raises((SpecError, SystemExit)) as caught:
        keeps(*argv)
    assert words in str(caught.value) or argv[1].startswith("-")


@pytest.mark.parametrize("text", ["nan", "inf", "x", ""])
def test_a_bound_is_a_finite_number(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        keeps("--min-score", text)
    assert "is no number" in capsys.readouterr().err


CELLS = st.lists(
    st.builds(
        lambda score, seed, agent: cell(score=score, seed=seed, agent=agent, passed=None),
        st.none() | st.floats(0, 1),
        st.integers(0, 3),
        st.sampled_from("ab"),
    ),
    max_size=30,
)


@given(CELLS, st.booleans(), st.integers(0, 5))
def test_rows_come_in_order_and_missing_ones_last(cells: list[Result], reverse: bool, most: int) -> None:
    """Whichever way; ties keep their order; the first few are the same as those of all."""
    rows = in_order(cells, ("score", "agent"), reverse=reverse)
    scores = [row.score for row in rows if row.score is not None]
    assert scores == sorted(scores, reverse=reverse)
    assert all(row.score is None for row in rows[len(scores) :])
    assert sorted(map(id, rows)) == sorted(map(id, cells))
    assert in_order(iter(cells), ("score", "agent"), reverse=reverse, most=most) == rows[: most or None]
    assert in_order(cells, ()) == cells


def test_no_more_rows_than_needed_are_held() -> None:
    """Of ten thousand rows of which three are asked for, few are alive at a time."""
    alive = 0
    most_alive = 0

    class Counted(Result):
        __slots__ = ("__weakref__",)

        def __init__(self, **fields: Any) -> None:
            nonlocal alive, most_alive
            super().__init__(**fields)
            alive += 1
            most_alive = max(most_alive, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    fields = {name: getattr(cell(), name) for name in Result.__slots__}
    rows = in_order((Counted(**{**fields, "score": n / 10_000}) for n in range(10_000)), ("score",), reverse=True, most=3)
    assert [row.score for row in rows] == [0.9999, 0.9998, 0.9997]
    assert most_alive < 2000


def test_sort_keys_are_checked() -> None:
    assert sort_keys("score, agent") == ("score", "agent")
    with pytest.raises(argparse.ArgumentTypeError, match="'scor' is no column to sort by; did you mean 'score'"):
        sort_keys("scor")
    for key in SORTS:
        assert len(in_order([cell(), cell(seed=4)], (key,))) == 2
