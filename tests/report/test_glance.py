"""What a page says first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from pytest_alienbio.model import Outcome, Result, Review, Unrecorded
from pytest_alienbio.report.document import Fact, Facts
from pytest_alienbio.report.glance import GATES, glance_section
from pytest_alienbio.results.review import review

from ..results.parts import cell, played
from .verdicts import failed


def of(results: Iterable[Result], *, board: bool = False) -> Review:
    """What a report shows of them; with a leaderboard that tells the second from the first."""
    made = review(results, title="t")
    if not board:
        return made
    one, two, *rest = made.summary.standings
    return replace(made, summary=replace(made.summary, standings=(one, replace(two, p_above=0.01), *rest)))


def facts(told: Review, *args: object) -> dict[str, Fact]:
    """Its lines by their keys."""
    section = glance_section(told, *args)  # type: ignore[arg-type]
    assert section is not None
    [block] = section.blocks
    assert isinstance(block, Facts)
    return {fact.key: fact for fact in block.facts}


TWO = played(
    {("m/x", "greedy"): [0.9, 0.8], ("m/y", "greedy"): [0.5, 0.4], ("m/x", "mine"): [0.2, 0.1], ("m/y", "mine"): [0.2, 0.1]}
)


def test_who_is_best_where_and_how_sure_that_is() -> None:
    found = facts(of(TWO, board=True))
    assert found["best"].text.startswith("greedy, 0.65 [")
    assert found["best"].text.endswith("; ahead of mine, 0.15 (p 0.010)")
    assert found["best"].about == {"agent": "greedy"}
    assert found["where"].text == "best on m/x, 0.85; worst on m/y, 0.45"
    assert "run" not in found


def test_a_tie_is_called_one_and_a_score_on_few_scenarios_too() -> None:
    made = of([*TWO[:4], *TWO[4:6]])
    one, two = made.summary.standings
    tied = replace(made, summary=replace(made.summary, standings=(one, replace(two, p_above=0.4, tied_with_above=True))))
    assert facts(tied)["best"].text.endswith("; not told apart from mine, 0.15, on 1 of 2 scenarios")


def test_one_candidate_is_not_called_the_best_and_one_world_has_no_interval() -> None:
    alone = facts(of([cell(score=0.5), cell(agent="oracle", score=1.0)]))["best"]  # which is the ceiling, and no candidate
    assert (alone.label, alone.text) == ("candidate", "greedy, 0.50 (n = 1)")


def test_what_went_wrong_and_the_cells_to_look_at() -> None:
    """What was not run did not break; the lowest score of all, whatever failed most often."""
    cells = [
        *(cell(seed=seed, score=0.3) for seed in range(3)),
        cell("m/y", seed=0, score=0.1),
        *(cell(seed=seed, outcome=Outcome.LOST) for seed in (7, 8)),
        cell(seed=9, outcome=Outcome.AGENT_ERROR),
        *(cell(seed=seed, outcome=Outcome.NOT_RUN, reason="limits.max_usd 1 is reached") for seed in range(10, 14)),
    ]
    found = facts(replace(of(cells), unrecorded=(Unrecorded("d", 6, 20, closed=False),)))
    assert found["wrong"].text == (
        "3 cells broke: 2 lost, 1 agent_error; 4 cells not run; 4 cells below the bar; 6 cells without a record"
    )
    assert found["wrong"].about == {"part": "failures"}
    assert found["broke"].about == {"id": "m/x[d1-greedy-s7]"}
    assert found["lowest"].text == "m/y[d1-greedy-s0]: score 0.10, bar 0.60"
    fine = facts(of([cell(score=0.9)]))["wrong"]
    assert (fine.text, dict(fine.about)) == ("nothing broke, nobody was below the bar", {})


def test_of_scores_that_are_better_low_the_highest_is_the_worst() -> None:
    cells = [
        cell(scenario, seed=seed, score=score, better="lower")
        for seed, (scenario, score) in enumerate((("m/x", 0.7), ("m/y", 0.9)))
    ]
    found = facts(of(cells))
    assert found["lowest"].value == "m/y[d1-greedy-s1]"
    assert found["where"].text == "best on m/x, 0.70; worst on m/y, 0.90"


@pytest.mark.parametrize(
    ("end", "text", "alarm"),
    [
        ("passed", "passed", False),
        ("incomplete", "incomplete: not every cell", True),
        ("open", "not closed: it is still running", True),
        ("\x1b[31mred", "red", True),
    ],
)
def test_how_the_run_ended(end: str, text: str, alarm: bool) -> None:
    section = glance_section(of(TWO), (), end)
    assert section is not None
    assert section.alarm is alarm
    assert facts(of(TWO), (), end)["run"].text.startswith(text)


def test_gates_are_told_with_their_first_reason_and_not_without_end() -> None:
    section = glance_section(of(TWO), [("", failed())])
    assert section is not None
    assert section.alarm
    assert facts(of(TWO), [("", failed())])["gate"].text.startswith("gate[score] FAIL: ")
    many = [(f"run{at}", failed()) for at in range(GATES + 2)]
    found = facts(of(TWO), many)
    assert found["gates"].text == "7 in all"
    assert found["gate"].text.startswith("run4: gate[score] FAIL")


def test_of_nothing_there_is_nothing_to_say() -> None:
    assert glance_section(of([])) is None
