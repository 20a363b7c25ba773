"""Stories from start to end, each in processes of its own, as a user has them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ..plugin.conftest import OTHERS

REPOSITORY = Path(__file__).parents[2]
LIGHT = [word for plugin in OTHERS for word in ("-p", f"no:{plugin}")]
"""What belongs to this test suite is left out."""


def listens() -> None:
    """Lets a child hear Ctrl-C also where this suite runs in the background of a shell, which ignores it for all below."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Project:
    """A folder a user works in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> Path:
        """Writes a file below the project."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def command(self, args: Sequence[str]) -> list[str]:
        """`python -m pytest` and these arguments."""
        return [sys.executable, "-m", "pytest", *LIGHT, "-p", "no:cacheprovider", *args]

    def start(self, *args: str, **environment: str) -> subprocess.Popen[str]:
        """Starts pytest here."""
        return subprocess.Popen(
            self.command(args),
            cwd=self.path,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=listens,
        )

    def pytest(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs pytest here to its end."""
        return self.run([*self.command(args)], **environment)

    def bio(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs `bio` here."""
        return self.run([sys.executable, "-m", "pytest_alienbio", *args], **environment)

    def run(self, command: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command here."""
        return subprocess.run(
            command, cwd=self.path, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=300
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project with an ini file, so that it is its own root."""
    made = Project(tmp_path / "project")
    made.write("pytest.ini", "[pytest]\n")
    return made
