"""What a document keeps, in which order, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

from pytest_alienbio.model import Finding, Outcome, Summary
from pytest_alienbio.report import Counts, build

from .parts import failure, leaf, plain, standing

EMPTY = Summary((), (), {})


def test_leaves_where_nothing_was_started_are_no_rows() -> None:
    """A skipped agent is told once, with its reason, not in every scenario; a broken one stays in the table."""
    document = plain([leaf("skipped", "s", 0, None, None, None), leaf("broken", "s", 0, None, None, None, errors=3)])
    assert [row.agent for row in document.scores.leaves] == ["broken"]
    assert document.scores.left_out == 0


def test_a_long_table_ends_at_a_whole_scenario() -> None:
    """Half a scenario compares nothing."""
    document = plain([leaf(f"a{j}", f"s{i}") for i in range(10) for j in range(4)])
    assert len(document.scores.leaves) == 28
    assert document.scores.left_out == 12


def test_one_scenario_with_many_agents_is_cut_all_the_same() -> None:
    """Bounded even if there is no whole scenario to keep."""
    document = plain([leaf(f"a{j}", "s") for j in range(40)])
    assert (len(document.scores.leaves), document.scores.left_out) == (30, 10)


def test_errors_come_before_low_scores_and_large_groups_first() -> None:
    """What broke most is what to look at first."""
    failures = [
        failure("low", score=0.1),
        failure("rare", Outcome.AGENT_ERROR, reason="KeyError"),
        *(failure(f"often{i}", Outcome.AGENT_ERROR, reason="ValueError") for i in range(3)),
        failure("other-kind", Outcome.SCORER_ERROR, reason="KeyError"),
    ]
    document = plain(failures=failures).failures
    assert [(group.first.id, group.count) for group in document.groups] == [
        ("often0", 3),
        ("rare", 1),
        ("other-kind", 1),
        ("low", 1),
    ]
    assert (document.total, document.broken, document.left_out) == (6, 5, 0)


def test_caps_and_lost_workers_are_one_line_whatever_their_reasons() -> None:
    """The cause is outside the cell."""
    failures = [failure(f"c{i}", Outcome.NOT_RUN, reason=f"cap hit after {i}") for i in range(20)]
    assert [group.count for group in plain(failures=failures).failures.groups] == [20]


def test_equal_low_scores_stay_apart() -> None:
    """Each is a cell of its own with a command of its own; beyond ten they are counted."""
    document = plain(failures=[failure(f"c{i}", score=0.0) for i in range(35)]).failures
    assert [group.first.id for group in document.groups] == [f"c{i}" for i in range(10)]
    assert document.left_out == 25


def test_skipped_agents_are_grouped_by_reason() -> None:
    """One line a reason; pairs are taken as well as a mapping, and repeats once."""
    pairs = [("a", "no key"), ("b", "not supported"), ("c", "no key"), ("a", "no key")]
    document = build(title="t", summary=EMPTY, skipped=pairs)
    assert [(group.reason, group.agents) for group in document.skipped] == [("no key", ("a", "c")), ("not supported", ("b",))]


def test_many_reasons_notes_and_findings_are_bounded() -> None:
    """Ten lines each, the last of them a count."""
    document = build(
        title="t",
        summary=EMPTY,
        skipped={f"a{i}": f"reason {i}" for i in range(30)},
        notes=[f"note {i}" for i in range(30)],
        findings=[Finding("s", "error", f"finding {i}") for i in range(10)],
    )
    assert len(document.skipped) == len(document.notes) == len(document.findings) == 10
    assert document.skipped[-1].agents == tuple(f"a{i}" for i in range(9, 30))
    assert document.notes[-1] == "... and 21 more"
    assert document.findings[-1] == "finding 9"


def test_everything_is_inert() -> None:
    """No text of a document can move a cursor."""
    evil = "x\x1b[2Jy\nz"
    document = build(
        title=evil,
        summary=Summary((leaf(evil, evil),), (standing(1, evil),), {}),
        failures=[failure(evil, Outcome.AGENT_ERROR, reason=evil)],
        skipped={evil: evil},
        findings=[Finding("s", "error", evil)],
        notes=[evil],
        dat_path=evil,
    )
    assert "\x1b" not in repr(document).encode("utf-8").decode("unicode_escape")
    assert "\n" not in repr(document).replace("\\\\n", "").encode("utf-8").decode("unicode_escape")
    assert document.scores.leaves[0].agent == document.leaderboard.standings[0].agent == "xy z"


def test_without_counts_the_recorded_cells_are_told() -> None:
    """Never a number nobody gave."""
    assert plain(outcomes={"completed": 3, "lost": 1}).counts == Counts(4, 4, 4)


def test_it_is_said_why_there_is_no_interval() -> None:
    """One cell, one world seen several times, or equal scores: three different things."""

    def note(n: int, worlds: int | None) -> str:
        made = replace(leaf("a", "s", n), worlds=worlds)
        summary = Summary((made,), (standing(1, "a", interval=None, n=n),), {"completed": n})
        return build(title="t", summary=summary).leaderboard.interval_notes["a"]

    assert [note(1, 1), note(3, 1), note(3, 3), note(3, None)] == ["n = 1", "one world", "no spread", "no spread"]
