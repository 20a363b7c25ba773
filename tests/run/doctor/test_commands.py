"""Who answers to `bio`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_alienbio.run.doctor.commands import of_path, of_processes


def command(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "bio").write_text(text)
    (folder / "bio").chmod(0o755)
    return folder


def test_the_first_bio_on_path_should_be_ours(tmp_path: Path) -> None:
    """Of this environment; another environment's is another one, too."""
    own = command(tmp_path / "own", "#!python\nfrom pytest_alienbio.cli.main import main\n")
    other = command(tmp_path / "other", "#!python\nfrom pytest_alienbio.cli.main import main\n")
    foreign = command(tmp_path / "foreign", "#!/bin/sh\n")

    def said(*folders: Path) -> list[str]:
        return [each.what.rpartition(": ")[2] for each in of_path(os.pathsep.join(map(str, folders)), own)]

    assert said() == said(tmp_path) == said(own) == said(own, foreign) == []
    assert said(foreign, own) == ["another program"]
    assert said(other) == ["pytest-alienbio of another environment"]


def test_processes_are_started_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [each for each in of_processes() if each.grave]
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert [each.about for each in of_processes() if each.grave] == ["processes"]
