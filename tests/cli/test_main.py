"""What every command has in common."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from pytest_alienbio.cli.main import main
from pytest_alienbio.errors import UnknownNameError

from .conftest import Desk


def test_help_names_every_command(desk: Desk) -> None:
    said = desk.bio("--help")
    assert said.code == 0
    for command in ("run", "batch", "results", "show"):
        assert re.search(rf"^ +{command} ", said.out, re.MULTILINE)
        assert desk.bio(command, "--help").code == 0


def test_version(desk: Desk) -> None:
    assert re.fullmatch(r"pytest-alienbio \d+\.\d+.*\n", desk.bio("--version").out)


@pytest.mark.parametrize("argv", [[], ["dance"], ["run"], ["show"], ["results", "--limit", "x"], ["run", "x", "--seed", "one"]])
def test_usage_errors_are_2(desk: Desk, argv: list[str]) -> None:
    said = desk.bio(*argv)
    assert said.code == 2
    assert said.err.startswith("usage: bio")


def test_an_error_is_one_sentence_and_debug_shows_where_it_came_from(desk: Desk) -> None:
    assert desk.refused("run", "mutualism/competiton").endswith("did you mean 'mutualism/competition'?\n")
    with pytest.raises(Exception, match="unknown scenario") as caught:
        main(["--debug", "run", "mutualism/competiton"])
    assert isinstance(caught.value, UnknownNameError | ValueError)


def test_what_the_disk_refuses_is_a_sentence_too(desk: Desk) -> None:
    (desk.path / "taken").touch()
    assert "must be a folder" in desk.refused("run", "mutualism/competition", "--agent", "noop", "--data", "taken")


def test_a_bad_project_file_is_said_with_its_place(desk: Desk) -> None:
    (desk.path / "bio.yaml").write_text("agentz: {}\n", "utf-8")
    assert "bio.yaml:1:1" in desk.refused("run", "mutualism/competition")


def test_ctrl_c_is_130(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pytest_alienbio.cli.results.dats", interrupt)
    said = desk.bio("results")
    assert said.code == 130
    assert "interrupted" in said.err


def test_as_a_module_and_as_a_script(desk: Desk) -> None:
    """`python -m pytest_alienbio`, `bio` and `pytest-alienbio` are the same program; a traceback only with --debug."""
    said = desk.process("results")
    assert (said.code, said.out) == (2, "")
    assert re.fullmatch(r"bio: no results yet below [^\n]*\n", said.err)
    assert "Traceback" in desk.process("--debug", "results").err
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


def test_light_start() -> None:
    """Asking for help imports neither numpy nor pydantic nor scipy."""
    code = (
        "import sys\nfrom pytest_alienbio.cli.main import parser\nparser().format_help()\n"
        "print(sorted({'numpy', 'scipy', 'pydantic', 'pytest'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
