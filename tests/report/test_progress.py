"""How far a run has come: what is counted, what is shown, and what gives way in a narrow terminal."""

from __future__ import annotations

import unicodedata
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Outcome
from pytest_alienbio.report.columns import width_of
from pytest_alienbio.report.progress import LONGEST_NAME, Progress, duration, render_progress

Ended = tuple[str, Outcome | None, float | None]

CELLS: list[Ended] = [
    ("oracle", Outcome.COMPLETED, 1.0),
    ("greedy", Outcome.COMPLETED, 0.5),
    ("greedy", Outcome.TRUNCATED, 0.9),
    ("random", Outcome.COMPLETED, 0.25),
    ("claude", Outcome.PROVIDER_ERROR, None),
    ("gpt", Outcome.SKIPPED, None),
]
AGENTS = ("claude", "oracle", "greedy", "random", "gpt")


def after(cells: list[Ended], selected: int = 40, agents: tuple[str, ...] = AGENTS) -> Progress:
    """A run in which `cells` are done."""
    return reduce(lambda progress, cell: progress.plus(*cell), cells, Progress.of(selected, agents))


def line(width: int, *, ascii: bool = False) -> str:
    """The line of the cells above after a minute."""
    return render_progress(after(CELLS), width, elapsed_s=60.0, ascii=ascii)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (199, "6/40 cells, 1 error, ETA 6m48s; mean score: oracle 1.00, greedy 0.70, random 0.25"),
        (81, "6/40 cells, 1 error, ETA 6m48s; mean score: oracle 1.00, greedy 0.70, random 0.25"),
        (80, "6/40 cells, 1 error, ETA 6m48s; mean score: oracle 1.00, greedy 0.70, +1"),
        (71, "6/40 cells, 1 error, ETA 6m48s; mean score: oracle 1.00, +2"),
        (58, "6/40 cells, 1 error, ETA 6m48s"),
        (29, "6/40, 1 err, 6m48s"),
        (19, "6/40, 1 err, 6m48s"),
        (17, "6/40 1E 6m48s"),
        (12, "6/40 6m48s"),
        (9, "6/40"),
        (3, ""),
    ],
)
def test_agents_give_way_first_counts_and_time_last(width: int, shown: str) -> None:
    """Agents go from the end and leave their number; half a number is never shown."""
    assert line(width) == shown


def test_an_agent_without_a_score_is_not_shown() -> None:
    """Neither one that only broke, nor one that was skipped, nor one that has not played."""
    text = render_progress(after([*CELLS, ("silent", Outcome.COMPLETED, None)], agents=(*AGENTS, "later")), 500, elapsed_s=1.0)
    assert not any(agent in text for agent in ("claude", "gpt", "later", "silent"))


def test_an_outage_is_never_a_score() -> None:
    """A number beside an outcome that carries none does not enter the mean."""
    progress = after([("oracle", Outcome.COMPLETED, 1.0), ("oracle", Outcome.TIMED_OUT, 0.0)])
    assert "oracle 1.00" in render_progress(progress, 80, elapsed_s=1.0)
    assert progress.errors == 1


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_every_end_counts_once(outcome: Outcome | None) -> None:
    """Errors are those of the outcome table; a cell that was never recorded is one too."""
    progress = after([("a", outcome, 1.0 if outcome and outcome.scored else None)])
    assert progress.done == 1
    assert progress.errors == (outcome is None or outcome.is_error)


def test_agents_stand_in_the_order_of_the_battery() -> None:
    """Under xdist they finish in any order; one the battery does not name comes last."""
    text = render_progress(after([("mine", Outcome.COMPLETED, 0.1), *reversed(CELLS)]), 199, elapsed_s=1.0)
    assert [word for word in text.split() if word in (*AGENTS, "mine")] == ["oracle", "greedy", "random", "mine"]


def test_time_to_go_follows_the_pace_of_what_played() -> None:
    """Skipped cells cost nothing and would promise too much; before the first cell and after the last nothing is said."""
    assert Progress.of(10).eta_s(5.0) is None
    assert after([("gpt", Outcome.SKIPPED, None)], 10).eta_s(5.0) is None
    assert after(CELLS, 16).eta_s(5.0) == pytest.approx(10.0)
    assert after(CELLS, 6).eta_s(5.0) is None
    assert "ETA" not in render_progress(after(CELLS, 6), 199, elapsed_s=5.0)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "<1s"),
        (0.4, "<1s"),
        (1.0, "1s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (3599.4, "59m59s"),
        (3600.0, "1h00m"),
        (86399.0, "23h59m"),
        (90000.0, "1d01h"),
        (99 * 86400.0, "99d00h"),
        (float("inf"), ">99d"),
    ],
)
def test_durations_have_two_places_at_most(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_names_can_do_nothing_to_a_terminal() -> None:
    """Escape sequences are taken out, long names shortened, and in ASCII everything is ASCII."""
    long, wide = "x" * 80, "测试"
    progress = after([(name, Outcome.COMPLETED, 0.5) for name in ("\x1b[2Jred\n", long, wide)], agents=())
    assert "red 0.50" in render_progress(progress, 199, elapsed_s=1.0)
    assert all(len(name.split()[0]) <= LONGEST_NAME for name in render_progress(progress, 199, elapsed_s=1.0).split(", ")[3:])
    assert render_progress(progress, 199, elapsed_s=1.0, ascii=True).isascii()


ENDS = st.tuples(st.text(max_size=30), st.sampled_from([*Outcome, None]), st.none() | st.floats(-1e6, 1e6, allow_nan=False))


@given(st.lists(ENDS, max_size=12), st.integers(-1, 220), st.floats(0, 1e12), st.booleans())
def test_it_never_wraps(cells: list[Ended], width: int, elapsed_s: float, ascii: bool) -> None:
    """One line of at most `width` columns, whatever the agents are called."""
    text = render_progress(after(cells, selected=10**6, agents=()), width, elapsed_s=elapsed_s, ascii=ascii)
    assert width_of(text) <= max(width, 0)
    assert not {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert text.isascii() or not ascii


@given(st.lists(ENDS, max_size=12).flatmap(lambda cells: st.tuples(st.just(cells), st.permutations(cells))))
def test_the_order_in_which_cells_finish_changes_nothing(orders: tuple[list[Ended], list[Ended]]) -> None:
    """Counts and means are the same whichever worker is first (means up to rounding of the sum)."""
    cells, shuffled = orders
    one, other = after(cells, agents=()), after(shuffled, agents=())
    assert (one.done, one.errors, one.skipped) == (other.done, other.errors, other.skipped)
    assert one.scores.keys() == other.scores.keys()
    for agent, (total, n) in one.scores.items():
        assert other.scores[agent][0] == pytest.approx(total, abs=1e-6)
        assert other.scores[agent][1] == n
