"""`bio doctor`: each finding with why and what to do; the exit code is whether one is grave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_alienbio.cli.main import main
from pytest_alienbio.run.doctor import Symptom, examine


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bio.yaml").write_text("")
    monkeypatch.chdir(tmp_path)


def test_this_machine_is_looked_at_and_nothing_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is found here, the answer is whole."""
    code = main(["doctor", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == (0 if told["ok"] else 1)
    assert told["data"] == str(tmp_path / "data")
    assert all(each["what"] and each["why"] and each["todo"] for each in told["symptoms"])
    assert "doctor" not in {each["about"] for each in told["symptoms"]}, "no check broke"
    assert [path.name for path in tmp_path.iterdir()] == ["bio.yaml"]


def test_a_grave_one_comes_first_and_is_the_exit_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a check that breaks on an odd machine keeps no other from being made."""

    def broken(root: Path) -> list[Symptom]:
        raise OSError("odd")

    mild, grave = Symptom("one", "a", "b", "c"), Symptom("two", "\x1b[31mx", "y", "z", grave=True)
    checks = {"first": broken, "second": lambda root: [mild], "third": lambda root: [grave]}
    monkeypatch.setitem(examine.__globals__, "CHECKS", checks)
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("PROBLEM  two: ")
    assert "\x1b" not in "".join(lines)
    assert [line.split(":")[0].strip() for line in lines[1:3]] == ["why", "do"]
    assert any("first could not be looked at: OSError: odd" in line for line in lines)
    assert lines[-1].startswith("1 problem; results go to ")
    checks.pop("third")
    assert main(["doctor"]) == 0


def test_missing_extras_are_a_line_each_and_come_last(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few people want them, and there are many."""
    extras = [Symptom("extra", f"`{name}` is not installed", f"it gives {name}", "do it") for name in ("a", "b")]
    found = [*extras, Symptom("two", "x", "y", "z", grave=True)]
    monkeypatch.setitem(examine.__globals__, "CHECKS", {"all": lambda root: found})
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.splitlines()[3:-1] == [
        "advice   extra: `a` is not installed; it gives a",
        "advice   extra: `b` is not installed; it gives b",
        "         do:  if you want one of them: pip install 'pytest-alienbio[NAME]'",
    ]
