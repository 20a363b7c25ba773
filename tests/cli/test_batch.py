"""`bio batch`: many cells in this process."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pytest

from pytest_alienbio import Bio
from pytest_alienbio.model import Outcome

from .conftest import WORLD, Desk

BATTERY = "experiment.{name}: {{scenarios: [mutualism/competition], agents: [{agent}], seeds: 2, passing_score: {bar}}}\n"


def test_scenarios_agents_and_seeds(desk: Desk) -> None:
    """A letter for each cell while it runs, on standard error; the report and the DAT's path at the end."""
    said = desk.bio("batch", "--scenarios", WORLD, "--agents", "greedy,noop", "--seeds", "3,5", "--difficulty", "1,2")
    assert said.code == 0
    assert len(said.err.strip()) == 8
    assert {result.seed for result in desk.dat().results()} == {3, 5}
    assert {result.difficulty for result in desk.dat().results()} == {1, 2}
    assert said.lines[-1] == f"results: {desk.dat().path}"


def test_an_engine_plays_many_at_once_and_one_that_is_none_is_refused(desk: Desk) -> None:
    """What it played is in the books, in the run's own words."""
    said = desk.bio("batch", "--scenarios", WORLD, "--agents", "greedy,noop", "--seeds", "3", "--engine", "threads:3")
    assert (said.code, len(said.err.strip())) == (0, 6)
    assert len(list(desk.dat().results())) == 6
    assert desk.dat().spec()["experiment.batch"]["run"]["engine"] == "threads:3"  # type: ignore[index, call-overload]
    said = desk.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--engine", "treads")
    wrong = "'treads' is no value for `engine`; expected inline, threads, threads:16 or dask; did you mean 'threads'?"
    assert (said.code, said.err.strip()) == (2, f"bio: --engine: {wrong}")


def test_caps_hold_over_all_batteries_of_one_command(desk: Desk) -> None:
    """Three cells start, wherever they belong; what is left makes the command incomplete, and a dry run says so before."""
    desk.battery(BATTERY.format(name="one", agent="noop", bar=0))
    desk.battery(BATTERY.format(name="two", agent="noop", bar=0), "b.battery.yaml")
    ahead = desk.bio("batch", "one", "two", "--max-cells", "1", "--dry-run")
    assert ahead.out.count("note: stops after 1 of 2 cells at --max-cells 1") == 2
    said = desk.bio("batch", "one", "two", "--max-cells", "3")
    assert (said.code, said.err) == (3, "..\n.L\n")
    assert "--max-cells 3: 3 cells started; reached" in said.out
    assert [result.reason for result in desk.dat().results()] == ["", "--max-cells 3 is reached"]
    assert desk.bio("batch", "one", "--max-usd", "-1").code == 2


def test_globs_and_all_levels(desk: Desk) -> None:
    assert desk.bio("batch", "--scenarios", "*/comp*", "--agents", "noop", "--seeds", "1", "--difficulty", "all").code == 0
    assert [result.difficulty for result in desk.dat().results()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("look", [(), ("--dry-run",)])
def test_agents_of_a_conftest_are_pytests(desk: Desk, look: tuple[str, ...]) -> None:
    """Who names one is told what plays it; who mistypes a name where no conftest registers any is not sent there."""
    file = desk.battery(BATTERY.format(name="one", agent="mine", bar=0))
    said = desk.bio("batch", str(file), *look)
    assert (said.code, "known to pytest" in said.err) == (2, False)
    (file.parent / "conftest.py").write_text("def pytest_alienbio_register_agents(registry): ...\n")
    said = desk.bio("batch", str(file), *look)
    assert said.code == 2
    assert said.err.count("unknown agent 'mine'") == 1
    assert "known to pytest alone; try pytest " in said.err


@pytest.mark.parametrize(("bar", "code", "letters"), [(0.0, 0, ".."), (1.0, 1, "FF")])
def test_a_battery_file_gives_its_verdict_as_exit_code(desk: Desk, bar: float, code: int, letters: str) -> None:
    path = desk.battery(BATTERY.format(name="one", agent="greedy", bar=bar))
    said = desk.bio("batch", str(path))
    assert (said.code, said.err) == (code, f"{letters}\n")


def test_the_worst_of_several_batteries_counts(desk: Desk) -> None:
    """Each is played into its own DAT, whatever the one before gave."""
    desk.battery(BATTERY.format(name="bad", agent="greedy", bar=1))
    desk.battery(BATTERY.format(name="good", agent="greedy", bar=0), "b.battery.yaml")
    said = desk.bio("batch", "bad", "b.battery.yaml")
    assert said.code == 1
    assert said.out.count("results: ") == 2


def test_failures_say_how_to_play_them_again(desk: Desk) -> None:
    desk.battery(BATTERY.format(name="bad", agent="greedy", bar=1))
    said = desk.bio("batch", "bad")
    assert f"pytest '{desk.path}/a.battery.yaml::bad::{WORLD}[d2-greedy-s0]'" in said.out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "nothing to play"),
        (["--scenarios", WORLD], "nothing to play"),
        (["a.battery.yaml", "--agents", "noop"], "not both"),
        (["a.battery.yaml", "--seeds", "10"], "leave out --seeds"),
        (["a.battery.yaml", "--difficulty", "1"], "leave out --difficulty"),
        (["none"], "no battery and no scenario 'none'"),
        (["none.battery.yaml"], "there is no such file"),
        (["--scenarios", "none/*", "--agents", "noop"], "unknown scenario 'none/*'"),
        (["--scenarios", WORLD, "--agents", "nop"], "did you mean 'noop'"),
        (["--scenarios", WORLD, "--agents", "noop", "--seeds", "0"], "0 is no number of seeds"),
        (["--scenarios", WORLD, "--agents", "noop", "--seeds", "5-3"], "'5-3' runs backwards"),
        (["--scenarios", WORLD, "--agents", "noop", "--seeds=-1"], "'-1' cannot be read as seeds"),
        (["--scenarios", WORLD, "--agents", "noop", "--seeds", "9" * 9], "100,000"),
        (["--scenarios", WORLD, "--agents", "noop", "--seeds", "9" * 5000], "cannot be read as seeds"),
        (["--scenarios", WORLD, "--agents", "noop", "--difficulty", "hard"], "'hard'"),
        (["--scenarios", WORLD, "--agents", "noop", "--difficulty", "77"], "no difficulty 77"),
        (["--scenarios", WORLD, "--agents", "noop", "--difficulty", ">77"], "1, 2, 3, 4, 5"),
    ],
)
def test_what_cannot_be_played_is_refused(desk: Desk, argv: list[str], words: str) -> None:
    """Before anything is written; the same with a dry run."""
    desk.battery(BATTERY.format(name="one", agent="noop", bar=0))
    assert words in desk.refused("batch", *argv)
    assert words in desk.refused("batch", *argv, "--dry-run")
    assert not (desk.path / "data" / "results").exists()


@pytest.mark.parametrize(
    ("expression", "levels"), [("2", [2]), ("1,3", [1, 3]), ("<=2", [1, 2]), ("2-3", [2, 3]), (">3", [4, 5]), ("0-1", [1])]
)
def test_levels_as_everywhere_else(desk: Desk, expression: str, levels: list[int]) -> None:
    """Numbers are asked for and must exist; ranges keep what lies in them."""
    argv = ["batch", "--scenarios", WORLD, "--agents", "gpt-4", "--seeds", "1"]
    assert desk.bio(*argv, "--difficulty", expression).code == 0
    assert [result.difficulty for result in desk.dat().results()] == levels


@pytest.mark.parametrize("columns", ["40", "60", "100", "200"])
def test_the_report_fits_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """But for the DAT's path, which stays whole."""
    monkeypatch.setenv("COLUMNS", columns)
    said = desk.bio("batch", "--scenarios", WORLD, "--agents", "greedy,noop", "--seeds", "2", "--difficulty", "1")
    assert all(len(line) <= int(columns) for line in said.lines if not line.startswith("results: "))
    assert "greedy" in said.out


def test_a_stream_that_knows_ascii_only_gets_ascii(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`+-` for the sign, no question marks."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert desk.bio("batch", "--scenarios", WORLD, "--agents", "greedy", "--seeds", "2").code == 0
    out.seek(0)
    text = out.read()
    assert "+-" in text
    assert "?" not in text


def test_nobody_watching_does_not_end_a_run(desk: Desk) -> None:
    """Both streams closed at the other end: every cell is played, the DAT is closed, the exit code is the verdict's."""
    desk.battery(BATTERY.format(name="bad", agent="greedy", bar=1))
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "pytest_alienbio", "batch", "bad"]
    done = subprocess.run(command, cwd=desk.path, stdout=write, stderr=write, check=False)
    os.close(write)
    assert [result.outcome for result in desk.dat().results()] == [Outcome.COMPLETED] * 2
    assert desk.dat().status()["verdict"] == "failed"
    assert done.returncode == 1


def test_ten_seeds_unless_said_otherwise(desk: Desk) -> None:
    assert desk.bio("batch", "--scenarios", WORLD, "--agents", "gpt-4").code == 0
    assert [result.seed for result in desk.dat().results()] == [*range(10)]


def test_a_dry_run_prints_the_plan_and_writes_nothing(desk: Desk) -> None:
    """Of each battery, and what they come to; exit code 0."""
    desk.battery(BATTERY.format(name="one", agent="gpt-4, noop", bar=0))
    desk.battery(BATTERY.format(name="two", agent="noop", bar=0), "b.battery.yaml")
    before = sorted(desk.path.rglob("*"))
    said = desk.bio("batch", "one", "two", "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert said.lines[0] == "one: 4 cells = 1 case x 2 agents x 2 seeds"
    assert "s skipped: 2 cells of gpt-4: it costs money: add --bio-live (bio: --live)" in said.lines
    assert said.lines.count("worlds: 2, 2 to generate, 0 in the cache") == 2
    assert "all 2 batteries: 6 cells" in said.lines
    assert said.lines[-1] == "nothing was played, nothing was written"
    assert sorted(desk.path.rglob("*")) == before


def test_what_would_narrow_a_battery_elsewhere_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It plays batteries whole; a variable that pytest heeds is not passed by in silence."""
    desk.battery(BATTERY.format(name="one", agent="noop", bar=0))
    monkeypatch.setenv("ALIENBIO_TAG", "nightly")
    said = desk.bio("batch", "one", "--dry-run")
    assert said.code == 0
    assert said.err.startswith("bio: ALIENBIO_TAG: bio batch plays batteries whole")


def test_a_dry_run_knows_what_was_played(played: Desk) -> None:
    """Time and size as they were, from the runs below the data root; worlds that are in the cache."""
    before = sorted(played.path.rglob("*"))
    argv = ["batch", "--scenarios", WORLD, "--agents", "greedy,noop", "--seeds", "3", "--difficulty", "1", "--dry-run"]
    said = played.bio(*argv)
    assert said.code == 0
    assert "worlds: 3, 1 to generate, 2 in the cache" in said.lines
    assert re.search(r"^time: about [0-9.]+s of play \(95%: .* to .*\)$", said.out, re.MULTILINE)
    assert re.search(r"^size: about [0-9.]+ kB \(95%: .* to .*\)$", said.out, re.MULTILINE)
    assert re.search(r"^from 1 earlier run: results/batch/", said.out, re.MULTILINE)
    assert sorted(played.path.rglob("*")) == before


def test_a_dry_run_needs_a_place_for_results(desk: Desk) -> None:
    (desk.path / "taken").write_text("a file")
    argv = ["batch", "--scenarios", WORLD, "--agents", "noop", "--data", "taken", "--dry-run"]
    assert "taken is no folder" in desk.refused(*argv)


def test_a_shard_is_a_part_of_the_plan_and_goes_on_as_that_part(desk: Desk) -> None:
    """By option or variable; what it plays says which it is, nothing is judged, and only the same shard goes on in it."""
    path = str(desk.battery(BATTERY.format(name="one", agent="greedy", bar=0)))
    parts = []
    for number in (1, 2):
        said = desk.bio("batch", path, "--shard", f"{number}/2")
        assert (said.code, said.err) == (0, ".\n")
        parts.append({result.id for result in desk.dat().results()})
    assert len(parts[0] | parts[1]) == 2
    said = desk.bio("batch", path, "--resume", "--shard", "1/2")
    assert (said.code, "is shard 2/2, and shard 1/2 is asked for; add --bio-shard 2/2" in said.err) == (2, True)
    said = desk.bio("batch", path, "--resume")
    assert (said.code, "is shard 2/2, and no shard is asked for" in said.err) == (2, True)
    said = desk.bio("batch", path, "--resume", "--shard", "2/2")
    assert said.code == 0
    assert {result.id for result in desk.dat().results()} == parts[1]
    said = desk.bio("batch", path, "--shard", "3/3")
    assert (said.code, "leaves nothing of 2 cells" in said.err) == (2, True)


def test_a_battery_is_replayed_by_option_by_variable_by_file_and_by_argument(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is spent, and the report and the cell say so."""
    text = "experiment.mine: {scenarios: [mutualism/competition], agents: [random], seeds: 1}\n"
    path = str(desk.battery(text, "mine.battery.yaml"))
    desk.bio("batch", path)
    (first,) = desk.dat().results()

    def check() -> None:
        (again,) = desk.dat().results()
        assert again.score == first.score
        assert again.origin == f"replayed:{first.dat_path.partition('/data/')[2]}#{first.run}"

    said = desk.bio("batch", path, "--replay", "mine")
    check()
    assert "$0 (replayed)" in said.out
    monkeypatch.setenv("ALIENBIO_REPLAY", first.dat_path)
    desk.bio("batch", path)
    check()
    monkeypatch.delenv("ALIENBIO_REPLAY")
    (desk.path / "pytest.ini").write_text(f"[pytest]\nbio_replay = {first.dat_path}\n", "utf-8")
    desk.bio("batch", path)
    check()
    assert "$0 (replayed)" in desk.bio("show", "mutualism/competition[d2-random-s0]").out
    assert Bio.batch("mutualism/competition", ["random"], 1, replay=first.dat_path).results[0].score == first.score
