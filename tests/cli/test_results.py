"""`bio results`: recorded cells, filtered."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from pytest_alienbio.cli.results import LIMIT
from pytest_alienbio.model import Result
from pytest_alienbio.store import find_dats
from pytest_alienbio.store.index import Index

from .conftest import WORLD, Desk


def test_the_newest_dat_is_shown(played: Desk) -> None:
    """With what shows the first of its cells step by step."""
    said = played.bio("results")
    assert said.code == 0
    assert said.lines[0].split() == ["scenario", "d", "agent", "seed", "outcome", "score", "passed"]
    assert len(said.lines) == 1 + 4 + 2
    assert said.lines[-1] == f"4 of 4 cells from 1 DAT: {played.dat().path}"
    hint = said.lines[-2].removeprefix("step by step: bio ")
    assert played.bio(*shlex.split(hint)).lines[0] == f"{WORLD}[d1-greedy-s0]"


@pytest.mark.parametrize(
    ("argv", "count"),
    [
        (["--agent", "greedy"], 2),
        (["--agent", "gr*"], 2),
        (["--scenario", "mutualism/*"], 4),
        (["--scenario", "none/*"], 0),
        (["--seed", "1"], 2),
        (["--outcome", "completed"], 4),
        (["--outcome", "lost"], 0),
        (["--min-score", "0.01"], 2),
        (["--max-score", "0"], 2),
        (["--agent", "noop", "--seed", "0"], 1),
        (["--battery", "batch"], 4),
        (["--battery", "other"], 0),
        (["--difficulty", "<=1"], 4),
        (["--tag", "keystone"], 4),
        (["--tag", "wet,dry"], 0),
        (["--passed"], 2),
        (["--failed"], 2),
        (["--since", "today", "--until", "2999-01-01"], 4),
        (["--until", "yesterday"], 0),
    ],
)
def test_filters(played: Desk, argv: list[str], count: int) -> None:
    """Each narrows; nothing left is no error."""
    said = played.bio("results", *argv)
    assert (said.code, said.lines[-1].split(" cells")[0]) == (0, f"{count} of {count or 4}")
    assert len(played.bio("results", "--json", *argv).lines) == count


def test_a_cell_without_a_score_matches_no_bound(desk: Desk) -> None:
    """An outage is neither low nor high."""
    desk.bio("batch", "--scenarios", WORLD, "--agents", "gpt-4", "--seeds", "1")
    for bound in ("--min-score", "--max-score"):
        assert desk.bio("results", bound, "0").lines == [f"0 of 1 cells match in 1 DAT: {desk.dat().path}"]


def test_tags_of_the_battery_count_too(desk: Desk) -> None:
    """As they do for the option with which cells are selected."""
    desk.battery("experiment.x: {scenarios: [mutualism/competition], agents: [gpt-4], seeds: 1, tags: [nightly]}\n")
    desk.bio("batch", "x")
    assert desk.bio("results", "--tag", "nightly").lines[-1].startswith("1 of 1")
    hint, last = desk.bio("results", "--tag", "weekly", "--agent", "gpt*").lines
    assert hint == "--tag weekly: known: competition, keystone, mutualism, nightly"
    assert last == f"0 of 1 cells match in 1 DAT: {desk.dat().path}"


def test_sorted_and_limited(played: Desk) -> None:
    """`--limit` is what is printed after sorting, with and without --json."""
    best = played.bio("results", "--sort", "score", "--reverse", "--limit", "1").lines
    assert best[1].split()[2] == "greedy"
    assert best[-1].startswith("1 of 4 cells")
    rows = [json.loads(line) for line in played.bio("results", "--json", "--sort", "score,seed", "--limit", "3").lines]
    assert [(row["agent"], row["seed"]) for row in rows[:2]] == [("noop", 0), ("noop", 1)]
    assert len(rows) == 3
    assert "needs --sort" in played.refused("results", "--reverse")


def test_json_streams(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are written while results are read: memory does not grow with the number of cells."""
    written: list[str] = []
    at_read: list[int] = []
    real = Index.results

    def counted(self: Index, *args: Any) -> Iterator[Result]:
        for result in real(self, *args):
            at_read.append(len(written))
            yield result

    def keep(lines: Iterable[str]) -> None:
        for line in lines:
            written.append(line)

    monkeypatch.setattr(Index, "results", counted)
    monkeypatch.setattr("pytest_alienbio.cli.results.say", keep)
    assert played.bio("results", "--json").code == 0
    assert at_read == [0, 1, 2, 3]


def test_params_and_variants_have_columns_where_they_differ(desk: Desk) -> None:
    desk.battery(
        "experiment.x:\n"
        "  scenarios: [{name: mutualism/competition, difficulty: 1, variants: 2}]\n"
        "  agents: [greedy]\n"
        "  seeds: 1\n"
        "  params: {threshold: [0.1, 0.2], cull_floor: [0.5]}\n"
    )
    desk.bio("batch", "x")
    lines = desk.bio("results").lines
    assert lines[0].split() == ["scenario", "d", "v", "threshold", "agent", "seed", "outcome", "score", "passed"]
    assert sorted(line.split()[2:4] for line in lines[1:5]) == [["1", "0.1"], ["1", "0.2"], ["2", "0.1"], ["2", "0.2"]]


def test_rows_are_limited_and_json_is_not(desk: Desk) -> None:
    seeds = LIMIT + 10
    desk.bio("batch", "--scenarios", WORLD, "--agents", "gpt-4", "--seeds", str(seeds))
    assert desk.bio("results").lines[-1].startswith(f"{LIMIT} of {seeds} cells")
    assert desk.bio("results", "--limit", "3").lines[-1].startswith(f"3 of {seeds} cells")
    assert desk.bio("results", "--limit", "0").lines[-1].startswith(f"{seeds} of {seeds} cells")
    assert len(desk.bio("results", "--json").lines) == seeds


def test_json_is_a_journal_line_with_its_dat(played: Desk) -> None:
    rows = [json.loads(line) for line in played.bio("results", "--json").lines]
    assert {row["dat"] for row in rows} == {str(played.dat().path)}
    assert [row["id"] for row in rows] == [result.id for result in played.dat().results()]
    assert rows[0]["usage"]["usd"] is None


def test_several_dats(played: Desk) -> None:
    """By glob all of them, by a battery's name its latest, by path the one."""
    played.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1")
    first = find_dats(played.path / "data")[1]
    assert played.bio("results", "batch/*").lines[-1] == "5 of 5 cells from 2 DATs"
    assert played.bio("results", "batch").lines[-1].startswith("1 of 1 cells from 1 DAT")
    assert played.bio("results", str(first)).lines[-1] == f"4 of 4 cells from 1 DAT: {first}"
    assert played.bio("results", "batch", str(first), "batch/*").lines[-1] == "5 of 5 cells from 2 DATs"
    assert played.bio("results", "dat.experiments.batch").lines[-1].startswith("1 of 1 cells from 1 DAT")
    hint = played.bio("results", "batch/*", "--agent", "greedy").lines[-2].removeprefix("step by step: bio ")
    assert f"DAT       {first}" in played.bio(*shlex.split(hint)).lines


def test_a_name_nobody_recorded_is_refused_with_one_that_was(played: Desk) -> None:
    assert "did you mean 'batch'?" in played.refused("results", "batchh")
    assert "no results yet" in played.refused("results", "batch", "--data", "nowhere")


@pytest.mark.parametrize("argv", [["nothing"], ["none*"], ["--data", "nowhere"]])
def test_no_dat_is_an_error(played: Desk, argv: list[str]) -> None:
    assert "below" in played.refused("results", *argv)


@pytest.mark.parametrize("columns", ["20", "50", "80", "200"])
def test_rows_fit_the_terminal(played: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """One line a cell; where that is too little room two, and the first is its id."""
    monkeypatch.setenv("COLUMNS", columns)
    lines = played.bio("results").lines
    assert len(lines) == (8 if columns == "20" else 5) + 2
    assert all(len(line) <= int(columns) for line in lines[:-2])


@pytest.mark.parametrize("spec", ["v: [", "v: 99", "v: none"])
def test_a_dat_that_cannot_be_read_is_skipped_with_a_line(played: Desk, spec: str) -> None:
    """The others are shown; alone it is an error."""
    broken = played.dat().path
    played.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1")
    (broken / "_spec_.yaml").write_text(spec, "utf-8")
    for more, last in ((), "1 of 1 cells from 1 DAT"), (("--json",), '{"'):
        said = played.bio("results", "batch/*", *more)
        assert (said.code, len(said.err.splitlines())) == (0, 1)
        assert said.err.startswith(f"bio: skipped: {broken}")
        assert said.lines[-1].startswith(last)
    assert str(broken) in played.refused("results", str(broken))


def test_a_dat_may_be_named_as_from_here(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a run prints it, through `..`, or through a link: it is counted and named all the same, and once."""
    path = played.dat().path
    (played.path / "sub").mkdir()
    (played.path / "sub" / "link").symlink_to(path)
    from_here = str(path.relative_to(played.path))
    assert played.bio("results", from_here).lines[-1] == f"4 of 4 cells from 1 DAT: {path}"
    assert f"1 result folder: {from_here}" in played.bio("report", from_here).out
    monkeypatch.chdir(played.path / "sub")
    assert played.bio("results", "link").lines[-1] == f"4 of 4 cells from 1 DAT: {played.path / 'sub' / 'link'}"
    for argv in ([f"../{from_here}"], ["--data", "../data", "*", "link", str(path)]):
        assert played.bio("results", *argv).lines[-1] == f"4 of 4 cells from 1 DAT: {path}"
    (path / "_spec_.yaml").write_text("v: 99", "utf-8")
    assert "format version 99 is newer" in played.refused("results", f"../{from_here}")


def test_no_readable_dat_is_an_error(played: Desk) -> None:
    played.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1")
    for path in find_dats(played.path / "data"):
        (path / "_spec_.yaml").write_text("v: [", "utf-8")
    assert "(1 more cannot be read either)" in played.refused("results", "batch/*")


@pytest.mark.parametrize("more", [(), ("--json",), ("--agent", "nobody")])
def test_damaged_lines_are_said(played: Desk, more: tuple[str, ...]) -> None:
    """On standard error, whatever is shown on standard output."""
    (journal,) = (played.dat().path / "cells").glob("*.jsonl")
    with journal.open("ab") as out:
        out.write(b"{broken\n")
    said = played.bio("results", *more)
    assert said.code == 0
    assert said.err.startswith(f"bio: {played.dat().path}: cells/{journal.name}")
    assert len(said.err.splitlines()) == 1
    assert played.bio("results", *more).out == said.out


def test_nothing_left_says_of_how_many(played: Desk) -> None:
    said = played.bio("results", "--agent", "z,gredy", "--scenario", "mutualism/*", "--battery", "batsh")
    assert said.lines == [
        "--battery batsh: did you mean 'batch'?; --agent z,gredy: known: greedy, noop",
        f"0 of 4 cells match in 1 DAT: {played.dat().path}",
    ]
    said = played.bio("results", "--agent", "gredy", "--json")
    assert (said.code, said.out, said.err) == (0, "", "bio: --agent gredy: did you mean 'greedy'?\n")
    assert len(played.bio("results", "--agent", "greedy", "--seed", "9").lines) == 1


@pytest.mark.parametrize(
    "option", ["--agent", "--scenario", "--battery", "--tag", "--outcome", "--seed", "--difficulty", "--since"]
)
@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_filter_is_refused(played: Desk, option: str, text: str) -> None:
    """It is an unset variable: what it leaves must not look like what was asked for."""
    assert option in played.refused("results", option, text)
    assert option in played.refused("results", "batch", f"{option}={text}")


def test_an_empty_pattern_is_refused(played: Desk) -> None:
    assert "PATTERN is empty" in played.refused("results", "")
    assert "PATTERN is empty" in played.refused("results", "batch", " ")


def test_variants_of_a_world_stand_in_their_order(desk: Desk) -> None:
    """Though an id without a suffix is sorted after one with `-v2`."""
    desk.battery("experiment.x: {scenarios: [{name: mutualism/competition, variants: 11}], agents: [gpt-4], seeds: 2}\n")
    desk.bio("batch", "x")
    rows = [json.loads(line) for line in desk.bio("results", "--json").lines]
    order = [(row["agent"], row["seed"], row.get("variant", 1)) for row in rows]
    assert order == sorted(order)
    assert len(order) == 22


def test_params_commits_and_notes_are_asked(desk: Desk) -> None:
    """What of these names nothing is told."""
    desk.battery(
        "experiment.x: {scenarios: [mutualism/competition], agents: [greedy], seeds: 1, params: {threshold: [0.1, 0.2]}}\n"
    )
    desk.bio("batch", "x")
    assert desk.bio("results", "--param", "threshold=0.1").lines[-1].startswith("1 of 1 cells")
    assert desk.bio("results", "--param", "threshold=0.1", "--param", "threshold=0.2").lines[-1].startswith("2 of 2 cells")
    assert desk.bio("results", "--param", "treshold=0.1").lines[0] == "--param treshold: did you mean 'threshold'?"
    assert desk.bio("results", "--commit", "0123abc").lines[-1].startswith("0 of 2 cells match")
    assert desk.bio("results", "--note", "odd").lines[-1].startswith("0 of 2 cells match")
    desk.bio("note", "x", "an Odd one")
    assert desk.bio("results", "--note", "odd").lines[-1].startswith("2 of 2 cells")


def test_groups_of_cells(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mean with interval, pass rate and what is missing, by agent and scenario unless something else is said."""
    monkeypatch.setenv("COLUMNS", "200")
    said = played.bio("results", "--stats")
    assert (said.code, said.err) == (0, "")
    assert said.lines[0].split() == ["agent", "scenario", "cells", "mean", "sd", "min", "p50", "max", "pass_rate", "missing"]
    assert [line.split()[:3] for line in said.lines[1:]] == [["greedy", WORLD, "2"], ["noop", WORLD, "2"]]
    said = played.bio("results", "--stats", "--by", "seed", "--agent", "greedy")
    assert [line.split()[0] for line in said.lines] == ["seed", "0", "1"]
    said = played.bio("results", "--stats", "--by", "agent", "--field", "duration")
    assert [line.split()[0] for line in said.lines] == ["agent", "greedy", "noop"]


def test_groups_as_json(played: Desk) -> None:
    """A line a group, every figure with what it stands on."""
    rows = [json.loads(line) for line in played.bio("results", "--stats", "--by", "agent", "--json").lines]
    assert [(row["by"], row["records"]) for row in rows] == [({"agent": "greedy"}, 2), ({"agent": "noop"}, 2)]
    assert rows[0]["mean"]["n"] == 2
    assert rows[0]["pass_rate"]["value"] == 1.0


def test_pooled_agents_and_older_records_are_told(played: Desk) -> None:
    played.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1", "--difficulty", "1")
    lines = played.bio("results", "batch/*", "--stats", "--by", "scenario").lines
    assert lines[2:] == ['2 agents pooled; by="agent" tells them apart', "1 older record of the same cells left out"]
    assert lines[1].split()[1] == "4"


@pytest.mark.parametrize("columns", ["20", "50", "80", "200"])
def test_groups_fit_the_terminal(played: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """What is least needed gives way; names, cells, mean and pass rate stay."""
    monkeypatch.setenv("COLUMNS", columns)
    lines = played.bio("results", "--stats").lines
    assert len(lines) == 3
    if int(columns) >= 50:
        assert all(len(line) <= int(columns) for line in lines)


def test_of_nothing_there_are_no_groups(played: Desk) -> None:
    said = played.bio("results", "--stats", "--agent", "gredy")
    assert (said.code, len(said.lines), said.err) == (0, 1, "bio: --agent gredy: did you mean 'greedy'?\n")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--by", "agent"], "--by needs --stats"),
        (["--field", "score"], "--field needs --stats"),
        (["--stats", "--limit", "3"], "--limit is for cells"),
        (["--stats", "--sort", "score"], "--sort is for cells"),
        (["--stats", "--by", "agent,"], "holds an empty name"),
        (["--stats", "--by", "agnt"], "did you mean 'agent'?"),
        (["--stats", "--field", "agent"], "is a text"),
    ],
)
def test_options_that_say_nothing_together_are_refused(played: Desk, argv: list[str], words: str) -> None:
    assert words in played.refused("results", *argv)


def test_a_read_only_data_root_and_a_damaged_index_change_nothing(played: Desk) -> None:
    """The index is a cache: without it the answer is the same, and a note says why it was slow."""
    before = played.bio("results").out
    index = played.path / "data" / ".bio-index.sqlite"
    assert index.is_file()
    index.write_bytes(b"no database")
    said = played.bio("results")
    assert (said.code, said.out) == (0, before)
    assert ".bio-index.sqlite" in said.err
    assert (played.bio("results").out, played.bio("results").err) == (before, "")


def test_a_quick_look_imports_nothing_heavy(played: Desk) -> None:
    """Neither to list cells (nothing changed since the last look) nor to print help."""
    played.bio("results")
    for argv in (["results"], ["results", "--json", "--agent", "greedy"], ["results", "--help"]):
        code = (
            "import sys\nfrom pytest_alienbio.cli.main import main\n"
            f"try: main({argv!r})\nexcept SystemExit: pass\n"
            "heavy = {'numpy', 'scipy', 'pandas', 'pydantic', 'pytest', 'yaml', 'pytest_alienbio.play'}\n"
            "print('HEAVY:', sorted(heavy & set(sys.modules)), file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=played.path, capture_output=True, text=True, check=True)
        told = done.stderr.splitlines()[-1]
        assert told == "HEAVY: []" or (argv == ["--help"] and "numpy" not in told and "pydantic" not in told)
