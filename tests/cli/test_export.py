"""`bio export`."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

from pytest_alienbio.model import Json

from .conftest import WORLD, Desk


def test_the_newest_dat_goes_into_a_file(played: Desk) -> None:
    """It is said how many cells, and what the file has no place for."""
    said = played.bio("export", "-o", "out.csv")
    assert said.code == 0
    assert said.lines[0] == "out.csv: 4 cells as csv"
    assert said.lines[1].startswith("  not in it, of so many cells: agent_hash (4), ")
    assert (played.path / "out.csv").read_text() == (played.dat().path / "summary.csv").read_text()


def test_filters_and_patterns_are_those_of_results(played: Desk) -> None:
    said = played.bio("export", "batch", "--agent", "greedy", "--seed", "1", "--format", "jsonl", "-o", "-")
    (row,) = map(json.loads, said.lines)
    assert (row["agent"], row["seed"], row["dat"]) == ("greedy", 1, str(played.dat().path))
    assert "standard output: 1 cell as jsonl" in said.err


def test_what_is_exported_is_what_results_prints(played: Desk) -> None:
    """The same lines, byte for byte."""
    exported = played.bio("export", "--format", "jsonl", "-o", "-").out
    assert sorted(exported.splitlines()) == sorted(played.bio("results", "--json").lines)


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.json", "x.parquet", "x.xlsx", "x.xml"])
def test_the_suffix_says_the_format(played: Desk, name: str) -> None:
    said = played.bio("export", "-o", name, "--json")
    (told,) = json.loads(said.out)
    assert (told["path"], told["cells"], said.code) == (name, 4, 0)
    assert (played.path / name).stat().st_size > 100


def test_traces_and_runs_are_folders(played: Desk) -> None:
    """Both at once, if one likes."""
    said = played.bio("export", "--layout", "runs", "-o", "runs", "--traces", "traces")
    assert (said.code, [line for line in said.lines if not line.startswith(" ")]) == (
        0,
        ["runs: 4 cells as runs", "traces: 4 cells as traces"],
    )
    assert len(list(played.path.glob("runs/run-00?/summary.json"))) == 4
    names = {path.name for path in (played.path / "traces").iterdir()}
    assert names == {path.name for path in (played.dat().path / "traces").iterdir()}


def test_a_workbook_has_leaves(played: Desk) -> None:
    import openpyxl

    assert played.bio("export", "-o", "x.xlsx").code == 0
    assert openpyxl.load_workbook(played.path / "x.xlsx").sheetnames == ["cells", "leaves", "about"]


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        ((), "where to? name a file with -o PATH"),
        (("-o", "x.doc"), "the suffix of 'x.doc' names no format"),
        (("-o", "-"), "-o - is standard output: say with --format what to write there: csv"),
        (("-o", "-", "--format", "excel"), "-o - is standard output: say with --format"),
        (("-o", "x.csv", "--format", "cvs"), "unknown format 'cvs'; did you mean 'csv'?"),
        (("-o", "x.csv", "--agent", "nobody"), "matches; nothing was written"),
        (("nosuch", "-o", "x.csv"), "no DAT matches 'nosuch'"),
        (("-o", "no/x.csv"), "there is no folder no; make it first"),
        (("--format", "csv", "--traces", "t"), "and there is no -o"),
        (("-o", "runs", "--layout", "runs", "--format", "csv"), "leave one of them out"),
    ],
)
def test_what_cannot_be_done_is_refused(played: Desk, argv: tuple[str, ...], complaint: str) -> None:
    """In one sentence, and nothing is left behind."""
    before = sorted(played.path.iterdir())
    assert complaint in played.refused("export", *argv)
    assert sorted(played.path.iterdir()) == before


def test_what_is_there_is_replaced_only_by_force(played: Desk) -> None:
    assert played.bio("export", "-o", "x.csv").code == 0
    assert "say --force" in played.refused("export", "-o", "x.csv")
    assert played.bio("export", "-o", "x.csv", "--force", "--agent", "noop").code == 0
    assert len(list(csv.DictReader(io.StringIO((played.path / "x.csv").read_text())))) == 2


def test_who_reads_only_the_beginning_is_no_trouble(played: Desk) -> None:
    """`bio export ... -o - | head -1`."""
    command = f"{sys.executable} -m pytest_alienbio export --format csv -o - | head -c 10"
    done = subprocess.run(command, shell=True, cwd=played.path, capture_output=True, text=True, check=False)  # noqa: S602
    assert done.stdout == "battery,sc"
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_neither_command_imports_what_it_does_not_use(played: Desk) -> None:
    """A csv costs no pandas, no pyarrow, no XML; help nothing heavy at all."""
    heavy = ("numpy", "scipy", "pandas", "pyarrow", "openpyxl", "junitparser", "pydantic")
    for argv in (["export", "--format", "csv", "-o", "-"], ["export", "--help"], ["import", "--help"], ["import", "x.csv"]):
        (played.path / "x.csv").write_text("scenario,agent,seed,score\nx,a,1,0.5\n")
        code = (
            f"import sys; sys.argv = ['bio', *{argv!r}]\n"
            "from pytest_alienbio.cli.main import main\n"
            "try:\n    code = main()\nexcept SystemExit as error:\n    code = error.code\n"
            f"assert code == 0\nsys.stderr.write('HEAVY ' + str([name for name in {heavy!r} if name in sys.modules]))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=played.path, capture_output=True, text=True, check=True)
        assert done.stderr.endswith("HEAVY []"), (argv, done.stderr)


def test_the_world_is_the_one_recorded(played: Desk) -> None:
    """A JSON document holds every cell."""
    played.bio("export", "-o", "x.json")
    cells: list[dict[str, Json]] = json.loads((played.path / "x.json").read_text())["cells"]
    assert {cell["scenario"] for cell in cells} == {WORLD}
