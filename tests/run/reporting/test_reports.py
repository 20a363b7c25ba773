"""From an index and a question to a document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytest_alienbio.model import Query
from pytest_alienbio.run.reporting import again, leaderboard_on, report_of, report_on
from pytest_alienbio.store.index import Index

from ...report.documents import results
from ...report.parts import told


def test_its_title_names_the_batteries_that_were_asked_for() -> None:
    cells = [replace(cell, battery=f"battery{at % 5}", dat_path="d") for at, cell in enumerate(results(4, 2))]
    with Index.of(cells) as index:
        assert report_on(index, Query(), []).title == "battery0, battery1, battery2 and 2 more"
        assert leaderboard_on(index, Query(batteries=("*3",)), []).title == "battery3"
        assert report_on(index, Query(batteries=("none",)), []).title == "no battery"


def test_the_parts_agree_with_one_another() -> None:
    """The leaderboard's numbers come on another way than the others."""
    cells = [replace(cell, dat_path="d") for cell in results(5, 3)]
    with Index.of(cells) as index:
        sections = told(report_on(index, Query(), [Path("d")]))
        board = told(leaderboard_on(index, Query(), [Path("d")]))
    assert sections["leaderboard"] == board["leaderboard"]
    standings = {row["agent"]: row for row in sections["leaderboard"]["standings"]}
    leaves = sections["breakdown"]["leaves"]
    means = sections["summary"]["means"]
    for at, agent in enumerate(means["agents"]):
        mine = [row for row in leaves if row["agent"] == agent]
        assert standings[agent]["n"] == sum(row["n"] for row in mine)
        assert standings[agent]["passed"] == sum(row["passed"] for row in mine)
        assert means["total"]["values"][at] == standings[agent]["mean"]
        assert abs(standings[agent]["mean"] - sum(row["mean"] for row in mine) / len(mine)) < 1e-12
        for row, scenario in enumerate(means["scenarios"]):
            [leaf] = (each for each in mine if each["scenario"] == scenario)
            assert abs(means["values"][row][at] - leaf["mean"]) < 1e-12
    assert sections["cost"]["total"][0]["cells"] == sum(row["cells"] for row in leaves) == len(cells)
    assert sections["failures"]["errors"]


def test_any_results_have_a_report_those_in_memory_too() -> None:
    """The same as of an index of them; those that lie nowhere are from no folder."""
    cells = [replace(cell, dat_path="data/x") for cell in results()]
    with Index.of(cells) as index:
        assert report_of(iter(cells), only=["summary"]) == report_on(index, Query(), [Path("data/x")], only=["summary"])
    assert told(report_of(results()))["results"]["cells"][0]["dats"] == []
    assert report_of([]).title == "no battery"


def test_what_was_not_played_here_has_no_command() -> None:
    cell = replace(next(iter(results())), dat_path="data/x")
    assert again(cell) == "pytest 'data/x/_spec_.yaml::b::family0/scenario_0[d1-oracle-s0]'"
    assert again(replace(cell, origin="csv:scores.csv:12")) == again(replace(cell, dat_path="")) == ""
