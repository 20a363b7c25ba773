"""The report as people see it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Failure, Interval, Outcome, Result, Summary
from pytest_alienbio.report import Document, Section, render
from pytest_alienbio.report.build import build
from pytest_alienbio.report.columns import width_of
from pytest_alienbio.results.failures import grouped
from pytest_alienbio.stats import summarize

from .parts import failure, leaf, plain, small, standing

NARROW = """\
mutualism_battery
100 cells, 90 selected, 81 recorded, 1 from before, 80 run:
  49 completed, 2 agent_error, 10 timed_out, 20 skipped

scores: mean ± std of n scored cells; passed, with its 95%
  Wilson interval
agent      n        score  passed        95%  errors
mutualism/hidden_dependency
  oracle  10  1.00 ± 0       100%  [72, 100]       0
  random  10  0.20 ± 0.15      0%    [0, 28]       0
  greedy   8  0.83 ± 0.12     75%   [41, 93]       2
mutualism/competition
  oracle  10  1.00 ± 0       100%  [72, 100]       0
  random  10  0.20 ± 0.15      0%    [0, 28]       0
  greedy   1  0.70           100%  [21, 100]       0
  late     0     -              -          -      10

leaderboard: mean over scenarios, 95% interval over seeds,
  scenarios fixed
rank  agent   role   mean      interval  passed   n  errors
   1  oracle  ref    1.00   (no spread)    100%  20       0
   2  greedy         0.83  [0.71, 0.95]     80%   9       2
   3  random  floor  0.20  [0.13, 0.27]      0%  20       0
   -  late              -             -       -   0      10
   -  gpt-4             -             -       -   0       0

broken scenarios
  mutualism/competition: random scores 0.71 on 10 cells

failures: 10 errors, 1 score below the bar
  mutualism/comp…n[d2-late-s0]: timed_out (10 alike): took…
    pytest 'e/m.battery.yaml::m::mutualism/competition[d2-late-s0]'
  mutualism/competition[d2-greedy-s3]: score 0.31, bar 0.60
    pytest 'e/m.battery.yaml::m::mutualism/competition[d2-greedy-s3]'

skipped gpt-4: models are not supported yet
note: the last line of cells/r1-main.jsonl was cut short
results: /data/results/mutualism_battery/2026-01-31_001"""

BODY = """\
scores: mean ± std of n scored cells; passed, with its 95% Wilson interval
scenario                     agent    n        score  passed        95%  errors
mutualism/hidden_dependency  oracle  10  1.00 ± 0       100%  [72, 100]       0
                             random  10  0.20 ± 0.15      0%    [0, 28]       0
                             greedy   8  0.83 ± 0.12     75%   [41, 93]       2
mutualism/competition        oracle  10  1.00 ± 0       100%  [72, 100]       0
                             random  10  0.20 ± 0.15      0%    [0, 28]       0
                             greedy   1  0.70           100%  [21, 100]       0
                             late     0     -              -          -      10

leaderboard: mean over scenarios, 95% interval over seeds, scenarios fixed
rank  agent   role     mean      interval  passed   n  errors  skipped
   1  oracle  ceiling  1.00   (no spread)    100%  20       0        0
   2  greedy           0.83  [0.71, 0.95]     80%   9       2        0
   3  random  floor    0.20  [0.13, 0.27]      0%  20       0        0
   -  late                -             -       -   0      10        0
   -  gpt-4               -             -       -   0       0       20

broken scenarios
  mutualism/competition: random scores 0.71 on 10 cells

failures: 10 errors, 1 score below the bar
  mutualism/competition[d2-late-s0]: timed_out (10 alike): took more than 5 s
    pytest 'e/m.battery.yaml::m::mutualism/competition[d2-late-s0]'
  mutualism/competition[d2-greedy-s3]: score 0.31, bar 0.60
    pytest 'e/m.battery.yaml::m::mutualism/competition[d2-greedy-s3]'

skipped gpt-4: models are not supported yet
note: the last line of cells/r1-main.jsonl was cut short
results: /data/results/mutualism_battery/2026-01-31_001"""

COUNTED = "100 cells, 90 selected, 81 recorded, 1 from before, 80 run: 49 completed, 2"
HEADS = {
    80: f"mutualism_battery\n{COUNTED}\n  agent_error, 10 timed_out, 20 skipped",
    120: f"mutualism_battery\n{COUNTED} agent_error, 10 timed_out, 20 skipped",
    200: f"mutualism_battery\n{COUNTED} agent_error, 10 timed_out, 20 skipped",
}


def test_sixty_columns() -> None:
    """Scenarios become headings, the least needed column goes, nothing is cut without an ellipsis."""
    assert render(small(), 60) == NARROW


@pytest.mark.parametrize("width", [80, 120, 200])
def test_from_eighty_columns_up_nothing_is_left_out(width: int) -> None:
    """Wider terminals get the same tables; only prose runs on."""
    assert render(small(), width) == f"{HEADS[width]}\n\n{BODY}"


def test_ascii_spells_signs_out() -> None:
    """A stream that cannot encode the signs still shows every number, aligned."""
    text = render(small(), 60, ascii=True)
    assert text.isascii()
    assert "  greedy   8  0.83 +- 0.12     75%   [41, 93]       2" in text.splitlines()
    assert "[d2-late-s0]: timed_out (10 alike): too..." in text


def test_ascii_escapes_names_that_it_cannot_say() -> None:
    """No `?`: the name stays recognisable."""
    assert r"\u6d4b\u8bd5" in render(plain([leaf("测试", "s")]), 80, ascii=True)


def test_colour_adds_codes_and_changes_no_text() -> None:
    """Plain by default; with colour the same lines inside SGR codes."""
    coloured = render(small(), 80, color=True)
    assert "\x1b[1mfailures" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == render(small(), 80)


def test_the_last_line_is_where_the_results_are_and_is_never_cut() -> None:
    """A path is there to be copied."""
    document = build(title="t", summary=summarize([]), dat_path="/very" * 50)
    assert render(document, 60).splitlines()[-1] == "results: " + "/very" * 50


def test_commands_are_whole_and_one_a_failure() -> None:
    """A shortened command would be no reproducer."""
    failures = [failure(f"{'long/' * 30}x[d2-a-s{i}]", score=0.1) for i in range(3)]
    lines = render(plain(failures=failures), 60).splitlines()
    assert [line.strip() for line in lines if "pytest" in line] == [made.command for made in failures]


def test_one_score_shows_no_deviation() -> None:
    """`0.70` with n = 1 beside it, never `± 0.00`; a real spread that rounds to nothing says so."""
    text = render(plain([leaf("a", "s", 1, 0.7, None), leaf("b", "s", 3, 0.7, 0.001), leaf("c", "s", 3, 0.7, 0.0)]), 80)
    assert re.search(r"a +1  0\.70  ", text)
    assert "0.70 ± <0.01" in text
    assert "0.70 ± 0 " in text
    assert "± 0.00" not in text


def test_no_interval_says_why() -> None:
    """A missing interval is not a certain one."""
    standings = [standing(1, "a", mean=0.7, interval=None), standing(2, "b", mean=0.5, interval=None)]
    leaves = [leaf("a", "s", 1, 0.7, None), leaf("a", "t", 1, 0.7, None), leaf("b", "s", 5, 0.5, 0.0)]
    text = render(plain(leaves, standings), 80)
    assert re.search(r"1  a +0\.70 +\(n = 1\)", text)
    assert re.search(r"2  b +0\.50  \(no spread\)", text)


def test_fewer_scenarios_are_marked() -> None:
    """A rank over another set of scenarios is not like for like, and the page says so."""
    leaves = [leaf(agent, scenario) for agent in "ab" for scenario in "st"]
    text = render(plain(leaves, [standing(1, "a", scenarios=1), standing(2, "b")]), 100)
    assert re.search(r"^  1\*  a .* 1 of 2$", text, re.MULTILINE)
    assert re.search(r"^   2  b .* 2 of 2$", text, re.MULTILINE)
    assert "* scores on only some of the 2 scenarios: not like for like" in text
    assert "*" not in render(plain(leaves, [standing(1, "a"), standing(2, "b")]), 100)


def test_direction_is_told() -> None:
    """Lower is better; or no common direction at all."""
    assert "scenarios fixed; lower is better" in render(plain([leaf("a", "s")], [standing(1, "a")], better="lower"), 120)
    assert "no means:" in render(plain([leaf("a", "s")], [standing(None, "a", mean=None)], better="mixed"), 120)


def test_an_empty_run_says_so() -> None:
    """No table of nothing."""
    assert render(plain(), 80) == "t\n0 cells\n\nscores: none, no cell was played to an end"


def test_less_than_forty_columns_is_shown_as_forty() -> None:
    """A pipe may claim any width."""
    assert render(small(), 0) == render(small(), 40)


def test_wide_characters_keep_columns_straight() -> None:
    """East Asian names take two columns a character, combining marks none."""
    text = render(plain([leaf("测试", "s"), leaf("e\u0301t", "s"), leaf("plain", "s")]), 80)
    rows = text.splitlines()[5:]
    assert len(rows) == 3
    assert len({width_of(row[: row.index("0.83")]) for row in rows}) == 1


def test_five_hundred_equal_errors_are_one_line() -> None:
    """With their count and the first one's command."""
    failures = [failure(f"s[a-s{i}]", Outcome.AGENT_ERROR, reason=f"no <x at 0x7f{i:04x}>") for i in range(500)]
    lines = render(plain(failures=failures), 100).splitlines()
    at = lines.index("failures: 500 errors")
    assert lines[at + 1 :] == ["  s[a-s0]: agent_error (500 alike): no <x at 0x7f0000>", "    " + failures[0].command]


def test_two_thousand_leaves_are_a_screen_or_two() -> None:
    """Bounded whatever the battery; what is left out is counted, and where it is."""
    results = [
        Result("b", "", f"s{i}[a{j}]", f"family/scenario-{i}", "", None, f"agent-{j}", "", "candidate", k, Outcome.COMPLETED)
        for i in range(50)
        for j in range(40)
        for k in range(2)
    ]
    scored = [made.with_(score=(i % 11) / 10, passed=False) for i, made in enumerate(results)]
    failures = [Failure(made.id, made.outcome, made.score, 0.6, "", "pytest x") for made in scored]
    document = build(title="big", summary=summarize(scored), failures=grouped(failures))
    for width in (60, 80, 200):
        text = render(document, width)
        assert len(text.splitlines()) <= 100
        assert "… and 1,970 more rows: summary.csv" in text
        assert "… and 10 more agents: results.yaml" in text
        assert "  … and 3,990 more: results.yaml" in text


NAMES = st.text(max_size=60)
FLOATS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
COUNTS = st.integers(0, 10**7)


@settings(max_examples=150)
@given(
    leaves=st.lists(
        st.builds(leaf, NAMES, NAMES, COUNTS, FLOATS, FLOATS, st.one_of(st.none(), st.floats(0, 1)), COUNTS), max_size=5
    ),
    standings=st.lists(
        st.builds(
            standing,
            st.one_of(st.none(), COUNTS),
            NAMES,
            st.sampled_from(["candidate", "reference", "floor"]),
            FLOATS,
            st.one_of(st.none(), st.builds(Interval, st.floats(-1e300, 0), st.floats(0, 1e300))),
            n=COUNTS,
            errors=COUNTS,
            skipped=COUNTS,
            scenarios=st.integers(0, 3),
        ),
        max_size=4,
    ),
    failures=st.lists(st.builds(failure, NAMES, st.sampled_from(Outcome), FLOATS, st.text(max_size=400)), max_size=4),
    texts=st.lists(st.text(max_size=300), max_size=3),
    width=st.integers(40, 220),
    ascii=st.booleans(),
)
def test_no_line_is_wider_than_asked_or_can_move_the_cursor(
    leaves: list[object], standings: list[object], failures: list[Failure], texts: list[str], width: int, ascii: bool
) -> None:
    """Whatever names and messages say. Only commands may be longer, and they are marked by their indent."""
    summary = Summary(tuple(leaves), tuple(standings), {"completed": 3})  # type: ignore[arg-type]
    document = build(title="t", summary=summary, failures=grouped(failures), notes=texts)
    text = render(document, width, ascii=ascii)
    for line in text.split("\n"):
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)
        if not line.startswith("    pytest '"):
            assert width_of(line) <= width, line
    assert not ascii or text.isascii()
    text.encode("utf-8")


def test_a_block_of_no_known_kind_is_refused_and_not_left_out() -> None:
    document = Document("")
    object.__setattr__(document, "sections", (Section("riddles", blocks=("a riddle",)),))  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="a riddle"):
        render(document, 80)
