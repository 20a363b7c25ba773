"""`bio compare`, `bio correlate`, `bio difficulty`: from what is typed to what is read."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.api import Bio
from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.report.review import ON_REQUEST
from pytest_alienbio.store.disk import replace_file

from ..results.parts import cell, write_dat
from .conftest import Desk

AGENTS = ("greedy", "inquirer", "random")


def cells(shift: float = 0.0, seeds: Iterable[int] = range(6), agents: Iterable[str] = AGENTS) -> list[Result]:
    """Three agents on three scenarios at two levels, which tell how noisy their worlds are."""
    return [
        cell(
            f"m/{scenario}",
            agent,
            seed,
            round(0.9 - 0.2 * at - 0.1 * level + 0.01 * seed + shift * (1 + seed % 2), 4),
            difficulty=level,
            properties={"noise": 3 * level + place, "kind": scenario},
        )
        for at, agent in enumerate(agents)
        for place, scenario in enumerate("xyz")
        for level in (1, 2)
        for seed in seeds
    ]


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """A project with two runs of `mine`, in the second of which everything is a little better."""
    for at, shift in enumerate((0.0, -0.05)):
        folder = desk.path / f"data/results/mine/2026-01-0{at + 1}_001"
        write_dat(folder, cells(shift), run=f"r{at}", battery="mine", commit=f"{at}" * 40)
    _touch(desk)
    return desk


def _touch(desk: Desk) -> None:
    """Of the folders the later one is the newer one, whatever the clock."""
    import os

    for at, path in enumerate(sorted((desk.path / "data/results").rglob("_spec_.yaml"))):
        os.utime(path, (1_760_000_000 + at, 1_760_000_000 + at))


def told(desk: Desk, *argv: str) -> Any:
    """What machines get of a command."""
    said = desk.bio(*argv, "--json")
    assert said.code == 0, said.err
    return json.loads(said.out)["sections"]


def test_a_glob_alone_is_its_runs_oldest_first(shelf: Desk) -> None:
    said = shelf.bio("compare", "results/mine/*")
    assert (said.code, said.err) == (0, "")
    assert said.lines[0] == "mine/2026-01-02_001 against mine/2026-01-01_001"
    rows = told(shelf, "compare", "results/mine/*")["effects"]["agents"]
    assert [row["agent"] for row in rows] == [None, *AGENTS]
    assert all(row["difference"] == pytest.approx(-0.075) and row["verdict"] == "worse" for row in rows)
    assert rows[1]["pairs"] == 36
    assert rows[1]["mean_b"] - rows[1]["mean_a"] == pytest.approx(-0.075)


def test_two_names_are_compared_in_their_order(shelf: Desk) -> None:
    new, old = "results/mine/2026-01-02_001", "results/mine/2026-01-01_001"
    assert told(shelf, "compare", new, old)["effects"]["agents"][1]["difference"] == pytest.approx(0.075)
    assert told(shelf, "compare", old, new, "--against", new)["effects"]["agents"][1]["difference"] == pytest.approx(0.075)
    assert "did you mean" in shelf.refused("compare", old, new, "--against", "results/mine/2026-01-03_001")


def test_cells_without_a_record_are_said_and_not_only_gone(shelf: Desk) -> None:
    """A difference of runs of which one was killed is no difference of agents."""
    dats = sorted((shelf.path / "data/results/mine").iterdir())
    with (dats[1] / "_spec_.yaml").open("a", encoding="utf-8") as spec:
        spec.write("resolved: {cells: 120}\n")
    for more in ((), ("--diff",)):
        said = shelf.bio("compare", *map(str, dats), *more)
        assert f"{dats[1].name}: 12 of 120 planned cells have no record" in " ".join(said.out.split())


def test_what_changed_stands_below_and_how_to_see_all_of_it(shelf: Desk) -> None:
    """The command it names can be typed."""
    sections = told(shelf, "compare", "results/mine/*")
    assert {row["key"] for row in sections["changed"]["keys"]} == {"git.commit"}
    assert sections["cells"]["counts"]["score"] + sections["cells"]["counts"]["fails"] == 108
    text = sections["cells"]["remarks"][0]["text"]
    command = shlex.split(text.removesuffix(" lists them"))
    assert command.pop(0) == "bio"
    assert "one by one" in shelf.bio(*command).out


def test_a_difference_lists_cells_with_commands_that_show_them(shelf: Desk) -> None:
    sections = told(shelf, "compare", "results/mine/*", "--diff")
    assert list(sections) == ["runs", "changed", "cells", "moves"]
    moves = sections["moves"]["moves"]
    assert moves[0]["kind"] == "fails"
    assert moves[0]["copy"][0] == f"bio show 'data/results/mine/2026-01-01_001::{moves[0]['ids'][0]}'"
    groups = sections["cells"]["groups"]
    assert sum(row["fails"] for row in groups) == sections["cells"]["counts"]["fails"]
    assert len(shelf.bio("compare", "results/mine/*", "--diff").lines) < 80


def test_a_difference_needs_no_numpy(shelf: Desk) -> None:
    code = (
        "import sys; from pytest_alienbio.cli.main import main; main(['compare', 'results/mine/*', '--diff']); "
        "sys.exit(str([name for name in ('numpy', 'scipy', 'pandas', 'pydantic') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=shelf.path, capture_output=True, text=True, check=False)
    assert done.stderr == "[]\n"


def test_agents_of_the_newest_run_that_has_them(shelf: Desk) -> None:
    """Pair by pair without a name, two by name, all against one."""
    assert len(told(shelf, "compare")["pairs"]["pairs"]) == 3
    two = told(shelf, "compare", "random", "greedy")
    assert [(row["a"], row["b"]) for row in two["pairs"]["pairs"]] == [("random", "greedy")]
    assert two["pairs"]["pairs"][0]["difference"] == pytest.approx(-0.4)
    assert len(two["leaves"]["leaves"]) == 3
    against = told(shelf, "compare", "mine", "--against", "greedy")["pairs"]["pairs"]
    assert [(row["a"], row["b"]) for row in against] == [("inquirer", "greedy"), ("random", "greedy")]
    write_dat(shelf.path / "data/results/other/2026-01-09_001", [cell(agent="alone", score=0.1)], battery="other")
    assert told(shelf, "compare", "random", "greedy")["results"]["from"][0]["dats"] == ["data/results/mine/2026-01-02_001"]


def test_what_is_named_may_be_both_or_neither(shelf: Desk) -> None:
    """Refused with what there is."""
    write_dat(shelf.path / "data/results/greedy/2026-01-03_001", cells(), battery="greedy")
    both = shelf.refused("compare", "greedy", "random")
    assert "'greedy' names a run, data/results/greedy/2026-01-03_001, and an agent; say --by run or --by agent" in both.replace(
        f"{shelf.path}/", ""
    )
    assert told(shelf, "compare", "greedy", "random", "--by", "agent")["pairs"]["pairs"][0]["a"] == "greedy"
    assert "name runs, or agents with --in mine" in shelf.refused("compare", "mine", "random")
    unknown = shelf.refused("compare", "mine", "nine")
    assert "no DAT matches 'nine'" in unknown
    assert "did you mean 'mine'" in unknown
    assert "nor is it an agent: known: greedy, inquirer, random" in unknown
    assert "against whom?" in shelf.refused("compare", "random", "--in", "mine")
    assert "against whom?" in shelf.refused("compare", "random")
    assert "did you mean 'greedy'" in shelf.refused("compare", "gredy", "random", "--in", "mine")


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("mine", ""), "a NAME is empty"),
        (("mine", "results/mine/2026-01-02_001"), "are the same DAT"),
        (("greedy", "random", "--diff"), "--diff is about two runs"),
        (("results/mine/*", "--metric", "skore"), "did you mean 'score'"),
        (("results/mine/*", "--margin", "0"), "is no margin"),
        (("results/mine/*", "--in", "mine", "--by", "run"), "leave one out"),
        (("results/mine/*", "--diff", "--against", "mine"), "without --against"),
        (("no/*", "mine"), "no DAT matches 'no/*'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(shelf: Desk, argv: tuple[str, ...], why: str) -> None:
    assert why in shelf.refused("compare", *argv)


def test_a_margin_a_metric_and_a_filter(shelf: Desk) -> None:
    rows = told(shelf, "compare", "results/mine/*", "--margin", "0.2", "--agent", "greedy")["effects"]["agents"]
    assert [row["agent"] for row in rows] == ["greedy"]
    assert rows[0]["equivalence"]["equivalent"] is True
    assert rows[0]["verdict"] == "as good"
    assert "greedy: B is as good as A up to 0.2" in shelf.bio("compare", "results/mine/*", "--margin", "0.2").out
    about = told(shelf, "compare", "results/mine/*", "--metric", "duration_s")["effects"]["about"]
    assert about == "duration_s, lower is better"


def test_a_run_that_was_never_closed_or_is_half_written_is_told(shelf: Desk) -> None:
    """What can be read of it counts, and what cannot is said; a broken one is refused by name."""
    journal = next((shelf.path / "data/results/mine/2026-01-02_001/cells").iterdir())
    lines = journal.read_bytes()
    replace_file(journal, [lines[: len(lines) // 2]])
    said = shelf.bio("compare", "results/mine/*")
    assert said.code == 0
    assert "not closed: it is running, or was killed" in " ".join(said.out.split())
    assert "last line is cut off" in said.out
    (shelf.path / "data/results/mine/2026-01-02_001/_spec_.yaml").write_text("v: 99\n", "utf-8")
    assert "version 99" in shelf.refused("compare", "results/mine/*")


def test_experiments_without_a_cell_in_common_stand_side_by_side(shelf: Desk) -> None:
    other = [cell("n/w", "else", seed, 0.2 + 0.1 * seed) for seed in range(4)]
    write_dat(shelf.path / "data/results/other/2026-01-03_001", other, battery="other")
    sections = told(shelf, "compare", "mine", "other")
    assert sections["effects"]["means"]["runs"] == ["mine", "other"]
    assert {row["agent"] for row in sections["effects"]["cells"]} == {*AGENTS, "else"}
    text = shelf.bio("compare", "mine", "other").out
    assert "not compared: no agent is in both" in text
    assert "0.35 [" in text
    three = told(shelf, "compare", "results/mine/2026-01-01_001", "mine", "other")["effects"]
    assert len(three["differences"]) == 4
    assert {row["run"] for row in three["differences"]} == {"mine"}


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_nothing_is_wider_than_the_screen(shelf: Desk, width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """But lines to copy."""
    monkeypatch.setenv("COLUMNS", width)
    for argv in (("compare", "results/mine/*"), ("compare",), ("correlate",), ("difficulty",), ("compare", "greedy", "random")):
        for line in shelf.bio(*argv).lines:
            assert len(line) <= int(width), line


def test_properties_and_scores_by_agent(shelf: Desk) -> None:
    sections = told(shelf, "correlate", "mine")
    rows = {(row["agent"], row["property"]): row for row in sections["correlations"]["correlations"]}
    assert {name for _, name in rows} == {"difficulty", "noise", "kind"}
    assert rows["greedy", "difficulty"]["value"] < -0.8
    assert (rows["greedy", "difficulty"]["n"], rows["greedy", "difficulty"]["unit"]) == (6, "scenario levels")
    assert rows["greedy", "kind"]["method"] == "eta2"
    assert rows["greedy", "kind"]["why"] == "3 of at least 5 units"
    assert all(row["p"] >= row["p_alone"] for row in rows.values() if row["p"] is not None)
    text = shelf.bio("correlate", "mine").out
    assert "adjusted over 6 correlations (Benjamini-Hochberg)" in text
    assert "properties of generated worlds go together" in text


def test_some_properties_another_coefficient_and_the_others_held_constant(shelf: Desk) -> None:
    kendall = told(shelf, "correlate", "mine", "--with", "difficulty", "--method", "kendall", "--agent", "greedy")
    assert [row["method"] for row in kendall["correlations"]["correlations"]] == ["kendall"]
    partial = told(shelf, "correlate", "mine", "--with", "difficulty,noise", "--partial")["correlations"]["correlations"]
    assert partial[0]["given"] == ["noise"]
    assert "no record has a field 'noize'" in shelf.refused("correlate", "mine", "--with", "noize")


def test_scores_over_levels_and_where_half_pass(shelf: Desk) -> None:
    sections = told(shelf, "difficulty", "mine")["difficulty"]
    row = next(row for row in sections["agents"] if row["agent"] == "greedy")
    means = [point["mean"] for point in sections["points"] if point["agent"] == "greedy"]
    assert [row["level_1"], row["level_2"]] == pytest.approx(means)
    assert means[0] > means[1]
    text = shelf.bio("difficulty", "mine").out
    assert "greedy" in text
    assert "everything passes at every level" in text
    assert "no band: 3 of at least 5 scenarios" in text


def test_a_curve_in_ascii(shelf: Desk) -> None:
    """Where nothing else can be shown."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest_alienbio", "difficulty", "mine"],
        cwd=shelf.path,
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "COLUMNS": "100"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.isascii()
    line = next(line for line in done.stdout.decode().splitlines() if line.startswith("random"))
    assert line.split()[3] == "--"
    assert "\\u" not in line


def test_a_report_has_both_on_request(shelf: Desk) -> None:
    sections = told(shelf, "report", "mine", "--only", ",".join(ON_REQUEST))
    assert list(sections) == ["results", *ON_REQUEST]
    assert sections["difficulty"] == told(shelf, "difficulty", "mine")["difficulty"]
    assert not set(ON_REQUEST) & set(told(shelf, "report", "mine"))


def test_nothing_to_correlate_is_said(desk: Desk) -> None:
    write_dat(desk.path / "data/results/b/1", [cell(difficulty=None, outcome=Outcome.TIMED_OUT)])
    for command in ("correlate", "difficulty"):
        assert "none" in desk.bio(command).out
        said = desk.bio(command, "--agent", "nobody")
        assert (said.code, said.lines[-1]) == (0, "note: no cell matches")


def test_a_notebook_gets_the_same_documents(shelf: Desk) -> None:
    runs = Bio.results.compare_runs("results/mine/2026-01-01_001", "mine")
    shown = told(shelf, "compare", "results/mine/2026-01-01_001", "mine")["effects"]["agents"]
    assert json.loads(json.dumps(runs["effects"].rows("agents"), default=dict)) == shown
    diff = Bio.results.diff("results/mine/2026-01-01_001", "mine")
    assert "one by one" in str(diff)


def test_the_examples_of_the_help_can_be_typed(shelf: Desk) -> None:
    for command in ("compare", "correlate", "difficulty"):
        for line in shelf.bio(command, "--help").out.partition("examples:")[2].splitlines():
            if line.strip():
                argv = shlex.split(line.partition("|")[0])
                assert argv.pop(0) == "bio"
                assert shelf.bio(*argv).code == 0, line


def test_a_folder_that_vanishes_is_refused(shelf: Desk) -> None:
    shelf.bio("compare", "results/mine/*")
    shutil.rmtree(shelf.path / "data/results/mine/2026-01-02_001")
    assert "no DAT matches" in shelf.refused("compare", "results/mine/2026-01-01_001", "results/mine/2026-01-02_001")
    assert Path(shelf.path / "data").is_dir()
