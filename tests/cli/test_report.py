"""`bio report`: what stored results say."""

from __future__ import annotations

import csv
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_alienbio.report.review import PARTS
from pytest_alienbio.run.reporting import again

from .conftest import WORLD, Desk


def test_the_newest_dat_is_told_whole(played: Desk) -> None:
    """What it is about, then every part in its order."""
    said = played.bio("report")
    assert (said.code, said.err) == (0, "")
    assert said.lines[0] == "batch"
    assert said.lines[1].startswith("4 cells from 1 result folder: data/results/batch/")
    parts = [line.partition(":")[0] for line in said.lines if line.partition(":")[0] in PARTS]
    assert parts == list(PARTS)
    assert not any(line[-1:] == " " for line in said.lines)


def test_only_some_parts(played: Desk) -> None:
    lines = played.bio("report", "batch", "--only", "cost,summary").lines
    assert [line.partition(":")[0] for line in lines if line.partition(":")[0] in PARTS] == ["summary", "cost"]
    assert "'costs' is no part of a report; did you mean 'cost'?" in played.refused("report", "--only", "costs")


def test_json_is_one_object_with_a_section_a_part(played: Desk) -> None:
    sections = json.loads(played.bio("report", "--json").out)["sections"]
    assert list(sections) == ["results", *PARTS]
    assert [row["agent"] for row in sections["leaderboard"]["standings"]] == ["greedy", "noop"]
    assert sections["breakdown"]["leaves"][0]["n"] == 2
    assert sections["results"]["cells"][0]["cells"] == 4
    assert played.bio("report", "--format", "json").out == played.bio("report", "--json").out


def test_into_a_file_in_the_form_of_its_name(played: Desk) -> None:
    """Replaced whole; what `--format` says wins."""
    for name, begin in (("r.md", "# batch\n"), ("r.json", '{\n  "v": 1,'), ("r.txt", "batch\n4 cells")):
        said = played.bio("report", "-o", name)
        assert said.out == f"written: {name}\n"
        assert (played.path / name).read_text("utf-8").startswith(begin)
    assert played.bio("report", "-o", "-").out == played.bio("report").out
    played.bio("report", "-o", "r.txt", "--format", "md")
    assert (played.path / "r.txt").read_text("utf-8") == (played.path / "r.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("data", "is a folder"),
        ("none/r.md", "there is no folder none"),
        ("/dev/null", "no ordinary file"),
        (" ", "a file's name"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(played: Desk, name: str, why: str) -> None:
    assert why in played.refused("report", "-o", name)


def test_filters_narrow_it_and_one_that_fits_nothing_says_what_there_is(played: Desk) -> None:
    [row] = json.loads(played.bio("report", "--agent", "greedy", "--json").out)["sections"]["summary"]["means"]["values"]
    assert len(row) == 1
    said = played.bio("report", "--agent", "greedi")
    assert (said.code, said.lines[-1]) == (0, "note: no cell matches")
    assert "--agent greedi: did you mean 'greedy'?" in said.err


def test_a_pattern_that_names_nothing_says_what_there_is(played: Desk) -> None:
    assert "did you mean 'batch'?" in played.refused("report", "bach")


def test_a_folder_that_cannot_be_read_is_said_and_the_others_are_told(played: Desk) -> None:
    broken = played.path / "data/results/batch/2000-01-01_001"
    broken.mkdir()
    (broken / "_spec_.yaml").write_text("v: 99\n", "utf-8")
    said = played.bio("report", "results/batch")
    assert said.code == 0
    assert "4 cells from 1 result folder" in said.out
    assert "skipped: " in said.err
    assert "version 99" in said.err
    assert "version 99" in played.refused("report", str(broken))


def test_of_a_cell_in_two_dats_the_latest_counts_and_it_is_said(played: Desk) -> None:
    """The same numbers as of one of them, for nothing is random; not twice as many."""
    played.bio("batch", "--scenarios", WORLD, "--agents", "greedy,noop", "--seeds", "2", "--difficulty", "1")
    both = json.loads(played.bio("report", "results/*", "--json").out)["sections"]
    one = json.loads(played.bio("report", "--json").out)["sections"]
    assert both["breakdown"] == one["breakdown"]
    assert (both["results"]["cells"][0]["cells"], both["results"]["cells"][0]["older"]) == (4, 4)
    assert "4 older records" in played.bio("leaderboard", "results/*").out


def test_what_failed_says_how_to_play_it_again_and_it_does(played: Desk) -> None:
    """From its own result folder, whatever the files say by now."""
    sections = json.loads(played.bio("report", "--max-score", "0.99", "--json").out)["sections"]
    commands = [row["command"] for row in sections["failures"].get("below", [])]
    command = commands[0] if commands else again(next(iter(played.dat().results())))
    program, node = shlex.split(command)
    assert program == "pytest"
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--co", node]
    done = subprocess.run(argv, cwd=played.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert node.rpartition("::")[2] in done.stdout


def test_it_is_written_in_what_the_stream_can_say(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    said = played.process("report")
    assert said.code == 0
    assert said.out.isascii()
    assert "+-" in said.out


def test_nothing_at_all(desk: Desk) -> None:
    assert "no results yet" in desk.refused("report")
    assert "no results yet" in desk.refused("leaderboard")


def test_all_rows(played: Desk) -> None:
    """With few rows `--all` changes nothing."""
    assert played.bio("report", "--all").out == played.bio("report").out


def test_the_examples_of_its_help_can_be_typed(played: Desk, tmp_path: Path) -> None:
    for line in played.bio("report", "--help").out.partition("examples:")[2].splitlines():
        if line.strip():
            argv = shlex.split(line.partition("|")[0].replace("mine", "batch").replace("claude*", "greedy"))
            assert argv.pop(0) == "bio"
            assert played.bio(*argv).code == 0, line


def test_a_page_is_written_where_its_name_ends_so_and_holds_what_the_screen_says(played: Desk) -> None:
    """With every cell, and traces beside it if all are asked for."""
    said = played.bio("report", "-o", "r.html", "--traces", "none")
    assert (said.code, said.out) == (0, "written: r.html\n")
    html = (played.path / "r.html").read_text("utf-8")
    assert "mutualism/competition[d1-greedy-s0]</a>" in html
    assert not list(played.path.glob("r.files"))
    printed = played.bio("report", "--format", "html", "--only", "failures", "--traces", "none").out
    assert printed.startswith("<!doctype html>")
    assert printed.endswith("</html>\n")
    assert 'id="failures"' in printed
    assert 'id="overview"' in printed
    assert 'id="cost"' not in printed
    assert "bio: " in played.bio("report", "--format", "htm").err


def test_other_documents_are_pages_too(played: Desk) -> None:
    assert played.bio("leaderboard", "-o", "board.html").code == 0
    assert ">greedy</" in (played.path / "board.html").read_text("utf-8")


def test_tables_for_spreadsheets(played: Desk) -> None:
    """A table as csv, by its name or alone; all of them as a workbook, a sheet each."""
    import openpyxl

    said = played.bio("report", "--only", "leaderboard", "--format", "csv")
    assert [row["agent"] for row in csv.DictReader(said.lines)] == ["greedy", "noop"]
    assert "choose one with --table" in played.refused("report", "--format", "csv")
    played.bio("report", "--table", "breakdown.leaves", "-o", "r.csv")
    assert len((played.path / "r.csv").read_text("utf-8").splitlines()) == 3
    assert played.bio("report", "-o", "r.xlsx").out == "written: r.xlsx\n"
    book = openpyxl.load_workbook(played.path / "r.xlsx")
    assert {"leaderboard.standings", "summary.means", "breakdown.leaves"} <= set(book.sheetnames)
    assert "say where it goes" in played.refused("report", "--format", "xlsx")


def test_what_has_no_record_is_said_and_never_passed_over(played: Desk) -> None:
    """By reports in themselves, by what only lists or adds up on standard error."""
    [journal] = (played.dat().path / "cells").glob("*.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:3]))
    lacking = "1 of 4 cells have no record any more"
    for command in ("report", "leaderboard"):
        said = played.bio(command)
        assert lacking in said.out
        assert not said.err
    assert played.bio("report", "-o", "r.html").code == 0
    assert lacking in (played.path / "r.html").read_text("utf-8")
    for command in ("results", "cost"):
        assert lacking in played.bio(command).err
    journal.unlink()
    assert "4 of 4 cells have no record any more" in played.bio("report").out
