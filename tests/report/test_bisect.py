"""The report of a bisection: the verdict first, what was looked at, and the bill."""

from __future__ import annotations

import json
from dataclasses import replace

from pytest_alienbio.model import Estimate, Interval
from pytest_alienbio.model.bisection import Bisection, Commit, Probe
from pytest_alienbio.report import as_json, render, render_markdown
from pytest_alienbio.report.bisect import bisect_document

COMMITS = [Commit(f"{at}" * 40, "Ann", "2026-01-09T10:15:30+01:00", f"step {at}", (f"{at - 1}" * 40,)) for at in range(1, 6)]
GOOD, FIRST, SECOND, BROKEN, BAD = COMMITS
DROP = Estimate(0.3, Interval(0.2, 0.4))
FOUND = Bisection(
    battery="mine",
    agent="greedy",
    metric="score",
    better="higher",
    good=GOOD,
    bad=BAD,
    status="found",
    suspects=(SECOND,),
    drop=DROP,
    least=0.2,
    probes=(
        Probe(GOOD, "good", Estimate(0.0), 10, role="GOOD", played=20),
        Probe(BAD, "bad", DROP, 10, 20, 20, worse=400.0, role="BAD"),
        Probe(SECOND, "bad", DROP, 4, 8, 4, 4, worse=300.0, sound=0.1),
        Probe(FIRST, "good", Estimate(0.0), same_as=GOOD.hash),
        Probe(BROKEN, "skipped", Estimate(None), why="it cannot be played: \x1b[31mred"),
    ),
    commits=4,
    seeds=tuple(range(10)),
    alpha=0.05,
    root="/data/.bio-bisect",
)


def test_the_commit_stands_first_with_what_shows_it() -> None:
    text = render(bisect_document(FOUND), 100)
    assert text.splitlines()[:3] == ["greedy on mine: 3333333333 lowered the score", "commit   " + "3" * 40, "subject  step 3"]
    assert "see it: git show " + "3" * 40 in text
    assert "drop from end to end  0.300 [0.200, 0.400]" in text
    assert "that all are right: at least 95%" in " ".join(text.split())
    assert "4444444444: it cannot be played: red" in text
    assert "cells played  44" in text
    assert "\x1b" not in text + render_markdown(bisect_document(FOUND))


def test_machines_get_every_number_raw_and_a_missing_one_as_null() -> None:
    told = json.loads(as_json(bisect_document(FOUND)))["sections"]
    assert told["verdict"]["told"]["status"] == "found"
    assert told["verdict"]["commit"]["hash"] == SECOND.hash
    rows = told["probes"]["probes"]
    assert [(row["call"], row["drop"], row["interval"]) for row in rows[1:3]] == [("bad", 0.3, [0.2, 0.4])] * 2
    assert (rows[4]["drop"], rows[4]["why"]) == (None, "it cannot be played: \x1b[31mred")
    assert told["bill"]["cells"] == {"played": 44, "reused": 4, "scenarios": [], "paths": []}


def test_other_endings_say_what_they_are() -> None:
    """Several suspects, none, and one of a metric of which less is better."""
    several = render(bisect_document(replace(FOUND, status="one of", suspects=(BROKEN, BAD))), 100)
    assert several.startswith("greedy on mine: one of 2 commits lowered the score\n")
    assert "4444444444 step 4: Ann, 2026-01-09" in several
    none = render(bisect_document(replace(FOUND, status="not worse", suspects=(), least=None)), 100)
    assert none.startswith("greedy on mine: 5555555555 is not shown to be worse than 1111111111\n")
    assert "nothing is looked for in noise" in none
    assert "a drop counts from" not in none
    more = render(bisect_document(replace(FOUND, metric="tokens", better="lower")), 100)
    assert more.startswith("greedy on mine: 3333333333 raised the tokens\n")
    exact = replace(FOUND, exact=True, replayed=20, drop=Estimate(0.3, Interval(0.3, 0.3), mark="exact"))
    assert "20 cells of the ends were played twice and gave the same numbers" in render(bisect_document(exact), 100)
