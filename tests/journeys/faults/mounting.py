"""File systems that are full, or cannot be written: real ones, where we may mount them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


@contextmanager
def small_disk(path: Path, kilobytes: int) -> Iterator[None]:
    """A disk of so many kilobytes at `path`, which becomes a folder."""
    path.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(path))
    try:
        yield
    finally:
        _run("umount", str(path))


def grow(path: Path, kilobytes: int) -> None:
    """Makes room on a small disk."""
    _run("mount", "-o", f"remount,size={kilobytes}k", str(path))


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Nothing below `path` can be written from now on, but what is open already."""
    if not can_mount():
        if os.geteuid() == 0:
            raise RuntimeError("root, who may not mount, writes everywhere")
        folders = [Path(folder) for folder, _, _ in os.walk(path)]
        for folder in folders:
            folder.chmod(0o500)
        try:
            yield
        finally:
            for folder in folders:
                folder.chmod(0o700)
        return
    _run("mount", "--bind", str(path), str(path))
    try:
        _run("mount", "-o", "remount,ro,bind", str(path))
        yield
    finally:
        _run("umount", str(path))


@cache
def can_mount() -> bool:
    """Whether this user may mount here."""
    with tempfile.TemporaryDirectory() as name:
        try:
            with small_disk(Path(name), 16):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def can_forbid_writing() -> bool:
    """Whether a folder can be made read-only for this user."""
    return can_mount() or os.geteuid() != 0


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
