"""What a run's report keeps, in which order, and what a screen leaves out."""

from __future__ import annotations

from dataclasses import replace

from pytest_alienbio.model import Finding, Interval, Outcome, Summary
from pytest_alienbio.report import Counts, Document, as_json, render, render_markdown
from pytest_alienbio.report.build import build
from pytest_alienbio.report.document import Notes, Table
from pytest_alienbio.results.failures import grouped

from .parts import failure, leaf, plain, small, standing

EMPTY = Summary((), (), {})


def leaves(document: Document) -> Table:
    """The table of scores."""
    table = document["scores"]["leaves"]
    assert isinstance(table, Table)
    return table


def test_leaves_where_nothing_was_started_are_no_rows() -> None:
    """A skipped agent is told once, with its reason, not in every scenario; a broken one stays in the table."""
    document = plain([leaf("skipped", "s", 0, None, None, None), leaf("broken", "s", 0, None, None, None, errors=3)])
    assert [row["agent"] for row in leaves(document).rows()] == ["broken"]
    assert leaves(document).more == ""


def test_a_long_table_ends_at_a_whole_scenario_on_a_screen() -> None:
    """Half a scenario compares nothing; machines get every row."""
    table = leaves(plain([leaf(f"a{j}", f"s{i}") for i in range(10) for j in range(4)]))
    assert len(table.screen or ()) == 28
    assert table.more == "… and 12 more rows: summary.csv"
    assert len(table.rows()) == 40


def test_one_scenario_with_many_agents_is_cut_all_the_same() -> None:
    """Bounded even if there is no whole scenario to keep."""
    table = leaves(plain([leaf(f"a{j}", "s") for j in range(40)]))
    assert (len(table.screen or ()), table.more) == (30, "… and 10 more rows: summary.csv")


def test_skipped_agents_are_grouped_by_reason() -> None:
    """One line a reason; pairs are taken as well as a mapping, and repeats once."""
    pairs = [("a", "no key"), ("b", "not supported"), ("c", "no key"), ("a", "no key")]
    text = render(build(title="t", summary=EMPTY, skipped=pairs), 80)
    assert text.splitlines()[-2:] == ["skipped a, c: no key", "skipped b: not supported"]


def test_many_reasons_notes_and_findings_are_ten_lines_each_on_a_screen() -> None:
    """The last of them a count; a whole page, Markdown and JSON have all."""
    document = build(
        title="t",
        summary=EMPTY,
        skipped={f"a{i}": f"reason {i}" for i in range(30)},
        notes=[f"note {i}." for i in range(30)],
        findings=[Finding("s", "error", f"finding {i}") for i in range(10)],
    )
    lines = render(document, 80).splitlines()
    assert sum("finding" in line for line in lines) == 10
    assert [line for line in lines if line.startswith("… and")] == ["… and 21 more reasons: results.yaml", "… and 21 more"]
    for text in (render(document, 80, whole=True), render_markdown(document), as_json(document)):
        assert all(f"note {i}." in text and f"reason {i}" in text for i in range(30))


def test_a_crowd_skipped_for_one_reason_is_named_in_part() -> None:
    """Six names and how many more; machines get all."""
    document = build(title="t", summary=EMPTY, skipped={f"a{i}": "no key" for i in range(9)})
    assert "skipped a0, a1, a2, a3, a4, a5 and 3 more: no key" in render(document, 80)
    skipped = document["end"]["skipped"]
    assert isinstance(skipped, Notes)
    assert skipped.notes[0].values["agents"] == [f"a{i}" for i in range(9)]


def test_no_text_of_a_report_can_move_a_cursor_or_break_a_line() -> None:
    """Whoever wrote it: a scenario, an agent, an exception, a folder."""
    evil = "x\x1b[2Jy\nz\u202e"
    document = build(
        title=evil,
        summary=Summary((leaf(evil, evil),), (standing(1, evil),), {}),
        failures=grouped([failure(evil, Outcome.AGENT_ERROR, reason=evil)]),
        skipped={evil: evil},
        findings=[Finding("s", "error", evil)],
        notes=[evil],
        dat_path=evil,
    )
    for text in (render(document, 200), render_markdown(document), as_json(document)):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "y\nz" not in text
        assert "xy z" in text
    assert leaves(document).rows()[0]["agent"] == evil, "machines get names as they are"


def test_without_counts_the_recorded_cells_are_told() -> None:
    """Never a number nobody gave."""
    document = plain(outcomes={"completed": 3, "lost": 1})
    assert render(document, 80).splitlines()[1] == "4 cells: 3 completed, 1 lost"
    assert document == build(title="t", summary=Summary((), (), {"completed": 3, "lost": 1}), counts=Counts(4, 4, 4))


def test_it_is_said_why_there_is_no_interval() -> None:
    """One cell, one world seen several times, or equal scores: three different things."""

    def note(n: int, worlds: int | None) -> object:
        made = replace(leaf("a", "s", n), worlds=worlds)
        summary = Summary((made,), (standing(1, "a", interval=None, n=n),), {"completed": n})
        [row] = build(title="t", summary=summary)["leaderboard"].rows("standings")
        return row["why_no_interval"]

    assert [note(1, 1), note(3, 1), note(3, 3), note(3, None)] == ["n = 1", "one world", "no spread", "no spread"]


def test_a_row_of_the_leaderboard_holds_raw_numbers() -> None:
    """Unrounded, with what is missing as None."""
    sharp = standing(1, "a", mean=1 / 3, interval=Interval(0.1, 0.7, 0.9))
    [first, second] = plain([leaf("a", "s")], [sharp, standing(None, "b", mean=None, interval=None, rate=None)])[
        "leaderboard"
    ].rows("standings")
    assert (first["mean"], first["interval"], first["level"]) == (1 / 3, [0.1, 0.7], 0.9)
    assert (second["rank"], second["mean"], second["interval"], second["pass_rate"]) == (None, None, None, None)


def test_its_sections_have_their_names() -> None:
    """Scripts rely on them."""
    assert [section.key for section in small().sections] == ["run", "scores", "leaderboard", "findings", "failures", "end"]
    assert [section.key for section in plain().sections] == ["run", "scores"]
