"""A report on stored results as people see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_alienbio.model import CellError, Failure, Leaf, Outcome, Standing, Summary
from pytest_alienbio.report import render
from pytest_alienbio.report.document import Document, Section
from pytest_alienbio.report.failures import failure_analysis
from pytest_alienbio.report.leaderboard import leaderboard
from pytest_alienbio.report.review import PARTS, leaderboard_document, review_document
from pytest_alienbio.report.summary import summary_table
from pytest_alienbio.results.failures import grouped, lowest
from pytest_alienbio.results.review import review

from ..stats.results import result
from .documents import report, results
from .parts import leaf, standing, told

WIDE = """\
made_up
48 cells from 1 result folder: data/results/made_up/1
46 completed, 2 timed_out

leaderboard: mean over scenarios, 95% interval over seeds, scenarios fixed
rank  agent        role     mean      interval  new scenarios  passed   n  errors
   -  oracle       ceiling  1.00   (no spread)                   100%  12       0
   1  greedy                0.70  [0.61, 0.79]   [0.12, 1.00]     82%  11       1
   2  claude-opus           0.67  [0.54, 0.80]   [0.14, 1.00]     73%  11       1
   -  random       floor    0.62  [0.48, 0.77]   [0.00, 1.00]     50%  12       0
new scenarios: the mean's interval for other scenarios of this kind, where the two differ much; 2
  are few: it leans on their being alike

summary: mean score of each agent on each scenario
scenario            oracle  greedy  claude-opus  random
family0/scenario_0    1.00    0.74        0.63*    0.53
family1/scenario_1    1.00   0.65*         0.71    0.72
mean                  1.00    0.70         0.67    0.62
* 2 cells broke: they are in no mean

breakdown: mean ± std of n scored cells and passed, each with its 95% interval over worlds
scenario            agent        n        score           95%  passed        95%  missing
family0/scenario_0  oracle       6  1.00 ± 0     [0.61, 1.00]    100%  [61, 100]
                    random       6  0.53 ± 0.23  [0.29, 0.78]     33%   [10, 70]
                    greedy       6  0.74 ± 0.16  [0.58, 0.91]     83%   [44, 97]
                    claude-opus  5  0.63 ± 0.20  [0.39, 0.87]     80%   [38, 96]  1 timed_out
family1/scenario_1  oracle       6  1.00 ± 0     [0.61, 1.00]    100%  [61, 100]
                    random       6  0.72 ± 0.20  [0.50, 0.93]     67%   [30, 90]
                    greedy       5  0.65 ± 0.09  [0.54, 0.76]     80%   [38, 96]  1 timed_out
                    claude-opus  6  0.71 ± 0.18  [0.53, 0.90]     67%   [30, 90]

by difficulty
scenario            agent          d1    d2
family0/scenario_0  oracle       1.00  1.00
                    random       0.39  0.67
                    greedy       0.72  0.76
                    claude-opus  0.54  0.78
family1/scenario_1  oracle       1.00  1.00
                    random       0.58  0.85
                    greedy       0.64  0.66
                    claude-opus  0.62  0.81

failures: 2 cells broke, 5 cells below the bar
  timed_out: 2 cells
    took more than 5 s
    claude-opus (1), greedy (1) on family0/scenario_0 (1), family1/scenario_1 (1)
    pytest 'x::family0/scenario_0[d2-claude-opus-s2]'

below the bar
scenario            agent        cells  lowest  lowest cell
family1/scenario_1  claude-opus      2    0.49  family1/scenario_1[d1-claude-opus-s0]
family0/scenario_0  greedy           1    0.50  family0/scenario_0[d1-greedy-s2]
family0/scenario_0  claude-opus      1    0.31  family0/scenario_0[d1-claude-opus-s0]
family1/scenario_1  greedy           1    0.53  family1/scenario_1[d2-greedy-s0]

cost: in all, and of a cell its median and 90th percentile (p90)
agent        cells  passed   usd  median    p90  per pass   tokens  median  requests    time  median
greedy          12       9  0.54   0.028  0.094     0.060   30,951   2,942        53  626 ms   46 ms
claude-opus     12       8  0.44   0.035  0.063     0.055   32,505   2,574        48  677 ms   46 ms
oracle          12      12  0.42   0.019  0.068     0.035   38,311   3,904        49  612 ms   47 ms
random          12       6  0.21   0.016  0.021     0.035   30,834   2,218        57  742 ms   45 ms
all             48      35  1.60   0.018  0.072     0.046  132,601   2,938       207    2.7s   47 ms

scenario       cells  passed   usd  median    p90  per pass   tokens  median  requests  time  median
family…ario_1     24      18  0.89   0.026  0.072     0.049   64,437   3,242       111  1.4s   47 ms
family…ario_0     24      17  0.72   0.017  0.071     0.042   68,164   2,903        96  1.2s   45 ms
all               48      35  1.60   0.018  0.072     0.046  132,601   2,938       207  2.7s   47 ms"""

NARROW = """\
made_up
48 cells from 1 result folder:
  data/results/made_up/1
46 completed, 2 timed_out

leaderboard: mean over scenarios, 95%
  interval over seeds, scenarios fixed
rank  agent      role   mean  passed  errors
   -  oracle     ref    1.00    100%       0
   1  greedy            0.70     82%       1
   2  clau…opus         0.67     73%       1
   -  random     floor  0.62     50%       0

summary: mean score of each agent on each
  scenario
scenario          oracle  greedy
family0/…nario_0    1.00    0.74
family1/…nario_1    1.00   0.65*
mean                1.00    0.70

scenario          claude-opus  random
family0/…nario_0        0.63*    0.53
family1/…nario_1         0.71    0.72
mean                     0.67    0.62
* 2 cells broke: they are in no mean

breakdown: mean ± std of n scored cells and
  passed, each with its 95% interval over
  worlds
agent          n  score  passed  missing
family0/scenario_0
  oracle       6   1.00    100%  0
  random       6   0.53     33%  0
  greedy       6   0.74     83%  0
  claude-opus  5   0.63     80%  1
family1/scenario_1
  oracle       6   1.00    100%  0
  random       6   0.72     67%  0
  greedy       5   0.65     80%  1
  claude-opus  6   0.71     67%  0

by difficulty
scenario            agent          d1    d2
family0/scenario_0  oracle       1.00  1.00
                    random       0.39  0.67
                    greedy       0.72  0.76
                    claude-opus  0.54  0.78
family1/scenario_1  oracle       1.00  1.00
                    random       0.58  0.85
                    greedy       0.64  0.66
                    claude-opus  0.62  0.81

failures: 2 cells broke, 5 cells below the
  bar
  timed_out: 2 cells
    took more than 5 s
    claude-opus (1), greedy (1) on
      family0/scenario_0 (1),
      family1/scenario_1 (1)
    pytest 'x::family0/scenario_0[d2-claude-opus-s2]'

below the bar
scenario          agent        cells  lowest
family1/…nario_1  claude-opus      2    0.49
family0/…nario_0  greedy           1    0.50
family0/…nario_0  claude-opus      1    0.31
family1/…nario_1  greedy           1    0.53

cost: in all, and of a cell its median and
  90th percentile (p90)
agent        cells   usd   tokens    time
greedy          12  0.54   30,951  626 ms
claude-opus     12  0.44   32,505  677 ms
oracle          12  0.42   38,311  612 ms
random          12  0.21   30,834  742 ms
all             48  1.60  132,601    2.7s

scenario          cells   usd   tokens  time
family1/…nario_1     24  0.89   64,437  1.4s
family0/…nario_0     24  0.72   68,164  1.2s
all                  48  1.60  132,601  2.7s"""


def test_a_hundred_columns() -> None:
    """Every column that tells something; nothing is cut."""
    assert render(report(results(4, 2, 3)), 100) == WIDE


def test_forty_four_columns() -> None:
    """What is least needed goes, names are shortened in the middle, and what explains a column goes with it."""
    assert render(report(results(4, 2, 3)), 44) == NARROW


def lines(section: Section | None, width: int = 100) -> list[str]:
    """A section alone."""
    assert section
    return render(Document("", (section,)), width).splitlines()


def board(*standings: Standing, leaves: tuple[Leaf, ...] = (), **more: object) -> list[str]:
    """A leaderboard of these."""
    made = Summary(leaves or (leaf("a", "s"), leaf("a", "t")), standings, {}, **more)  # type: ignore[arg-type]
    return lines(leaderboard(made, "--all"))


def test_an_interval_with_a_borrowed_spread_says_so() -> None:
    """Of one world nothing tells how others would come out; without any interval there is nothing to say."""
    lone, firm = replace(leaf("a", "s", 1), worlds=1), replace(leaf("a", "t", 3), worlds=3)
    text = "interval: scenarios on which 1 agent met one world alone borrow the spread of that agent's others"
    assert board(standing(1, "a"), leaves=(lone, firm))[-1] == text
    assert text not in board(standing(1, "a"), leaves=(firm,))
    assert text not in board(standing(1, "a", interval=None), leaves=(lone,))


def test_ties_ranks_and_both_ends_of_the_scale() -> None:
    """Ceiling and floor stand where their means are, whatever the order they come in."""
    first = replace(standing(1, "best", mean=0.8), rank_interval=(1, 2))
    second = replace(standing(2, "next", mean=0.79), rank_interval=(1, 2), tied_with_above=True, p_above=0.4)
    third = replace(standing(3, "last", mean=0.1), rank_interval=(3, 3), p_above=0.001)
    ends = (standing(None, "random", "floor", 0.2), standing(None, "oracle", "reference", 1.0))
    made = board(first, second, third, *ends, resamples=2000, seed=7)
    assert [line.split()[:4] for line in made[2:7]] == [
        ["-", "oracle", "ceiling", "1.00"],
        ["1", "1", "to", "2"],
        ["2=", "1", "to", "2"],
        ["-", "random", "floor", "0.20"],
        ["3", "3", "last", "0.10"],
    ]
    assert made[7:] == [
        "= not told apart from the candidate above (paired test, p > 0.05 after Holm)",
        "ranks: where 95% of 2,000 draws of the worlds put a candidate",
    ]


def test_one_candidate_has_no_ranks_to_be_drawn() -> None:
    assert "ranks" not in " ".join(board(replace(standing(1, "best"), rank_interval=(1, 1))))


def test_lower_is_better_puts_the_lowest_first() -> None:
    made = board(standing(2, "b", mean=0.9), standing(1, "a", mean=0.1), better="lower")
    assert [line.split()[1] for line in made[2:4]] == ["a", "b"]


def test_a_leaderboard_alone_says_what_it_stands_on() -> None:
    made = Summary((leaf("a", "s"),), (standing(1, "a", scenarios=1),), {"completed": 10}, older=3, notes=("3 older records",))
    text = render(leaderboard_document("t", made, ["data/x", "data/y", "data/z", "data/w"]), 200)
    assert "10 cells from 4 result folders: data/x, data/y, data/z and 1 more" in text
    assert text.endswith("note: 3 older records")
    nobody = Summary((), (), {})
    assert "leaderboard: none, no cell has a score" in render(leaderboard_document("t", nobody, []), 80)


def test_cells_without_a_row_are_blank_in_a_summary_and_without_a_score_a_dash() -> None:
    """An agent that did not play there, and one that broke there."""
    leaves = (leaf("a", "s"), leaf("b", "s"), leaf("a", "t", 0, None, None, None, 4))
    made = summary_table(Summary(leaves, (standing(1, "a"), standing(2, "b", scenarios=1)), {}))
    assert lines(made) == [
        "summary: mean score of each agent on each scenario",
        "scenario     a     b",
        "s         0.83  0.83",
        "t           -*",
        "mean      0.83  0.83",
        "* 4 cells broke: they are in no mean",
    ]


def test_trials_that_nothing_scores_have_shares_and_no_leaderboard() -> None:
    trials = [
        replace(result("work", agent, None, seed=seed), passed=seed > 0) for agent in ("Fast", "Slow") for seed in range(4)
    ]
    document = review_document(review(trials, title="t"))
    sections = told(document)
    assert "leaderboard" not in sections
    assert sections["summary"]["pass_rates"]["values"] == [[0.75, 0.75]]
    assert "passed, of n that ended well" in render(document, 100)


def test_errors_are_grouped_by_class_and_message_with_whose_they_are() -> None:
    """Few are named, with how often each; many are counted."""
    broke, why = Outcome.AGENT_ERROR, "KeyError: 'x'"
    errors = [
        Failure(f"c{at}", broke, reason=why, command=f"again {at}", agent=f"a{at}", scenario=f"s{at % 2}") for at in range(5)
    ]
    errors += [Failure("s[b]", Outcome.TIMED_OUT, reason="took more than 5 s", agent="b", scenario="s")]
    made = lines(failure_analysis(grouped(errors), lowest([]), "--all"))
    assert made == [
        "failures: 6 cells broke",
        "  agent_error: 5 cells",
        "    KeyError: 'x'",
        "    5 agents on s0 (3), s1 (2)",
        "    again 0",
        "  timed_out: 1 cell",
        "    took more than 5 s",
        "    b on s",
        "    first s[b]",
    ]


def test_many_kinds_of_errors_are_bounded_on_a_screen() -> None:
    errors = [Failure(f"s[a{at}]", Outcome.AGENT_ERROR, reason=f"error {at}", agent="a", scenario="s") for at in range(12)]
    section = failure_analysis(grouped(errors), lowest([]), "--all")
    assert lines(section)[-1] == "  … and 2 more cells: --all"
    assert "error 11" in render(Document("", (section,)), 100, whole=True)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_alone_is_that_part_of_the_whole(part: str) -> None:
    whole, alone = told(report(results())), told(report(results(), [part]))
    assert alone[part] == whole[part]
    assert set(alone) <= {"results", part, "metrics", "end"}


def test_what_was_not_measured_is_a_dash_and_counted() -> None:
    """Never 0; and per pass counts what did not pass."""
    cells = list(results(3, 1, measured=False)) + [
        replace(cell, agent="paid", usage=replace(cell.usage, usd=0.5))
        for cell in results(1, 1, 2, levels=(1,), measured=False)
    ]
    made = lines(report(cells, ["cost"])["cost"])
    assert [line.split()[:6] for line in made if line.startswith(("paid", "oracle"))] == [
        ["paid", "2", "2", "1.00", "0.50", "max"],
        ["oracle", "6", "6", "-", "-", "-"],
    ]
    assert made[-2:] == [
        "money: not measured of 18 of 20 cells, which are in no number",
        "tokens, requests, time: not measured of 20 cells",
    ]


def test_an_error_without_a_reason_has_its_exception() -> None:
    broke = replace(result("s", "a", None, outcome=Outcome.AGENT_ERROR), error=CellError("KeyError", "'x'"))
    assert "    KeyError: 'x'" in render(review_document(review([broke], title="t")), 80).splitlines()
