"""What several commands share: where the data lies, and how wide the terminal is."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from ..report import inert
from ..run import Project, data_root, find_project

Commands = argparse._SubParsersAction  # argparse has no public name for it


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--data`."""
    parser.add_argument("--data", metavar="DIR", help="folder of result folders (default: <project>/data)")


def project_here() -> Project:
    """The project of the working directory."""
    return find_project(Path.cwd(), walk=True)


def data_here(args: argparse.Namespace) -> Path:
    """The data root that `--data`, `ALIENBIO_DATA` or the project means."""
    return data_root(project_here().root, option=args.data)


def width() -> int:
    """Columns to write for: the terminal's, or 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def say(lines: str | Iterable[str]) -> None:
    """Writes lines to standard output, as they come. Stops quietly once nobody reads them any more (`bio ... | head`)."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        for line in [lines] if isinstance(lines, str) else lines:
            sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere(sys.stdout)


def warn(text: str) -> None:
    """Writes a line to standard error, made harmless. That nobody reads it is no reason to stop."""
    mutter(f"bio: {inert(text, most=4096, verbatim=True)}\n")


def mutter(text: str) -> None:
    """Writes to standard error as it is; once nobody reads it, quietly to nowhere."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _to_nowhere(sys.stderr)


def _to_nowhere(stream: TextIO) -> None:
    """What is still buffered goes nowhere, or flushing it at exit would fail again and change the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
