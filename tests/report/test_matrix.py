"""A matrix on a screen."""

from __future__ import annotations

from pytest_alienbio.report.document import Document, Matrix, Section
from pytest_alienbio.report.matrix import pages
from pytest_alienbio.report.text import render


def matrix(scenarios: int, agents: int, *, name: str = "agent", total: bool = True) -> Matrix:
    """Its number is row.column."""
    rows, columns = tuple(f"scenario_{i}" for i in range(scenarios)), tuple(f"{name}_{i}" for i in range(agents))
    values = tuple(tuple(i + j / 100 for j in range(agents)) for i in range(scenarios))
    totals = tuple(float(j) for j in range(agents)) if total else ()
    return Matrix(
        "means",
        "scenario",
        "agent",
        rows,
        columns,
        values,
        tuple(tuple(f"{value:.2f}" for value in row) for row in values),
        "mean" if total else "",
        totals,
        tuple(f"{value:.2f}" for value in totals),
        "--all",
    )


def lines(scenarios: int, agents: int, width: int, **how: bool) -> list[str]:
    """As it stands on a page."""
    return pages(matrix(scenarios, agents), width, str, **how)[0]


def test_few_agents_are_columns_and_the_mean_is_the_last_row() -> None:
    assert lines(2, 3, 80) == [
        "scenario    agent_0  agent_1  agent_2",
        "scenario_0     0.00     0.01     0.02",
        "scenario_1     1.00     1.01     1.02",
        "mean           0.00     1.00     2.00",
    ]


def test_more_agents_than_scenarios_go_down_the_page_the_mean_beside_their_names() -> None:
    assert lines(2, 20, 80)[:3] == [
        "agent      mean  scenario_0  scenario_1",
        "agent_0    0.00        0.00        1.00",
        "agent_1    1.00        0.01        1.01",
    ]
    assert len(lines(2, 20, 80)) == 21


def test_what_is_too_wide_goes_on_below_with_the_names_again() -> None:
    found = lines(30, 20, 60)
    blank = found.index("")
    assert found[0].split()[0] == found[blank + 1].split()[0] == "scenario"
    assert found[0].split()[1:] != found[blank + 1].split()[1:]
    assert found.count("") == 1


def test_a_screen_leaves_out_rows_and_columns_keeps_the_mean_and_says_so() -> None:
    found, left = pages(matrix(200, 20), 80, str)
    assert left == "171 more scenarios, 6 more agents"
    assert found[-1].startswith("mean ")
    assert "… and 171 more scenarios, 6 more agents: --all" in render(
        Document("", (Section("s", blocks=(matrix(200, 20),)),)), 80
    )


def test_whole_it_leaves_out_nothing() -> None:
    found, left = pages(matrix(200, 20), 80, str, whole=True)
    assert left == ""
    assert sum(line.startswith("scenario_199") for line in found) == found.count("") + 1


def test_names_that_would_be_shortened_alike_stay_apart() -> None:
    """In the middle if that tells them apart, else at the end; the numbers stay."""
    found, _ = pages(matrix(20, 9, name="model-with-a-long-name-and-a-number", total=False), 60, str, whole=True)
    headers = [word for line in found if line.startswith("scenario ") for word in line.split()[1:]]
    assert len(set(headers)) == 9


def test_nothing_is_no_lines() -> None:
    assert pages(Matrix("m", "scenario", "agent", (), (), (), ()), 80, str) == ([], "")
