"""Batteries as nodes: ids, selection, and pytest's memory of what failed."""

from __future__ import annotations

import pytest

from .conftest import Lab

TWO = """
experiment.two:
  scenarios: [{name: walks/line, difficulty: [1, 3]}, walks/plain]
  agents: [right, half]
  seeds: {start: 8, count: 3}
"""


@pytest.fixture
def two(lab: Lab) -> Lab:
    lab.battery(TWO)
    return lab


def collected(lab: Lab, *args: str) -> list[str]:
    output = lab.run("plain", "--collect-only", "-q", *args)
    return [line.removeprefix("a.battery.yaml::two::") for line in output.outlines if "::" in line]


def test_ids_name_level_agent_and_padded_seed_in_the_files_order(two: Lab) -> None:
    """file::battery::scenario[d<level>-<agent>-s<seed>]; a scenario without levels has no level."""
    ids = collected(two)
    assert ids[:4] == [
        "walks/line[d1-right-s08]",
        "walks/line[d1-right-s09]",
        "walks/line[d1-right-s10]",
        "walks/line[d1-half-s08]",
    ]
    assert ids[-1] == "walks/plain[half-s10]"
    assert len(ids) == 2 * 2 * 3 + 2 * 3


def test_collecting_only_creates_nothing(two: Lab) -> None:
    collected(two)
    assert not (two.path / "data").exists()


@pytest.mark.parametrize(
    ("args", "count"),
    [
        (["a.battery.yaml::two::walks/plain"], 6),
        (["a.battery.yaml::two"], 18),
        (["a.battery.yaml::two::walks/line[d3-half-s10]"], 1),
        (["-k", "plain and half"], 3),
        (["-k", "walking"], 12),
        (["-m", "cell(agent='half', seed=8, difficulty=3)"], 1),
        (["-m", "cell(scenario='walks/plain')"], 6),
        (["--deselect", "a.battery.yaml::two::walks/line"], 6),
    ],
)
def test_selection(two: Lab, args: list[str], count: int) -> None:
    """By node id (a scenario's name means all of its cells), by `-k` (tags too), by `-m` exactly."""
    assert len(collected(two, *args)) == count


def test_selected_cells_run_in_every_mode(two: Lab, mode: str) -> None:
    run = two.run(mode, "-m", "cell(agent='right', seed=9)")
    assert run.parseoutcomes()["passed"] == 3
    assert set(two.results()) == {"walks/line[d1-right-s09]", "walks/line[d3-right-s09]", "walks/plain[right-s09]"}


def test_last_failed_plays_only_what_failed(two: Lab, mode: str) -> None:
    """The bracket in a cell's name once made `--lf` rerun everything (pytest 9.2)."""
    first = two.run("plain", "--bio-cells", "assert")
    assert first.parseoutcomes()["failed"] == 9
    again = two.run(mode, "--lf", "--bio-cells", "assert")
    assert again.parseoutcomes()["failed"] == 9
    assert "passed" not in again.parseoutcomes()
    assert all("half" in cell_id for cell_id in two.results())


def test_stepwise_goes_on_where_it_stopped(two: Lab) -> None:
    assert two.run("plain", "--sw").parseoutcomes() == {"passed": 3, "failed": 1}
    assert two.run("plain", "--sw", "--sw-skip").parseoutcomes() == {"failed": 2, "deselected": 3}


def test_failed_first_and_new_first_run_everything(two: Lab) -> None:
    two.run("plain")
    assert two.run("plain", "--ff").parseoutcomes() == {"passed": 9, "failed": 9}
    assert two.run("plain", "--nf").parseoutcomes() == {"passed": 9, "failed": 9}


def test_a_yaml_named_on_the_command_line_is_a_battery_if_it_looks_like_one(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}", "anything.yaml")
    lab.battery("tea: green", "other.yaml")
    assert lab.run("plain", "anything.yaml").parseoutcomes() == {"passed": 1}
    assert lab.run("plain", "other.yaml").ret != 0


def test_ini_globs_add_battery_files(lab: Lab) -> None:
    lab.pytester.makeini("[pytest]\nbio_batteries = *.bat.yaml\n")
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}", "x.bat.yaml")
    assert lab.run("plain").parseoutcomes() == {"passed": 1}
