"""What every command has in common."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pytest_alienbio.cli.main import COMMANDS
from pytest_alienbio.cli.main import parser as main_parser
from pytest_alienbio.cli.parser import WIDEST

from .conftest import Desk


def every_parser(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and all its sub-commands', however deep."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from every_parser(inner)


def test_help_names_every_command(desk: Desk) -> None:
    said = desk.bio("--help")
    assert said.code == 0
    for name in COMMANDS:
        assert re.search(rf"^ +{name}\b", said.out, re.MULTILINE)
        assert desk.bio(name, "--help").code == 0


def test_every_command_is_explained_with_an_example() -> None:
    for each in every_parser(main_parser()):
        assert each.description
        if each.prog != "bio":
            assert each.epilog
            assert "example" in each.epilog
            assert each.prog in each.epilog


@pytest.mark.parametrize("columns", ["0", "1", "20", "80", "200"])
def test_help_fits_any_terminal(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """Nothing crashes, nothing is wider than 100 columns, and examples that stand on lines of their own stay whole."""
    monkeypatch.setenv("COLUMNS", columns)
    for each in every_parser(main_parser()):
        lines = each.format_help().splitlines()
        examples = [line for line in (each.epilog or "").splitlines() if line.startswith("  ")]
        assert set(examples) <= set(lines)
        if columns in ("80", "200"):
            assert max(len(line) for line in lines if line not in examples) <= min(int(columns), WIDEST)


def test_without_arguments_it_says_what_to_try_first(desk: Desk) -> None:
    """Each line that begins with `bio` is a command line that is understood; it is no error."""
    said = desk.bio()
    assert (said.code, said.err) == (0, "")
    commands = [shlex.split(line) for line in said.lines if line.startswith("  bio ")]
    assert len(commands) >= 5
    for _, *argv in commands:
        assert main_parser().parse_args(argv).command


def test_version(desk: Desk) -> None:
    assert re.fullmatch(r"pytest-alienbio \d+\.\d+.*\n", desk.bio("--version").out)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["dance"], "unknown command 'dance'; known: "),
        (["reslts"], "unknown command 'reslts'; did you mean 'results'? (see bio --help)"),
        (["scenario", "shw"], "unknown command 'shw'; did you mean 'show'? (see bio scenario --help)"),
        (["run"], "required: SCENARIO|BATTERY (see bio run --help)"),
        (["agent"], "required: list|show"),
        (["show", "x", "y"], "unexpected argument 'y'"),
        (["results", "--agnt", "x"], "unknown option '--agnt'; did you mean '--agent'? (see bio results --help)"),
        (["results", "--agnt=x"], "unknown option '--agnt'; did you mean '--agent'?"),
        (["results", "--lim", "3"], "unknown option '--lim'; did you mean '--limit'?"),
        (["results", "--limit", "x"], "--limit: 'x' is no whole number"),
        (["results", "--passed", "--failed"], "not allowed with argument"),
        (["run", "x", "--seed", "one"], "--seed"),
        (["run", "x", "-n", "2"], "unknown option '-n'; pytest's options go after --, like `bio run BATTERY -- -n 2`"),
        (["run", "x", "-q"], "unknown option '-q'; pytest's options go after --"),
        (["run", "x", "--agnt", "y"], "did you mean '--agent'?"),
        (
            ["results", "--", "--agent", "noop"],
            "bio results would ignore '--agent noop': only `bio run BATTERY` and `bio bisect` hand what",
        ),
        (["validate", "--", "f.yaml"], "bio validate would ignore 'f.yaml': only `bio run BATTERY` and `bio bisect` hand what"),
        (["scenario", "show", "x", "--", "y"], "bio scenario would ignore 'y'"),
        (["scenario", "list", "--type", "tsk"], "'tsk' is not known; did you mean 'task'?"),
        (["results", "--\x1b[2Jx\n"], "unknown option '--\\x1b[2Jx\\n'"),
    ],
)
def test_usage_errors_are_one_sentence_with_what_was_meant(desk: Desk, argv: list[str], words: str) -> None:
    """Exit code 2; nothing on standard output."""
    assert words in desk.refused(*argv)


def test_an_error_is_one_sentence_and_debug_shows_where_it_came_from(desk: Desk) -> None:
    """`--debug` stands before or after the command, and changes neither sentence nor exit code."""
    sentence = desk.refused("run", "mutualism/competiton")
    assert sentence.endswith("did you mean 'mutualism/competition'?\n")
    for argv in (("--debug", "run", "mutualism/competiton"), ("run", "mutualism/competiton", "--debug")):
        said = desk.bio(*argv)
        assert said.code == 2
        assert said.err.startswith("Traceback")
        assert said.err.endswith(sentence)


def test_a_bug_is_one_sentence_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, as for everything that could not be done; what an exception says cannot steer the terminal."""

    def stumble(*args: object) -> None:
        raise ZeroDivisionError("by \x1b[31m\nzero")

    monkeypatch.setattr("pytest_alienbio.cli.asked.dats", stumble)
    sentence = desk.refused("results")
    assert "ZeroDivisionError: by zero" in sentence
    assert "--debug" in sentence
    said = desk.bio("results", "--debug")
    assert (said.code, "in stumble" in said.err, "\x1b" in said.err) == (2, True, False)


def test_several_complaints_are_a_line_each(desk: Desk) -> None:
    (desk.path / "bio.yaml").write_text("agentz: {}\nsetz: {}\n", "utf-8")
    said = desk.bio("agent", "list")
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 2)
    assert all(line.startswith("bio: ") for line in said.err.splitlines())


def test_what_the_disk_refuses_is_a_sentence_too(desk: Desk) -> None:
    (desk.path / "taken").touch()
    assert "must be a folder" in desk.refused("run", "mutualism/competition", "--agent", "noop", "--data", "taken")


def test_a_bad_project_file_is_said_with_its_place(desk: Desk) -> None:
    (desk.path / "bio.yaml").write_text("agentz: {}\n", "utf-8")
    assert "bio.yaml:1:1" in desk.refused("run", "mutualism/competition")


def test_ctrl_c_is_130(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pytest_alienbio.cli.asked.dats", interrupt)
    said = desk.bio("results")
    assert said.code == 130
    assert "interrupted" in said.err


def test_as_a_module_and_as_a_script(desk: Desk) -> None:
    """`python -m pytest_alienbio`, `bio` and `pytest-alienbio` are the same program."""
    said = desk.process("results")
    assert (said.code, said.out) == (2, "")
    assert re.fullmatch(r"bio: no results yet below [^\n]*\n", said.err)
    for script in ("bio", "pytest-alienbio"):
        path = os.path.join(os.path.dirname(sys.executable), script)
        if os.path.exists(path):
            done = subprocess.run([path, "results"], cwd=desk.path, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (said.code, said.err)


def test_a_reader_that_goes_away_is_no_error(played: Desk) -> None:
    """`bio results --json | head -1`: exit code 0, nothing on standard error."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "pytest_alienbio", "results", "--json"]
    done = subprocess.run(command, cwd=played.path, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("command", "code"),
    [("bio >&-", 0), ("bio --help >&-", 0), ("bio results >&- 2>&-", 0), ("bio results none 2>&-", 2), ("bio x >&- 2>&-", 2)],
)
def test_streams_that_were_closed_before_change_nothing(played: Desk, command: str, code: int) -> None:
    line = command.replace("bio", f"{shlex.quote(sys.executable)} -m pytest_alienbio", 1)
    assert subprocess.run(["sh", "-c", line], cwd=played.path, check=False).returncode == code


def test_light_start() -> None:
    """Asking for help imports neither numpy nor pydantic nor scipy."""
    code = (
        "import sys\nfrom pytest_alienbio.cli.main import parser\nparser().format_help()\n"
        "print(sorted({'numpy', 'scipy', 'pydantic', 'pytest'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
