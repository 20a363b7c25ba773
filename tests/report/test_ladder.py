"""The ladder table: everything that was seen, in the room there is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pytest_alienbio.report import render_all, render_faults, render_scenario
from pytest_alienbio.stats import ladder

from ..stats.climbs import climb, stairs

AGENTS = ["oracle", "greedy", "dice", "idle"]
TABLE = ladder(
    [*stairs(), *(climb(1, seed, scenario="t", generation_s=0.25, oracle=1.0, greedy=0.004 * seed) for seed in range(3))],
    AGENTS,
)


def test_a_scenario_has_a_row_a_level_and_how_scores_go_with_it() -> None:
    lines = render_scenario(TABLE.scenarios[0], AGENTS, 80)
    assert lines[0] == "s"
    assert lines[1].split() == ["d", *AGENTS]
    assert lines[2].split() == ["1", "1.00", "0.73", "0.10", "0.00"]
    assert lines[5].split()[:3] == ["rho", "-", "-0.95"]
    assert re.fullmatch(r"p - \de-\d+ - -", " ".join(lines[6].split()))
    assert lines[7].strip() == "12 worlds, 12 of 12 accepted at the first attempt (100%)"


def test_one_level_has_no_trend_and_a_small_score_is_not_none() -> None:
    lines = render_scenario(TABLE.scenarios[1], AGENTS, 80)
    assert not any(line.split()[0] in ("rho", "p") for line in lines)
    assert lines[2].split() == ["1", "1.00", "<0.01", "-", "-"]
    assert "3 generated here, 0.25 / 0.25 s CPU, median / p95" in " ".join(" ".join(lines).split())


def test_over_all_there_are_agents_levels_and_neighbours() -> None:
    lines = render_all(TABLE, 80)
    text = "\n".join(lines)
    assert lines[0] == "all 2 scenarios"
    assert lines[1].split() == ["agent", "n", "mean", "95%", "seeds", "95%", "scenarios", "passed", "rho", "p", "CPU", "ms"]
    assert re.search(r"^oracle +15  1\.000 +- +- +100% +- +- +3\.0 / 6\.6$|^oracle +15 ", text, re.MULTILINE)
    assert re.search(r"^  oracle > greedy +15 +\+0\.\d{3} +\de-\d+$", text, re.MULTILINE)
    assert re.search(r"^  dice > idle +12 +\+0\.100 ", text, re.MULTILINE)
    assert "15 worlds, 15 of 15 accepted at the first attempt (100%); 3 generated here" in " ".join(lines)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_lines_fit(width: int) -> None:
    """From 80 columns on nothing is left out; below, what a row is called stays longest."""
    lines = [*render_scenario(TABLE.scenarios[0], AGENTS, width), *render_all(TABLE, width, ascii=True)]
    assert all(len(line) <= width for line in lines)
    if width >= 80:
        assert not any("…" in line or "..." in line for line in lines)


def test_an_agent_s_name_stays_whole_and_lesser_columns_go() -> None:
    """In 80 columns, with everything else at its widest."""
    worlds = [climb(d, s, scenario=name, oracle=1.0, dice=0.1 + 0.1 * s) for name in "ab" for d in (1, 2) for s in range(60)]
    renamed = [replace(each, results=(replace(each.results[1], agent="inquirer"),)) for each in worlds]
    lines = render_all(ladder(renamed, ["inquirer"]), 80)
    assert lines[2].startswith("inquirer ")
    assert all(len(line) <= 80 for line in lines)


def test_eight_agents_and_long_names_fit_in_eighty_columns() -> None:
    """The columns of agents shrink in name, never in number."""
    many = [f"agent-number-{i}" for i in range(8)]
    found = ladder(stairs(), many)
    assert all(len(line) <= 80 for line in (*render_scenario(found.scenarios[0], many, 80), *render_all(found, 80)))
    assert len(render_scenario(found.scenarios[0], many, 80)[2].split()) == 9


def test_faults_come_before_notes_and_cannot_write_to_the_terminal() -> None:
    lines = render_faults(["s: it \x1b[2J broke"], ["look twice"], 80)
    assert lines[0].startswith("broken: s: it ")
    assert "\x1b" not in lines[0]
    assert lines[1] == "note: look twice"
