"""What several commands share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_alienbio.cli import common
from pytest_alienbio.errors import StuckCellError

from .conftest import WORLD, Desk


def test_set_reaches_the_cell_that_is_played_here(desk: Desk) -> None:
    """`bio run SCENARIO`: its traces, its folder, its limits."""
    said = desk.bio("run", WORLD, "--agent", "noop", "--set", "traces=none", "--set", "out=mine/{seq}", "--set", "steps=2")
    assert said.code == 0
    assert [path.name for path in (desk.path / "data" / "mine").iterdir()] == ["001"]
    (result,) = desk.dat().results()
    assert result.trace
    assert (result.trace.file, result.trace.steps) == ("", 2)
    assert result.outcome == "truncated"


def test_set_reaches_pytest(desk: Desk) -> None:
    """`bio run BATTERY`."""
    desk.worlds()
    desk.battery("experiment.x:\n  scenarios: [walks/plain]\n  agents: [right]\n")
    assert desk.bio("run", "a.battery.yaml", "--set", "seeds=3", "--set", "run.traces=none").code == 0
    results = list(desk.dat().results())
    assert [result.seed for result in results] == [0, 1, 2]
    assert [result.trace.file for result in results if result.trace] == [""] * 3


def test_configuration_fills_what_a_battery_leaves_open(desk: Desk) -> None:
    """Agents and seeds of `bio.yaml`, under `bio batch` as under pytest."""
    (desk.path / "bio.yaml").write_text("default_agents: [noop]\nseeds: [4]\ncells: record\n", "utf-8")
    desk.battery(f"experiment.x:\n  scenarios: [{WORLD}]\n")
    assert desk.bio("batch", "a.battery.yaml").code == 0
    assert [(result.agent, result.seed) for result in desk.dat().results()] == [("noop", 4)]


def test_seeds_from_arguments_win_over_those_of_a_file(desk: Desk) -> None:
    """`bio batch --seeds`; without it the configured ones; `bio run` plays the one it was asked for."""
    (desk.path / "bio.yaml").write_text("seeds: [4]\n", "utf-8")
    play = ["batch", "--scenarios", WORLD, "--agents", "noop"]
    for argv, seeds in ((play, [4]), ([*play, "--seeds", "1"], [0]), (["run", WORLD, "--agent", "noop", "--seed", "2"], [2])):
        assert desk.bio(*argv).code == 0
        assert [result.seed for result in desk.dat().results()] == seeds
    assert "given twice and differently" in desk.refused(*play, "--seeds", "1", "--set", "seeds=2")
    assert "one cell has one seed" in desk.refused("run", WORLD, "--set", "seeds=2")


def test_the_ini_file_of_pytest_counts_here_too(desk: Desk) -> None:
    """Also from a folder below it, and relative to the file."""
    (desk.path / "pytest.ini").write_text("[pytest]\nbio_data = elsewhere\n", "utf-8")
    assert f"below {desk.path / 'elsewhere'};" in desk.refused("results")


def test_an_ini_file_that_pytest_would_refuse_is_refused(desk: Desk) -> None:
    (desk.path / "pytest.ini").write_text("bio_data = elsewhere\n", "utf-8")
    assert f"{desk.path / 'pytest.ini'}:1: not readable as an ini file" in desk.refused("results")


def test_the_project_of_a_folder_below_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = desk.path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert common.project_here().root == desk.path
    assert json.loads(desk.bio("config", "--json").out)["settings"]["data"]["value"] == str(desk.path / "data")


def test_the_users_file_counts_for_every_command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is where its relative paths begin."""
    path = desk.path / "home" / "alienbio" / "config.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("data: runs\n", "utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(desk.path / "home"))
    assert f"below {path.parent / 'runs'};" in desk.refused("results")
    path.write_text("dato: runs\n", "utf-8")
    assert f"{path}:1:1: unknown key 'dato'; did you mean 'data'?" in desk.refused("results")


@pytest.mark.parametrize("text", ["e\u0301\u4e16", "caf\udce9"])
def test_what_a_stream_cannot_show_is_no_reason_to_stop(desk: Desk, text: str) -> None:
    """Neither signs nor file names that are not UTF-8."""
    folder = Path(desk.path, text)
    folder.mkdir()
    assert desk.process("results", "--data", text).code == 2


def test_a_cell_that_cannot_be_stopped_ends_the_process_as_incomplete(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its thread is not ours any more, so the process goes at once; what it says is harmless."""
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    common.end_stuck(StuckCellError("m/x[a-s0]", "cell ran longer than 2 s\x1b[31m", "/d"))
    assert codes == [3]
    assert capsys.readouterr().err == (
        "\nbio: m/x[a-s0]: cell ran longer than 2 s; its run ends here, and what was finished is in /d\n"
    )
