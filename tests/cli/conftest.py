"""A project folder to type commands in, and what they gave."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pytest_alienbio.cli.main import main
from pytest_alienbio.store import Dat, dat, find_dats

from ..plugin.conftest import CONFTEST, OTHERS


@dataclass(frozen=True, slots=True)
class Said:
    """A command's exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Standard output, line by line."""
        return self.out.splitlines()


class Desk:
    """A project folder, and ways to run `bio` in it."""

    def __init__(self, path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.path, self._capfd = path, capfd

    def bio(self, *argv: str) -> Said:
        """Runs a command in this process."""
        self._capfd.readouterr()
        try:
            code = main(argv)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        return Said(code, *self._capfd.readouterr())

    def refused(self, *argv: str) -> str:
        """Runs a command that must be refused with one sentence and exit code 2; gives the sentence."""
        said = self.bio(*argv)
        assert (said.code, said.out) == (2, "")
        assert re.fullmatch(r"bio: [^\n]+\n", said.err), said.err
        return said.err

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Starts a command as the process group of its own that a terminal would make."""
        return subprocess.Popen(
            [sys.executable, "-m", "pytest_alienbio", *argv],
            cwd=self.path,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
            # Heard also where this suite runs in the background of a shell, which ignores Ctrl-C for all below it.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    def process(self, *argv: str) -> Said:
        """Runs a command as a process of its own."""
        process = self.start(*argv)
        out, err = process.communicate(timeout=120)
        return Said(process.returncode, out, err)

    def battery(self, text: str, name: str = "a.battery.yaml") -> Path:
        """Writes a battery."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def worlds(self) -> None:
        """Makes `walks/plain`, `walks/line` and the agents of the plugin's tests known to pytest here."""
        (self.path / "conftest.py").write_text(CONFTEST, "utf-8")

    def dat(self) -> Dat:
        """The newest DAT."""
        return dat.open(find_dats(self.path / "data")[0])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    """A fresh project, in which the working directory lies."""
    for name in [name for name in os.environ if name.startswith(("ALIENBIO_", "PYTEST_ADDOPTS", "PYTEST_XDIST"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bio.yaml").touch()
    addopts = " ".join(f"-p no:{plugin}" for plugin in (*OTHERS, "cacheprovider"))
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = {addopts}\n", "utf-8")
    return Desk(tmp_path, capfd)


WORLD = "mutualism/competition"


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with one DAT, played once: two seeds of greedy and noop."""
    root = tmp_path_factory.mktemp("recorded")
    argv = ["batch", "--scenarios", WORLD, "--agents", "greedy,noop", "--seeds", "2", "--difficulty", "1", "--data", str(root)]
    assert main(argv) == 0
    return root


@pytest.fixture
def played(desk: Desk, recorded: Path) -> Desk:
    """A project with that DAT."""
    shutil.copytree(recorded, desk.path / "data")
    return desk


@pytest.fixture(scope="session")
def talk_recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with one DAT of cells that language models played."""
    from .talks import talk

    folder = tmp_path_factory.mktemp("talk")
    talk(folder)
    return folder / "data"


@pytest.fixture
def talked(desk: Desk, talk_recorded: Path) -> Desk:
    """A project with that DAT."""
    shutil.copytree(talk_recorded, desk.path / "data")
    return desk
